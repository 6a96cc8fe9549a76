//! What is being done to the engine, and what came of it.

use std::time::Duration;

use super::Part;
use crate::{
    command::{Plan, Progress, Stage},
    domain::ServiceKey,
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
    /// What is done, to what: `rolling update of shop/web`.
    pub title: String,
    /// The service that it is done to, if it is one.
    pub service: Option<ServiceKey>,
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
            title,
            service,
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

    /// Whether it is at work.
    #[must_use]
    pub const fn is_at_work(&self) -> bool {
        matches!(self.state, JobState::Runs | JobState::Pauses | JobState::Stops)
    }

    /// Takes in what was done, or seen.
    pub fn hear(&mut self, progress: Progress, now: Duration) {
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

    /// The newest job on a service.
    #[must_use]
    pub fn on(&self, service: &ServiceKey) -> Option<&Job> {
        self.all.iter().rev().find(|job| job.service.as_ref() == Some(service))
    }

    /// Drops jobs that were done a while ago.
    pub fn settle(&mut self, now: Duration) {
        self.all.retain(|job| match &job.state {
            JobState::Ended { outcome: Outcome::Done, at } => now.saturating_sub(*at) < LASTS,
            JobState::Ended { .. } | JobState::Runs | JobState::Pauses | JobState::Stops => true,
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
