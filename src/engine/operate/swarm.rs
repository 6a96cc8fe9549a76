//! Swarm: services, nodes and configs, on a manager.

use hyper::Method;
use serde_json::{Value, json};

use super::{text, warnings};
use crate::engine::{Call, Engine, EngineError, LIST_DEADLINE, segment};

/// Which way a service is updated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ServiceUpdate {
    /// To the specification that is sent. The registry's credentials are those of the current one.
    #[default]
    Change,
    /// Back to the specification before the last update, whatever that was; the one that is sent counts for nothing.
    RollBack,
}

impl Engine {
    /// Updates a service whose version, as inspected, is `version`. `spec` is the whole specification as raw JSON.
    /// Returns the engine's warnings.
    ///
    /// # Errors
    /// An [`EngineError`]: [`is_out_of_sequence`](EngineError::is_out_of_sequence) if somebody else was faster,
    /// [`is_not_a_manager`](EngineError::is_not_a_manager).
    pub async fn update_service(
        &self,
        service: &str,
        version: u64,
        spec: &Value,
        way: ServiceUpdate,
    ) -> Result<Vec<String>, EngineError> {
        let path = format!("/services/{}/update", segment(service));
        let (verb, rest): (_, &[(&str, &str)]) = match way {
            ServiceUpdate::Change => ("update", &[("registryAuthFrom", "spec")]),
            ServiceUpdate::RollBack => {
                ("roll back", &[("registryAuthFrom", "previous-spec"), ("rollback", "previous")])
            }
        };
        let call =
            Call::post(format!("{verb} service {service}"), path).query("version", &version.to_string());
        let call = rest.iter().fold(call, |call, (name, value)| call.query(name, value));
        let answer = self.json(call.body(spec.clone()).within(LIST_DEADLINE)).await?;
        Ok(warnings(&answer))
    }

    /// Updates a node whose version, as inspected, is `version`. `spec` is the whole specification as raw JSON.
    ///
    /// # Errors
    /// Those of [`Self::update_service`].
    pub async fn update_node(&self, node: &str, version: u64, spec: &Value) -> Result<(), EngineError> {
        let call = Call::post(format!("update node {node}"), format!("/nodes/{}/update", segment(node)));
        let call = call.query("version", &version.to_string()).body(spec.clone());
        self.done(call.within(LIST_DEADLINE)).await
    }

    /// Makes a config; `labels` is an object. Its name is taken at once for the whole swarm, which makes it a lock.
    /// Returns its id.
    ///
    /// # Errors
    /// An [`EngineError`]: [`is_name_taken`](EngineError::is_name_taken),
    /// [`is_not_a_manager`](EngineError::is_not_a_manager); 400 if `content` is empty.
    pub async fn create_config(
        &self,
        name: &str,
        labels: &Value,
        content: &[u8],
    ) -> Result<String, EngineError> {
        let body = json!({ "Name": name, "Labels": labels, "Data": base64(content) });
        let call = Call::post(format!("create config {name}"), "/configs/create").body(body);
        let made: Value = self.json(call.within(LIST_DEADLINE)).await?;
        Ok(text(&made, "ID"))
    }

    /// The content of a config, by id or name; `None` if there is none.
    ///
    /// # Errors
    /// An [`EngineError`]: [`is_not_a_manager`](EngineError::is_not_a_manager).
    pub async fn config(&self, config: &str) -> Result<Option<Vec<u8>>, EngineError> {
        let call = Call::get(format!("read config {config}"), format!("/configs/{}", segment(config)));
        match self.json::<Value>(call).await {
            Ok(config) => {
                let content = config.pointer("/Spec/Data").and_then(Value::as_str).unwrap_or_default();
                Ok(Some(from_base64(content)))
            }
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Removes a config, by id or name.
    ///
    /// # Errors
    /// An [`EngineError`]; 404 if there is none, 400 if a service uses it.
    pub async fn remove_config(&self, config: &str) -> Result<(), EngineError> {
        let attempt = format!("remove config {config}");
        let call = Call::new(Method::DELETE, attempt, format!("/configs/{}", segment(config)));
        self.done(call.within(LIST_DEADLINE)).await
    }
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The bytes of a text in the alphabet of RFC 4648; what is not of the alphabet is left out, padding among it.
fn from_base64(text: &str) -> Vec<u8> {
    let digits = text.bytes().filter_map(|letter| ALPHABET.iter().position(|known| *known == letter));
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0_usize, 0);
    for digit in digits {
        bits = (bits << 6 | digit) & 0xffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            out.extend(u8::try_from(bits >> count & 0xff));
        }
    }
    out
}

/// Bytes in the alphabet of RFC 4648, with padding.
fn base64(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let at = |index: usize| u32::from(group.get(index).copied().unwrap_or_default());
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for digit in 0..4_usize {
            let six = usize::try_from(bits >> (18 - 6 * digit) & 63).unwrap_or_default();
            let letter = ALPHABET.get(six).copied().unwrap_or(b'=');
            out.push(if digit > group.len() { '=' } else { char::from(letter) });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{base64, from_base64};

    #[test]
    fn bytes_are_written_as_rfc_4648_has_them() {
        let pairs = [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("~~~?", "fn5+Pw=="),
        ];
        for (plain, coded) in pairs {
            assert_eq!(base64(plain.as_bytes()), coded, "{plain}");
            assert_eq!(from_base64(coded), plain.as_bytes(), "{coded}");
        }
    }
}
