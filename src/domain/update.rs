//! Swarm's own report on a rolling update.

use std::time::Duration;

use jiff::Timestamp;

/// How a service's update stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpdateStatus {
    /// The state.
    pub state: UpdateState,
    /// Swarm's words; they name the task that failed.
    pub message: String,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub completed_at: Option<Timestamp>,
}

/// How a service goes about an update, in its spec's terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpdatePolicy {
    /// Tasks at once; 0 is all of them.
    pub parallelism: u64,
    /// The pause between two turns.
    pub delay: Duration,
    /// `stop-first` or `start-first`.
    pub order: String,
    /// What becomes of it when a task fails: `pause`, `continue`, `rollback`.
    pub failure_action: String,
}

/// The state of an update.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum UpdateState {
    /// Tasks are being replaced.
    Updating,
    /// A failure stopped it; nothing goes on by itself.
    Paused,
    /// All tasks were replaced.
    Completed,
    /// A failure turned it back.
    RollbackStarted,
    /// The way back failed as well.
    RollbackPaused,
    /// All tasks are back.
    RollbackCompleted,
    /// A word that this version does not know.
    Unknown(String),
}

impl UpdateState {
    /// Reads the engine's word.
    #[must_use]
    pub fn parse(word: &str) -> Self {
        match word {
            "updating" => Self::Updating,
            "paused" => Self::Paused,
            "completed" => Self::Completed,
            "rollback_started" => Self::RollbackStarted,
            "rollback_paused" => Self::RollbackPaused,
            "rollback_completed" => Self::RollbackCompleted,
            other => Self::Unknown(other.to_owned()),
        }
    }

    /// The state in a person's words.
    #[must_use]
    pub fn word(&self) -> &str {
        match self {
            Self::Updating => "updating",
            Self::Paused => "update paused",
            Self::Completed => "updated",
            Self::RollbackStarted => "rolling back",
            Self::RollbackPaused => "rollback paused",
            Self::RollbackCompleted => "rolled back",
            Self::Unknown(word) => word,
        }
    }

    /// Whether tasks are being replaced now, one way or the other.
    #[must_use]
    pub const fn is_rolling(&self) -> bool {
        matches!(self, Self::Updating | Self::RollbackStarted)
    }

    /// Whether it waits for a person.
    #[must_use]
    pub const fn is_stuck(&self) -> bool {
        matches!(self, Self::Paused | Self::RollbackPaused)
    }
}
