//! Carries a plan out: one walker for all commands. It makes each call, waits at each gate, tells what happens, and
//! stops at the first failure; what is to be done then is for another plan, made from what is there.

pub mod attend;
pub mod backup;
mod call;
mod diary;
pub mod disk;
mod estimate;
mod evidence;
mod gate;
mod halt;
pub mod lock;
mod look;
pub mod operation;
mod patience;
mod progress;
pub mod restore;
mod swarm;
mod watch;

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use futures_util::future::join_all;
use tokio::{sync::mpsc, time::Instant};
use tokio_util::sync::CancellationToken;

pub use diary::{engine_id, folder as journal_folder};
pub use halt::{Halt, Wish};
pub use look::observe;
pub use progress::{Progress, Stage};

use self::{backup::Attendant, diary::Diary, estimate::Estimate, watch::Watch};
use super::plan::{Act, Call, Gate, Phase, Plan, Step};
use crate::engine::Engine;

/// How a walk ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Every step was done.
    Done,
    /// A step failed.
    Failed(Failure),
    /// It was asked to stop, and did so where it was asked to.
    Cancelled,
}

/// A step that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The replica's number, where it is about one.
    pub slot: Option<u64>,
    /// What it acted on.
    pub target: String,
    /// What was attempted.
    pub attempt: String,
    /// Why it failed, in a sentence.
    pub why: String,
    /// Whose failure it is.
    pub cause: Cause,
    /// What the container said last, collected before anything is put back.
    pub evidence: Vec<String>,
}

/// Whose failure a failure is, where that makes a difference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cause {
    /// The engine's, a container's, a person's.
    #[default]
    Other,
    /// Of a disk here: nothing can be written to it, or read from it.
    Disk,
}

/// Walks through plans of one operation.
#[derive(Clone, Debug)]
pub struct Walker {
    engine: Engine,
    operation: String,
    reports: mpsc::Sender<Progress>,
    halt: Halt,
    began: Instant,
    sequence: Arc<AtomicU64>,
    diary: Diary,
    watch: Watch,
    estimate: Arc<Mutex<Estimate>>,
}

impl Walker {
    /// A walker of `operation`, which tells `reports` what happens and stops where `halt` says.
    #[must_use]
    pub fn new(engine: Engine, operation: String, reports: mpsc::Sender<Progress>, halt: Halt) -> Self {
        let sequence = Arc::new(AtomicU64::new(0));
        let (began, diary, watch) = (Instant::now(), Diary::default(), Watch::default());
        let estimate = Arc::default();
        Self { engine, operation, reports, halt, began, sequence, diary, watch, estimate }
    }

    /// The same walker, which keeps a journal.
    fn with(mut self, diary: Diary) -> Self {
        self.diary = diary;
        self
    }

    /// The same walker, which tells how long this plan still takes.
    fn estimating(mut self, plan: &Plan) -> Self {
        self.estimate = Arc::new(Mutex::new(Estimate::of(plan)));
        self
    }

    /// The same walker, which stops before its next step when somebody else is at work on the service.
    fn watching(mut self, watch: Watch) -> Self {
        self.watch = watch;
        self
    }

    /// Walks through `phases`, one after the other. The first one is begun also where a pause was asked for before: it
    /// may be the way back of the slot that is to be done.
    pub async fn walk(&self, phases: &[Phase]) -> Ending {
        for (index, phase) in phases.iter().enumerate() {
            if index > 0 && self.wish() != Wish::End {
                return Ending::Cancelled;
            }
            match self.phase(phase).await {
                Ending::Done => {}
                other => return other,
            }
        }
        Ending::Done
    }

    /// Where it is to stop, as things are.
    fn wish(&self) -> Wish {
        self.halt.wish()
    }

    /// Lanes run side by side; when one fails, the others stop before their next step.
    async fn phase(&self, phase: &Phase) -> Ending {
        self.estimate().begins(Instant::now());
        let stop = self.halt.lanes();
        let lanes = phase.lanes.iter().map(|lane| self.lane(&phase.title, lane, &stop));
        let endings = join_all(lanes).await;
        self.estimate().ends(Instant::now());
        let failed = endings.iter().find(|ending| matches!(ending, Ending::Failed(_)));
        let worst = failed.or_else(|| endings.iter().find(|ending| **ending == Ending::Cancelled));
        worst.cloned().unwrap_or(Ending::Done)
    }

    fn estimate(&self) -> MutexGuard<'_, Estimate> {
        self.estimate.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn lane(&self, phase: &str, lane: &[Step], stop: &CancellationToken) -> Ending {
        for step in lane {
            if stop.is_cancelled() || self.watch.stranger().is_some() {
                return Ending::Cancelled;
            }
            self.tell(phase, step, Stage::Begins, step.cause.clone()).await;
            match self.step(phase, step).await {
                Ok(seen) => self.tell(phase, step, Stage::Done, seen).await,
                Err((why, cause)) => {
                    stop.cancel();
                    self.tell(phase, step, Stage::Failed, why.clone()).await;
                    let (target, attempt) = (target(step).to_owned(), step.act.failed());
                    let evidence = evidence::collect(&self.engine, step).await;
                    return Ending::Failed(Failure {
                        slot: step.slot,
                        target,
                        attempt,
                        why,
                        cause,
                        evidence,
                    });
                }
            }
        }
        Ending::Done
    }

    async fn step(&self, phase: &str, step: &Step) -> Result<String, (String, Cause)> {
        let told = |seen: String| {
            // What waits is told as long as somebody keeps up; the next look tells more.
            let _full = self.reports.try_send(self.report(phase, step, Stage::Waits, seen));
        };
        match &step.act {
            Act::Call(call) => self.call(step, call, &told).await,
            Act::Gate(gate) => {
                let seen = gate::pass(&self.engine, gate, told).await.map_err(|closed| closed.why);
                self.diary.gate(step, &seen);
                seen.map_err(|why| (why, Cause::Other))
            }
        }
    }

    async fn call(
        &self,
        step: &Step,
        call: &Call,
        told: &(dyn Fn(String) + Sync),
    ) -> Result<String, (String, Cause)> {
        let seq = self.diary.intent(step).map_err(|why| (why, Cause::Other))?;
        self.watch.announce(call);
        let made = call::make(&self.engine, call, Attendant { told, halt: &self.halt }).await;
        self.diary.done(seq, &made);
        made.map_err(|error| (error.to_string(), error.cause()))
    }

    async fn tell(&self, phase: &str, step: &Step, stage: Stage, detail: String) {
        // Nobody has to listen.
        let _gone = self.reports.send(self.report(phase, step, stage, detail)).await;
    }

    fn report(&self, phase: &str, step: &Step, stage: Stage, detail: String) -> Progress {
        let deadline = match &step.act {
            Act::Gate(
                Gate::Ready { deadline, .. }
                | Gate::Healthy { deadline, .. }
                | Gate::Answers { deadline, .. }
                | Gate::Vacated { deadline, .. }
                | Gate::Emptied { deadline, .. }
                | Gate::Converged { deadline, .. },
            ) => Some(*deadline),
            Act::Gate(Gate::Soak { period, .. } | Gate::Drain { period } | Gate::Delay { period }) => {
                Some(*period)
            }
            Act::Call(_) => None,
        };
        Progress {
            operation: self.operation.clone(),
            sequence: self.sequence.fetch_add(1, Ordering::Relaxed) + 1,
            phase: phase.to_owned(),
            slot: step.slot,
            target: target(step).to_owned(),
            state: step.state.to_owned(),
            stage,
            detail,
            elapsed: self.began.elapsed(),
            deadline,
            left: self.estimate().left(Instant::now()),
        }
    }
}

fn target(step: &Step) -> &str {
    match &step.act {
        Act::Call(call) => call.target(),
        Act::Gate(
            Gate::Ready { container, .. }
            | Gate::Healthy { container, .. }
            | Gate::Answers { container, .. }
            | Gate::Soak { container, .. },
        ) => container,
        Act::Gate(Gate::Converged { service, .. } | Gate::Emptied { service, .. }) => service,
        Act::Gate(Gate::Vacated { called, .. }) => called,
        Act::Gate(Gate::Drain { .. } | Gate::Delay { .. }) => "",
    }
}
