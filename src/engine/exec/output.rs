//! What a command writes, as lines, with bounded memory.

use std::collections::VecDeque;

use crate::{
    engine::logs::frames::{Frames, Origin, Piece, Unframed},
    text::{MAX_LINE, sanitize_bytes},
};

/// Lines that are kept: the last ones say what went wrong.
const MOST: usize = 1000;

/// Collects the output of a command without a terminal.
#[derive(Debug, Default)]
pub(super) struct Output {
    frames: Frames,
    lines: Lines,
}

/// Lines of two streams, in the order in which they were completed.
#[derive(Debug, Default)]
struct Lines {
    complete: VecDeque<String>,
    left_out: usize,
    stdout: Open,
    stderr: Open,
}

/// The beginning of a line that is not complete yet.
#[derive(Debug, Default)]
struct Open {
    kept: Vec<u8>,
    missing: usize,
}

impl Output {
    /// Takes bytes as the engine sends them.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        let Self { frames, lines } = self;
        if let Err(Unframed(rest)) = frames.push(bytes, |piece| lines.take(piece)) {
            lines.take(Piece { origin: Origin::Stdout, is_first: true, bytes: &rest });
        }
    }

    /// All lines that were kept, and how many before them were not.
    pub(super) fn finish(mut self) -> (Vec<String>, usize) {
        let Self { frames, lines } = &mut self;
        let rest = frames.finish(|piece| lines.take(piece));
        lines.take(Piece { origin: Origin::Stdout, is_first: true, bytes: &rest });
        for origin in [Origin::Stdout, Origin::Stderr] {
            if !lines.open(origin).is_empty() {
                lines.end(origin);
            }
        }
        (self.lines.complete.into(), self.lines.left_out)
    }
}

impl Lines {
    fn take(&mut self, piece: Piece<'_>) {
        for part in piece.bytes.split_inclusive(|byte| *byte == b'\n') {
            match part.strip_suffix(b"\n") {
                Some(line) => {
                    self.open(piece.origin).extend(line);
                    self.end(piece.origin);
                }
                None => self.open(piece.origin).extend(part),
            }
        }
    }

    const fn open(&mut self, origin: Origin) -> &mut Open {
        match origin {
            Origin::Stdout => &mut self.stdout,
            Origin::Stderr => &mut self.stderr,
        }
    }

    fn end(&mut self, origin: Origin) {
        let line = std::mem::take(self.open(origin)).into_text();
        self.complete.push_back(line);
        if self.complete.len() > MOST {
            self.complete.pop_front();
            self.left_out += 1;
        }
    }
}

impl Open {
    const fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    fn extend(&mut self, bytes: &[u8]) {
        let (kept, rest) = bytes.split_at_checked(MAX_LINE - self.kept.len()).unwrap_or((bytes, &[]));
        self.kept.extend_from_slice(kept);
        self.missing += rest.len();
    }

    fn into_text(self) -> String {
        let mut text = sanitize_bytes(&self.kept);
        if self.missing > 0 {
            text.push_str(&format!(" … {} more bytes", self.missing));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(stream: u8, content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(content.len()).unwrap().to_be_bytes();
        [&[stream, 0, 0, 0][..], &length, content].concat()
    }

    #[test]
    fn lines_of_both_streams_are_put_together_across_frames() {
        let mut output = Output::default();
        let wire = [frame(1, b"one\ntw"), frame(2, b"oops\n"), frame(1, b"o\nno newline")].concat();
        wire.chunks(3).for_each(|piece| output.push(piece));
        assert_eq!(output.finish().0, ["one", "oops", "two", "no newline"]);
    }

    #[test]
    fn the_last_lines_are_kept_and_the_rest_is_counted() {
        let mut output = Output::default();
        (0..MOST + 5).for_each(|number| output.push(&frame(1, format!("{number}\n").as_bytes())));
        let (lines, left_out) = output.finish();
        assert_eq!((lines.len(), left_out), (MOST, 5));
        assert_eq!(lines.last().unwrap(), "1004");
    }

    #[test]
    fn a_line_without_end_takes_no_memory_without_end() {
        let mut output = Output::default();
        (0..40).for_each(|_| output.push(&frame(2, &[b'x'; 1000])));
        let (lines, _) = output.finish();
        assert_eq!(lines.len(), 1);
        assert!(lines[0].ends_with(&format!("{} more bytes", 40_000 - MAX_LINE)), "{}", lines[0].len());
    }

    #[test]
    fn escape_sequences_do_not_survive() {
        let mut output = Output::default();
        output.push(&frame(1, b"\x1b[31mred\x1b[0m\r\n"));
        assert_eq!(output.finish().0, ["red"]);
    }
}
