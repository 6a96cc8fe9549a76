//! What came of restoring a set for practice: the report that a drill leaves beside the set's parts, in short.

use std::{fs, path::Path, time::Duration};

use jiff::Timestamp;
use serde::Deserialize;

pub(super) const FILE: &str = "drill.json";

/// A restore for practice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drill {
    /// When it was over.
    pub at: Timestamp,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// Why it failed, in a sentence; `None` if everything came back.
    pub failed: Option<String>,
}

/// The report, as far as it is told here.
#[derive(Deserialize)]
struct Told {
    began: Timestamp,
    seconds: f64,
    parts: Vec<Part>,
}

#[derive(Deserialize)]
struct Part {
    part: String,
    #[serde(default)]
    failure: Option<String>,
}

impl Drill {
    /// How long it took.
    #[must_use]
    pub const fn took(&self) -> Duration {
        Duration::from_millis(self.took_ms)
    }

    /// The last one of the set in this folder, if there was any that can be read.
    pub(super) fn of(folder: &Path) -> Option<Self> {
        let told: Told = serde_json::from_slice(&fs::read(folder.join(FILE)).ok()?).ok()?;
        let took = Duration::try_from_secs_f64(told.seconds).ok()?;
        let failed =
            told.parts.iter().filter_map(|it| Some(format!("{}: {}", it.part, it.failure.as_ref()?)));
        let failed: Vec<String> = failed.collect();
        Some(Self {
            at: told.began.checked_add(took).ok()?,
            took_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            failed: (!failed.is_empty()).then(|| failed.join("; ")),
        })
    }
}
