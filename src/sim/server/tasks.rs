//! Tasks.

use serde_json::{Value, json};

use super::{Outcome, answer, answer::Failure, call::Call, swarm::managed};
use crate::sim::state::{State, Task, TaskState};

/// `GET /tasks`
pub(super) fn list(call: &Call) -> Outcome {
    call.shared.read(|state| {
        managed(state)?;
        let mut found: Vec<&Task> = state.tasks.values().filter(|task| passes(call, state, task)).collect();
        found.sort_by_key(|task| (task.service.clone(), task.slot, std::cmp::Reverse(task.created)));
        Ok(answer::list(found.into_iter().map(|task| row(state, task))))
    })
}

/// `GET /tasks/{name}`
pub(super) fn inspect(call: &Call, name: &str) -> Outcome {
    call.shared.read(|state| Ok(answer::json(&row(state, find(state, name)?))))
}

/// A task by its id or a prefix of it.
pub(super) fn find<'a>(state: &'a State, name: &str) -> Result<&'a Task, Failure> {
    managed(state)?;
    let found = state.tasks.values().find(|task| task.id.starts_with(name));
    found.ok_or_else(|| Failure::new(404, format!("task {name} not found")))
}

fn passes(call: &Call, state: &State, task: &Task) -> bool {
    let service = state.services.get(&task.service).map_or("", |service| service.name.as_str());
    let node = task.node.as_ref().and_then(|id| state.nodes.get(id)).map_or("", |node| node.name.as_str());
    let current = state.services.get(&task.service).is_some_and(|service| service.is_current(task));
    let query = &call.query;
    query.passes("id", |id| task.id.starts_with(id))
        && query.passes("service", |wanted| wanted == service || task.service.starts_with(wanted))
        && query.passes("node", |wanted| {
            wanted == node || task.node.as_ref().is_some_and(|id| id.starts_with(wanted))
        })
        && query.passes("desired-state", |wanted| wanted == desired(task))
        && query.passes("name", |wanted| service.starts_with(wanted))
        && query.passes("_up-to-date", |wanted| matches!(wanted, "1" | "true") == current)
        && query.labels(|label| state.services.get(&task.service)?.spec.get("Labels")?.get(label)?.as_str())
}

fn desired(task: &Task) -> &'static str {
    if task.wanted { "running" } else { "shutdown" }
}

fn row(state: &State, task: &Task) -> Value {
    let date = |at| state.clock.rfc3339(at);
    let mut status = json!({"Timestamp": date(task.since), "State": task.state.word(), "Message": task.message,
                            "PortStatus": {}});
    if let Some(fields) = status.as_object_mut() {
        fields.extend(task.error.clone().map(|error| ("Err".to_owned(), json!(error))));
        let pid = task.container.as_ref().and_then(|id| state.containers.get(id)).map_or(0, |c| c.life.pid);
        let container = json!({"ContainerID": task.container, "PID": pid, "ExitCode": task.code});
        fields.extend(task.container.as_ref().map(|_| ("ContainerStatus".to_owned(), container)));
    }
    let labels = json!({});
    let mut row = json!({
        "ID": task.id, "Version": {"Index": task.version}, "CreatedAt": date(task.created),
        "UpdatedAt": date(task.since), "Labels": labels, "Spec": task.spec, "ServiceID": task.service,
        "Status": status, "DesiredState": desired(task), "NetworksAttachments": attachments(state, task),
        "Volumes": null,
    });
    if let Some(fields) = row.as_object_mut() {
        fields.extend((task.slot > 0).then(|| ("Slot".to_owned(), json!(task.slot))));
        let node = task.node.as_ref().filter(|_| task.state > TaskState::Pending || task.slot == 0);
        fields.extend(node.map(|node| ("NodeID".to_owned(), json!(node))));
    }
    row
}

fn attachments(state: &State, task: &Task) -> Value {
    let Some(container) = task.container.as_ref().and_then(|id| state.containers.get(id)) else {
        return json!([]);
    };
    let one = |(name, end): (&String, &crate::sim::state::container::Endpoint)| json!({"Network": {"ID": end.network_id, "Spec": {"Name": name}}, "Addresses": [format!("{}/24", end.address)]});
    container.endpoints.iter().map(one).collect()
}
