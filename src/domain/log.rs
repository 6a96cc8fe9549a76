//! Lines of container output.

use jiff::Timestamp;

/// One line of a container's output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// When the engine read it, to the nanosecond; unknown only where a driver keeps no time.
    pub at: Option<Timestamp>,
    /// Which stream.
    pub stream: LogStream,
    /// The line, sanitised, without its end.
    pub text: String,
}

/// Where a line was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LogStream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
    /// A terminal: both in one.
    Terminal,
}

/// Which lines of a container's output are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogQuery {
    /// Whether to go on with lines that are still to come.
    pub follow: bool,
    /// At most so many of the newest lines; `None` is all.
    pub tail: Option<u64>,
    /// Not before this moment, inclusive.
    pub since: Option<Timestamp>,
    /// Not after this moment.
    pub until: Option<Timestamp>,
}

/// A container whose output is wanted, and the name its lines go by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogSource {
    /// The container.
    pub container: super::ContainerId,
    /// What its lines are prefixed with: `web-1`.
    pub name: String,
    /// Whether its output is a terminal's; asked from the engine if unknown.
    pub tty: Option<bool>,
    /// The newest line that is known of it: what came behind that is read, whatever is asked of the others.
    pub newest: Option<Timestamp>,
}

/// Lines of several containers, in time order as far as they were there to be ordered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogBatch {
    /// The lines, each with the index of its source in the list that was asked for.
    pub lines: Vec<(usize, LogLine)>,
    /// Sources whose output cannot be read or broke off, with the reason as a sentence.
    pub failures: Vec<(usize, String)>,
}
