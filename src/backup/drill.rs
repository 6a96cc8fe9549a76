//! What came of restoring a set for practice, kept beside its parts.

use std::{fs, path::Path, time::Duration};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{BackupError, shelf::put};

pub(super) const FILE: &str = "drill.json";

/// A restore for practice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drill {
    /// When it was over.
    pub at: Timestamp,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// Why it failed, in a sentence; `None` if everything came back.
    #[serde(default)]
    pub failed: Option<String>,
}

impl Drill {
    /// How long it took.
    #[must_use]
    pub const fn took(&self) -> Duration {
        Duration::from_millis(self.took_ms)
    }

    /// The last one of the set in this folder, if there was any that can be read.
    pub(super) fn of(folder: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(folder.join(FILE)).ok()?).ok()
    }

    /// Keeps it with the set in this folder, instead of the one before.
    ///
    /// # Errors
    /// [`BackupError::Disk`].
    pub fn keep(&self, folder: &Path) -> Result<(), BackupError> {
        let path = folder.join(FILE);
        let text = serde_json::to_vec_pretty(self)
            .map_err(|error| BackupError::disk("write", &path, error.into()))?;
        put(&path, &text)
    }
}
