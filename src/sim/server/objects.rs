//! Changes of networks and volumes.

use hyper::StatusCode;
use serde_json::{Value, json};

use super::{Outcome, answer, answer::Failure, call::Call, create::body, images::volume_row, operate::id_of};
use crate::sim::{
    ids,
    state::{State, create::is_name, networks::texts},
};

/// `POST /networks/create`
pub(super) fn create_network(call: &Call) -> Outcome {
    let body = body(call)?;
    let id = call.shared.change(|state| state.create_network(&body))?;
    Ok(answer::json_with(StatusCode::CREATED, &json!({"Id": id, "Warning": ""})))
}

/// `POST /networks/{name}/connect`
pub(super) fn connect(call: &Call, name: &str) -> Outcome {
    let body = body(call)?;
    let id = id_of(call, container(&body))?;
    let settings = body.get("EndpointConfig").cloned().unwrap_or_default();
    call.shared.change(|state| state.connect(name, &id, &settings))?;
    Ok(empty())
}

/// `POST /networks/{name}/disconnect`
pub(super) fn disconnect(call: &Call, name: &str) -> Outcome {
    let body = body(call)?;
    let id = id_of(call, container(&body))?;
    call.shared.change(|state| state.disconnect(name, &id))?;
    Ok(empty())
}

fn container(body: &Value) -> &str {
    body.get("Container").and_then(Value::as_str).unwrap_or_default()
}

/// 200 without a body.
pub(super) fn empty() -> answer::Answer {
    let mut answer = answer::nothing();
    *answer.status_mut() = StatusCode::OK;
    answer
}

/// `DELETE /networks/{name}`
pub(super) fn remove_network(call: &Call, name: &str) -> Outcome {
    call.shared.change(|state| state.remove_network(name))?;
    Ok(answer::nothing())
}

/// `POST /volumes/create`
pub(super) fn create_volume(call: &Call) -> Outcome {
    let body = body(call)?;
    let name = body.get("Name").and_then(Value::as_str).filter(|name| !name.is_empty()).map(str::to_owned);
    if let Some(name) = name.as_ref().filter(|name| !is_name(name)) {
        return Err(Failure::new(
            400,
            format!(
                "create {name}: \"{name}\" includes invalid characters for a local volume name, only \
             \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. If you intended to pass a host directory, use absolute path"
            ),
        ));
    }
    call.shared.change(|state| {
        let count = state.volumes.len();
        let name = name.unwrap_or_else(|| ids::hex(state.seed, &format!("volume {} {count}", state.now)));
        state.add_volume(&name, texts(body.get("Labels")), texts(body.get("DriverOpts")));
        let volume = state.volumes.get(&name).ok_or_else(|| Failure::new(500, "no volume was made"))?;
        Ok(answer::json_with(StatusCode::CREATED, &volume_row(state, &name, volume)))
    })
}

/// `DELETE /volumes/{name}`
pub(super) fn remove_volume(call: &Call, name: &str) -> Outcome {
    call.shared.change(|state| {
        if !state.volumes.contains_key(name) {
            return Err(Failure::new(404, format!("get {name}: no such volume")));
        }
        let users = users(state, name);
        if !users.is_empty() {
            let text = format!("remove {name}: volume is in use - [{}]", users.join(", "));
            return Err(Failure::new(409, text));
        }
        state.remove_volume(name);
        Ok(answer::nothing())
    })
}

/// Ids of the containers that use a volume.
fn users(state: &State, name: &str) -> Vec<String> {
    let mounts = |mount: &Value| mount.get("Name").is_some_and(|own| own == name);
    state.local().filter(|container| container.mounts.iter().any(mounts)).map(|c| c.id.clone()).collect()
}
