//! The parts of a set that are to be restored, and whether they are whole.

use std::sync::Arc;

use tokio::task::spawn_blocking;

use super::RestoreRequest;
use crate::{
    backup::{Hold, Keys, Manifest, Part, Scope, Set, Source, Validity, verify},
    command::{execute::operation::Refused, restore::Reading},
};

/// Parts that were chosen.
#[derive(Clone, Debug)]
pub(super) struct Parts {
    /// The set's id.
    pub(super) set: String,
    /// What it says of itself.
    pub(super) manifest: Manifest,
    /// The parts.
    pub(super) readings: Vec<Reading>,
    /// Nobody removes the set meanwhile.
    pub(super) hold: Arc<Hold>,
}

impl Parts {
    /// Chooses what is asked for.
    pub(super) fn choose(request: &RestoreRequest) -> Result<Self, Refused> {
        let set = request.shelf.find(&request.stack, request.set.as_deref())?;
        let parts = Self::of(&set, &request.keys)?;
        let is_wanted = |part: &Part| is_of(part, request) && is_kind(part, request.scope);
        let readings: Vec<Reading> = parts.readings.into_iter().filter(|it| is_wanted(&it.part)).collect();
        if readings.is_empty() {
            let (set, called) = (parts.set, request.called());
            return Err(Refused::NothingToRestore(format!(
                "set {set} holds nothing of {called} that was asked for; `stacktop backup show {} {set}` lists what it holds",
                request.stack
            )));
        }
        Ok(Self { readings, ..parts })
    }

    /// All parts of a set.
    pub(super) fn of(set: &Set, keys: &Keys) -> Result<Self, Refused> {
        let refused = |why: String| {
            let id = &set.id;
            Refused::NothingToRestore(format!(
                "set {id} cannot be restored: {why}; --set names another one, `stacktop backup ls` lists them"
            ))
        };
        if set.validity() == Validity::Invalid && set.manifest.is_ok() {
            return Err(refused(format!("{} is missing or was cut short", set.amiss.join(", "))));
        }
        let manifest = set.manifest.clone().map_err(refused)?;
        let hold = Hold::shared(&set.folder)?.ok_or_else(|| {
            let id = &set.id;
            Refused::NothingToRestore(format!(
                "set {id} is being written or removed at this moment; try again later, or name another one with --set"
            ))
        })?;
        let reading =
            |part: &Part| Reading { folder: set.folder.clone(), part: part.clone(), keys: keys.clone() };
        let readings = manifest.parts.iter().map(reading).collect();
        Ok(Self { set: set.id.clone(), readings, manifest, hold: Arc::new(hold) })
    }

    /// Reads all of them and compares them with their checksums.
    pub(super) async fn verify(&self) -> Result<(), Refused> {
        let (set, readings) = (self.set.clone(), self.readings.clone());
        let verified = spawn_blocking(move || {
            let amiss =
                |it: &Reading| verify(&it.folder, &it.part, &it.keys).err().map(|why| why.to_string());
            readings.iter().filter_map(amiss).collect::<Vec<String>>()
        });
        let amiss = verified.await.unwrap_or_else(|died| vec![died.to_string()]);
        if amiss.is_empty() {
            return Ok(());
        }
        Err(Refused::NothingToRestore(format!(
            "set {set} is not restored, nothing was touched: {}; --set names another one",
            amiss.join("; ")
        )))
    }
}

fn is_of(part: &Part, request: &RestoreRequest) -> bool {
    let Some(wanted) = &request.service else { return true };
    match &part.source {
        Source::Volume { used_by, .. } => used_by.contains_key(&request.called()),
        Source::Dump { service, .. } => service == wanted,
    }
}

fn is_kind(part: &Part, scope: Scope) -> bool {
    match (scope, &part.source) {
        (Scope::All, _) | (Scope::Dumps, Source::Dump { .. }) | (Scope::Volumes, Source::Volume { .. }) => {
            true
        }
        (Scope::Dumps, Source::Volume { .. }) | (Scope::Volumes, Source::Dump { .. }) => false,
    }
}
