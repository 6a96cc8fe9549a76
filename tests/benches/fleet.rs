//! Many small containers on a real engine.

use std::path::PathBuf;

use futures_util::future::join_all;
use serde_json::Value;

use super::{
    process,
    support::{Container, Engine, Spec, TestEngine},
};

/// Containers that are made at once.
const AT_ONCE: usize = 8;

/// Projects into which they are divided.
const PROJECTS: usize = 11;

/// Running containers, of projects of as many services. Dropping it removes them.
pub struct Fleet {
    bed: TestEngine,
    /// Where the engine listens.
    pub socket: PathBuf,
    /// Its daemons.
    pub daemons: Vec<u32>,
}

impl Fleet {
    /// Makes so many containers, which sleep.
    pub async fn of(count: usize) -> Self {
        let fleet = Self::empty().await;
        let image = fleet.bed.image("1");
        let numbers: Vec<usize> = (0..count).collect();
        for numbers in numbers.chunks(AT_ONCE) {
            join_all(numbers.iter().map(|number| fleet.bed.run(spec(&image, *number)))).await;
        }
        fleet
    }

    /// An engine without containers of this run.
    pub async fn empty() -> Self {
        let engine =
            Engine::from_env().unwrap_or_else(|reason| panic!("no Docker Engine answers at {reason}"));
        let socket = engine.socket().to_owned();
        let daemons = process::daemons(&socket).await;
        Self { bed: TestEngine::new(engine, "cost"), socket, daemons }
    }

    /// A container that writes so many lines as fast as it can, and has ended.
    pub async fn speaker(&self, lines: u64) -> Container {
        let spec = Spec::new(self.bed.image("1")).name("speaker").cmd(["log"]).env("LOG_LINES", lines);
        let speaker = self.bed.create(spec).await;
        speaker.start().await;
        while speaker.state().await == "running" {
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
        speaker
    }

    /// The value of `DOCKER_HOST` for it.
    pub fn host(&self) -> String {
        format!("unix://{}", self.socket.display())
    }

    /// The engine's version.
    pub async fn version(&self) -> String {
        let told: Value = self.bed.engine().get("/version").await.json();
        told["Version"].as_str().unwrap_or("?").to_owned()
    }
}

fn spec(image: &str, number: usize) -> Spec {
    let (project, service) = (format!("stack{:02}", number % PROJECTS), format!("svc{number:04}"));
    Spec::new(image)
        .name(&service)
        .cmd(["sleep", "86400"])
        .label("com.docker.compose.project", project)
        .label("com.docker.compose.service", service)
        .label("com.docker.compose.container-number", "1")
        .label("com.docker.compose.oneoff", "False")
        .label("com.docker.compose.version", "2.29.7")
        .label("com.docker.compose.config-hash", "0")
}
