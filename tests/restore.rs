//! Restores and drills on a real engine, of real databases among others.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "helpers of tests, not only tests"
)]

#[path = "restore/backed_up.rs"]
mod backed_up;
#[path = "restore/compose.rs"]
mod compose;
#[path = "restore/drilled.rs"]
mod drilled;
#[path = "restore/files.rs"]
mod files;
#[path = "restore/killed.rs"]
mod killed;
#[path = "restore/mariadb.rs"]
mod mariadb;
#[path = "restore/postgres.rs"]
mod postgres;
#[path = "restore/rabbitmq.rs"]
mod rabbitmq;
#[path = "restore/redis.rs"]
mod redis;
#[path = "restore/refused.rs"]
mod refused;
#[path = "restore/site.rs"]
mod site;
mod support;
#[path = "restore/swarm.rs"]
mod swarm;
#[path = "restore/swarm_postgres.rs"]
mod swarm_postgres;
#[path = "restore/yard.rs"]
mod yard;
