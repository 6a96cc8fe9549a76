//! Signals as messages.

use std::io;

use rustix::process::Signal as Number;
use tokio::signal::unix::{Signal as Stream, SignalKind, signal};

use super::Exit;

/// A signal that concerns the dashboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signal {
    /// Somebody wants the program to end: `kill`, a line that dropped, Ctrl-C in another mode.
    End(Exit),
    /// The shell puts the program to sleep.
    Suspend,
    /// The shell woke the program.
    Wake,
}

/// The signals as they come.
pub(super) struct Signals {
    term: Stream,
    hup: Stream,
    int: Stream,
    tstp: Stream,
    cont: Stream,
}

impl Signals {
    pub(super) fn listen() -> io::Result<Self> {
        let stream = |number: Number| signal(SignalKind::from_raw(number.as_raw()));
        Ok(Self {
            term: stream(Number::TERM)?,
            hup: stream(Number::HUP)?,
            int: stream(Number::INT)?,
            tstp: stream(Number::TSTP)?,
            cont: stream(Number::CONT)?,
        })
    }

    /// The next signal. It may be dropped while it waits.
    pub(super) async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.term.recv() => Signal::End(Exit::Terminated),
            _ = self.hup.recv() => Signal::End(Exit::HungUp),
            _ = self.int.recv() => Signal::End(Exit::Interrupted),
            _ = self.tstp.recv() => Signal::Suspend,
            _ = self.cont.recv() => Signal::Wake,
        }
    }
}

/// Stops this process and its group, as a shell's Ctrl-Z does; returns once the shell continues it.
pub(super) fn sleep_until_woken() -> io::Result<()> {
    Ok(rustix::process::kill_current_process_group(Number::STOP)?)
}
