//! Images with real databases, made once per engine of Debian's packages; see `tests/testbed/base-image.sh` and
//! `mariadb-image.sh`, `rabbitmq-image.sh`.

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
        let told = self.made_by("base-image.sh")?;
        let [postgres, redis] = told.lines().collect::<Vec<_>>()[..] else { panic!("{told}") };
        Some(Databases { postgres: postgres.to_owned(), redis: redis.to_owned() })
    }

    /// The same for the tag of an image with MariaDB.
    pub fn mariadb(&self) -> Option<String> {
        self.made_by("mariadb-image.sh").map(|told| told.trim().to_owned())
    }

    /// The same for the tag of an image with RabbitMQ.
    pub fn rabbitmq(&self) -> Option<String> {
        self.made_by("rabbitmq-image.sh").map(|told| told.trim().to_owned())
    }

    fn made_by(&self, script: &str) -> Option<String> {
        match tags(self.engine().socket(), script) {
            Ok(tags) => Some(tags),
            Err(reason) => {
                let sentence = format!("no images of databases: {reason}");
                assert!(std::env::var("STACKTOP_TEST_ENGINE").as_deref() != Ok("require"), "{sentence}");
                eprintln!("SKIPPED: {sentence}");
                None
            }
        }
    }
}

fn tags(socket: &Path, script: &str) -> Result<String, String> {
    let lock = File::options()
        .create(true)
        .append(true)
        .open(std::env::temp_dir().join("stacktop-test-databases.lock"))
        .map_err(|error| error.to_string())?;
    lock.lock().map_err(|error| error.to_string())?;
    let made = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/testbed").join(script))
        .env("DOCKER_HOST", format!("unix://{}", socket.display()))
        .output()
        .map_err(|error| error.to_string())?;
    if !made.status.success() {
        return Err(String::from_utf8_lossy(&made.stderr).trim().to_owned());
    }
    Ok(String::from_utf8_lossy(&made.stdout).into_owned())
}
