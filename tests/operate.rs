//! The calls that change something, against a real engine and its own refusals.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, not only tests")]

#[path = "operate/backup.rs"]
mod backup;
#[path = "operate/containers.rs"]
mod containers;
#[path = "operate/exec.rs"]
mod exec;
#[path = "operate/files.rs"]
mod files;
#[path = "operate/measure.rs"]
mod measure;
#[path = "operate/memory.rs"]
mod memory;
#[path = "operate/objects.rs"]
mod objects;
mod support;
#[path = "operate/swarm.rs"]
mod swarm;

use stacktop::engine::{Choice, Connector, Engine, Surroundings};
use support::TestEngine;

/// The engine of a test bed, reached as the program reaches it.
async fn reach(bed: &TestEngine) -> Engine {
    let choice = Choice { host: Some(bed.engine().host()), context: None };
    Connector::choose(&choice, &Surroundings::default()).unwrap().connect().await.unwrap()
}

fn words<const N: usize>(words: [&str; N]) -> Vec<String> {
    words.map(str::to_owned).to_vec()
}
