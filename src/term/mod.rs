//! The terminal: taken over, drawn to, handed over, given back on every way out.
//!
//! The only place that names crossterm. `Tui` owns the modes of the dashboard: raw mode, the alternate screen, bracketed
//! paste, a hidden cursor. It gives them back when it is dropped; [`restore`] does the same from a panic hook, where
//! nothing is dropped yet. `Inputs` owns the reading side and lets it go while somebody else has the terminal.
//! [`RawTerminal`] hands it to a program in a container; a build without a dashboard has it, too.

mod raw;

#[cfg(feature = "tui")]
mod inputs;
#[cfg(feature = "tui")]
mod tui;
#[cfg(feature = "tui")]
mod writer;

#[cfg(feature = "tui")]
pub use inputs::Inputs;
pub use raw::{RawTerminal, size};
#[cfg(feature = "tui")]
pub use tui::Tui;

/// Gives the terminal back as it was, whoever has it. It may be called from a panic hook and more than once.
pub fn restore() {
    raw::restore();
    #[cfg(feature = "tui")]
    tui::restore();
}
