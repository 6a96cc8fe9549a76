//! The simulated engine, asked over HTTP as any client would.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "helpers of tests, not only tests"
)]

#[path = "sim/ask.rs"]
mod ask;
#[path = "sim/cli.rs"]
mod cli;
#[path = "sim/containers.rs"]
mod containers;
#[path = "sim/create.rs"]
mod create;
#[path = "sim/exec.rs"]
mod exec;
#[path = "sim/faults.rs"]
mod faults;
#[path = "sim/incidents.rs"]
mod incidents;
#[path = "sim/objects.rs"]
mod objects;
#[path = "sim/real.rs"]
mod real;
#[path = "sim/streams.rs"]
mod streams;
#[path = "sim/swarm.rs"]
mod swarm;
#[path = "sim/system.rs"]
mod system;
