//! What is told while a plan is carried out.

use std::time::Duration;

/// One thing that happened, or that is being waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The operation.
    pub operation: String,
    /// Which one of its reports this is, from 1.
    pub sequence: u64,
    /// The phase of the plan.
    pub phase: String,
    /// The replica's number, where it is about one.
    pub slot: Option<u64>,
    /// What it acts on.
    pub target: String,
    /// The state of the part: `creating`, `gate`, `soak`.
    pub state: String,
    /// How far the step is.
    pub stage: Stage,
    /// What is being done, or was seen.
    pub detail: String,
    /// Since the operation began.
    pub elapsed: Duration,
    /// How long is waited at most, where something is waited for.
    pub deadline: Option<Duration>,
    /// How long the operation still takes, as far as can be told.
    pub left: Option<Duration>,
}

/// How far a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It begins.
    Begins,
    /// It goes on: a probe failed and is made again.
    Waits,
    /// It is done.
    Done,
    /// It failed.
    Failed,
}

impl Stage {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Begins => "begins",
            Self::Waits => "waits",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}
