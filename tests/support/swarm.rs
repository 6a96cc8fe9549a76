//! Swarm services, for private engines only: the engine of the host stays what it is.

use super::sandbox::text;
use super::{TestEngine, blocking};
use serde_json::{Value, json};
use std::time::Duration;

/// The label that `docker stack deploy` puts on everything of a stack.
const NAMESPACE: &str = "com.docker.stack.namespace";

/// The specification of a replicated service as `docker stack deploy` makes it. What differs is set on the value:
/// `spec["UpdateConfig"] = json!({ "Order": "start-first" })`.
pub fn service_spec(stack: &str, service: &str, image: &str, replicas: u64) -> Value {
    let labels = json!({ NAMESPACE: stack, "com.docker.stack.image": image });
    let check = json!({
        "Test": ["CMD", "/fixture", "check", "/health"],
        "Interval": 300_000_000_u64, "Timeout": 10_000_000_000_u64, "Retries": 2,
    });
    json!({
        "Name": format!("{stack}_{service}"),
        "Labels": labels,
        "TaskTemplate": {
            "ContainerSpec": { "Image": image, "Labels": { NAMESPACE: stack }, "Healthcheck": check },
            "RestartPolicy": { "Condition": "any", "Delay": 200_000_000_u64 },
        },
        "Mode": { "Replicated": { "Replicas": replicas } },
        // Kernels without IP_VS have no virtual addresses.
        "EndpointSpec": { "Mode": "dnsrr" },
    })
}

/// The same service with other words for the fixture, and without a health check.
pub fn with_command(mut spec: Value, words: &[&str]) -> Value {
    let container = &mut spec["TaskTemplate"]["ContainerSpec"];
    container["Args"] = json!(words);
    container["Healthcheck"] = json!({ "Test": ["NONE"] });
    spec
}

impl TestEngine {
    /// Makes the engine a swarm of its own, unless it is one.
    pub async fn ensure_swarm(&self) {
        let newer = std::env::var_os("STACKTOP_TEST_NEWER_ENGINE");
        let private = newer.is_some_and(|socket| self.engine().socket() == socket);
        assert!(private, "the engine of the host is not to become a swarm");
        let wish = json!({ "ListenAddr": "0.0.0.0:2377", "AdvertiseAddr": "10.99.0.1" });
        let answer = self.engine().post("/swarm/init", wish).await;
        assert!(
            answer.status == 200 || answer.text().contains("already part of a swarm"),
            "{}",
            answer.text()
        );
    }

    /// An overlay network of a stack; returns its full name.
    pub async fn overlay(&self, stack: &str, name: &str) -> String {
        let name = format!("{stack}_{name}");
        let mut body = json!({ "Name": name, "Driver": "overlay", "Attachable": true });
        body["Labels"] = json!({ NAMESPACE: stack });
        self.mark(&mut body["Labels"]);
        self.engine().post("/networks/create", body).await.json();
        name
    }

    /// Creates a service, in a network under an alias if one is given; returns its id.
    pub async fn service(&self, mut spec: Value, network: Option<(&str, &str)>) -> String {
        self.mark(&mut spec["Labels"]);
        self.mark(&mut spec["TaskTemplate"]["ContainerSpec"]["Labels"]);
        if let Some((network, alias)) = network {
            spec["TaskTemplate"]["Networks"] = json!([{ "Target": network, "Aliases": [alias] }]);
        }
        text(&self.engine().post("/services/create", spec).await.json()["ID"])
    }

    /// The tasks of a service, those of the past included.
    pub async fn tasks(&self, service: &str) -> Vec<Value> {
        let filter = blocking::encode(&json!({ "service": [service] }).to_string());
        let answer = self.engine().get(&format!("/tasks?filters={filter}")).await.json();
        answer.as_array().cloned().unwrap_or_default()
    }

    /// Waits until so many tasks of a service run.
    pub async fn wait_running(&self, service: &str, wanted: usize) {
        self.wait_until(Duration::from_secs(60), &format!("{wanted} tasks to run"), async || {
            let tasks = self.tasks(service).await;
            let states: Vec<String> = tasks.iter().map(|task| text(&task["Status"]["State"])).collect();
            let running = states.iter().filter(|state| *state == "running").count();
            let why = || tasks.iter().map(|task| text(&task["Status"]["Err"])).collect::<Vec<_>>();
            if running == wanted { Ok(()) } else { Err(format!("{states:?} {:?}", why())) }
        })
        .await;
    }
}
