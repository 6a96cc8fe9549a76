//! Tasks: Swarm's unit of work.

use jiff::Timestamp;

use super::{ContainerId, NodeId, ServiceId, Slot, TaskId};

/// One task of a Swarm service.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// The service it belongs to.
    pub service: ServiceId,
    /// Which replica it is.
    pub slot: Slot,
    /// The node it was given to.
    pub node: Option<NodeId>,
    /// Its container on that node, once there is one.
    pub container: Option<ContainerId>,
    /// The image it runs, without the digest that Swarm pins.
    pub image: String,
    /// What it is doing.
    pub state: TaskState,
    /// What the managers want it to do.
    pub desired: TaskState,
    /// What it says of its state: `started`, `preparing`.
    pub message: String,
    /// Why it failed, if it did.
    pub error: Option<String>,
    /// Its process's exit code, once it ended.
    pub exit_code: Option<i64>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its state last changed.
    pub changed_at: Timestamp,
}

/// A task's state, in the order in which tasks go through them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TaskState {
    /// Made.
    New,
    /// Has its resources.
    Allocated,
    /// Waits for a node.
    Pending,
    /// Has a node.
    Assigned,
    /// The node took it.
    Accepted,
    /// The node fetches the image.
    Preparing,
    /// May start.
    Ready,
    /// Starts.
    Starting,
    /// Runs.
    Running,
    /// Ended well.
    Complete,
    /// Was asked to end.
    Shutdown,
    /// Ended badly.
    Failed,
    /// The node could not run it.
    Rejected,
    /// Will be removed.
    Remove,
    /// Its node is gone.
    Orphaned,
    /// A word that this version does not know.
    Unknown(String),
}

impl TaskState {
    /// Reads the engine's word.
    #[must_use]
    pub fn parse(word: &str) -> Self {
        match word {
            "new" => Self::New,
            "allocated" => Self::Allocated,
            "pending" => Self::Pending,
            "assigned" => Self::Assigned,
            "accepted" => Self::Accepted,
            "preparing" => Self::Preparing,
            "ready" => Self::Ready,
            "starting" => Self::Starting,
            "running" => Self::Running,
            "complete" => Self::Complete,
            "shutdown" => Self::Shutdown,
            "failed" => Self::Failed,
            "rejected" => Self::Rejected,
            "remove" => Self::Remove,
            "orphaned" => Self::Orphaned,
            other => Self::Unknown(other.to_owned()),
        }
    }

    /// The engine's word.
    #[must_use]
    pub fn word(&self) -> &str {
        match self {
            Self::New => "new",
            Self::Allocated => "allocated",
            Self::Pending => "pending",
            Self::Assigned => "assigned",
            Self::Accepted => "accepted",
            Self::Preparing => "preparing",
            Self::Ready => "ready",
            Self::Starting => "starting",
            Self::Running => "running",
            Self::Complete => "complete",
            Self::Shutdown => "shutdown",
            Self::Failed => "failed",
            Self::Rejected => "rejected",
            Self::Remove => "remove",
            Self::Orphaned => "orphaned",
            Self::Unknown(word) => word,
        }
    }

    /// Whether it is on its way to running.
    #[must_use]
    pub const fn is_coming(&self) -> bool {
        matches!(
            self,
            Self::New
                | Self::Allocated
                | Self::Pending
                | Self::Assigned
                | Self::Accepted
                | Self::Preparing
                | Self::Ready
                | Self::Starting
        )
    }

    /// Whether it ended, well or badly.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        matches!(
            self,
            Self::Complete | Self::Shutdown | Self::Failed | Self::Rejected | Self::Remove | Self::Orphaned
        )
    }
}
