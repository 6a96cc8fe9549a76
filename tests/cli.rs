//! The built program, verb by verb: what it prints, for people and for programs, and how it ends.

// The lint configuration excuses test functions; here, too, a failure is to end the test with its reason.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::string_slice,
    reason = "test code"
)]

mod support;

#[path = "cli/backup.rs"]
mod backup;
#[path = "cli/demo.rs"]
mod demo;
#[path = "cli/engine.rs"]
mod engine;
#[path = "cli/exec.rs"]
mod exec;
#[path = "cli/follow.rs"]
mod follow;
#[path = "cli/journal.rs"]
mod journal;
#[path = "cli/operate.rs"]
mod operate;
#[path = "cli/ops.rs"]
mod ops;
#[path = "cli/pipes.rs"]
mod pipes;
#[path = "cli/program.rs"]
mod program;
#[path = "cli/prune.rs"]
mod prune;
#[path = "cli/settings.rs"]
mod settings;
#[path = "cli/shelf.rs"]
mod shelf;
#[path = "cli/swarm.rs"]
mod swarm;
#[path = "cli/terminal.rs"]
mod terminal;
#[path = "cli/usage.rs"]
mod usage;
