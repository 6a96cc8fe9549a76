//! Plans, their progress and how they end.

use serde::Serialize;

use super::At;
use crate::command::{
    self,
    execute::{lock::Kind, operation::Unfinished},
};

/// What a verb prints with `--plan`.
#[derive(Clone, Debug, Serialize)]
pub struct Plans {
    /// One plan for each operation, in their order.
    pub plans: Vec<Plan>,
}

/// What would be done.
#[derive(Clone, Debug, Serialize)]
pub struct Plan {
    op: String,
    title: String,
    risk: &'static str,
    facts: Vec<Fact>,
    notes: Vec<String>,
    steps: Vec<Step>,
    takes_ms: u64,
    down_ms: Option<u64>,
    undo: String,
}

/// Something to decide by.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Fact {
    name: String,
    text: String,
}

/// One step of a plan.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
    phase: String,
    slot: Option<u64>,
    state: &'static str,
    act: String,
    cause: String,
}

impl Plan {
    /// The plan of the operation with this id.
    #[must_use]
    pub fn of(op: &str, plan: &command::Plan) -> Self {
        let fact = |(name, text): &(String, String)| Fact { name: name.clone(), text: text.clone() };
        let steps = plan
            .phases
            .iter()
            .flat_map(|phase| phase.lanes.iter().flatten().map(move |step| Step::of(&phase.title, step)));
        Self {
            op: op.to_owned(),
            title: plan.title.clone(),
            risk: risk(plan.risk),
            facts: plan.facts.iter().map(fact).collect(),
            notes: plan.notes.clone(),
            steps: steps.collect(),
            takes_ms: milliseconds(plan.takes),
            down_ms: plan.down_for.span().map(milliseconds),
            undo: plan.undo.clone(),
        }
    }
}

impl Step {
    fn of(phase: &str, step: &command::Step) -> Self {
        Self {
            phase: phase.to_owned(),
            slot: step.slot,
            state: step.state,
            act: step.act.describe(),
            cause: step.cause.clone(),
        }
    }
}

const fn risk(risk: command::Risk) -> &'static str {
    match risk {
        command::Risk::None => "none",
        command::Risk::Some => "some",
        command::Risk::High => "high",
    }
}

fn milliseconds(span: std::time::Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

/// What happens while a plan is carried out.
#[derive(Clone, Debug, Serialize)]
pub struct Progress {
    ts: At,
    op: String,
    seq: u64,
    phase: String,
    slot: Option<u64>,
    container: Option<String>,
    state: String,
    stage: &'static str,
    detail: String,
    elapsed_ms: u64,
    deadline_ms: Option<u64>,
    left_ms: Option<u64>,
}

impl Progress {
    /// A report that was heard at `ts`.
    #[must_use]
    pub fn of(ts: jiff::Timestamp, progress: &command::Progress) -> Self {
        Self {
            ts: At(ts),
            op: progress.operation.clone(),
            seq: progress.sequence,
            phase: progress.phase.clone(),
            slot: progress.slot,
            container: Some(progress.target.clone()).filter(|target| !target.is_empty()),
            state: progress.state.clone(),
            stage: progress.stage.word(),
            detail: progress.detail.clone(),
            elapsed_ms: milliseconds(progress.elapsed),
            deadline_ms: progress.deadline.map(milliseconds),
            left_ms: progress.left.map(milliseconds),
        }
    }
}

/// How an operation ended: its last line.
#[derive(Clone, Debug, Serialize)]
pub struct Verdict {
    /// When.
    pub ts: At,
    /// The operation's id.
    pub op: String,
    /// `done`, `rolled_back`, `failed`, `paused`, `interrupted` or `incomplete`.
    pub verdict: &'static str,
    /// The exit code that belongs to it.
    pub exit: u8,
    /// Why it is not done.
    pub why: Option<String>,
    /// What the container that failed said last.
    pub evidence: Vec<String>,
    /// The command to type next.
    pub next: Option<String>,
}

/// An operation that has not ended.
#[derive(Clone, Debug, Serialize)]
pub struct Operation {
    op: String,
    kind: &'static str,
    what: String,
    stack: String,
    service: String,
    user: String,
    host: String,
    pid: u32,
    process: &'static str,
    began: String,
}

impl Operation {
    /// An operation, as its lock and its journal tell.
    #[must_use]
    pub fn of(operation: &Unfinished) -> Self {
        let Unfinished { errand, holder, life } = operation;
        Self {
            op: errand.operation.clone(),
            kind: kind(&errand.kind),
            what: kind_in_words(&errand.kind),
            stack: errand.stack.clone(),
            service: errand.service.clone(),
            user: holder.user.clone(),
            host: holder.host.clone(),
            pid: holder.pid,
            process: life.word(),
            began: errand.began.clone(),
        }
    }

    /// What it does, in a few words.
    #[must_use]
    pub fn what(&self) -> &str {
        &self.what
    }
}

const fn kind(kind: &Kind) -> &'static str {
    match kind {
        Kind::Rollout(_) => "rollout",
        Kind::Scale { .. } => "scale",
        Kind::Backup(_) => "backup",
        Kind::Restore(_) => "restore",
    }
}

/// What a kind of operation does, in a few words.
#[must_use]
pub fn kind_in_words(kind: &Kind) -> String {
    match kind {
        Kind::Rollout(terms) => format!("rollout to {}, {}", terms.aim(), terms.order.word()),
        Kind::Scale { from, to, .. } => format!("scale from {from} to {to}"),
        Kind::Backup(_) => "backup".to_owned(),
        Kind::Restore(returning) => format!("restore from set {}", returning.set),
    }
}
