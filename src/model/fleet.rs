//! What the engine runs, as last heard.

use std::{collections::HashMap, sync::Arc, time::Duration};

use jiff::Timestamp;

use super::RowKey;
use crate::command::execute::{lock::Errand, operation::Life};
use crate::domain::{
    BackupTrouble, Backups, Container, ContainerId, Finding, Fleet, Replica, Sample, Service, Snapshot,
    Stack, Trouble, Usage, findings,
};

/// The latest snapshot, what follows from it, and what its containers use.
#[derive(Debug, Default)]
pub struct Known {
    /// What the engine said.
    pub snapshot: Arc<Snapshot>,
    /// The same, grouped.
    pub fleet: Fleet,
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// Backup sets of its stacks, as last read.
    pub backups: Backups,
    /// Operations that others have begun, or this program before, and that have not ended.
    pub unfinished: Vec<Errand>,
    /// Whether processes are at them, by their ids, as far as that was looked after.
    pub lives: HashMap<String, Life>,
    /// When it was said; `None` before the first answer.
    pub taken_at: Option<Timestamp>,
    samples: HashMap<ContainerId, Measured>,
    positions: HashMap<ContainerId, usize>,
}

/// The newest sample of a container.
#[derive(Debug)]
struct Measured {
    sample: Sample,
    usage: Usage,
    /// When it arrived, by the time since the program's start: the clock of the one who took it may be wrong.
    at: Duration,
}

impl Known {
    /// Replaces what is known; use of containers that are gone is forgotten. What is shared with the snapshot before is
    /// grouped already.
    pub fn replace(&mut self, snapshot: impl Into<Arc<Snapshot>>, at: Timestamp) {
        let snapshot = snapshot.into();
        if !Arc::ptr_eq(&snapshot, &self.snapshot) {
            self.group(snapshot);
        }
        self.findings = findings(&self.snapshot, &self.fleet, at);
        self.findings.extend(self.backups.findings(&self.fleet, at));
        self.taken_at = Some(at);
    }

    fn group(&mut self, snapshot: Arc<Snapshot>) {
        self.fleet = Fleet::of(&snapshot);
        self.positions =
            snapshot.containers.iter().enumerate().map(|(i, container)| (container.id.clone(), i)).collect();
        let up = |id: &ContainerId| {
            let position = self.positions.get(id)?;
            snapshot.containers.get(*position).filter(|container| container.state.is_up())
        };
        self.samples.retain(|id, _| up(id).is_some());
        self.snapshot = snapshot;
    }

    /// Replaces what is known of backups.
    pub fn shelve(&mut self, backups: Backups, now: Timestamp) {
        self.backups = backups;
        self.judge_backups(now);
    }

    /// Finds anew what is wrong with backups: they grow older.
    pub fn judge_backups(&mut self, now: Timestamp) {
        let is_judged = |trouble: &BackupTrouble| trouble.what != Trouble::LeftBehind;
        self.findings.retain(|finding| !finding.backup.as_ref().is_some_and(is_judged));
        self.findings.extend(self.backups.findings(&self.fleet, now));
    }

    /// Takes a new sample in, which arrived at this time since the program's start, and returns the use since the one
    /// before.
    pub fn measure(&mut self, id: &ContainerId, sample: Sample, at: Duration) -> &Usage {
        let usage = Usage::between(self.samples.get(id).map(|before| &before.sample), &sample);
        &self.samples.entry(id.clone()).insert_entry(Measured { sample, usage, at }).into_mut().usage
    }

    /// Forgets all measurements: after a gap, rates would be averages over the gap.
    pub fn forget_samples(&mut self) {
        self.samples.clear();
    }

    /// The container with this id.
    #[must_use]
    pub fn container(&self, id: &ContainerId) -> Option<&Container> {
        self.snapshot.containers.get(*self.positions.get(id)?)
    }

    /// What a container uses.
    #[must_use]
    pub fn usage(&self, id: &ContainerId) -> Option<&Usage> {
        self.samples.get(id).map(|measured| &measured.usage)
    }

    /// When what a container uses was heard, by the time since the program's start.
    #[must_use]
    pub fn heard_at(&self, id: &ContainerId) -> Option<Duration> {
        self.samples.get(id).map(|measured| measured.at)
    }

    /// What a replica uses.
    #[must_use]
    pub fn replica_usage(&self, replica: &Replica) -> Option<&Usage> {
        self.usage(replica.container.as_ref()?)
    }

    /// What the parts of a row use together; `None` where nothing is measured. Rows do not carry it, as only those on
    /// screen need it.
    #[must_use]
    pub fn row_usage(&self, key: &RowKey) -> Option<Usage> {
        match key {
            RowKey::Stack(name, kind) => {
                let mut stacks = self.fleet.stacks.iter();
                self.stack_usage(stacks.find(|stack| stack.name == *name && stack.kind == *kind)?)
            }
            RowKey::Service(key) => self.service_usage(self.fleet.service(key)?),
            RowKey::Replica(key) => self.replica_usage(self.fleet.replica(key)?).cloned(),
        }
    }

    /// What a stack's services use together.
    #[must_use]
    pub fn stack_usage(&self, stack: &Stack) -> Option<Usage> {
        let replicas = stack.services.iter().flat_map(|service| &service.replicas);
        Usage::sum(replicas.filter_map(|replica| self.replica_usage(replica)))
    }

    /// What a service's replicas use together.
    #[must_use]
    pub fn service_usage(&self, service: &Service) -> Option<Usage> {
        Usage::sum(service.replicas.iter().filter_map(|replica| self.replica_usage(replica)))
    }
}
