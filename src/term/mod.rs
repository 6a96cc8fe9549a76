//! The terminal: taken over, drawn to, given back on every way out.
//!
//! The only place that names crossterm. [`Tui`] owns the modes: raw mode, the alternate screen, bracketed paste, a
//! hidden cursor. It gives them back when it is dropped; [`restore`] does the same from a panic hook, where nothing
//! is dropped yet. [`Inputs`] owns the reading side and is dropped while somebody else has the terminal.

mod inputs;
mod tui;
mod writer;

pub use inputs::Inputs;
pub use tui::{Tui, restore};
