//! One entry of an archive, from its headers to its last byte.

use sha2::{Digest as _, Sha256};
use tar::{EntryType, Header, PaxExtensions};

/// A header that says more of the entry behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extension {
    /// Records of POSIX.
    Pax,
    /// A long name, as GNU writes it.
    LongName,
    /// A long target of a link.
    LongLink,
    /// Something for the whole archive, which changes no entry.
    Global,
}

/// What a header announces.
pub(super) struct Begun {
    /// Whether it is about the entry behind it.
    pub(super) extension: Option<Extension>,
    /// Bytes that follow.
    pub(super) size: u64,
}

/// An entry that has passed by.
pub(super) struct Ended {
    /// Bytes of its content.
    pub(super) size: u64,
    /// What it is: name, kind, owner, mode, target, content.
    pub(super) digest: [u8; 32],
}

/// The entry at hand, as far as it is known.
#[derive(Debug, Default)]
pub(super) struct Pending {
    path: Vec<u8>,
    size: u64,
    long_path: Option<Vec<u8>>,
    long_link: Option<Vec<u8>>,
    pax_size: Option<u64>,
    /// Attributes that came as records, such as capabilities.
    attributes: Vec<u8>,
    content: Sha256,
    description: Sha256,
}

impl Pending {
    /// Its name, for people.
    pub(super) fn name(&self) -> String {
        crate::text::sanitize(&String::from_utf8_lossy(&self.path))
    }

    /// Reads a header.
    pub(super) fn begin(&mut self, block: &[u8]) -> Result<Begun, String> {
        let mut header = Header::new_old();
        header.as_mut_bytes().copy_from_slice(block);
        check(&header, block)?;
        let size = header.entry_size().map_err(|error| error.to_string())?;
        if let Some(kind) = extension(header.entry_type()) {
            return Ok(Begun { extension: Some(kind), size });
        }
        let size = self.pax_size.take().unwrap_or(size);
        let size = if has_content(header.entry_type()) { size } else { 0 };
        self.path = self.long_path.take().unwrap_or_else(|| header.path_bytes().into_owned());
        self.size = size;
        let link = self.long_link.take().or_else(|| header.link_name_bytes().map(|link| link.into_owned()));
        self.describe(&header, &link.unwrap_or_default());
        Ok(Begun { extension: None, size })
    }

    /// What makes two entries the same. Times are left out: a folder's change when its files are written. A field that
    /// some writer left blank is 0.
    fn describe(&mut self, header: &Header, link: &[u8]) {
        let (uid, gid) = (header.uid().unwrap_or_default(), header.gid().unwrap_or_default());
        let mode = header.mode().unwrap_or_default();
        self.description = Sha256::new();
        for field in [self.path.as_slice(), link, &self.attributes] {
            self.description.update((field.len() as u64).to_le_bytes());
            self.description.update(field);
        }
        for number in [uid, gid, u64::from(mode), u64::from(header.entry_type().as_byte()), self.size] {
            self.description.update(number.to_le_bytes());
        }
        self.attributes.clear();
    }

    /// Takes in what an extension header says.
    pub(super) fn extend(&mut self, kind: Extension, text: &[u8]) -> Result<(), String> {
        match kind {
            Extension::LongName => self.long_path = Some(without_end(text)),
            Extension::LongLink => self.long_link = Some(without_end(text)),
            Extension::Pax => self.records(text)?,
            Extension::Global => {}
        }
        Ok(())
    }

    fn records(&mut self, text: &[u8]) -> Result<(), String> {
        for record in PaxExtensions::new(text) {
            let record = record.map_err(|error| error.to_string())?;
            let value = record.value_bytes();
            match record.key_bytes() {
                b"path" => self.long_path = Some(value.to_vec()),
                b"linkpath" => self.long_link = Some(value.to_vec()),
                b"size" => {
                    let size = record.value().ok().and_then(|size| size.parse().ok());
                    self.pax_size = Some(size.ok_or("its size is no number")?);
                }
                // Times, with fractions of a second.
                b"mtime" | b"atime" | b"ctime" => {}
                key => {
                    self.attributes.extend_from_slice(key);
                    self.attributes.extend_from_slice(value);
                }
            }
        }
        Ok(())
    }

    /// Takes in the next bytes of its content.
    pub(super) fn content(&mut self, piece: &[u8]) {
        self.content.update(piece);
    }

    /// All of it has come.
    pub(super) fn end(&mut self) -> Ended {
        let content = std::mem::take(&mut self.content).finalize();
        let description = std::mem::take(&mut self.description).chain_update(content);
        Ended { size: self.size, digest: description.finalize().into() }
    }
}

/// A header's checksum is over its bytes, its own field taken for blanks; some old writers took bytes for signed.
fn check(header: &Header, block: &[u8]) -> Result<(), String> {
    let told = header.cksum().map_err(|_| "its checksum is no number".to_owned())?;
    let byte = |(at, byte): (usize, &u8)| if (148..156).contains(&at) { b' ' } else { *byte };
    let sum: u32 = block.iter().enumerate().map(byte).map(u32::from).sum();
    if told == sum { Ok(()) } else { Err(format!("its checksum is {sum}, not {told}")) }
}

fn extension(kind: EntryType) -> Option<Extension> {
    match kind {
        EntryType::XHeader => Some(Extension::Pax),
        EntryType::XGlobalHeader => Some(Extension::Global),
        EntryType::GNULongName => Some(Extension::LongName),
        EntryType::GNULongLink => Some(Extension::LongLink),
        _ => None,
    }
}

/// Links, folders and devices have none, whatever their headers say.
fn has_content(kind: EntryType) -> bool {
    matches!(kind, EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse) || kind.as_byte() == 0
}

fn without_end(text: &[u8]) -> Vec<u8> {
    let end = text.iter().position(|byte| *byte == 0).unwrap_or(text.len());
    text.iter().take(end).copied().collect()
}
