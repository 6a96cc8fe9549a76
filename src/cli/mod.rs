//! The command line.

pub mod exit;
#[cfg(test)]
mod fixture;
pub mod moment;
pub mod render;
pub mod scope;
pub mod surface;

pub use exit::{Exit, Failure};
