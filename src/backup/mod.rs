//! What a backup is: the archive of a volume as it passes by, the set of parts on the disk, how long it is kept, when
//! the next one is due.
//!
//! A *set* is a folder: one file for each *part* (a volume, a database's dump), a list of checksums that `sha256sum -c`
//! reads, and a manifest that is written last. A folder without a manifest is no set, whatever else it holds. Parts are
//! plain tar archives or dumps, compressed with zstd and, if wanted, encrypted by `age` or `gpg`: each can be read
//! without stacktop.
//!
//! Nothing here knows of engines: what is read from one, and written to one, is for [`crate::command`].

mod by_hand;
mod cipher;
mod drill;
mod error;
mod hold;
mod manifest;
mod prune;
mod read;
mod retention;
mod scan;
mod schedule;
mod shelf;
mod standing;
#[cfg(test)]
mod tests;
mod write;

pub use by_hand::by_hand;
pub use cipher::{Cipher, Keys};
pub use drill::Drill;
pub use error::BackupError;
pub use hold::Hold;
pub use manifest::{Extent, Manifest, Mode, Part, SCHEMA, Scope, ServiceRecord, Source, VolumeRecord};
pub use prune::{Judged, Removal, judge, prune, remove};
pub use read::{PartReader, verify, verify_watched};
pub use retention::{Aged, Fate, Retention, Validity};
pub use scan::{Broken, Contents, Fingerprint, Scan};
pub use schedule::Schedule;
pub use shelf::{Leftover, OpenSet, Set, Shelf, clear, file_name};
pub use standing::{Promise, Standing, Verdict, standings, trend};
pub use write::{Form, Stored, store};
