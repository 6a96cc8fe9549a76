//! stacktop watches and drives Docker Compose and Docker Swarm stacks.

pub mod action;
pub mod cli;
pub mod domain;
pub mod engine;
pub mod journal;
pub mod model;
pub mod runtime;
pub mod sim;
#[cfg(feature = "tui")]
pub mod term;
pub mod text;
#[cfg(feature = "tui")]
pub mod theme;
pub mod update;
#[cfg(feature = "tui")]
pub mod view;
