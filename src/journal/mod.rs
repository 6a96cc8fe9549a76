//! What stacktop did, and what it was about to do when it was interrupted.
//!
//! Each operation that changes something has a file of its own, a line of JSON for each record. A step is written down
//! twice: as an [`Record::Intent`], which is on the disk before its call is made, and as a [`Record::Done`] after it. An
//! intent without a done is a step of which nobody knows whether it was carried out; the engine's state decides.
//!
//! ```text
//! ~/.local/state/stacktop/ops/<engine id>/<operation id>.jsonl
//! {"at":"2026-05-04T12:00:00Z","kind":"header","op":"01jt…","command":["rollout","shop/web"],…}
//! {"at":"2026-05-04T12:00:01Z","kind":"intent","seq":1,"step":"start","target":"shop-web-1",…}
//! {"at":"2026-05-04T12:00:02Z","kind":"done","seq":1,"result":{"is":"made"}}
//! {"at":"2026-05-04T12:00:40Z","kind":"verdict","outcome":"succeeded","text":"…"}
//! ```
//!
//! [`Journal`] writes one file, [`read_all`] reads a folder of them, [`unfinished`] finds what to resume or to roll
//! back. A line that a power loss has torn, a record that this version does not know: both are kept and told, and
//! cost nothing else. Secrets never enter: every value is masked on its way in.
//!
//! Writing waits for the disk, so asynchronous callers do it on a thread that may wait.

mod entry;
mod folder;
mod header;
mod holder;
mod id;
mod mask;
mod query;
mod record;
mod store;

use std::path::PathBuf;

use thiserror::Error;

pub use entry::{Damage, DamageKind, Entry, Stage};
pub use folder::{engine_folder, state_folder};
pub use header::Header;
pub use holder::{Holder, Life};
pub use id::OpId;
pub use query::Query;
pub use record::{GateState, Line, Outcome, Record, StepResult};
pub use store::{Journal, Unfinished, life, read, read_all, read_engines, unfinished};

/// Why a journal cannot be written or read.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum JournalError {
    /// The file system refuses.
    #[error("cannot {attempt} {}: {cause}; check the folder's owner and the space on its disk", path.display())]
    Io {
        /// What was attempted: `append to`.
        attempt: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's words.
        cause: String,
    },
    /// Another process writes this journal.
    #[error("the operation in {} is in another process's hands; wait for it, or end that process", path.display())]
    Held {
        /// The file.
        path: PathBuf,
    },
}
