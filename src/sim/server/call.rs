//! A request, read: its version, path, query and body.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper::{Method, body::Incoming, upgrade::OnUpgrade};
use serde_json::Value;

use super::answer::{Failure, NEWEST, OLDEST};
use crate::sim::shared::Shared;

/// No request that is understood here is longer.
const LONGEST_BODY: usize = 4 << 20;

/// An archive that is written into a volume may be longer: it is all kept in memory.
const LONGEST_ARCHIVE: usize = 64 << 20;

/// A request.
pub(super) struct Call {
    /// The world.
    pub(super) shared: Arc<Shared>,
    /// Its method; HEAD counts as GET.
    pub(super) method: Method,
    /// The version that it asks for.
    pub(super) version: (u32, u32),
    /// Its path without version, decoded, in parts.
    pub(super) path: Vec<String>,
    /// Its query and the filters in it.
    pub(super) query: Arc<Query>,
    /// Its body.
    pub(super) body: Bytes,
    /// The connection, if the client wants to take it over.
    upgrade: Mutex<Option<OnUpgrade>>,
}

impl Call {
    /// Reads a request.
    pub(super) async fn read(
        shared: Arc<Shared>,
        mut request: hyper::Request<Incoming>,
    ) -> Result<Self, Failure> {
        let wants = request.headers().contains_key(hyper::header::UPGRADE);
        let upgrade = Mutex::new(wants.then(|| hyper::upgrade::on(&mut request)));
        let (parts, body) = request.into_parts();
        let mut path: Vec<String> =
            parts.uri.path().split('/').filter(|part| !part.is_empty()).map(decode).collect();
        let version = match path.first().and_then(|part| version(part)) {
            Some(version) => {
                path.remove(0);
                version
            }
            None => NEWEST,
        };
        check(version)?;
        let longest = if parts.method == Method::PUT { LONGEST_ARCHIVE } else { LONGEST_BODY };
        let body = Limited::new(body, longest).collect().await;
        let body = body.map_err(|error| Failure::new(400, error.to_string()))?.to_bytes();
        let method = if parts.method == Method::HEAD { Method::GET } else { parts.method };
        let query = Arc::new(Query::read(parts.uri.query().unwrap_or_default())?);
        Ok(Self { shared, method, version, path, query, body, upgrade })
    }

    /// The connection, if the client wants to take it over; once.
    pub(super) fn take_upgrade(&self) -> Option<OnUpgrade> {
        self.upgrade.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// The body as JSON.
    pub(super) fn json(&self) -> Result<Value, Failure> {
        serde_json::from_slice(&self.body)
            .map_err(|error| Failure::new(400, format!("invalid JSON: {error}")))
    }
}

fn version(part: &str) -> Option<(u32, u32)> {
    let (major, minor) = part.strip_prefix('v')?.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

fn check(version: (u32, u32)) -> Result<(), Failure> {
    let (major, minor) = version;
    let complaint = if version > NEWEST {
        format!("is too new. Maximum supported API version is {}.{}", NEWEST.0, NEWEST.1)
    } else if version < OLDEST {
        format!(
            "is too old. Minimum supported API version is {}.{}, please upgrade your client to a newer version",
            OLDEST.0, OLDEST.1
        )
    } else {
        return Ok(());
    };
    Err(Failure::new(400, format!("client version {major}.{minor} {complaint}")))
}

/// Decodes `%2F` and the like.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let digits = if byte == b'%' { Some([rest.next(), rest.next()]) } else { None };
        let value = digits.and_then(|[high, low]| {
            let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
            u8::try_from(digit(high)? * 16 + digit(low)?).ok()
        });
        bytes.push(value.unwrap_or(byte));
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A query.
#[derive(Debug, Default)]
pub(super) struct Query {
    values: BTreeMap<String, String>,
    filters: BTreeMap<String, Vec<String>>,
}

impl Query {
    fn read(text: &str) -> Result<Self, Failure> {
        let pair = |pair: &str| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(&name.replace('+', " ")), decode(&value.replace('+', " ")))
        };
        let values: BTreeMap<String, String> = text.split('&').filter(|p| !p.is_empty()).map(pair).collect();
        let filters = values.get("filters").filter(|text| !text.is_empty()).map_or_else(
            || Ok(BTreeMap::new()),
            |text| filters(text).ok_or_else(|| Failure::new(400, "invalid filter")),
        )?;
        Ok(Self { values, filters })
    }

    /// A value, if it is given and not empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Whether something is switched on, as the engine reads it.
    pub(super) fn is_on(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| !matches!(value, "0" | "false" | "False" | "no" | "none"))
    }

    /// Like [`Self::is_on`], for what is on unless told.
    pub(super) fn is_on_by_default(&self, name: &str) -> bool {
        self.get(name).is_none() || self.is_on(name)
    }

    /// Whether a filter is absent or one of its values is accepted.
    pub(super) fn passes(&self, filter: &str, accepts: impl Fn(&str) -> bool) -> bool {
        self.filters.get(filter).is_none_or(|values| values.iter().any(|value| accepts(value)))
    }

    /// Whether all label filters hold; `name` or `name=value`.
    pub(super) fn labels<'a>(&self, label: impl Fn(&str) -> Option<&'a str>) -> bool {
        let wanted = self.filters.get("label").into_iter().flatten();
        wanted.into_iter().all(|wanted| match wanted.split_once('=') {
            Some((name, value)) => label(name) == Some(value),
            None => label(wanted).is_some(),
        })
    }

    /// Refuses filters that an endpoint does not know.
    pub(super) fn only(&self, known: &[&str]) -> Result<(), Failure> {
        match self.filters.keys().find(|filter| !known.contains(&filter.as_str())) {
            Some(filter) => Err(Failure::new(400, format!("invalid filter '{filter}'"))),
            None => Ok(()),
        }
    }

    /// Whether a filter is given.
    pub(super) fn has_filter(&self, filter: &str) -> bool {
        self.filters.contains_key(filter)
    }
}

/// Reads `{"a": ["b"]}` and the older `{"a": {"b": true}}`.
fn filters(text: &str) -> Option<BTreeMap<String, Vec<String>>> {
    let Value::Object(fields) = serde_json::from_str(text).ok()? else { return None };
    let read = |value: Value| match value {
        Value::Array(items) => items.into_iter().map(|item| item.as_str().map(str::to_owned)).collect(),
        Value::Object(items) => Some(items.into_iter().map(|(name, _)| name).collect()),
        _ => None,
    };
    fields.into_iter().map(|(name, value)| Some((name, read(value)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_read_in_both_spellings() {
        let query = Query::read("filters=%7B%22label%22%3A%7B%22a%3Db%22%3Atrue%7D%7D&all=1").unwrap();
        assert!(query.is_on("all"));
        assert!(query.labels(|name| (name == "a").then_some("b")));
        assert!(!query.labels(|_| None));
        assert!(Query::read("filters={bad").is_err());
    }
}
