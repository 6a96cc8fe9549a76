//! What a backup is: the archive of a volume as it passes by, the set of parts on the disk, how long it is kept, when
//! the next one is due.
//!
//! A *set* is a folder: one file for each *part* (a volume, a database's dump), a list of checksums that `sha256sum -c`
//! reads, and a manifest that is written last. A folder without a manifest is no set, whatever else it holds. Parts are
//! plain tar archives or dumps, compressed with zstd and, if wanted, encrypted by `age` or `gpg`: each can be read
//! without stacktop.
//!
//! Nothing here knows of engines: what is read from one, and written to one, is for [`crate::command`].

mod cipher;
mod error;
mod manifest;
mod read;
mod retention;
mod scan;
mod schedule;
mod shelf;
#[cfg(test)]
mod tests;
mod write;

pub use cipher::{Cipher, Keys};
pub use error::BackupError;
pub use manifest::{Manifest, Mode, Part, SCHEMA, ServiceRecord, Source};
pub use read::{PartReader, verify};
pub use retention::{Aged, Fate, Retention, Validity};
pub use scan::{Broken, Contents, Fingerprint, Scan};
pub use schedule::Schedule;
pub use shelf::{OpenSet, Set, Shelf, file_name};
pub use write::{Form, Stored, store};
