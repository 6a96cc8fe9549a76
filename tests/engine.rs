//! The connection to an engine, against a scripted server: what no real engine does on demand. It hangs, refuses,
//! breaks off in the middle, tells nonsense, comes back.

// The lint configuration excuses test functions; here, too, a failure is to end the test with its reason.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "test code")]

#[path = "engine/choose.rs"]
mod choose;
#[path = "engine/connect.rs"]
mod connect;
#[path = "engine/fake.rs"]
mod fake;
#[path = "engine/logs.rs"]
mod logs;
#[path = "engine/observe.rs"]
mod observe;
#[path = "engine/requests.rs"]
mod requests;
#[path = "engine/snapshot.rs"]
mod snapshot;
