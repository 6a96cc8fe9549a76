//! A container of a test.

use super::sandbox::text;
use super::wait::wait_until;
use super::{Engine, wait};
use serde_json::{Value, json};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(30);

/// A container; it is removed with the [`TestEngine`](super::TestEngine) that made it.
#[derive(Clone, Debug)]
pub struct Container {
    engine: Engine,
    pub id: String,
    pub name: String,
}

/// What a command in a container wrote, and how it ended.
#[derive(Debug)]
pub struct Executed {
    pub output: String,
    pub exit_code: i64,
}

impl Container {
    pub(super) fn new(engine: Engine, id: String, name: String) -> Self {
        Self { engine, id, name }
    }

    pub async fn inspect(&self) -> Value {
        self.engine.get(&format!("/containers/{}/json", self.id)).await.json()
    }

    pub async fn start(&self) {
        self.act("start").await;
    }

    pub async fn stop(&self, seconds: u32) {
        self.act(&format!("stop?t={seconds}")).await;
    }

    pub async fn kill(&self, signal: &str) {
        self.act(&format!("kill?signal={signal}")).await;
    }

    /// `pause`, `unpause`, `restart?t=1`, ...
    pub async fn act(&self, verb: &str) {
        let answer = self.engine.post(&format!("/containers/{}/{verb}", self.id), Value::Null).await;
        assert!(answer.status < 400, "{verb} {}: status {}: {}", self.name, answer.status, answer.text());
    }

    /// `created`, `running`, `exited`, ...
    pub async fn state(&self) -> String {
        text(&self.inspect().await["State"]["Status"])
    }

    /// `none`, `starting`, `healthy` or `unhealthy`.
    pub async fn health(&self) -> String {
        let state = self.inspect().await;
        state["State"]["Health"]["Status"].as_str().unwrap_or("none").to_owned()
    }

    pub async fn wait_healthy(&self) {
        self.wait_health("healthy").await;
    }

    pub async fn wait_health(&self, wanted: &str) {
        self.wait_for(&format!("to become {wanted}"), async |seen| {
            let health = seen["State"]["Health"]["Status"].as_str().unwrap_or("none");
            if health == wanted { Ok(()) } else { Err(format!("health {health}, state {}", seen["State"])) }
        })
        .await;
    }

    /// Waits for the end and returns the exit code.
    pub async fn wait_exit(&self) -> i64 {
        self.wait_for("to end", async |seen| match seen["State"]["Status"].as_str() {
            Some("exited") => Ok(seen["State"]["ExitCode"].as_i64().unwrap_or(-1)),
            other => Err(format!("state {other:?}")),
        })
        .await
    }

    /// Waits until the condition on the inspected container holds.
    pub async fn wait_for<T>(
        &self,
        what: &str,
        mut condition: impl AsyncFnMut(Value) -> Result<T, String>,
    ) -> T {
        let filter = format!("/events?filters={}", wait::container_filter(&self.id));
        wait_until(&self.engine, &filter, PATIENCE, &format!("{} {what}", self.name), async || {
            condition(self.inspect().await).await
        })
        .await
    }

    /// All output so far, both streams, without frame headers.
    pub async fn logs(&self) -> Vec<u8> {
        let path = format!("/containers/{}/logs?stdout=1&stderr=1", self.id);
        let raw = self.engine.get(&path).await.body;
        let tty = self.inspect().await["Config"]["Tty"] == json!(true);
        if tty { raw.to_vec() } else { without_frames(&raw) }
    }

    /// Waits until the output holds a text.
    pub async fn wait_log(&self, wanted: &str) -> String {
        let what = format!("{} to write {wanted:?}", self.name);
        let filter = format!("/events?filters={}", wait::container_filter(&self.id));
        wait_until(&self.engine, &filter, PATIENCE, &what, async || {
            let log = String::from_utf8_lossy(&self.logs().await).into_owned();
            if log.contains(wanted) { Ok(log) } else { Err(format!("log {log:?}")) }
        })
        .await
    }

    /// `address:8080`, as this host and other containers of the network reach the server.
    pub async fn address(&self) -> String {
        let seen = self.inspect().await;
        let networks = seen["NetworkSettings"]["Networks"].as_object().cloned().unwrap_or_default();
        let address = networks.values().map(|network| text(&network["IPAddress"])).find(|ip| !ip.is_empty());
        format!("{}:8080", address.expect("a running container has an address"))
    }

    /// The port of this host on which a port of the container is published.
    pub async fn published(&self, port: u16) -> u16 {
        let seen = self.inspect().await;
        let bound = &seen["NetworkSettings"]["Ports"][format!("{port}/tcp")][0]["HostPort"];
        text(bound).parse().expect("the port is published")
    }

    /// Runs the fixture with these words inside the container and waits for its end.
    pub async fn exec(&self, words: &[&str]) -> Executed {
        let command: Vec<&str> = std::iter::once("/fixture").chain(words.iter().copied()).collect();
        let wish = json!({ "Cmd": command, "AttachStdout": true, "AttachStderr": true });
        let made = self.engine.post(&format!("/containers/{}/exec", self.id), wish).await.json();
        let exec = text(&made["Id"]);
        let raw = self.engine.post(&format!("/exec/{exec}/start"), json!({ "Detach": false })).await;
        let output = String::from_utf8_lossy(&without_frames(&raw.body)).into_owned();
        let exit_code = self.engine.get(&format!("/exec/{exec}/json")).await.json()["ExitCode"].as_i64();
        Executed { output, exit_code: exit_code.unwrap_or(-1) }
    }

    /// Asks the server something from inside, which works on engines whose networks this host cannot reach.
    pub async fn ask(&self, path: &str) -> String {
        self.exec(&["check", path]).await.output
    }
}

/// The content of a multiplexed stream: frames of type, three zeros, length, content.
pub fn without_frames(mut raw: &[u8]) -> Vec<u8> {
    let mut content = Vec::new();
    while let [_, 0, 0, 0, a, b, c, d, rest @ ..] = raw {
        let length = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
        let (frame, after) = rest.split_at(length.min(rest.len()));
        content.extend_from_slice(frame);
        raw = after;
    }
    content
}
