//! Whether the process behind an operation still lives.

use crate::{command::execute::lock::Errand, journal::Holder};

/// Whether the process that began an operation lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// A process of its number is there.
    Alive,
    /// It is gone.
    Gone,
    /// It is, or was, on another machine.
    Elsewhere,
}

impl Life {
    /// Looks on this machine.
    #[must_use]
    pub fn of(errand: &Errand) -> Self {
        if errand.host != Holder::of_this_process("").host {
            return Self::Elsewhere;
        }
        if is_there(errand.pid) { Self::Alive } else { Self::Gone }
    }

    /// A word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Alive => "at work",
            Self::Gone => "gone",
            Self::Elsewhere => "on another host",
        }
    }
}

/// Whether there is a process of this number; one of somebody else's counts.
fn is_there(pid: u32) -> bool {
    use rustix::{io::Errno, process};
    let pid = i32::try_from(pid).ok().and_then(process::Pid::from_raw);
    pid.is_some_and(|pid| !matches!(process::test_kill_process(pid), Err(Errno::SRCH)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_lives_and_an_impossible_one_does_not() {
        assert!(is_there(std::process::id()) && !is_there(0) && !is_there(u32::MAX));
    }
}
