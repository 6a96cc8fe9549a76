//! An engine of the test's own, which it may stop, kill and start again. The host's is never touched.

use super::{Engine, TestEngine};
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

/// A private engine of this host's release for a test; `None`, said loudly, where none can be started.
/// `STACKTOP_TEST_ENGINE=require` makes that a failure.
pub fn engine(test: &str) -> Option<PrivateEngine> {
    let nodes = Nodes { folder: tempfile::tempdir().unwrap() };
    let started = nodes.run(&["up", "1"]);
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
