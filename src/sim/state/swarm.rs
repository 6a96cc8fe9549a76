//! Swarm objects.

use std::sync::Arc;

use serde_json::Value;

use super::container::Profile;
use crate::sim::{clock::Nanos, spec::NodeSpec};

/// A node of the swarm.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// Its id.
    pub(crate) id: String,
    /// Its host name.
    pub(crate) name: String,
    /// What the world says of it.
    pub(crate) spec: NodeSpec,
    /// Whether it answers its manager.
    pub(crate) ready: bool,
    /// `active`, `pause` or `drain`.
    pub(crate) availability: String,
    /// Index of its version.
    pub(crate) version: u64,
    /// When it joined.
    pub(crate) created: Nanos,
    /// When it changed.
    pub(crate) updated: Nanos,
}

/// How far an update is.
#[derive(Clone, Debug)]
pub(crate) struct UpdateStatus {
    /// `updating`, `paused`, `completed`, `rollback_started`, `rollback_completed`...
    pub(crate) state: &'static str,
    /// When it began.
    pub(crate) started: Nanos,
    /// When it ended.
    pub(crate) completed: Option<Nanos>,
    /// What the updater says.
    pub(crate) message: String,
}

/// A swarm service.
#[derive(Clone, Debug)]
pub(crate) struct Service {
    /// Its id.
    pub(crate) id: String,
    /// Its name with the stack's prefix.
    pub(crate) name: String,
    /// What its tasks run.
    pub(crate) profile: Arc<Profile>,
    /// Index of its version.
    pub(crate) version: u64,
    /// When it was created.
    pub(crate) created: Nanos,
    /// When it changed.
    pub(crate) updated: Nanos,
    /// `Spec` of the API.
    pub(crate) spec: Value,
    /// The spec before the last change.
    pub(crate) previous: Option<Value>,
    /// How far its update is.
    pub(crate) update: Option<UpdateStatus>,
    /// Counts its tasks, for their ids.
    pub(crate) tasks_made: u64,
    /// When the updater may take the next batch.
    pub(crate) next_batch: Nanos,
}

impl Service {
    /// A text of its spec.
    pub(crate) fn text(&self, pointer: &str) -> &str {
        self.spec.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }

    /// A number of its spec.
    pub(crate) fn number(&self, pointer: &str) -> Option<i64> {
        self.spec.pointer(pointer).and_then(Value::as_i64)
    }

    /// Whether it has one task on each node.
    pub(crate) fn is_global(&self) -> bool {
        self.spec.pointer("/Mode/Global").is_some()
    }

    /// Desired replicas of a replicated service.
    pub(crate) fn replicas(&self) -> u64 {
        self.spec.pointer("/Mode/Replicated/Replicas").and_then(Value::as_u64).unwrap_or(1)
    }

    /// Its task template.
    pub(crate) fn template(&self) -> &Value {
        self.spec.get("TaskTemplate").unwrap_or(&Value::Null)
    }

    /// Whether a task was made from its present template.
    pub(crate) fn is_current(&self, task: &Task) -> bool {
        task.spec == *self.template()
    }
}

/// States of a task, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum TaskState {
    /// No node fits yet.
    Pending,
    /// The node gets image and volumes.
    Preparing,
    /// The container starts.
    Starting,
    /// The container runs, and is healthy if it has a check.
    Running,
    /// Ended well.
    Complete,
    /// Ended because it should.
    Shutdown,
    /// Ended with an error.
    Failed,
    /// Could not start.
    Rejected,
}

impl TaskState {
    /// The word of the API.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Preparing => "preparing",
            Self::Starting => "starting",
            Self::Running => "running",
            Self::Complete => "complete",
            Self::Shutdown => "shutdown",
            Self::Failed => "failed",
            Self::Rejected => "rejected",
        }
    }
}

/// A task: one try to run one replica.
#[derive(Clone, Debug)]
pub(crate) struct Task {
    /// Its id.
    pub(crate) id: String,
    /// Its service's id.
    pub(crate) service: String,
    /// Number of the replica; 0 in a global service.
    pub(crate) slot: u64,
    /// The node's id, once it is assigned.
    pub(crate) node: Option<String>,
    /// Index of its version.
    pub(crate) version: u64,
    /// When it was created.
    pub(crate) created: Nanos,
    /// When its state changed.
    pub(crate) since: Nanos,
    /// Its state.
    pub(crate) state: TaskState,
    /// Whether it should run; otherwise it should be shut down.
    pub(crate) wanted: bool,
    /// What the node says.
    pub(crate) message: &'static str,
    /// Why it failed.
    pub(crate) error: Option<String>,
    /// Its container's id, once there is one.
    pub(crate) container: Option<String>,
    /// The container's exit code, once it ended.
    pub(crate) code: i64,
    /// `TaskTemplate` of the spec that it was made from.
    pub(crate) spec: Value,
}

impl Task {
    /// Whether it has not ended.
    pub(crate) fn is_alive(&self) -> bool {
        self.state <= TaskState::Running
    }
}
