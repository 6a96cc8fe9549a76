//! Removal of what nobody uses.

use serde_json::{Value, json};

use super::{Outcome, answer, call::Call, containers, images};
use crate::sim::state::{State, Status, attach::PREDEFINED};

/// A list as the engine gives it: null when it is empty.
fn list(names: &[String]) -> Value {
    if names.is_empty() { Value::Null } else { json!(names) }
}

fn is_true(text: &str) -> bool {
    matches!(text, "1" | "true")
}

/// `POST /containers/prune`
pub(super) fn containers(call: &Call) -> Outcome {
    call.query.only(&["label", "label!", "until"])?;
    call.shared.change(|state| {
        let over = |status: Status| matches!(status, Status::Created | Status::Exited);
        let doomed: Vec<(String, u64)> = state
            .local()
            .filter(|container| over(container.life.status))
            .filter(|container| call.query.labels(|name| container.labels.get(name).map(String::as_str)))
            .map(|container| (container.id.clone(), containers::sizes(state, container).0))
            .collect();
        for (id, _) in &doomed {
            state.remove(id, false)?;
        }
        let bytes: u64 = doomed.iter().map(|(_, size)| size).sum();
        let ids: Vec<String> = doomed.into_iter().map(|(id, _)| id).collect();
        Ok(answer::json(&json!({"ContainersDeleted": list(&ids), "SpaceReclaimed": bytes})))
    })
}

/// `POST /networks/prune`
pub(super) fn networks(call: &Call) -> Outcome {
    call.query.only(&["label", "label!", "until"])?;
    call.shared.change(|state| {
        let used = |state: &State, name: &str| {
            state.network_users(name) > 0 || state.local().any(|c| c.endpoints.contains_key(name))
        };
        let own = |name: &str| PREDEFINED.contains(&name) || matches!(name, "ingress" | "docker_gwbridge");
        let doomed: Vec<String> = state
            .networks
            .iter()
            .filter(|(name, network)| {
                let label = |label: &str| network.labels.get(label).map(String::as_str);
                !own(name) && !used(state, name) && call.query.labels(label)
            })
            .map(|(name, _)| name.clone())
            .collect();
        for name in &doomed {
            state.remove_network(name)?;
        }
        Ok(answer::json(&json!({"NetworksDeleted": list(&doomed)})))
    })
}

/// `POST /volumes/prune`: only volumes without a name of their own, unless all are wanted.
pub(super) fn volumes(call: &Call) -> Outcome {
    call.query.only(&["label", "label!", "all"])?;
    let all = call.version < (1, 42) || (call.query.has_filter("all") && call.query.passes("all", is_true));
    call.shared.change(|state| {
        let anonymous = "com.docker.volume.anonymous";
        let doomed: Vec<(String, u64)> = state
            .volumes
            .iter()
            .filter(|(name, volume)| {
                let label = |label: &str| volume.labels.get(label).map(String::as_str);
                let wanted = all || volume.labels.contains_key(anonymous);
                wanted && images::uses(state, name) == 0 && call.query.labels(label)
            })
            .map(|(name, volume)| (name.clone(), volume.used(state.now).0))
            .collect();
        doomed.iter().for_each(|(name, _)| state.remove_volume(name));
        let bytes: u64 = doomed.iter().map(|(_, size)| size).sum();
        let names: Vec<String> = doomed.into_iter().map(|(name, _)| name).collect();
        Ok(answer::json(&json!({"VolumesDeleted": names, "SpaceReclaimed": bytes})))
    })
}

/// `POST /images/prune`: only images without a reference, unless `dangling=false`.
pub(super) fn images(call: &Call) -> Outcome {
    call.query.only(&["label", "label!", "until", "dangling"])?;
    let all = call.query.has_filter("dangling") && !call.query.passes("dangling", is_true);
    call.shared.change(|state| {
        let used = |id: &str| state.containers.values().any(|container| container.image_id == id);
        let doomed: Vec<(String, u64)> = state
            .images
            .iter()
            .filter(|(_, image)| (all || image.reference.is_empty()) && !used(&image.id))
            .filter(|_| call.query.labels(|_| None))
            .map(|(name, image)| (name.clone(), image.size))
            .collect();
        let mut told = Vec::new();
        for (name, _) in &doomed {
            if let Ok(Value::Array(rows)) = state.remove_image(name, false) {
                told.extend(rows);
            }
        }
        let bytes: u64 = doomed.iter().map(|(_, size)| size).sum();
        let told = if told.is_empty() { Value::Null } else { Value::Array(told) };
        Ok(answer::json(&json!({"ImagesDeleted": told, "SpaceReclaimed": bytes})))
    })
}
