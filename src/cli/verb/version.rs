//! `stacktop version`

use crate::cli::{exit::Exit, exit::Failure, render::json, session::Session};

/// The version of this program.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Prints what this program is.
///
/// # Errors
/// [`Failure::Output`] only.
pub fn run(session: &mut Session) -> Result<Exit, Failure> {
    if session.options.json {
        session.out.json(&record())?;
    } else {
        session.out.line(format!("stacktop {VERSION}"))?;
    }
    Ok(Exit::Fine)
}

fn record() -> json::Version {
    json::Version {
        version: VERSION,
        dashboard: cfg!(feature = "tui"),
        os: std::env::consts::OS,
        arch: std::env::consts::ARCH,
    }
}
