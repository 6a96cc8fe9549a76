//! What is being done to the engine, and what came of it.

use std::time::Duration;

use super::Part;
use crate::{
    command::{Plan, Progress, Stage},
    domain::{ServiceKey, StackName},
};

/// How long a job that was done stays on screen.
const LASTS: Duration = Duration::from_secs(10);

/// A job's number, unique while the program runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct JobId(pub u64);

/// One plan that is carried out.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// Its number.
    pub id: JobId,
    /// The number of the first of those that are carried out one after the other; its own if it is alone.
    pub first: JobId,
    /// What is done, to what: `rolling update of shop/web`.
    pub title: String,
    /// The service that it is done to, if it is one.
    pub service: Option<ServiceKey>,
    /// The stack whose data it keeps or brings back, if it does that.
    pub backup: Option<StackName>,
    /// The operation's id, if it has a lock: then the engine knows of the job when this program is gone.
    pub operation: Option<String>,
    /// Facts that the person decided by.
    pub facts: Vec<(String, String)>,
    /// When it began, by the time since the program's start.
    pub began: Duration,
    /// Replicas, or containers, in the order of their turns.
    pub parts: Vec<Part>,
    /// The part that was heard of last.
    pub current: usize,
    /// How many steps are done, and how many there are.
    pub steps: (usize, usize),
    /// How far it is.
    pub state: JobState,
    /// How long it was still to take, and when that was told, by the time since the program's start.
    pub left: Option<(Duration, Duration)>,
    /// What the container that it failed on said last: probes, and lines of its log.
    pub evidence: Vec<String>,
}

/// How far a job is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobState {
    /// Its turn comes once the one before is done.
    Waits,
    /// It is at work.
    Runs,
    /// It is at work and stops once the replicas at work are done.
    Pauses,
    /// It is at work and stops after its running step.
    Stops,
    /// It has ended.
    Ended {
        /// How.
        outcome: Outcome,
        /// When, by the time since the program's start.
        at: Duration,
    },
}

/// How a job ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// As it was planned.
    Done,
    /// It failed, and everything is as before: why.
    RolledBack(String),
    /// It was stopped half-way: how it goes on.
    Paused(String),
    /// It failed: what, and what a person can do.
    Failed(String),
}

/// The jobs of this run of the program, oldest first.
#[derive(Debug, Default)]
pub struct Jobs {
    /// Those that are at work, and those whose end was not read.
    pub all: Vec<Job>,
    /// Which one the keys of the pane are for.
    pub selected: usize,
    given: u64,
}

impl Job {
    /// A job that begins now.
    #[must_use]
    pub fn of(id: JobId, plan: Plan, service: Option<ServiceKey>, now: Duration) -> Self {
        let steps = (0, plan.steps().count());
        let parts = Part::of(&plan);
        let (operation, state) = (None, JobState::Runs);
        let Plan { title, facts, .. } = plan;
        Self {
            id,
            first: id,
            title,
            service,
            backup: None,
            operation,
            facts,
            began: now,
            parts,
            current: 0,
            steps,
            state,
            left: None,
            evidence: Vec::new(),
        }
    }

    /// A job that reads parts of backups, by their names, and touches nothing.
    #[must_use]
    pub fn reading(id: JobId, title: String, stack: StackName, parts: Vec<String>, now: Duration) -> Self {
        let steps = (0, parts.len());
        Self {
            id,
            first: id,
            title,
            service: None,
            backup: Some(stack),
            operation: None,
            facts: Vec::new(),
            began: now,
            parts: parts.into_iter().map(Part::named).collect(),
            current: 0,
            steps,
            state: JobState::Runs,
            left: None,
            evidence: Vec::new(),
        }
    }

    /// The same job, one of several that are carried out one after the other.
    #[must_use]
    pub fn after(mut self, first: JobId) -> Self {
        if first != self.id {
            self.state = JobState::Waits;
        }
        self.first = first;
        self
    }

    /// Whether it is at work, or waits for its turn.
    #[must_use]
    pub const fn is_at_work(&self) -> bool {
        match self.state {
            JobState::Waits | JobState::Runs | JobState::Pauses | JobState::Stops => true,
            JobState::Ended { .. } => false,
        }
    }

    /// Takes in what was done, or seen.
    pub fn hear(&mut self, progress: Progress, now: Duration) {
        if self.state == JobState::Waits {
            (self.state, self.began) = (JobState::Runs, now);
        }
        self.steps.0 += usize::from(progress.stage == Stage::Done);
        self.left = progress.left.map(|left| (left, now));
        let name = Part::name_of(progress.slot, &progress.phase);
        let known = self.parts.iter().position(|part| part.name == name);
        self.current = known.unwrap_or(self.parts.len());
        if known.is_none() {
            self.parts.push(Part::named(name));
        }
        if let Some(part) = self.parts.get_mut(self.current) {
            part.hear(progress, now);
        }
    }

    /// The part that was heard of last, if any was.
    #[must_use]
    pub fn current(&self) -> Option<&Part> {
        self.parts.get(self.current).filter(|part| part.stage.is_some())
    }

    /// How long it was, or is, at work.
    #[must_use]
    pub const fn took(&self, now: Duration) -> Duration {
        match &self.state {
            JobState::Waits => Duration::ZERO,
            JobState::Runs | JobState::Pauses | JobState::Stops => now.saturating_sub(self.began),
            JobState::Ended { at, .. } => at.saturating_sub(self.began),
        }
    }
}

impl Jobs {
    /// A number that no job had.
    pub const fn number(&mut self) -> JobId {
        self.given += 1;
        JobId(self.given)
    }

    /// The job with this number.
    pub fn get_mut(&mut self, id: JobId) -> Option<&mut Job> {
        self.all.iter_mut().find(|job| job.id == id)
    }

    /// Jobs that are at work.
    pub fn at_work(&self) -> impl Iterator<Item = &Job> {
        self.all.iter().filter(|job| job.is_at_work())
    }

    /// Drops the jobs whose turn does not come, because the one before was not done; returns their titles.
    pub fn drop_waiting(&mut self, first: JobId) -> Vec<String> {
        let waits = |job: &Job| job.first == first && job.state == JobState::Waits;
        let titles = self.all.iter().filter(|job| waits(job)).map(|job| job.title.clone()).collect();
        self.all.retain(|job| !waits(job));
        self.keep_selection();
        titles
    }

    /// The newest job on a service.
    #[must_use]
    pub fn on(&self, service: &ServiceKey) -> Option<&Job> {
        self.all.iter().rev().find(|job| job.service.as_ref() == Some(service))
    }

    /// The newest job that keeps or brings back data of a stack.
    #[must_use]
    pub fn on_backups(&self, stack: &StackName) -> Option<&Job> {
        self.all.iter().rev().find(|job| job.backup.as_ref() == Some(stack))
    }

    /// Drops jobs that were done a while ago.
    pub fn settle(&mut self, now: Duration) {
        self.all.retain(|job| match &job.state {
            JobState::Ended { outcome: Outcome::Done, at } => now.saturating_sub(*at) < LASTS,
            JobState::Ended { .. }
            | JobState::Waits
            | JobState::Runs
            | JobState::Pauses
            | JobState::Stops => true,
        });
        self.keep_selection();
    }

    /// Drops jobs that have ended: their end was read.
    pub fn read(&mut self) {
        self.all.retain(Job::is_at_work);
        self.keep_selection();
    }

    fn keep_selection(&mut self) {
        self.selected = self.selected.min(self.all.len().saturating_sub(1));
    }
}
