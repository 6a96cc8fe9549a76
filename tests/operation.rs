//! Rolling updates and scalings from lock to verdict: on the simulated engine, where they are killed at every step, and
//! on a real one.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "helpers of tests, not only tests"
)]

#[path = "operation/agreed.rs"]
mod agreed;
#[path = "operation/backup.rs"]
mod backup;
#[path = "operation/backup_faults.rs"]
mod backup_faults;
#[path = "operation/balancer.rs"]
mod balancer;
#[path = "operation/broken.rs"]
mod broken;
#[path = "operation/compose.rs"]
mod compose;
#[path = "operation/course.rs"]
mod course;
#[path = "operation/faults.rs"]
mod faults;
#[path = "operation/halted.rs"]
mod halted;
#[path = "operation/hooks.rs"]
mod hooks;
#[path = "operation/interference.rs"]
mod interference;
#[path = "operation/killed.rs"]
mod killed;
#[path = "operation/load.rs"]
mod load;
#[path = "operation/manager.rs"]
mod manager;
#[path = "operation/matrix.rs"]
mod matrix;
#[path = "operation/pace.rs"]
mod pace;
#[path = "operation/pair.rs"]
mod pair;
#[path = "operation/pinned.rs"]
mod pinned;
#[path = "operation/progress.rs"]
mod progress;
#[path = "clone/project.rs"]
#[allow(dead_code, reason = "another test exchanges the containers of such a project by hand")]
mod project;
#[path = "operation/put_back.rs"]
mod put_back;
#[path = "operation/restored.rs"]
mod restored;
#[path = "operation/scaling.rs"]
mod scaling;
#[path = "operation/shop.rs"]
mod shop;
#[path = "operation/site.rs"]
mod site;
mod support;
#[path = "operation/swarm.rs"]
mod swarm;
#[cfg(feature = "tui")]
#[path = "operation/turns.rs"]
mod turns;
#[path = "operation/watched.rs"]
mod watched;
#[path = "operation/yard.rs"]
mod yard;
