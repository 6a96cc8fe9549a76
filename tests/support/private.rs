//! An engine of the test's own, which it may stop, kill and start again. The host's is never touched.

use super::{Engine, TestEngine};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A private engine. Dropping it removes the engine with all its data.
pub struct PrivateEngine {
    /// What the test makes on it.
    pub bed: TestEngine,
    nodes: Nodes,
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
    let nodes = Nodes { folder: tempfile::tempdir().unwrap() };
    let started = match release {
        Release::Host => nodes.run(&["up", "1"]),
        Release::Newer => nodes.run(&["up", "1", &folder]),
    };
    if !started.status.success() {
        let why = String::from_utf8_lossy(&started.stderr);
        let sentence = format!("{test}: no private engine can be started: {}", why.trim());
        assert!(std::env::var("STACKTOP_TEST_ENGINE").as_deref() != Ok("require"), "{sentence}");
        eprintln!("SKIPPED: {sentence}");
        return None;
    }
    let engine = Engine::at(nodes.socket()).unwrap();
    Some(PrivateEngine { bed: TestEngine::new(engine, test), nodes })
}

impl PrivateEngine {
    /// Makes it a swarm of one node, which manages itself.
    pub async fn init_swarm(&self) {
        let wish = json!({ "ListenAddr": "0.0.0.0:2377", "AdvertiseAddr": "10.99.0.1" });
        let answer = self.bed.engine().post("/swarm/init", wish).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }

    /// Kills the engine, does what is to be done while it is away, and starts it again on its data.
    pub fn restart_with(&self, meanwhile: impl FnOnce()) {
        self.nodes.check(&["kill", "1"]);
        meanwhile();
        self.nodes.check(&["restart", "1"]);
    }
}

impl Nodes {
    fn socket(&self) -> PathBuf {
        self.folder.path().join("n1/docker.sock")
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
