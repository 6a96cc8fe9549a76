//! Engines of the test's own, which it may stop, kill and start again. The host's is never touched.

use super::{Engine, TestEngine};
use http_body_util::BodyExt;
use hyper::Method;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A private engine, or the first of several. Dropping it removes all of them with their data.
pub struct PrivateEngine {
    // Dropped in this order: what is on an engine that is gone need not be removed piece by piece.
    nodes: Nodes,
    /// What the test makes on it.
    pub bed: TestEngine,
}

/// A folder of nodes, taken down when it is dropped.
struct Nodes {
    folder: tempfile::TempDir,
}

/// Which engine is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Release {
    /// That of this host.
    Host,
    /// That of `tests/testbed/newer-docker.sh`.
    Newer,
}

/// A private engine of this host's release for a test; `None`, said loudly, where none can be started.
/// `STACKTOP_TEST_ENGINE=require` makes that a failure.
pub fn engine(test: &str) -> Option<PrivateEngine> {
    of_release(test, Release::Host)
}

/// The same of a release; the newer one is skipped, said loudly, where it was not unpacked.
pub fn of_release(test: &str, release: Release) -> Option<PrivateEngine> {
    let newer = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/testbed/newer");
    if release == Release::Newer && !newer.join("complete").exists() {
        eprintln!(
            "SKIPPED: {test}: no newer engine is in {} (tests/testbed/newer-docker.sh)",
            newer.display()
        );
        return None;
    }
    let folder = newer.display().to_string();
    match release {
        Release::Host => start(test, &["up", "1"]),
        Release::Newer => start(test, &["up", "1", &folder]),
    }
}

/// A private swarm of two nodes: the first manages, the second works.
pub async fn pair(test: &str) -> Option<PrivateEngine> {
    let first = start(test, &["up", "2"])?;
    first.init_swarm().await;
    let tokens = first.bed.engine().get("/swarm").await.json();
    let wish = json!({
        "ListenAddr": "0.0.0.0:2377", "AdvertiseAddr": "10.99.0.2", "RemoteAddrs": ["10.99.0.1:2377"],
        "JoinToken": tokens["JoinTokens"]["Worker"],
    });
    let joined = first.second().post("/swarm/join", wish).await;
    assert_eq!(joined.status, 200, "{}", joined.text());
    Some(first)
}

fn start(test: &str, args: &[&str]) -> Option<PrivateEngine> {
    let nodes = Nodes { folder: tempfile::tempdir().unwrap() };
    let started = nodes.run(args);
    if !started.status.success() {
        let why = String::from_utf8_lossy(&started.stderr);
        let sentence = format!("{test}: no private engine can be started: {}", why.trim());
        assert!(std::env::var("STACKTOP_TEST_ENGINE").as_deref() != Ok("require"), "{sentence}");
        eprintln!("SKIPPED: {sentence}");
        return None;
    }
    let engine = Engine::at(nodes.socket(1)).unwrap();
    Some(PrivateEngine { bed: TestEngine::new(engine, test), nodes })
}

/// A private engine without its bed: it is there for as long as this is.
pub struct Node {
    _nodes: Nodes,
}

impl PrivateEngine {
    /// What keeps it alive, and what tests make on it.
    pub fn split(self) -> (Node, TestEngine) {
        (Node { _nodes: self.nodes }, self.bed)
    }

    /// Gives it an image of the host's engine, which need not make it a second time.
    pub fn copy_from_host(&self, image: &str) {
        let line = r#"docker save "$1" | docker --host "$2" load --quiet"#;
        let words = ["-c", line, "copy", image, &self.bed.engine().host()];
        let done = Command::new("sh").args(words).env_remove("DOCKER_HOST").output().unwrap();
        assert!(done.status.success(), "{image}: {}", String::from_utf8_lossy(&done.stderr));
    }

    /// Makes it a swarm of one node, which manages itself.
    pub async fn init_swarm(&self) {
        let wish = json!({ "ListenAddr": "0.0.0.0:2377", "AdvertiseAddr": "10.99.0.1" });
        let answer = self.bed.engine().post("/swarm/init", wish).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }

    /// The second of a pair.
    pub fn second(&self) -> Engine {
        Engine::at(self.nodes.socket(2)).unwrap()
    }

    /// Gives the second an image of the first.
    pub async fn copy_to_second(&self, image: &str) {
        let content = self.bed.engine().get(&format!("/images/{image}/get")).await;
        assert_eq!(content.status, 200, "{}", content.text());
        let second = self.second();
        let loaded = second.send(Method::POST, "/images/load", "application/x-tar", content.body).await;
        assert_eq!(loaded.status(), 200, "{image}");
        // It is there once the answer has been read.
        loaded.into_body().collect().await.unwrap();
    }

    /// Runs a registry, which this engine finds at `127.0.0.1:5000`, for everybody; `None`, said loudly, where none was
    /// unpacked.
    pub fn registry(&self, test: &str) -> Option<Registry<'_>> {
        let unpacked = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/testbed/registry");
        if !unpacked.join("complete").exists() {
            eprintln!(
                "SKIPPED: {test}: no registry is in {} (tests/testbed/registry.sh)",
                unpacked.display()
            );
            return None;
        }
        let registry = Registry { private: self, unpacked, settings: tempfile::tempdir().unwrap() };
        registry.start("");
        Some(registry)
    }

    /// The same for `ada` alone, whom [`Registry::docker`] speaks for.
    pub fn closed_registry(&self, test: &str) -> Option<Registry<'_>> {
        /// `hunter2`, as bcrypt has it.
        const USERS: &str = "ada:$2b$05$.Qz8vNcqn8K9E.XJ2Tb3FO45xvWDAim8XoJN.QVh8DCsKX16cYhJW\n";
        /// `ada:hunter2` in base 64.
        const LOGIN: &str = "YWRhOmh1bnRlcjI=";
        let registry = self.registry(test)?;
        let users = registry.settings.path().join("users");
        std::fs::write(&users, USERS).unwrap();
        let login = json!({ "auths": { "127.0.0.1:5000": { "auth": LOGIN } } });
        std::fs::write(registry.settings.path().join("config.json"), login.to_string()).unwrap();
        registry.start(&users.display().to_string());
        Some(registry)
    }

    /// Kills the engine, does what is to be done while it is away, and starts it again on its data.
    pub fn restart_with(&self, meanwhile: impl FnOnce()) {
        self.nodes.check(&["kill", "1"]);
        meanwhile();
        self.nodes.check(&["restart", "1"]);
    }
}

/// A registry beside a private engine.
pub struct Registry<'a> {
    private: &'a PrivateEngine,
    unpacked: PathBuf,
    settings: tempfile::TempDir,
}

impl Registry<'_> {
    /// A registry that runs is replaced.
    fn start(&self, users: &str) {
        self.private.nodes.check(&["registry", "1", &self.unpacked.display().to_string(), users]);
    }

    /// Puts an image of the engine into the registry under this name and tag; returns the whole reference.
    pub async fn push(&self, image: &str, name: &str, tag: &str) -> String {
        let repository = format!("127.0.0.1:5000/{name}");
        let path = format!("/images/{image}/tag?repo={repository}&tag={tag}");
        assert_eq!(self.private.bed.engine().post(&path, Value::Null).await.status, 201, "{image}");
        let reference = format!("{repository}:{tag}");
        self.docker(&["push", "--quiet", &reference]);
        reference
    }

    /// Runs `docker` as somebody who may use the registry.
    pub fn docker(&self, words: &[&str]) {
        let mut command = Command::new("docker");
        command.arg("--config").arg(self.settings.path()).args(["--host", &self.private.bed.engine().host()]);
        let done = command.args(words).output().unwrap();
        assert!(done.status.success(), "docker {words:?}: {}", String::from_utf8_lossy(&done.stderr));
    }
}

impl Nodes {
    fn socket(&self, number: u32) -> PathBuf {
        self.folder.path().join(format!("n{number}/docker.sock"))
    }

    fn run(&self, args: &[&str]) -> Output {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/testbed/nodes.sh");
        Command::new(script).args(args).env("NODES", self.folder.path()).output().unwrap()
    }

    fn check(&self, args: &[&str]) {
        let done = self.run(args);
        assert!(done.status.success(), "nodes.sh {args:?}: {}", String::from_utf8_lossy(&done.stderr));
    }
}

impl Drop for Nodes {
    fn drop(&mut self) {
        self.run(&["down"]);
    }
}
