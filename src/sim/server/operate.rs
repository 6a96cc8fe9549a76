//! Changes of containers.

use serde_json::json;

use super::{Outcome, answer, answer::Failure, call::Call, inspect::missing};
use crate::sim::state::{Container, Refused, State, Status, container::signal};

/// The id of a container.
pub(super) fn id_of(call: &Call, name: &str) -> Result<String, Failure> {
    call.shared
        .read(|state| state.find(name).map(|container| container.id.clone()))
        .ok_or_else(|| missing(name))
}

/// `POST /containers/{name}/start`
pub(super) fn start(call: &Call, name: &str) -> Outcome {
    let id = id_of(call, name)?;
    call.shared.change(|state| state.start(&id))?;
    Ok(answer::nothing())
}

/// `POST /containers/{name}/stop`
pub(super) async fn stop(call: &Call, name: &str) -> Outcome {
    let id = id_of(call, name)?;
    call.shared.change(|state| state.stop(&id, patience(call)))?;
    ended(call, &id).await;
    Ok(answer::nothing())
}

/// How many seconds a program gets to end.
fn patience(call: &Call) -> Option<i64> {
    call.query.get("t").and_then(|seconds| seconds.parse().ok())
}

/// Waits until a container does not run.
async fn ended(call: &Call, id: &str) {
    let over = |state: &State| state.containers.get(id).is_none_or(|c| !c.is_up()).then_some(());
    call.shared.wait_for(over).await;
}

/// `POST /containers/{name}/restart`
pub(super) async fn restart(call: &Call, name: &str) -> Outcome {
    let id = id_of(call, name)?;
    // One that does not run is only started.
    if call.shared.change(|state| state.stop(&id, patience(call))).is_ok() {
        ended(call, &id).await;
    }
    call.shared.change(|state| {
        state.start(&id)?;
        state.restarted(&id);
        Ok::<_, Refused>(())
    })?;
    Ok(answer::nothing())
}

/// `POST /containers/{name}/kill`
pub(super) fn kill(call: &Call, name: &str) -> Outcome {
    let id = id_of(call, name)?;
    let wanted = call.query.get("signal").unwrap_or("KILL");
    let number = signal(wanted).ok_or_else(|| Failure::new(400, format!("Invalid signal: {wanted}")))?;
    call.shared.change(|state| {
        let up = state.containers.get(&id).is_some_and(Container::is_up);
        if !up {
            return Err(Failure::new(
                409,
                format!("Cannot kill container: {name}: Container {id} is not running"),
            ));
        }
        let ends = matches!(number, 2 | 3 | 9 | 15);
        state.signal(&id, number, ends);
        Ok(answer::nothing())
    })
}

/// `POST /containers/{name}/pause` and `unpause`
pub(super) fn freeze(call: &Call, name: &str, freeze: bool) -> Outcome {
    let id = id_of(call, name)?;
    call.shared.change(|state| state.freeze(&id, freeze))?;
    Ok(answer::nothing())
}

/// `POST /containers/{name}/rename`
pub(super) fn rename(call: &Call, name: &str) -> Outcome {
    let id = id_of(call, name)?;
    let wanted = call.query.get("name").unwrap_or_default().trim_start_matches('/').to_owned();
    if wanted.is_empty() {
        return Err(Failure::new(400, "Neither old nor new names may be empty"));
    }
    call.shared.change(|state| state.rename(&id, &wanted))?;
    Ok(answer::nothing())
}

/// `DELETE /containers/{name}`
pub(super) fn remove(call: &Call, name: &str) -> Outcome {
    let id = id_of(call, name)?;
    let force = call.query.is_on("force");
    let own = if call.query.is_on("v") { anonymous_volumes(call, &id) } else { Vec::new() };
    call.shared.change(|state| {
        state.remove(&id, force)?;
        let unused = own.iter().filter(|name| super::images::uses(state, name) == 0);
        let unused: Vec<&String> = unused.collect();
        unused.into_iter().for_each(|name| state.remove_volume(name));
        Ok::<_, Refused>(())
    })?;
    Ok(answer::nothing())
}

/// Names of the volumes that were made for a container without a name of their own.
fn anonymous_volumes(call: &Call, id: &str) -> Vec<String> {
    call.shared.read(|state| {
        let mounts = state.containers.get(id).map(|container| container.mounts.clone()).unwrap_or_default();
        let names = mounts.iter().filter_map(|mount| mount.get("Name")?.as_str().map(str::to_owned));
        let anonymous = |name: &String| {
            let volume = state.volumes.get(name);
            volume.is_some_and(|volume| volume.labels.contains_key("com.docker.volume.anonymous"))
        };
        names.filter(anonymous).collect()
    })
}

/// `POST /containers/{name}/wait`
pub(super) async fn wait(call: &Call, name: &str) -> Outcome {
    let id = id_of(call, name)?;
    let condition = call.query.get("condition").unwrap_or("not-running").to_owned();
    let run = call.shared.read(|state| state.containers.get(&id).map_or(0, |container| container.life.run));
    let met = |state: &State| {
        let Some(container) = state.containers.get(&id) else { return Some(0) };
        let ended = matches!(container.life.status, Status::Exited | Status::Created);
        let next = container.life.run != run || (!container.is_up() && container.life.finished.is_some());
        let met = match condition.as_str() {
            "removed" => false,
            "next-exit" => next,
            _ => ended,
        };
        met.then_some(container.life.code)
    };
    let code = call.shared.wait_for(met).await.unwrap_or_default();
    Ok(answer::json(&json!({"StatusCode": code})))
}
