//! What a container is to be like.

use serde_json::{Map, Value, json};

/// Builds the body of a create call. Names get a suffix of the test, so tests may use plain ones.
#[derive(Clone, Debug)]
pub struct Spec {
    pub(super) name: String,
    pub(super) exact_name: bool,
    pub(super) body: Value,
    pub(super) network: Option<(String, Vec<String>)>,
}

impl Spec {
    pub fn new(image: impl Into<String>) -> Self {
        let body =
            json!({ "Image": image.into(), "Labels": {}, "Env": [], "HostConfig": {}, "ExposedPorts": {} });
        Self { name: "container".to_owned(), exact_name: false, body, network: None }
    }

    /// The name before the suffix.
    pub fn name(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    /// The name as it is; the test must make it unique.
    pub fn exact_name(mut self, name: &str) -> Self {
        self.exact_name = true;
        self.name(name)
    }

    pub fn label(mut self, name: &str, value: impl Into<String>) -> Self {
        self.body["Labels"][name] = Value::String(value.into());
        self
    }

    pub fn env(self, name: &str, value: impl std::fmt::Display) -> Self {
        self.push("Env", json!(format!("{name}={value}")))
    }

    pub fn cmd<const N: usize>(self, words: [&str; N]) -> Self {
        self.set("Cmd", json!(words.as_slice()))
    }

    /// A health check with the fixture's own client, every so many milliseconds, two failures in a row.
    pub fn health(self, path: &str, interval_ms: u64) -> Self {
        self.health_cmd(&["CMD", "/fixture", "check", path], interval_ms, 2)
    }

    pub fn health_cmd(self, test: &[&str], interval_ms: u64, retries: u32) -> Self {
        let interval = interval_ms * 1_000_000;
        // A check starts a process in the container, which takes long on a busy machine: the time-out is generous.
        let timeout = 10_000_000_000_u64;
        let check = json!({ "Test": test, "Interval": interval, "Timeout": timeout, "Retries": retries });
        self.set("Healthcheck", check)
    }

    pub fn tty(self) -> Self {
        self.set("Tty", json!(true)).set("OpenStdin", json!(true))
    }

    /// A limit, swap included: a container that wants more is killed.
    pub fn memory_mib(self, mebibytes: u64) -> Self {
        self.host("Memory", json!(mebibytes << 20)).host("MemorySwap", json!(mebibytes << 20))
    }

    /// Publishes the container's port on a free port of the host.
    pub fn port(mut self, port: u16) -> Self {
        let key = format!("{port}/tcp");
        self.body["ExposedPorts"][&key] = json!({});
        self.body["HostConfig"]["PortBindings"][&key] = json!([{ "HostIp": "127.0.0.1", "HostPort": "" }]);
        self
    }

    /// Joins a network of [`TestEngine::network`](super::TestEngine::network), known there by these names.
    pub fn network(mut self, network: &str, aliases: &[&str]) -> Self {
        self.network = Some((network.to_owned(), aliases.iter().map(|alias| (*alias).to_owned()).collect()));
        self
    }

    /// Mounts a volume of [`TestEngine::volume`](super::TestEngine::volume).
    pub fn volume(self, volume: &str, path: &str) -> Self {
        let mount = json!({ "Type": "volume", "Source": volume, "Target": path });
        self.push_host("Mounts", mount)
    }

    /// `no`, `always`, `unless-stopped`, or `on-failure` with a limit after a colon.
    pub fn restart(self, policy: &str) -> Self {
        let (name, limit) = policy.split_once(':').unwrap_or((policy, "0"));
        let limit: u32 = limit.parse().expect("the limit of a restart policy is a number");
        self.host("RestartPolicy", json!({ "Name": name, "MaximumRetryCount": limit }))
    }

    /// Any other field of the create call.
    pub fn set(mut self, field: &str, value: Value) -> Self {
        self.body[field] = value;
        self
    }

    /// Any other field of `HostConfig`.
    pub fn host(mut self, field: &str, value: Value) -> Self {
        self.body["HostConfig"][field] = value;
        self
    }

    fn push(mut self, field: &str, value: Value) -> Self {
        append(&mut self.body[field], value);
        self
    }

    fn push_host(mut self, field: &str, value: Value) -> Self {
        append(&mut self.body["HostConfig"][field], value);
        self
    }

    /// The complete body of the create call.
    pub(super) fn into_body(self) -> Value {
        let mut body = self.body;
        if let Some((network, aliases)) = self.network {
            body["HostConfig"]["NetworkMode"] = json!(network);
            let endpoints = Map::from_iter([(network, json!({ "Aliases": aliases }))]);
            body["NetworkingConfig"] = json!({ "EndpointsConfig": endpoints });
        }
        body
    }
}

fn append(list: &mut Value, value: Value) {
    match list {
        Value::Array(entries) => entries.push(value),
        other => *other = json!([value]),
    }
}
