//! The bytes of a log answer become lines. Pure: no I/O, and however the bytes are split, the lines are the same.

use super::{
    frames::{Frames, Origin, Piece, Unframed},
    lines::{Assembler, Stamps},
    sink::Sink,
};
use crate::domain::LogStream;

/// Decodes the output of one container. Keeps at most two unfinished lines and one unfinished frame.
#[derive(Debug)]
pub(super) struct Decoder {
    form: Form,
    stamps: Stamps,
}

/// How the output is written.
#[derive(Debug)]
enum Form {
    /// In frames: the container has no terminal.
    Framed { frames: Frames, stdout: Assembler, stderr: Assembler },
    /// As it is: the container has a terminal.
    Raw(Assembler),
}

impl Decoder {
    /// For a container with or without a terminal. Output that should be framed and is not is taken as raw.
    pub(super) fn new(tty: bool, stamps: Stamps) -> Self {
        let framed = || Form::Framed {
            frames: Frames::default(),
            stdout: Assembler::new(LogStream::Stdout, stamps),
            stderr: Assembler::new(LogStream::Stderr, stamps),
        };
        Self { form: if tty { raw(stamps) } else { framed() }, stamps }
    }

    /// Takes bytes and appends the lines that they complete.
    pub(super) fn push(&mut self, bytes: &[u8], out: &mut impl Sink) {
        let outcome = match &mut self.form {
            Form::Raw(lines) => {
                lines.push(bytes, out);
                Ok(())
            }
            Form::Framed { frames, stdout, stderr } => {
                frames.push(bytes, |piece| assemble(piece, stdout, stderr, out))
            }
        };
        if let Err(Unframed(rest)) = outcome {
            self.finish(out);
            self.form = raw(self.stamps);
            self.push(&rest, out);
        }
    }

    /// Appends what is left: lines without a newline at their end.
    pub(super) fn finish(&mut self, out: &mut impl Sink) {
        match &mut self.form {
            Form::Raw(lines) => lines.finish(out),
            Form::Framed { frames, stdout, stderr } => {
                let rest = frames.finish(|piece| assemble(piece, stdout, stderr, out));
                stdout.push(&rest, out);
                stdout.finish(out);
                stderr.finish(out);
            }
        }
    }
}

const fn raw(stamps: Stamps) -> Form {
    Form::Raw(Assembler::new(LogStream::Terminal, stamps))
}

fn assemble(piece: Piece<'_>, stdout: &mut Assembler, stderr: &mut Assembler, out: &mut impl Sink) {
    let lines = match piece.origin {
        Origin::Stdout => stdout,
        Origin::Stderr => stderr,
    };
    if piece.is_first { lines.begin(piece.bytes, out) } else { lines.push(piece.bytes, out) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{domain::LogLine, text::MAX_LINE};
    use Stamps::{Unwanted, Wanted};

    const STAMP: &str = "2026-08-20T10:00:00.000000001Z ";
    const LATER: &str = "2026-08-20T10:00:00.000000002Z ";

    fn frame(stream: u8, payload: &str) -> Vec<u8> {
        let mut frame = vec![stream, 0, 0, 0];
        frame.extend(u32::try_from(payload.len()).unwrap().to_be_bytes());
        frame.extend(payload.as_bytes());
        frame
    }

    fn decode(tty: bool, bytes: &[u8]) -> Vec<LogLine> {
        decode_split((tty, Wanted), bytes, &[])
    }

    fn decode_split<S: Sink>((tty, stamps): (bool, Stamps), bytes: &[u8], cuts: &[usize]) -> S {
        let (mut decoder, mut lines, mut begin) = (Decoder::new(tty, stamps), S::default(), 0);
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (bytes.len() + 1)).collect();
        cuts.sort_unstable();
        cuts.push(bytes.len());
        for cut in cuts {
            decoder.push(&bytes[begin..cut], &mut lines);
            begin = cut;
        }
        decoder.finish(&mut lines);
        lines
    }

    /// What frames without moments become.
    fn text(bytes: &[u8]) -> String {
        decode_split((false, Unwanted), bytes, &[])
    }

    /// The frames of a line, as an engine cuts it, each with what is put before it.
    fn frames(stamp: &str, stream: u8, line: &str) -> Vec<u8> {
        let line = format!("{line}\n");
        let pieces = line.as_bytes().chunks(16 << 10);
        let whole = pieces.map(|piece| frame(stream, &format!("{stamp}{}", str::from_utf8(piece).unwrap())));
        whole.collect::<Vec<_>>().concat()
    }

    fn texts(lines: &[LogLine]) -> Vec<&str> {
        lines.iter().map(|line| line.text.as_str()).collect()
    }

    #[test]
    fn frames_become_lines_of_their_streams_with_their_moments() {
        let bytes = [frame(1, &format!("{STAMP}out\n")), frame(2, &format!("{LATER}err\r\n"))].concat();
        let lines = decode(false, &bytes);
        assert_eq!(texts(&lines), ["out", "err"]);
        assert_eq!((lines[0].stream, lines[1].stream), (LogStream::Stdout, LogStream::Stderr));
        assert_eq!(lines[1].at, Some(LATER.trim().parse().unwrap()));
    }

    #[test]
    fn a_line_in_several_frames_is_joined_and_its_repeated_moment_left_out() {
        let bytes = [
            frame(1, &format!("{STAMP}one ")),
            frame(2, &format!("{STAMP}between\n")),
            frame(1, &format!("{STAMP}two ")),
            frame(1, &format!("{STAMP}three\n")),
        ];
        assert_eq!(texts(&decode(false, &bytes.concat())), ["between", "one two three"]);
    }

    #[test]
    fn a_frame_of_another_moment_begins_another_line() {
        let bytes = [frame(1, &format!("{STAMP}cut off")), frame(1, &format!("{LATER}next\n"))];
        assert_eq!(texts(&decode(false, &bytes.concat())), ["cut off", "next"]);
    }

    #[test]
    fn a_last_line_without_newline_is_delivered() {
        assert_eq!(texts(&decode(false, &frame(1, &format!("{STAMP}prompt> ")))), ["prompt> "]);
        assert_eq!(texts(&decode(true, format!("{STAMP}prompt> ").as_bytes())), ["prompt> "]);
    }

    #[test]
    fn empty_lines_are_lines() {
        assert_eq!(texts(&decode(false, &frame(1, &format!("{STAMP}\n")))), [""]);
    }

    #[test]
    fn a_terminals_output_is_raw_even_if_it_looks_like_a_frame() {
        let bytes = [format!("{STAMP}\u{1}\0\0\0 odd\r\n").as_bytes(), b"no moment\r\n"].concat();
        let lines = decode(true, &bytes);
        assert_eq!(texts(&lines), [" odd", "no moment"]);
        assert!(lines.iter().all(|line| line.stream == LogStream::Terminal && line.at.is_some()));
    }

    #[test]
    fn output_that_should_be_framed_and_is_not_is_shown_as_it_is() {
        assert_eq!(texts(&decode(false, b"plain text\nmore\n")), ["plain text", "more"]);
        assert_eq!(texts(&decode(false, b"tiny")), ["tiny"]);
    }

    #[test]
    fn a_line_without_end_is_cut_and_told_its_size() {
        let chunk = "x".repeat(16 << 10);
        let mut decoder = Decoder::new(false, Wanted);
        let mut lines = Vec::new();
        for _ in 0..100 {
            decoder.push(&frame(1, &format!("{STAMP}{chunk}")), &mut lines);
        }
        decoder.push(&frame(1, &format!("{STAMP}\n")), &mut lines);
        let line = lines.first().unwrap();
        let missing = 100 * (16 << 10) - MAX_LINE;
        assert!(line.text.ends_with(&format!("x … {missing} more bytes")), "{}", line.text.len());
    }

    #[test]
    fn a_frame_that_claims_four_gigabytes_takes_no_memory() {
        let mut decoder = Decoder::new(false, Wanted);
        let mut lines = Vec::new();
        decoder.push(&[1, 0, 0, 0, 255, 255, 255, 255], &mut lines);
        for _ in 0..64 {
            decoder.push(&[b'x'; 64 << 10], &mut lines);
        }
        decoder.finish(&mut lines);
        assert_eq!(lines.len(), 1);
        assert!(lines[0].text.len() < MAX_LINE + 64);
    }

    #[test]
    fn without_moments_a_line_that_a_program_left_open_ends_with_its_frame() {
        assert_eq!(
            text(&[frame(1, "prompt> "), frame(1, "started again\n")].concat()),
            "prompt> \nstarted again\n"
        );
    }

    #[test]
    fn without_moments_a_line_that_begins_with_one_keeps_it() {
        assert_eq!(text(&frame(1, &format!("{STAMP}GET /\n"))), format!("{STAMP}GET /\n"));
    }

    #[test]
    fn a_terminals_output_without_moments_is_its_lines() {
        let lines: String = decode_split((true, Unwanted), b"one\r\n\x1b[1mtwo\x1b[0m\r\nprompt> ", &[]);
        assert_eq!(lines, "one\ntwo\nprompt> \n");
    }

    fn line() -> impl Strategy<Value = String> {
        prop_oneof!["[a-z \\t\u{1b}é]{0,40}\\r?", (16_000usize..50_000).prop_map(|length| "y".repeat(length)),]
    }

    fn payloads() -> impl Strategy<Value = Vec<(u8, String)>> {
        let text = prop_oneof![
            "[a-z \\r\\n\\t\u{1b}é]{0,40}",
            (0usize..40_000).prop_map(|length| "y".repeat(length)),
            Just(format!("{STAMP}a\n")),
            Just(format!("{STAMP}a")),
            Just(format!("{LATER}b\n")),
        ];
        proptest::collection::vec((0u8..4, text), 0..8)
    }

    proptest! {
        #[test]
        fn frames_split_anywhere_give_the_same_lines(
            payloads in payloads(),
            cuts in proptest::collection::vec(any::<usize>(), 0..12),
        ) {
            let bytes: Vec<u8> = payloads.iter().flat_map(|(stream, text)| frame(*stream, text)).collect();
            prop_assert_eq!(decode_split::<Vec<LogLine>>((false, Wanted), &bytes, &cuts), decode(false, &bytes));
            prop_assert_eq!(decode_split::<String>((false, Unwanted), &bytes, &cuts), text(&bytes));
        }

        #[test]
        fn raw_output_split_anywhere_gives_the_same_lines(
            payloads in payloads(),
            cuts in proptest::collection::vec(any::<usize>(), 0..12),
        ) {
            let bytes: Vec<u8> = payloads.iter().flat_map(|(_, text)| text.bytes()).collect();
            prop_assert_eq!(decode_split::<Vec<LogLine>>((true, Wanted), &bytes, &cuts), decode(true, &bytes));
        }

        #[test]
        fn no_bytes_at_all_upset_the_decoder(
            bytes in proptest::collection::vec(any::<u8>(), 0..3000),
            cuts in proptest::collection::vec(any::<usize>(), 0..6),
            tty in any::<bool>(),
        ) {
            prop_assert_eq!(decode_split::<Vec<LogLine>>((tty, Wanted), &bytes, &cuts), decode(tty, &bytes));
        }

        #[test]
        fn lines_are_the_same_without_their_moments(
            lines in proptest::collection::vec((1u8..3, line()), 0..8),
        ) {
            let bytes = |stamp: &str| -> Vec<u8> {
                lines.iter().flat_map(|(stream, line)| frames(stamp, *stream, line)).collect()
            };
            let dated: String = decode(false, &bytes(STAMP)).into_iter().map(|line| line.text + "\n").collect();
            prop_assert_eq!(text(&bytes("")), dated);
        }
    }
}
