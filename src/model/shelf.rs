//! Backup sets on the screen: how far they were read, which one is selected, which ones were verified. What is known of
//! them is in [`super::Known::backups`].

use std::{collections::BTreeMap, time::Duration};

use super::{Model, Reading, RowKey};
use crate::domain::{BackupSet, ServiceKey, StackBackups, StackName};

/// How far sets were read and looked into.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shelf {
    /// How far reading is.
    pub reading: Reading,
    /// When it was read last, by the time since the program's start.
    pub read_at: Duration,
    /// The id of the selected set; the newest one is meant where none is.
    pub selected: Option<String>,
    /// What came of reading sets to their last byte, by their ids.
    pub verified: BTreeMap<String, Result<(), String>>,
}

impl RowKey {
    /// The stack that it is, or is part of.
    #[must_use]
    pub fn stack(&self) -> Option<&StackName> {
        match self {
            Self::Stack(name, _) => name.as_ref(),
            Self::Service(_) | Self::Replica(_) => self.service()?.stack.as_ref(),
        }
    }
}

impl Model {
    /// The stack of the selection, and what is known of its backups: of a service, those of its parts.
    #[must_use]
    pub fn backups(&self) -> Option<(&StackName, StackBackups)> {
        let row = self.tree.selected.as_ref()?;
        let stack = row.stack()?;
        let known = self.known.backups.of(stack)?;
        let backups = match row.service() {
            Some(ServiceKey { name, .. }) => known.of_service(name),
            None => known.clone(),
        };
        Some((stack, backups))
    }

    /// The selected set among these, else the newest one.
    #[must_use]
    pub fn selected_set<'a>(&self, backups: &'a StackBackups) -> Option<&'a BackupSet> {
        backups.sets.get(self.set_place(backups))
    }

    /// Its place.
    #[must_use]
    pub fn set_place(&self, backups: &StackBackups) -> usize {
        let is_selected = |set: &BackupSet| Some(&set.id) == self.shelf.selected.as_ref();
        backups.sets.iter().position(is_selected).unwrap_or_default()
    }
}
