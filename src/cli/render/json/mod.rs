//! What `--json` prints: types of the command line's own, so that the domain can change and scripts go on.
//!
//! `assets/json.md` documents every field. A value that nobody reported is `null`; a field is never left out.

mod backup;
mod condition;
mod escape;
mod fleet;
mod journal;
mod operate;
mod program;
mod stream;

pub use backup::{BackupCheck, BackupFate, BackupSet, BackupStanding, ShownBackup};
pub use condition::{Finding, Health, Probe, ReplicaHealth};
pub use escape::{pretty, to_line};
pub use fleet::{Limits, Node, Port, Replica, Service, Stack};
pub use journal::{Entry as JournalEntry, Shown as ShownJournal};
pub(in crate::cli) use journal::{gate, join, outcome};
pub use operate::{Operation, Plan, Plans, Progress, Step, Verdict, kind_in_words};
pub use program::{Check, Doctor, Version};
pub use stream::{Event, LogLine, Stats};

use serde::Serializer;

use crate::domain::{ReplicaKey, Slot, Status};

/// A point in time, written as RFC 3339 in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At(pub jiff::Timestamp);

impl serde::Serialize for At {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// Writes a status as its word.
fn status<S: Serializer>(status: &Status, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(status.word())
}

/// The number of a replica; a global service's replicas have none.
fn slot(key: &ReplicaKey) -> Option<u64> {
    match key.slot {
        Slot::Number(number) => Some(number),
        Slot::Node(_) => None,
    }
}

fn stack(key: &ReplicaKey) -> Option<String> {
    key.service.stack.as_ref().map(ToString::to_string)
}

#[cfg(test)]
mod tests;
