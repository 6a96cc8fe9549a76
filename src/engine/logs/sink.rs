//! What lines are put into as they are found.

use std::fmt::Write as _;

use jiff::Timestamp;

use crate::{
    domain::{LogLine, LogStream},
    text::{sanitize_bytes, sanitize_onto},
};

/// Lines that are handed on at once, about, and bytes of text.
const LINES: usize = 2000;
const BYTES: usize = 64 << 10;

/// A line as it was found.
pub(super) struct Found<'a> {
    pub(super) at: Option<Timestamp>,
    pub(super) stream: LogStream,
    /// What can be shown of it, not sanitised yet.
    pub(super) shown: &'a [u8],
    /// How many bytes there were behind that.
    pub(super) missing: usize,
}

/// Takes lines.
pub(super) trait Sink: Default {
    fn add(&mut self, line: Found<'_>);

    fn is_empty(&self) -> bool;

    /// Whether what it holds is to be handed on.
    fn is_full(&self) -> bool;
}

impl Sink for Vec<LogLine> {
    fn add(&mut self, line: Found<'_>) {
        let mut text = sanitize_bytes(line.shown);
        note(&mut text, line.missing);
        self.push(LogLine { at: line.at, stream: line.stream, text });
    }

    fn is_empty(&self) -> bool {
        self.is_empty()
    }

    fn is_full(&self) -> bool {
        self.len() >= LINES
    }
}

/// The lines as one text, each with a newline at its end: no allocation for each.
impl Sink for String {
    fn add(&mut self, line: Found<'_>) {
        sanitize_onto(self, line.shown);
        note(self, line.missing);
        self.push('\n');
    }

    fn is_empty(&self) -> bool {
        self.is_empty()
    }

    fn is_full(&self) -> bool {
        self.len() >= BYTES
    }
}

fn note(text: &mut String, missing: usize) {
    if missing > 0 {
        // Writing to a string cannot fail.
        let _ = write!(text, " … {missing} more bytes");
    }
}
