//! How the program ends: one code for each kind of ending, one sentence for each failure.

use std::{io, process::ExitCode};

use thiserror::Error;

use crate::domain::TargetError;

/// How the program ended. The numbers are part of the interface: scripts rely on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Everything was done, and `health` found nothing wrong.
    Fine,
    /// `health` found something wrong, or what was asked for failed and left nothing behind.
    Wrong,
    /// Refused before anything was touched: an unknown option or name, or a plan that cannot work.
    Usage,
    /// A person is needed: no engine answers, or none any more, or an operation has paused.
    Waits,
    /// An operation failed, and so did the way back: the message has the exact next command.
    Incomplete,
    /// A disk here: a backup cannot be written, or read.
    Storage,
    /// The terminal is gone: the line dropped.
    HungUp,
    /// Ctrl-C.
    Interrupted,
    /// Somebody ended the program with `kill`.
    Terminated,
    /// As the program ended that `exec` ran in a container.
    Program(u8),
}

impl Exit {
    /// The number.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Fine => 0,
            Self::Wrong => 1,
            Self::Usage => 2,
            Self::Waits => 3,
            Self::Incomplete => 4,
            Self::Storage => 5,
            Self::HungUp => 129,
            Self::Interrupted => 130,
            Self::Terminated => 143,
            Self::Program(code) => code,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// Why a verb could not do its work, as one sentence.
#[derive(Debug, Error)]
pub enum Failure {
    /// The arguments contradict each other or cannot be read.
    #[error("{0}")]
    Usage(String),
    /// A name means nothing, or too much.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// No engine answers.
    #[error("{0}\nWithout an engine, `stacktop demo` shows the program on a simulated one.")]
    Unreachable(String),
    /// The engine answered, and then no more.
    #[error("{0}")]
    Lost(String),
    /// The engine refused, or part of the work could not be done.
    #[error("{0}")]
    Refused(String),
    /// A backup cannot be written to a disk here, or read from it.
    #[error("{0}")]
    Storage(String),
    /// The output cannot be written.
    #[error("the output cannot be written: {0}")]
    Output(#[from] io::Error),
}

impl Failure {
    /// The code to end with. Whoever reads the output may stop at any time: a closed pipe is no failure.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self {
            Self::Usage(_) | Self::Target(_) => Exit::Usage,
            Self::Unreachable(_) | Self::Lost(_) => Exit::Waits,
            Self::Refused(_) => Exit::Wrong,
            Self::Storage(_) => Exit::Storage,
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Fine,
            Self::Output(_) => Exit::Wrong,
        }
    }

    /// The sentence for a person; nothing where nothing failed.
    #[must_use]
    pub fn sentence(&self) -> Option<String> {
        (self.exit() != Exit::Fine).then(|| crate::cli::render::lines(&self.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_pipe_is_a_quiet_success() {
        let closed = Failure::from(io::Error::from(io::ErrorKind::BrokenPipe));
        assert_eq!((closed.exit(), closed.sentence()), (Exit::Fine, None));
    }

    #[test]
    fn a_full_disk_is_told() {
        let full = Failure::from(io::Error::from(io::ErrorKind::StorageFull));
        assert_eq!(full.exit(), Exit::Wrong);
        assert!(full.sentence().unwrap().starts_with("the output cannot be written"));
    }

    #[test]
    fn every_code_is_in_the_help() {
        for exit in [
            Exit::Fine,
            Exit::Wrong,
            Exit::Usage,
            Exit::Waits,
            Exit::Incomplete,
            Exit::Storage,
            Exit::HungUp,
            Exit::Interrupted,
            Exit::Terminated,
        ] {
            assert!(crate::cli::args::EPILOGUE.contains(&format!("\n  {} ", exit.code())), "{exit:?}");
        }
    }
}
