//! What integration tests share. A test file says `mod support;` and takes what it needs:
//!
//! ```ignore
//! #[tokio::test]
//! async fn a_stopped_replica_is_seen() {
//!     let Some(bed) = support::engine("a_stopped_replica_is_seen") else { return };
//!     let web = bed.run(Spec::new(bed.image("1")).name("web").health("/health", 200)).await;
//!     web.wait_healthy().await;
//! }
//! ```
//!
//! Everything a test makes carries the label `stacktop.test=<id>` and is removed when its [`TestEngine`] is dropped,
//! also by a panic; what a killed process left behind is removed by the next one that starts.

// Every test binary compiles this module and uses a part of it.
#![allow(dead_code, unused_imports, unreachable_pub, reason = "each test binary uses a part of the module")]
// The lint configuration excuses test functions; here, too, a failure is to end the test with its reason.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, reason = "test code")]

pub mod blocking;
pub mod compose;
pub mod container;
pub mod database;
pub mod engine;
pub mod image;
pub mod private;
pub mod pty;
pub mod sandbox;
pub mod spec;
pub mod swarm;
pub mod tools;
pub mod wait;

pub use compose::{ComposeProject, Service};
pub use container::Container;
pub use database::Databases;
pub use engine::{Answer, Engine};
pub use pty::{Pty, PtyBuilder};
pub use sandbox::{TestEngine, engine, newer_engine};
pub use spec::Spec;
pub use tools::{compose_v2, docker_cli};
pub use wait::wait_until;
