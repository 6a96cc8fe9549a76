//! Frames: stdout and stderr of a container without a terminal, interleaved on one stream.
//!
//! Each frame has eight bytes of head: the stream (0 stdin, 1 stdout, 2 stderr, 3 an error of the engine), three
//! zeroes, and the length as a big-endian number, which is followed by as many bytes.

/// The longest piece of a frame that is handed on at once; engines send 16 KiB a frame.
const PIECE: usize = 64 << 10;
const HEAD: usize = 8;

/// Where a frame's bytes were written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Origin {
    Stdout,
    Stderr,
}

/// A part of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) struct Piece<'a> {
    pub(in crate::engine) origin: Origin,
    /// Whether the frame begins with it.
    pub(in crate::engine) is_first: bool,
    pub(in crate::engine) bytes: &'a [u8],
}

/// Cuts a byte stream into frames, however it arrives; keeps at most [`PIECE`] bytes of it.
#[derive(Debug, Default)]
pub(in crate::engine) struct Frames {
    carry: Vec<u8>,
    open: Option<Open>,
}

/// A frame whose head was read.
#[derive(Clone, Copy, Debug)]
struct Open {
    origin: Origin,
    remaining: usize,
    is_first: bool,
}

/// What was fed is not made of frames: these bytes remain.
#[derive(Debug)]
pub(in crate::engine) struct Unframed(pub(in crate::engine) Vec<u8>);

impl Frames {
    /// Takes bytes and hands on the pieces of frames that they complete.
    pub(in crate::engine) fn push(
        &mut self,
        mut bytes: &[u8],
        mut take: impl FnMut(Piece<'_>),
    ) -> Result<(), Unframed> {
        loop {
            let needed = self.open.map_or(HEAD, |open| open.remaining.min(PIECE));
            if self.carry.is_empty()
                && let Some((whole, rest)) = bytes.split_at_checked(needed)
            {
                bytes = rest;
                self.part(whole, &mut take).map_err(|()| Unframed([whole, rest].concat()))?;
                continue;
            }
            let missing = needed.saturating_sub(self.carry.len());
            let (some, rest) = bytes.split_at_checked(missing).unwrap_or((bytes, &[]));
            self.carry.extend_from_slice(some);
            bytes = rest;
            if self.carry.len() < needed {
                return Ok(());
            }
            let whole = std::mem::take(&mut self.carry);
            self.part(&whole, &mut take).map_err(|()| Unframed([&whole, rest].concat()))?;
        }
    }

    /// Hands on what is there of a frame that was cut off; bytes that are not even a head are returned.
    pub(in crate::engine) fn finish(&mut self, mut take: impl FnMut(Piece<'_>)) -> Vec<u8> {
        let rest = std::mem::take(&mut self.carry);
        match self.open.take() {
            None => rest,
            Some(Open { origin, is_first, .. }) => {
                take(Piece { origin, is_first, bytes: &rest });
                Vec::new()
            }
        }
    }

    /// A whole head, or a whole piece of the open frame.
    fn part(&mut self, bytes: &[u8], take: &mut impl FnMut(Piece<'_>)) -> Result<(), ()> {
        let opened = match self.open {
            None => head(bytes).ok_or(())?,
            Some(Open { origin, remaining, is_first }) => {
                take(Piece { origin, is_first, bytes });
                Open { origin, remaining: remaining.saturating_sub(bytes.len()), is_first: false }
            }
        };
        self.open = (opened.remaining > 0).then_some(opened);
        Ok(())
    }
}

fn head(bytes: &[u8]) -> Option<Open> {
    let [stream, 0, 0, 0, length @ ..] = bytes else { return None };
    let origin = match stream {
        0 | 1 => Origin::Stdout,
        2 | 3 => Origin::Stderr,
        _ => return None,
    };
    let length = u32::from_be_bytes(length.try_into().ok()?);
    Some(Open { origin, remaining: usize::try_from(length).ok()?, is_first: true })
}
