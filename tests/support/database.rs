//! Images with real databases, made once per engine of Debian's packages; see `tests/testbed/base-image.sh`.

use super::TestEngine;
use std::fs::File;
use std::path::Path;
use std::process::Command;

/// The tags of the images.
#[derive(Clone, Debug)]
pub struct Databases {
    pub postgres: String,
    pub redis: String,
}

impl TestEngine {
    /// Images that behave as the official ones of PostgreSQL and Redis do; `None`, said loudly, where they cannot be
    /// made. `STACKTOP_TEST_ENGINE=require` makes that a failure.
    pub fn databases(&self) -> Option<Databases> {
        match tags(self.engine().socket()) {
            Ok(databases) => Some(databases),
            Err(reason) => {
                let sentence = format!("no images of databases: {reason}");
                assert!(std::env::var("STACKTOP_TEST_ENGINE").as_deref() != Ok("require"), "{sentence}");
                eprintln!("SKIPPED: {sentence}");
                None
            }
        }
    }
}

fn tags(socket: &Path) -> Result<Databases, String> {
    let lock = File::options()
        .create(true)
        .append(true)
        .open(std::env::temp_dir().join("stacktop-test-databases.lock"))
        .map_err(|error| error.to_string())?;
    lock.lock().map_err(|error| error.to_string())?;
    let made = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/testbed/base-image.sh"))
        .env("DOCKER_HOST", format!("unix://{}", socket.display()))
        .output()
        .map_err(|error| error.to_string())?;
    if !made.status.success() {
        return Err(String::from_utf8_lossy(&made.stderr).trim().to_owned());
    }
    let told = String::from_utf8_lossy(&made.stdout).into_owned();
    let [postgres, redis] = told.lines().collect::<Vec<_>>()[..] else { return Err(told) };
    Ok(Databases { postgres: postgres.to_owned(), redis: redis.to_owned() })
}
