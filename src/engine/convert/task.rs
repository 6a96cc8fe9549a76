//! Tasks: `GET /tasks`.

use jiff::Timestamp;

use super::{clean, moment, some_clean, wire, without_digest};
use crate::domain::{ContainerId, NodeId, ServiceId, Slot, Task, TaskId, TaskState};

wire! {
    /// One element of the list.
    struct Listed {
        id: String = "ID",
        created_at: String = "CreatedAt",
        service: String = "ServiceID",
        slot: u64 = "Slot",
        node: String = "NodeID",
        spec: Spec = "Spec",
        status: Status = "Status",
        desired: String = "DesiredState",
    }

    /// What it should run.
    struct Spec { container: ContainerSpec = "ContainerSpec" }

    /// Its container.
    struct ContainerSpec { image: String = "Image" }

    /// How it is doing.
    struct Status {
        changed_at: String = "Timestamp",
        state: String = "State",
        message: String = "Message",
        error: String = "Err",
        container: Option<ContainerStatus> = "ContainerStatus",
    }

    /// How its container is doing.
    struct ContainerStatus { id: String = "ContainerID", exit_code: i64 = "ExitCode" }
}

impl Listed {
    /// The task.
    pub(in crate::engine) fn task(self) -> Task {
        let node = some_clean(&self.node).map(NodeId::new);
        let state = TaskState::parse(&clean(&self.status.state));
        let created_at = moment(&self.created_at).unwrap_or(Timestamp::UNIX_EPOCH);
        let container = self.status.container.unwrap_or_default();
        Task {
            id: TaskId::new(clean(&self.id)),
            service: ServiceId::new(clean(&self.service)),
            slot: match self.slot {
                0 => Slot::Node(node.clone().unwrap_or_default()),
                number => Slot::Number(number),
            },
            node,
            exit_code: (state.is_over() && !container.id.is_empty()).then_some(container.exit_code),
            container: some_clean(&container.id).map(ContainerId::new),
            image: without_digest(&self.spec.container.image),
            state,
            desired: TaskState::parse(&clean(&self.desired)),
            message: clean(&self.status.message),
            error: some_clean(&self.status.error),
            changed_at: moment(&self.status.changed_at).unwrap_or(created_at),
            created_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_failed_task_tells_why() {
        let listed: Listed = serde_json::from_str(
            &json!({
                "ID": "t1", "CreatedAt": "2026-08-20T10:00:00Z", "ServiceID": "s1", "Slot": 2, "NodeID": "n1",
                "Spec": {"ContainerSpec": {"Image": "web:1@sha256:abc"}}, "DesiredState": "shutdown",
                "Status": {"State": "failed", "Err": "task: non-zero exit (3)",
                    "ContainerStatus": {"ContainerID": "c1", "ExitCode": 3}},
            })
            .to_string(),
        )
        .unwrap();
        let task = listed.task();
        assert_eq!((task.slot, task.exit_code, task.image.as_str()), (Slot::Number(2), Some(3), "web:1"));
        assert_eq!(task.error.as_deref(), Some("task: non-zero exit (3)"));
        assert_eq!(task.changed_at, task.created_at);
    }

    #[test]
    fn a_global_services_task_is_known_by_its_node() {
        let listed: Listed = serde_json::from_str(&json!({"ID": "t", "NodeID": "n7"}).to_string()).unwrap();
        assert_eq!(listed.task().slot, Slot::Node("n7".into()));
    }
}
