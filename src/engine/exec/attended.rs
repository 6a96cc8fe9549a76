//! What a command that is attended writes, unchanged: it is for a terminal or a pipe of the person's own.

use std::io;

use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt as _, ReadHalf};

use super::session::ExecStreams;
use crate::engine::logs::frames::{Frames, Origin, Piece, Unframed};

/// Bytes that are read at once.
const PIECE: usize = 16 << 10;

/// What a command writes, as it writes it.
#[derive(Debug)]
pub struct ExecOutput {
    stream: ReadHalf<TokioIo<Upgraded>>,
    /// With pipes, both outputs come in frames on one stream.
    frames: Option<Frames>,
}

/// A piece of what a command wrote on each of its outputs since the last one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExecPiece {
    /// On its stdout, or on its terminal.
    pub stdout: Vec<u8>,
    /// On its stderr.
    pub stderr: Vec<u8>,
}

impl ExecOutput {
    pub(super) fn new(stream: ReadHalf<TokioIo<Upgraded>>, streams: ExecStreams) -> Self {
        let frames = match streams {
            ExecStreams::Terminal(_) => None,
            ExecStreams::Pipes => Some(Frames::default()),
        };
        Self { stream, frames }
    }

    /// The next piece; `None` at the end. It may be dropped while it waits.
    ///
    /// # Errors
    /// If the connection broke.
    pub async fn next(&mut self) -> io::Result<Option<ExecPiece>> {
        let mut bytes = Vec::with_capacity(PIECE);
        let count = self.stream.read_buf(&mut bytes).await?;
        Ok((count > 0).then(|| split(self.frames.as_mut(), bytes)))
    }
}

fn split(frames: Option<&mut Frames>, bytes: Vec<u8>) -> ExecPiece {
    let mut piece = ExecPiece::default();
    let Some(frames) = frames else { return ExecPiece { stdout: bytes, ..piece } };
    let framed = frames.push(&bytes, |Piece { origin, bytes, .. }| match origin {
        Origin::Stdout => piece.stdout.extend_from_slice(bytes),
        Origin::Stderr => piece.stderr.extend_from_slice(bytes),
    });
    if let Err(Unframed(rest)) = framed {
        piece.stdout.extend_from_slice(&rest);
    }
    piece
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_in_frames_are_told_apart_across_reads() {
        let wire = [&[1, 0, 0, 0, 0, 0, 0, 3][..], b"out", &[2, 0, 0, 0, 0, 0, 0, 3], b"err"].concat();
        let mut frames = Frames::default();
        let mut whole = ExecPiece::default();
        for byte in wire {
            let piece = split(Some(&mut frames), vec![byte]);
            whole.stdout.extend(piece.stdout);
            whole.stderr.extend(piece.stderr);
        }
        assert_eq!(whole, ExecPiece { stdout: b"out".to_vec(), stderr: b"err".to_vec() });
    }

    #[test]
    fn a_terminal_has_one_output_in_which_every_byte_counts() {
        let piece = split(None, vec![1, 0, 0, 0, 7]);
        assert_eq!(piece, ExecPiece { stdout: vec![1, 0, 0, 0, 7], ..ExecPiece::default() });
    }
}
