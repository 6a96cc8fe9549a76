//! Lines out of pieces, with bounded memory.
//!
//! The engine puts a timestamp and a space before each line. A line of more than 16 KiB comes in several frames,
//! and each repeats the same timestamp: frames without a newline at their end are joined to the next one of the
//! same stream, whose timestamp, if it is the same, is left out.

use std::fmt::Write as _;

use jiff::{SignedDuration, Timestamp};
use memchr::memchr;

use crate::{
    domain::{LogLine, LogStream},
    text::{MAX_LINE, sanitize_bytes},
};

/// Timestamps have 30 characters in UTC and 35 with an offset.
const LONGEST_STAMP: usize = 36;
const SHORTEST_STAMP: usize = 20;
/// What is kept of a line that is not complete yet: what can be shown of it.
const KEPT: usize = MAX_LINE + 2 * LONGEST_STAMP;

/// Puts the lines of one stream together.
#[derive(Debug)]
pub(super) struct Assembler {
    stream: LogStream,
    /// The beginning of the line that is not complete yet, and what came of it in all.
    kept: Vec<u8>,
    total: usize,
    last: u8,
    /// The moment of the line before, for lines without one.
    at: Option<Timestamp>,
    minute: Minute,
}

impl Assembler {
    pub(super) const fn new(stream: LogStream) -> Self {
        Self { stream, kept: Vec::new(), total: 0, last: 0, at: None, minute: Minute::NONE }
    }

    /// The beginning of a frame: goes on with the line that the frame before left open, or not.
    pub(super) fn begin(&mut self, bytes: &[u8], out: &mut Vec<LogLine>) {
        let mut rest = bytes;
        if self.total > 0
            && let Some((_, length)) = stamp(&self.kept)
        {
            match self.kept.get(..length).and_then(|same| bytes.strip_prefix(same)) {
                Some(tail) => rest = tail,
                None if stamp(bytes).is_some() => self.finish(out),
                None => {}
            }
        }
        self.push(rest, out);
    }

    /// More bytes.
    pub(super) fn push(&mut self, bytes: &[u8], out: &mut Vec<LogLine>) {
        let mut rest = bytes;
        while let Some(end) = memchr(b'\n', rest) {
            let (line, tail) = rest.split_at(end);
            if self.total == 0 {
                self.emit(line, line.len(), line.last().copied(), out);
            } else {
                self.keep(line);
                self.finish(out);
            }
            rest = tail.get(1..).unwrap_or_default();
        }
        self.keep(rest);
    }

    /// Ends the line that is open, if one is.
    pub(super) fn finish(&mut self, out: &mut Vec<LogLine>) {
        if self.total > 0 {
            let kept = std::mem::take(&mut self.kept);
            self.emit(&kept, self.total, Some(self.last), out);
            self.kept = kept;
            self.kept.clear();
            self.total = 0;
        }
    }

    fn keep(&mut self, bytes: &[u8]) {
        let Some(last) = bytes.last() else { return };
        let room = KEPT.saturating_sub(self.kept.len());
        self.kept.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
        self.total += bytes.len();
        self.last = *last;
    }

    /// A line of `total` bytes that begins with `raw` and ends with `last`.
    fn emit(&mut self, raw: &[u8], total: usize, last: Option<u8>, out: &mut Vec<LogLine>) {
        let told = self.minute.stamp(raw).or_else(|| self.minute.learn(raw));
        let (at, length) = told.map_or((self.at, 0), |(at, length)| (Some(at), length));
        self.at = at;
        let total = total.saturating_sub(length + usize::from(last == Some(b'\r')));
        let content = raw.get(length..).unwrap_or_default();
        let shown = content.get(..total.min(MAX_LINE)).unwrap_or(content);
        let mut text = sanitize_bytes(shown);
        if total > shown.len() {
            let _ = write!(text, " … {} more bytes", total - shown.len());
        }
        out.push(LogLine { at, stream: self.stream, text });
    }
}

/// The minute of the line before. Timestamps of lines that follow differ from its in the digits behind, which are read
/// in a fraction of the time that a whole date takes.
#[derive(Debug)]
struct Minute {
    /// `2026-08-20T10:00:`
    text: [u8; Self::TEXT],
    begins_at: Timestamp,
}

impl Minute {
    const TEXT: usize = 17;
    const NONE: Self = Self { text: [0; Self::TEXT], begins_at: Timestamp::UNIX_EPOCH };
    /// `07.123456789Z `, as engines write seconds.
    const REST: usize = 14;

    /// A timestamp of this minute, and how many bytes it takes with the space behind it.
    fn stamp(&self, line: &[u8]) -> Option<(Timestamp, usize)> {
        let rest = line.strip_prefix(&self.text)?.first_chunk::<{ Self::REST }>()?;
        let [tens, ones, b'.', fraction @ .., b'Z', b' '] = rest else { return None };
        let digit = |byte: &u8| byte.is_ascii_digit().then(|| i64::from(byte - b'0'));
        let mut nanos = digit(tens)? * 10 + digit(ones)?;
        for byte in fraction {
            nanos = nanos * 10 + digit(byte)?;
        }
        // A leap second is left to who reads it whole.
        let at = self.begins_at.checked_add(SignedDuration::from_nanos(nanos)).ok()?;
        (*tens < b'6').then_some((at, Self::TEXT + Self::REST))
    }

    /// Reads a timestamp whole and remembers its minute.
    fn learn(&mut self, line: &[u8]) -> Option<(Timestamp, usize)> {
        let (at, length) = stamp(line)?;
        if length == Self::TEXT + Self::REST
            && let Some(text) = line.first_chunk::<{ Self::TEXT }>()
            && let Ok(minute) = Timestamp::from_second(at.as_second().div_euclid(60) * 60)
        {
            *self = Self { text: *text, begins_at: minute };
        }
        Some((at, length))
    }
}

/// The timestamp that `line` begins with, and how many bytes it takes with the space behind it.
fn stamp(line: &[u8]) -> Option<(Timestamp, usize)> {
    if !line.first().is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let begin = line.get(..=LONGEST_STAMP).unwrap_or(line);
    let length = begin.iter().position(|byte| *byte == b' ').unwrap_or(begin.len());
    if !(SHORTEST_STAMP..=LONGEST_STAMP).contains(&length) {
        return None;
    }
    let at = std::str::from_utf8(begin.get(..length)?).ok()?.parse().ok()?;
    Some((at, (length + 1).min(begin.len())))
}
