//! How large things are: for the choice between freezing and reading as it is, for the time that is left, and for the
//! room that a set takes.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    backup::{BackupError, Part, Set, Shelf, Source, Validity},
    command::{Act, Call, Plan, backup::Survey},
    engine::Engine,
};

use super::Refused;

/// So much more than the last time is made room for.
const MARGIN: f64 = 1.2;

/// What is known of the sizes of volumes and parts, in bytes.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Room {
    /// Volumes, before compression.
    pub(super) volumes: BTreeMap<String, u64>,
    /// Files of sets, as they were stored the last time.
    stored: BTreeMap<String, u64>,
    /// What the set that is planned takes.
    needed: u64,
}

impl Room {
    /// As the newest valid sets tell. `sets` are newest first.
    pub(super) fn of(sets: &[Set]) -> Self {
        let mut room = Self::default();
        let valid = sets.iter().filter(|set| set.validity() == Validity::Valid);
        for part in valid.flat_map(|set| &set.manifest).flat_map(|manifest| &manifest.parts) {
            room.learn(part);
        }
        room
    }

    fn learn(&mut self, part: &Part) {
        if let Source::Volume { volume, .. } = &part.source {
            self.volumes.entry(volume.clone()).or_insert(part.raw_bytes);
        }
        self.stored.entry(part.file.clone()).or_insert(part.stored_bytes);
    }

    /// What no set tells the engine does, if it is asked. It walks through the volumes for that, so it is asked only
    /// where it matters.
    pub(super) async fn estimate(&mut self, engine: &Engine, survey: &Survey) {
        if survey.volumes.iter().all(|volume| self.volumes.contains_key(&volume.name)) {
            return;
        }
        // An engine that does not tell leaves it unknown, as it mostly is.
        let Ok(usage) = engine.disk_usage().await else { return };
        let listed = usage.get("Volumes").or_else(|| usage.pointer("/VolumeUsage/Items"));
        for volume in listed.and_then(Value::as_array).into_iter().flatten() {
            let name = volume.get("Name").and_then(Value::as_str);
            let size = volume.pointer("/UsageData/Size").and_then(Value::as_u64);
            if let Some((name, size)) = name.zip(size)
                && survey.volumes.iter().any(|one| one.name == name)
            {
                self.volumes.entry(name.to_owned()).or_insert(size);
            }
        }
    }

    /// Takes in what is planned, and refuses what has no room. Nothing was stopped so far.
    pub(super) fn need(&mut self, plan: &Plan, shelf: &Shelf) -> Result<(), Refused> {
        let storing = plan.steps().filter_map(|step| match &step.act {
            Act::Call(Call::Store(storing)) => Some(storing),
            Act::Call(_) | Act::Gate(_) => None,
        });
        let size = |file: &str, raw: Option<u64>| self.stored.get(file).copied().or(raw).unwrap_or_default();
        let last: u64 = storing.map(|storing| size(&storing.file, storing.expected)).sum();
        self.needed = (last as f64 * MARGIN) as u64;
        self.check(shelf)
    }

    /// Refuses where there is no room, or no telling.
    pub(super) fn check(&self, shelf: &Shelf) -> Result<(), Refused> {
        let free = shelf.free()?;
        if free >= self.needed {
            return Ok(());
        }
        let folder = shelf.folder().display().to_string();
        Err(BackupError::NoRoom { folder, free, needed: self.needed }.into())
    }
}
