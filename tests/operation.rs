//! Rolling updates and scalings from lock to verdict: on the simulated engine, where they are killed at every step, and
//! on a real one.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "helpers of tests, not only tests"
)]

#[path = "operation/course.rs"]
mod course;
#[path = "operation/faults.rs"]
mod faults;
#[path = "operation/matrix.rs"]
mod matrix;
#[path = "operation/shop.rs"]
mod shop;
mod support;
