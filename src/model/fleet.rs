//! What the engine runs, as last heard.

use std::{collections::HashMap, sync::Arc, time::Duration};

use jiff::Timestamp;

use super::RowKey;
use crate::command::execute::{lock::Errand, operation::Life};
use crate::domain::{
    BackupTrouble, Backups, Container, ContainerId, Finding, Fleet, Replica, Sample, Service, Snapshot,
    Stack, Tally, Trouble, Usage, findings,
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
    /// How much of what there is.
    pub tally: Tally,
    /// What all containers use together.
    pub load: Load,
    /// When it was said; `None` before the first answer.
    pub taken_at: Option<Timestamp>,
    samples: HashMap<ContainerId, Measured>,
    positions: HashMap<ContainerId, usize>,
}

/// A sum over containers that is kept up with each of their samples: adding up thousands takes longer than drawing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Load {
    containers: usize,
    rates: usize,
    cpu_percent: f64,
    memory: u64,
}

impl Load {
    /// CPU in percent of one core; `None` until two samples of some container are known.
    #[must_use]
    pub fn cpu_percent(&self) -> Option<f64> {
        // What was added and taken away again may leave a trace below zero.
        (self.rates > 0).then(|| self.cpu_percent.max(0.0))
    }

    /// Memory in bytes; `None` until some container is measured.
    #[must_use]
    pub fn memory(&self) -> Option<u64> {
        (self.containers > 0).then_some(self.memory)
    }

    fn of<'a>(usages: impl Iterator<Item = &'a Usage>) -> Self {
        let mut load = Self::default();
        usages.for_each(|usage| load.add(usage));
        load
    }

    fn add(&mut self, usage: &Usage) {
        self.containers += 1;
        self.rates += usize::from(usage.cpu_percent.is_some());
        self.cpu_percent += usage.cpu_percent.unwrap_or_default();
        self.memory += usage.memory.used;
    }

    fn remove(&mut self, usage: &Usage) {
        self.containers -= 1;
        self.rates -= usize::from(usage.cpu_percent.is_some());
        self.cpu_percent -= usage.cpu_percent.unwrap_or_default();
        self.memory -= usage.memory.used;
    }
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
        self.tally = self.fleet.tally();
        self.positions =
            snapshot.containers.iter().enumerate().map(|(i, container)| (container.id.clone(), i)).collect();
        let up = |id: &ContainerId| {
            let position = self.positions.get(id)?;
            snapshot.containers.get(*position).filter(|container| container.state.is_up())
        };
        self.samples.retain(|id, _| up(id).is_some());
        self.load = Load::of(self.samples.values().map(|measured| &measured.usage));
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
        let before = self.samples.get(id);
        if let Some(before) = before {
            self.load.remove(&before.usage);
        }
        let usage = Usage::between(before.map(|before| &before.sample), &sample);
        self.load.add(&usage);
        &self.samples.entry(id.clone()).insert_entry(Measured { sample, usage, at }).into_mut().usage
    }

    /// Forgets all measurements: after a gap, rates would be averages over the gap.
    pub fn forget_samples(&mut self) {
        self.samples.clear();
        self.load = Load::default();
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
        Usage::sum(self.row_replicas(key).filter_map(|replica| self.replica_usage(replica)))
    }

    /// The replicas that a row stands for.
    pub fn row_replicas(&self, key: &RowKey) -> impl Iterator<Item = &Replica> {
        let (services, replica) = match key {
            RowKey::Stack(name, kind) => {
                let mut stacks = self.fleet.stacks.iter();
                let stack = stacks.find(|stack| stack.name == *name && stack.kind == *kind);
                (stack.map_or(&[][..], |stack| &stack.services), None)
            }
            RowKey::Service(key) => (self.fleet.service(key).map_or(&[][..], std::slice::from_ref), None),
            RowKey::Replica(key) => (&[][..], self.fleet.replica(key)),
        };
        services.iter().flat_map(|service| &service.replicas).chain(replica)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        Memory, SampleSource,
        testing::{at, of, replica},
    };

    fn sample(second: i64, share: u64) -> Sample {
        Sample {
            at: at(second),
            cpu_ns: second.unsigned_abs() * share * 10_000_000,
            system_ns: None,
            cpus: 1,
            memory: Memory { used: share * 100, limit: 1000 },
            network: None,
            block: None,
            pids: None,
            share: None,
            pressure: None,
            source: SampleSource::Engine,
        }
    }

    fn shop(replicas: u64) -> Snapshot {
        of((1..=replicas).map(|slot| replica("shop", "web", slot)).collect())
    }

    /// What three containers use, of which the third uses three times as much as the first.
    fn measured() -> Known {
        let mut known = Known::default();
        known.replace(shop(3), at(0));
        for second in 1..=3 {
            for (container, share) in shop(3).containers.iter().zip(1..) {
                known.measure(&container.id, sample(second, share), Duration::ZERO);
            }
        }
        known
    }

    #[test]
    fn the_load_is_that_of_all_containers_by_their_newest_samples() {
        let load = measured().load;
        assert_eq!((load.cpu_percent(), load.memory()), (Some(6.0), Some(600)));
    }

    #[test]
    fn a_container_that_is_gone_is_no_load() {
        let mut known = measured();
        known.replace(shop(2), at(4));
        assert_eq!((known.load.cpu_percent(), known.load.memory()), (Some(3.0), Some(300)));
    }

    #[test]
    fn after_a_gap_no_load_is_known() {
        let mut known = measured();
        known.forget_samples();
        assert_eq!((known.load.cpu_percent(), known.load.memory()), (None, None));
    }
}
