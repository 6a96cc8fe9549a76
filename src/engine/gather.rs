//! Fewer and larger chunks of HTTP.
//!
//! Engines send each line of a log as a chunk of its own, and hyper hands on each chunk by itself: that costs more than
//! reading the line. Below hyper, the chunks that arrive at once are put together to one. hyper still sees HTTP, and
//! tells an answer that is complete from one that broke off.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use memchr::{memchr, memmem};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes that are read at once.
const READ: usize = 16 << 10;
/// The longest head that is looked at.
const LONGEST_HEAD: usize = 64 << 10;
/// The longest line with the size of a chunk, without extensions.
const LONGEST_SIZE: usize = 10;
/// What is in front of the chunks that were put together, until their size is known.
const BLANK: &[u8; 10] = b"00000000\r\n";

/// A stream on which one answer comes, put together.
pub(super) struct Gathered<S> {
    stream: S,
    read: Box<[u8]>,
    sieve: Sieve,
    /// How much of what the sieve let through was handed on.
    handed: usize,
}

impl<S> Gathered<S> {
    pub(super) fn new(stream: S) -> Self {
        Self { stream, read: vec![0; READ].into(), sieve: Sieve::default(), handed: 0 }
    }
}

/// Takes the bytes of an answer, however they are split, and lets others through that mean the same.
#[derive(Debug, Default)]
struct Sieve {
    place: Place,
    /// What is known of the head, or of the line between two chunks.
    line: Vec<u8>,
    out: Vec<u8>,
}

/// Where in the answer it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Head,
    Size,
    /// In a chunk of which so many bytes are missing.
    Chunk(usize),
    /// Behind a chunk, where a line ends.
    End,
    /// Behind what can be put together: all passes as it is.
    Rest,
}

impl Sieve {
    fn take(&mut self, mut bytes: &[u8]) {
        if self.place == Place::Head {
            bytes = self.head(bytes);
        }
        let begin = self.out.len();
        if !matches!(self.place, Place::Head | Place::Rest) {
            self.out.extend_from_slice(BLANK);
            bytes = self.chunks(bytes);
            self.close(begin);
        }
        if self.place == Place::Rest {
            self.out.append(&mut self.line);
            self.out.extend_from_slice(bytes);
        }
    }

    /// Lets the head through and returns what is behind it.
    fn head<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let known = self.line.len();
        self.line.extend_from_slice(bytes);
        let end = memmem::find(&self.line, b"\r\n\r\n").map(|end| end + 4);
        let length = end.unwrap_or(self.line.len());
        let (seen, rest) = bytes.split_at_checked(length.saturating_sub(known)).unwrap_or((bytes, &[]));
        self.out.extend_from_slice(seen);
        if end.is_some() || length > LONGEST_HEAD {
            let chunked = end.is_some() && is_chunked(self.line.get(..length).unwrap_or_default());
            self.place = if chunked { Place::Size } else { Place::Rest };
            self.line.clear();
        }
        rest
    }

    /// Lets what is in chunks through, and returns what is behind those that can be put together.
    fn chunks<'a>(&mut self, mut bytes: &'a [u8]) -> &'a [u8] {
        while !bytes.is_empty() && self.place != Place::Rest {
            bytes = match self.place {
                Place::Chunk(missing) => self.content(missing, bytes),
                Place::Head | Place::Size | Place::End | Place::Rest => self.between(bytes),
            };
        }
        bytes
    }

    fn content<'a>(&mut self, missing: usize, bytes: &'a [u8]) -> &'a [u8] {
        let (some, rest) = bytes.split_at_checked(missing).unwrap_or((bytes, &[]));
        self.out.extend_from_slice(some);
        self.place = if some.len() == missing { Place::End } else { Place::Chunk(missing - some.len()) };
        rest
    }

    /// A line that is no content: the end of a chunk's, or the size of the next.
    fn between<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let end = memchr(b'\n', bytes).map_or(bytes.len(), |end| end + 1);
        let (line, rest) = bytes.split_at_checked(end).unwrap_or((bytes, &[]));
        self.line.extend_from_slice(line);
        if self.line.ends_with(b"\n") || self.line.len() > LONGEST_SIZE {
            self.place = match (self.place, size(&self.line)) {
                (Place::End, _) if self.line == b"\r\n" => Place::Size,
                (Place::Size, Some(size)) if size > 0 => Place::Chunk(size),
                // The last chunk, and what is none, is left to who knows what to do with it.
                _ => Place::Rest,
            };
            if self.place != Place::Rest {
                self.line.clear();
            }
        }
        rest
    }

    /// Writes the size in front of what was put together, and the end of its line behind it.
    fn close(&mut self, begin: usize) {
        let content = begin + BLANK.len();
        let length = self.out.len().saturating_sub(content);
        if length == 0 {
            self.out.truncate(begin);
            return;
        }
        let size = format!("{length:08x}");
        if let Some(place) = self.out.get_mut(begin..begin + size.len()) {
            place.copy_from_slice(size.as_bytes());
        }
        self.out.extend_from_slice(b"\r\n");
    }
}

/// The size of a chunk that has no extensions.
fn size(line: &[u8]) -> Option<usize> {
    let digits = line.strip_suffix(b"\r\n").filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))?;
    let digits = str::from_utf8(digits).ok().filter(|digits| digits.len() <= 8)?;
    usize::from_str_radix(digits, 16).ok()
}

fn is_chunked(head: &[u8]) -> bool {
    let head = head.to_ascii_lowercase();
    let mut fields =
        head.split(|byte| *byte == b'\n').filter_map(|line| line.strip_prefix(b"transfer-encoding:"));
    fields.any(|value| value.trim_ascii() == b"chunked")
}

impl<S: AsyncRead + Unpin> AsyncRead for Gathered<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let Self { stream, read, sieve, handed } = self.get_mut();
        loop {
            let waiting = sieve.out.get(*handed..).unwrap_or_default();
            if !waiting.is_empty() {
                let some = waiting.get(..buf.remaining()).unwrap_or(waiting);
                buf.put_slice(some);
                *handed += some.len();
                return Poll::Ready(Ok(()));
            }
            sieve.out.clear();
            *handed = 0;
            let mut read = ReadBuf::new(read);
            ready!(Pin::new(&mut *stream).poll_read(cx, &mut read))?;
            if read.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
            sieve.take(read.filled());
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Gathered<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HEAD: &str = "HTTP/1.1 200 OK\r\nServer: x\r\nTransfer-Encoding: Chunked\r\n\r\n";

    fn sifted(bytes: &[u8], cuts: &[usize]) -> Vec<u8> {
        let mut sieve = Sieve::default();
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (bytes.len() + 1)).collect();
        cuts.extend([0, bytes.len()]);
        cuts.sort_unstable();
        cuts.windows(2).for_each(|cut| sieve.take(&bytes[cut[0]..cut[1]]));
        sieve.out
    }

    fn chunk(content: &[u8]) -> Vec<u8> {
        [format!("{:x}\r\n", content.len()).as_bytes(), content, b"\r\n"].concat()
    }

    /// What a reader makes of chunks: their content, and what is behind the last that he can read.
    fn read(mut bytes: &[u8]) -> (Vec<u8>, &[u8]) {
        let mut content = Vec::new();
        while let Some(end) = memchr(b'\n', bytes)
            && let Some(size @ 1..) = size(&bytes[..=end])
            && let Some(whole) = bytes.get(end + 1..end + 3 + size)
        {
            content.extend_from_slice(&whole[..size]);
            assert_eq!(&whole[size..], b"\r\n");
            bytes = &bytes[end + 3 + size..];
        }
        (content, bytes)
    }

    #[test]
    fn chunks_that_arrive_at_once_are_one() {
        let answer = [HEAD.as_bytes(), &chunk(b"one\n"), &chunk(b"two\n"), b"0\r\n\r\n"].concat();
        assert_eq!(sifted(&answer, &[]), format!("{HEAD}00000008\r\none\ntwo\n\r\n0\r\n\r\n").as_bytes());
    }

    #[test]
    fn an_answer_that_is_not_in_chunks_stays_as_it_is() {
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n4\r\none\n\r\n";
        assert_eq!(sifted(answer, &[20, 50]), answer);
    }

    #[test]
    fn what_is_no_chunk_is_left_to_the_reader() {
        for odd in [
            "4;name=value\r\ntwo\n\r\n",
            "x\r\n",
            "123456789abcdef0\r\n",
            "+4\r\n",
            "\r\n",
            "0\r\na: b\r\n\r\n",
        ] {
            let answer = [HEAD.as_bytes(), &chunk(b"one\n"), odd.as_bytes()].concat();
            let expected = format!("{HEAD}00000004\r\none\n\r\n{odd}");
            assert_eq!(sifted(&answer, &[]), expected.as_bytes(), "{odd:?}");
        }
    }

    #[test]
    fn a_chunk_of_another_length_than_it_says_is_left_to_the_reader() {
        let sifted = sifted(&[HEAD.as_bytes(), b"3\r\none\n\r\n"].concat(), &[]);
        assert_eq!(sifted, format!("{HEAD}00000003\r\none\r\n\n\r\n").as_bytes());
    }

    proptest! {
        #[test]
        fn chunks_split_anywhere_have_the_same_content_and_end(
            contents in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 1..50), 0..20),
            end in prop_oneof![Just("0\r\n\r\n"), Just("")],
            cuts in proptest::collection::vec(any::<usize>(), 0..12),
        ) {
            let answer: Vec<u8> = contents.iter().flat_map(|content| chunk(content)).collect();
            let sifted = sifted(&[HEAD.as_bytes(), &answer, end.as_bytes()].concat(), &cuts);
            let body = sifted.strip_prefix(HEAD.as_bytes()).unwrap();
            prop_assert_eq!(read(body), (contents.concat(), end.as_bytes()));
        }

        #[test]
        fn an_answer_that_breaks_off_has_no_end(
            contents in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 1..50), 1..20),
            length in any::<usize>(),
        ) {
            let answer: Vec<u8> = contents.iter().flat_map(|content| chunk(content)).collect();
            let answer = [HEAD.as_bytes(), &answer[..length % answer.len()]].concat();
            let sifted = sifted(&answer, &[]);
            let (content, rest) = read(&sifted[HEAD.len()..]);
            prop_assert_eq!(rest, b"");
            prop_assert!(contents.concat().starts_with(&content));
        }
    }
}
