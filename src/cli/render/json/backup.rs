//! Backups as they stand on the shelf.

use std::time::Duration;

use serde::Serialize;

use super::At;
use crate::backup::{Drill, Keys, Manifest, Part, ServiceRecord, Set, Source, Standing, by_hand, trend};

/// Sizes that make a trend.
const TREND: usize = 5;

/// How the backups of a stack stand.
#[derive(Clone, Debug, Serialize)]
pub struct BackupStanding {
    stack: String,
    scope: &'static str,
    state: &'static str,
    set: Option<String>,
    began_at: Option<At>,
    age_ms: Option<u64>,
    rpo_ms: Option<u64>,
    schedule: Option<String>,
    sets: usize,
    valid_sets: usize,
    stored_bytes: Option<u64>,
    trend_bytes: Vec<u64>,
    problem: Option<String>,
}

/// A set.
#[derive(Clone, Debug, Serialize)]
pub struct BackupSet {
    set: String,
    stack: String,
    folder: String,
    state: &'static str,
    why: Option<String>,
    scope: Option<&'static str>,
    service: Option<String>,
    began_at: At,
    finished_at: Option<At>,
    stored_bytes: Option<u64>,
    raw_bytes: Option<u64>,
    parts: Option<usize>,
    modes: Vec<&'static str>,
    drill: Option<Drilled>,
}

#[derive(Clone, Debug, Serialize)]
struct Drilled {
    at: At,
    took_ms: u64,
    failed: Option<String>,
}

/// A set with everything that is known of it.
#[derive(Clone, Debug, Serialize)]
pub struct ShownBackup {
    #[serde(flatten)]
    set: BackupSet,
    engine: Option<String>,
    engine_version: Option<String>,
    services: Vec<Service>,
    warnings: Vec<String>,
    files: Vec<File>,
}

#[derive(Clone, Debug, Serialize)]
struct Service {
    name: String,
    image: String,
    image_id: String,
}

#[derive(Clone, Debug, Serialize)]
struct File {
    name: String,
    kind: &'static str,
    holds: String,
    mode: &'static str,
    raw_bytes: u64,
    stored_bytes: u64,
    sha256: String,
    raw_sha256: String,
    codecs: Vec<String>,
    recipients: Vec<String>,
    entries: Option<u64>,
    by_hand: String,
}

/// What came of reading a part.
#[derive(Clone, Debug, Serialize)]
pub struct BackupCheck {
    /// The set's id.
    pub set: String,
    /// The part's file.
    pub file: Option<String>,
    /// `ok` or `damaged`.
    pub state: &'static str,
    /// What is wrong.
    pub why: Option<String>,
    /// Bytes of the file.
    pub stored_bytes: Option<u64>,
    /// How long it took.
    pub took_ms: Option<u64>,
}

/// What becomes of a set.
#[derive(Clone, Debug, Serialize)]
pub struct BackupFate {
    /// The stack.
    pub stack: String,
    /// The set's id.
    pub set: String,
    /// When it was begun.
    pub began_at: At,
    /// `kept`, `goes`, `removed`, `vanished`.
    pub fate: &'static str,
    /// Why it is kept.
    pub why: Option<String>,
    /// Bytes of its files, where a manifest tells.
    pub stored_bytes: Option<u64>,
}

impl BackupStanding {
    /// How those of one scope stand; `sets` are all of the stack.
    #[must_use]
    pub fn of(stack: &str, standing: &Standing, sets: &[Set], schedule: Option<String>) -> Self {
        let last = standing.last.as_ref();
        Self {
            stack: stack.to_owned(),
            scope: standing.scope.word(),
            state: standing.verdict.word(),
            set: last.map(|set| set.id.clone()),
            began_at: last.map(|set| At(set.began)),
            age_ms: standing.age.map(ms),
            rpo_ms: standing.most.map(ms),
            schedule,
            sets: sets.len(),
            valid_sets: sets.iter().filter(|set| set.why_invalid().is_none()).count(),
            stored_bytes: last.and_then(stored),
            trend_bytes: trend(sets, standing.scope, TREND),
            problem: None,
        }
    }
}

impl BackupStanding {
    /// The same with what is wrong with the newest set.
    #[must_use]
    pub fn with(self, problem: Option<String>) -> Self {
        Self { problem, ..self }
    }
}

impl BackupSet {
    /// A set of a stack; `state` and why, as they are told.
    #[must_use]
    pub fn of(stack: &str, set: &Set, state: &'static str, why: Option<String>) -> Self {
        let manifest = set.manifest.as_ref().ok();
        Self {
            set: set.id.clone(),
            stack: stack.to_owned(),
            folder: set.folder.display().to_string(),
            state,
            why,
            scope: manifest.map(|manifest| manifest.scope.word()),
            service: manifest.and_then(|manifest| manifest.service.clone()),
            began_at: At(set.began),
            finished_at: manifest.map(|manifest| At(manifest.finished)),
            stored_bytes: stored(set),
            raw_bytes: manifest.map(|manifest| manifest.parts.iter().map(|part| part.raw_bytes).sum()),
            parts: manifest.map(|manifest| manifest.parts.len()),
            modes: manifest.map(modes).unwrap_or_default(),
            drill: set.drill.as_ref().map(Drilled::of),
        }
    }
}

impl Drilled {
    fn of(drill: &Drill) -> Self {
        Self { at: At(drill.at), took_ms: drill.took_ms, failed: drill.failed.clone() }
    }
}

impl ShownBackup {
    /// A set with all its parts; `keys` are named in the lines that read them.
    #[must_use]
    pub fn of(set: BackupSet, manifest: Option<&Manifest>, keys: &Keys) -> Self {
        Self {
            set,
            engine: manifest.map(|manifest| manifest.engine.clone()),
            engine_version: manifest.map(|manifest| manifest.engine_version.clone()),
            services: manifest.iter().flat_map(|it| &it.services).map(Service::of).collect(),
            warnings: manifest.iter().flat_map(|it| it.warnings.clone()).collect(),
            files: manifest.iter().flat_map(|it| &it.parts).map(|part| File::of(part, keys)).collect(),
        }
    }
}

impl Service {
    fn of(record: &ServiceRecord) -> Self {
        let ServiceRecord { name, image, image_id, .. } = record.clone();
        Self { name, image, image_id }
    }
}

impl File {
    fn of(part: &Part, keys: &Keys) -> Self {
        Self {
            name: part.file.clone(),
            kind: match part.source {
                Source::Volume { .. } => "volume",
                Source::Dump { .. } => "dump",
            },
            holds: part.source.called(),
            mode: part.mode.word(),
            raw_bytes: part.raw_bytes,
            stored_bytes: part.stored_bytes,
            sha256: part.sha256.clone(),
            raw_sha256: part.raw_sha256.clone(),
            codecs: part.codecs.clone(),
            recipients: part.recipients.clone(),
            entries: part.contents.as_ref().map(|contents| contents.entries),
            by_hand: by_hand(part, keys.identity.as_deref()),
        }
    }
}

/// How the parts were kept consistent, each way once.
fn modes(manifest: &Manifest) -> Vec<&'static str> {
    let mut modes: Vec<_> = manifest.parts.iter().map(|part| part.mode).collect();
    modes.sort();
    modes.dedup();
    modes.into_iter().map(crate::backup::Mode::word).collect()
}

fn stored(set: &Set) -> Option<u64> {
    set.manifest.as_ref().ok().map(Manifest::stored_bytes)
}

fn ms(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}
