//! Follows a tar archive as it passes by.
//!
//! An engine that fails in the midst of an archive ends the body as if nothing had happened: files are missing, the
//! answer was 200. Only the archive itself tells, so every header is read, every declared byte must come, and the
//! trailer must stand where a header would.

mod entry;
mod fingerprint;

use thiserror::Error;

pub use fingerprint::Fingerprint;

use self::entry::{Extension, Pending};

/// Headers, contents and padding come in blocks of so many bytes.
const BLOCK: usize = 512;

/// The longest extension header that is read: names of 4,096 bytes and a few attributes fit many times.
const LONGEST_EXTENSION: u64 = 1 << 20;

/// Why an archive is not whole.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Broken {
    /// It ends within the content of an entry.
    #[error("the archive ends within {name}, {missing} bytes short: the engine stopped reading the volume")]
    Short {
        /// The entry's path in the archive.
        name: String,
        /// Bytes that are missing of its content.
        missing: u64,
    },
    /// It ends where more should come.
    #[error(
        "the archive ends after {entries} entries without its trailer: the engine stopped reading the volume"
    )]
    NoTrailer {
        /// Entries that were whole.
        entries: u64,
    },
    /// A header is none.
    #[error("what follows entry {entries} of the archive is no tar header: {why}")]
    Header {
        /// Entries before it.
        entries: u64,
        /// What is wrong with it.
        why: String,
    },
}

/// What an archive holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Contents {
    /// Entries of every kind, the root folder among them.
    pub entries: u64,
    /// Bytes of the files' contents.
    pub bytes: u64,
    /// Bytes of the archive itself.
    pub raw_bytes: u64,
    /// What all entries together are: equal for equal trees, whatever their order.
    pub fingerprint: Fingerprint,
}

/// An archive that passes by.
#[derive(Debug, Default)]
pub struct Scan {
    at: Place,
    block: Vec<u8>,
    pending: Pending,
    contents: Contents,
}

/// Where in the archive the next byte belongs.
#[derive(Debug, Default)]
enum Place {
    /// A header, or the trailer.
    #[default]
    Header,
    /// The content of a file.
    Content { left: u64, padding: u64 },
    /// The content of an extension header, which is kept.
    Extension { kind: Extension, left: u64, padding: u64, text: Vec<u8> },
    /// Bytes that fill a block up.
    Padding { left: u64 },
    /// One empty block was seen; a second makes the trailer.
    HalfTrailer,
    /// The archive is over; what follows is nothing.
    Over,
}

impl Scan {
    /// Takes the next piece.
    ///
    /// # Errors
    /// [`Broken::Header`] if it does not go on as an archive does.
    pub fn push(&mut self, mut piece: &[u8]) -> Result<(), Broken> {
        self.contents.raw_bytes += piece.len() as u64;
        while !piece.is_empty() {
            piece = self.take(piece)?;
        }
        Ok(())
    }

    /// The end of the stream.
    ///
    /// # Errors
    /// [`Broken::Short`] or [`Broken::NoTrailer`] if the archive is not whole.
    pub fn finish(self) -> Result<Contents, Broken> {
        let entries = self.contents.entries;
        match self.at {
            Place::Over => Ok(self.contents),
            Place::Content { left, .. } => Err(Broken::Short { name: self.pending.name(), missing: left }),
            Place::Header | Place::HalfTrailer | Place::Padding { .. } | Place::Extension { .. } => {
                Err(Broken::NoTrailer { entries })
            }
        }
    }

    /// Takes what belongs together off the front of a piece; returns the rest.
    fn take<'a>(&mut self, piece: &'a [u8]) -> Result<&'a [u8], Broken> {
        match &mut self.at {
            Place::Over => Ok(&[]),
            Place::Header | Place::HalfTrailer => self.take_block(piece),
            Place::Padding { left } => {
                let (taken, rest) = split(piece, *left);
                *left -= taken.len() as u64;
                if *left == 0 {
                    self.at = Place::Header;
                }
                Ok(rest)
            }
            Place::Content { left, padding } => {
                let (taken, rest) = split(piece, *left);
                *left -= taken.len() as u64;
                self.pending.content(taken);
                if *left == 0 {
                    self.at = Place::after(*padding);
                    self.entry_ends();
                }
                Ok(rest)
            }
            Place::Extension { left, text, .. } => {
                let (taken, rest) = split(piece, *left);
                *left -= taken.len() as u64;
                text.extend_from_slice(taken);
                if *left == 0 {
                    self.extension_ends()?;
                }
                Ok(rest)
            }
        }
    }

    fn take_block<'a>(&mut self, piece: &'a [u8]) -> Result<&'a [u8], Broken> {
        let (taken, rest) = split(piece, (BLOCK - self.block.len()) as u64);
        self.block.extend_from_slice(taken);
        if self.block.len() == BLOCK {
            let block = std::mem::take(&mut self.block);
            self.header(&block)?;
            self.block = block;
            self.block.clear();
        }
        Ok(rest)
    }

    fn header(&mut self, block: &[u8]) -> Result<(), Broken> {
        if block.iter().all(|byte| *byte == 0) {
            let is_second = matches!(self.at, Place::HalfTrailer);
            self.at = if is_second { Place::Over } else { Place::HalfTrailer };
            return Ok(());
        }
        let entries = self.contents.entries;
        let broken = |why: String| Broken::Header { entries, why };
        if matches!(self.at, Place::HalfTrailer) {
            return Err(broken("the trailer was begun before it".to_owned()));
        }
        let begun = self.pending.begin(block).map_err(broken)?;
        let padding = begun.size.next_multiple_of(BLOCK as u64) - begun.size;
        self.at = match begun.extension {
            Some(_) if begun.size > LONGEST_EXTENSION => {
                return Err(broken(format!("it announces an extension of {} bytes", begun.size)));
            }
            Some(kind) => Place::Extension { kind, left: begun.size, padding, text: Vec::new() },
            None if begun.size == 0 => Place::Header,
            None => Place::Content { left: begun.size, padding },
        };
        if begun.extension.is_none() && begun.size == 0 {
            self.entry_ends();
        }
        Ok(())
    }

    fn extension_ends(&mut self) -> Result<(), Broken> {
        let entries = self.contents.entries;
        if let Place::Extension { kind, padding, text, .. } = std::mem::take(&mut self.at) {
            self.pending.extend(kind, &text).map_err(|why| Broken::Header { entries, why })?;
            self.at = Place::after(padding);
        }
        Ok(())
    }

    fn entry_ends(&mut self) {
        let entry = self.pending.end();
        self.contents.entries += 1;
        self.contents.bytes += entry.size;
        self.contents.fingerprint.add(&entry.digest);
    }
}

impl Place {
    const fn after(padding: u64) -> Self {
        if padding == 0 { Self::Header } else { Self::Padding { left: padding } }
    }
}

fn split(piece: &[u8], most: u64) -> (&[u8], &[u8]) {
    let most = usize::try_from(most).unwrap_or(usize::MAX).min(piece.len());
    piece.split_at(most)
}

#[cfg(test)]
mod tests;
