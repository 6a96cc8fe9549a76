//! What happens outside the state: connections, timers, signals, frames.
//!
//! A [`Session`] joins the state with one engine: it gathers messages, stamps them, applies them and carries out
//! the effects that concern the engine. It has no terminal, so tests drive it by keys. [`dashboard()`] adds the
//! terminal: input, frames at a bounded rate, signals, sleep and wake.

mod backups;
mod clocks;
mod holder;
mod inspect;
mod jobs;
mod journal;
mod log_tasks;
mod recovery;
mod reports;
mod session;
pub mod shell;

#[cfg(feature = "tui")]
mod dashboard;
#[cfg(feature = "tui")]
mod diagnostics;
#[cfg(feature = "tui")]
mod pacer;
#[cfg(feature = "tui")]
mod signals;

pub use backups::{Furniture, Shelving};
pub use clocks::Clocks;
#[cfg(feature = "tui")]
pub use dashboard::{Exit, Options, dashboard};
#[cfg(feature = "tui")]
pub use diagnostics::start as start_diagnostics;
pub use holder::{holder, operation_id, user};
pub use recovery::Healing;
pub use reports::install_reports;
pub use session::Session;
