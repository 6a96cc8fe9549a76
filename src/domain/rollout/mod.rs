//! A rolling update as the engine shows it, whoever began it: Swarm after a `docker service update`, `docker compose
//! up` in another terminal, stacktop in another process. Nothing of it is remembered: tasks, names, labels and states
//! tell where each replica stands, so a dashboard that was opened half-way sees the same as one that was there before.

mod compose;
mod name;
mod swarm;

use std::time::Duration;

use jiff::Timestamp;

use super::{Container, ContainerId, ServiceKey, Slot, Snapshot, Status, UpdatePolicy};

pub use name::{Turn, exchanged};

/// How long one that went well is still told of, in seconds.
const DONE_LASTS: i64 = 60;

/// How long one that failed is still told of, in seconds: a person may come late.
const FAILED_LASTS: i64 = 60 * 60;

/// One rolling update of one service.
#[derive(Clone, Debug, PartialEq)]
pub struct Rollout {
    /// Which service.
    pub service: ServiceKey,
    /// Who replaces the replicas.
    pub driver: Driver,
    /// How far it is.
    pub stage: RolloutStage,
    /// The image of before, where it is seen and another one.
    pub from: Option<String>,
    /// The image that the replicas are to run.
    pub to: String,
    /// How it goes about it, where that is known.
    pub policy: Option<UpdatePolicy>,
    /// When it began.
    pub began: Option<Timestamp>,
    /// What the driver says of it, or what a person has to do.
    pub said: String,
    /// Each replica, by slot.
    pub slots: Vec<Exchange>,
}

/// Who replaces the replicas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Driver {
    /// The managers of the swarm.
    Swarm,
    /// Docker Compose.
    Compose,
    /// stacktop, under this operation's id where a container tells it.
    Stacktop(Option<String>),
}

/// How far a rolling update is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RolloutStage {
    /// Replicas are replaced.
    Rolling,
    /// Replicas go back to what they were.
    RollingBack,
    /// It waits for a person.
    Stuck,
    /// Every replica was replaced.
    Done,
    /// It failed, and what was before runs again.
    RolledBack,
}

/// One replica in a rolling update.
#[derive(Clone, Debug, PartialEq)]
pub struct Exchange {
    /// Which one.
    pub slot: Slot,
    /// What is replaced, as long as there is something.
    pub old: Option<Side>,
    /// What takes its place, once there is something.
    pub new: Option<Side>,
    /// How far it is.
    pub phase: ExchangePhase,
    /// When its turn began.
    pub began: Option<Timestamp>,
    /// When its turn ended.
    pub ended: Option<Timestamp>,
    /// How many of its new ones have failed.
    pub failures: u64,
    /// What a probe, a task or an exit code says of the new one.
    pub seen: Option<String>,
    /// The container whose probes and output tell why it does not go on, if this engine has it.
    pub suspect: Option<ContainerId>,
}

/// What serves one slot, before or after.
#[derive(Clone, Debug, PartialEq)]
pub struct Side {
    /// Its container, if this engine has it.
    pub container: Option<ContainerId>,
    /// The host or the container it is told by.
    pub name: String,
    /// Its image.
    pub image: String,
    /// How it is doing.
    pub status: Status,
}

/// How far one replica is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExchangePhase {
    /// Its turn has not come.
    Waits,
    /// Its new one is on the way: how far, in a word.
    Comes(String),
    /// Its new one serves.
    Done,
    /// Its new one has failed.
    Failed,
    /// It was not touched, and need not be.
    Untouched,
}

impl Rollout {
    /// The rolling update of a service at `now`, if there is one, or was a moment ago.
    #[must_use]
    pub fn of(snapshot: &Snapshot, key: &ServiceKey, now: Timestamp) -> Option<Self> {
        swarm::rollout(snapshot, key, now).or_else(|| compose::rollout(snapshot, key, now))
    }

    /// Replicas that need nothing more.
    #[must_use]
    pub fn done(&self) -> usize {
        let is_done = |slot: &&Exchange| matches!(slot.phase, ExchangePhase::Done | ExchangePhase::Untouched);
        self.slots.iter().filter(is_done).count()
    }

    /// New ones that have failed so far.
    #[must_use]
    pub fn failures(&self) -> u64 {
        self.slots.iter().map(|slot| slot.failures).sum()
    }

    /// The first replica that does not go on as it should.
    #[must_use]
    pub fn trouble(&self) -> Option<&Exchange> {
        let told = |slot: &&Exchange| slot.phase != ExchangePhase::Done && slot.seen.is_some();
        let failed = self.slots.iter().find(|slot| slot.phase == ExchangePhase::Failed);
        failed.or_else(|| self.slots.iter().find(told))
    }

    /// How long the rest takes if it goes as the replicas before: known once one is done.
    #[must_use]
    pub fn left(&self, now: Timestamp) -> Option<Duration> {
        if !matches!(self.stage, RolloutStage::Rolling | RolloutStage::RollingBack) {
            return None;
        }
        let mut took: Vec<i64> = self.slots.iter().filter_map(Exchange::took).collect();
        took.sort_unstable();
        let median = *took.get(took.len() / 2)?;
        let policy = self.policy.as_ref();
        let at_once = policy.map_or(1, |policy| policy.parallelism).max(1);
        let turns = ((self.slots.len() - self.done()) as u64).div_ceil(at_once);
        let pause = policy.map_or(0, |policy| policy.delay.as_secs());
        let gone = self.slots.iter().filter_map(|slot| slot.runs_for(now)).max().unwrap_or_default();
        let all = (median.unsigned_abs() * turns).saturating_add(pause * turns.saturating_sub(1));
        Some(Duration::from_secs(all.saturating_sub(gone.min(median).unsigned_abs())))
    }
}

impl Exchange {
    /// Seconds that its turn took.
    fn took(&self) -> Option<i64> {
        let ended = self.ended.filter(|_| self.phase == ExchangePhase::Done)?;
        Some(seconds(self.began?, ended))
    }

    /// Seconds that its turn has lasted so far.
    fn runs_for(&self, now: Timestamp) -> Option<i64> {
        matches!(self.phase, ExchangePhase::Comes(_)).then(|| Some(seconds(self.began?, now)))?
    }

    /// How long its turn took, or has lasted at `now`.
    #[must_use]
    pub fn lasted(&self, now: Timestamp) -> Option<Duration> {
        let seconds = seconds(self.began?, self.ended.unwrap_or(now));
        Some(Duration::from_secs(seconds.unsigned_abs()))
    }
}

/// Whole seconds between two moments, not below 0.
fn seconds(from: Timestamp, to: Timestamp) -> i64 {
    (to.as_second() - from.as_second()).max(0)
}

/// What a container has to say for itself that does not serve: its last probe, or how it ended.
fn complaint(container: &Container) -> Option<String> {
    super::fleet::cause(container)
}

#[cfg(test)]
mod tests;
