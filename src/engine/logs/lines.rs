//! Lines out of pieces, with bounded memory.
//!
//! A line of more than 16 KiB comes in several frames: frames without a newline at their end are joined to the next one
//! of the same stream. Where the engine was asked for it, a timestamp and a space are before each line and repeated in
//! each of its frames, which tells a line that goes on from one that a program left open as it ended.

use jiff::{SignedDuration, Timestamp};
use memchr::memchr;

use super::sink::{Found, Sink};
use crate::{domain::LogStream, text::MAX_LINE};

/// Timestamps have 30 characters in UTC and 35 with an offset.
const LONGEST_STAMP: usize = 36;
const SHORTEST_STAMP: usize = 20;
/// What is kept of a line that is not complete yet: what can be shown of it.
const KEPT: usize = MAX_LINE + 2 * LONGEST_STAMP;
/// Engines cut lines into frames of this many bytes; what they tell of bytes that are no UTF-8 is longer.
const CUT: usize = 16 << 10;

/// Whether the engine was asked to put a timestamp before each line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stamps {
    Wanted,
    Unwanted,
}

/// Puts the lines of one stream together.
#[derive(Debug)]
pub(super) struct Assembler {
    stream: LogStream,
    stamps: Stamps,
    /// How much of the open frame there was.
    frame: usize,
    /// The beginning of the line that is not complete yet, and what came of it in all.
    kept: Vec<u8>,
    total: usize,
    last: u8,
    /// The moment of the line before, for lines without one.
    at: Option<Timestamp>,
    minute: Minute,
}

impl Assembler {
    pub(super) const fn new(stream: LogStream, stamps: Stamps) -> Self {
        Self { stream, stamps, frame: 0, kept: Vec::new(), total: 0, last: 0, at: None, minute: Minute::NONE }
    }

    /// The beginning of a frame: goes on with the line that the frame before left open, or not.
    pub(super) fn begin(&mut self, bytes: &[u8], out: &mut impl Sink) {
        let rest = if self.total > 0 { self.go_on(bytes, out) } else { bytes };
        self.frame = 0;
        self.push(rest, out);
    }

    /// What a frame adds to the open line; ends that if the frame does not belong to it.
    fn go_on<'a>(&mut self, frame: &'a [u8], out: &mut impl Sink) -> &'a [u8] {
        if self.stamps == Stamps::Unwanted {
            if self.frame < CUT {
                self.finish(out);
            }
            return frame;
        }
        let Some((_, length)) = stamp(&self.kept) else { return frame };
        let tail = self.kept.get(..length).and_then(|same| frame.strip_prefix(same));
        if tail.is_none() && stamp(frame).is_some() {
            self.finish(out);
        }
        tail.unwrap_or(frame)
    }

    /// More bytes.
    pub(super) fn push(&mut self, bytes: &[u8], out: &mut impl Sink) {
        self.frame = self.frame.saturating_add(bytes.len());
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
    pub(super) fn finish(&mut self, out: &mut impl Sink) {
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
    fn emit(&mut self, raw: &[u8], total: usize, last: Option<u8>, out: &mut impl Sink) {
        let length = if self.stamps == Stamps::Wanted { self.learn(raw) } else { 0 };
        let total = total.saturating_sub(length + usize::from(last == Some(b'\r')));
        let content = raw.get(length..).unwrap_or_default();
        let shown = content.get(..total.min(MAX_LINE)).unwrap_or(content);
        out.add(Found { at: self.at, stream: self.stream, shown, missing: total - shown.len() });
    }

    /// Takes note of the moment that a line begins with, and returns how many bytes it takes there.
    fn learn(&mut self, line: &[u8]) -> usize {
        let told = self.minute.stamp(line).or_else(|| self.minute.learn(line));
        self.at = told.map(|(at, _)| at).or(self.at);
        told.map_or(0, |(_, length)| length)
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
