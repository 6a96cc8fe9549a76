//! Programs of others, for tests that compare with them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The `docker` client, if this host has one.
pub fn docker_cli(test: &str) -> Option<PathBuf> {
    program(test, PathBuf::from("docker"), "the docker client is not installed")
}

/// Compose v2 as a stand-alone program: `STACKTOP_TEST_COMPOSE`, or where `tests/testbed/newer-docker.sh` puts it.
pub fn compose_v2(test: &str) -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("STACKTOP_TEST_COMPOSE") {
        assert!(Path::new(&named).exists(), "STACKTOP_TEST_COMPOSE names {named:?}, which is not there");
        return Some(named.into());
    }
    let unpacked = "target/testbed/newer/usr/libexec/docker/cli-plugins/docker-compose";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(unpacked);
    program(test, path, "Compose v2 is not unpacked (tests/testbed/newer-docker.sh)")
}

fn program(test: &str, path: PathBuf, absent: &str) -> Option<PathBuf> {
    let started = Command::new(&path).arg("version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if started.is_err() {
        eprintln!("SKIPPED: {test}: {absent}");
        return None;
    }
    Some(path)
}
