//! The making and changing of containers.

use hyper::StatusCode;
use serde_json::{Value, json};

use super::{Outcome, answer, answer::Failure, call::Call, operate::id_of};

/// `POST /containers/create`
pub(super) fn create(call: &Call) -> Outcome {
    let body = body(call)?;
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    if text("Image").is_empty() {
        return Err(Failure::new(400, "Config cannot be empty in order to create a container"));
    }
    let name = call.query.get("name").map(|name| name.trim_start_matches('/'));
    let ends = body.pointer("/NetworkingConfig/EndpointsConfig").and_then(Value::as_object);
    let ends: Vec<&str> = ends.into_iter().flatten().map(|(name, _)| name.as_str()).collect();
    if ends.len() > 1 && call.version < (1, 44) {
        let text = format!("Container cannot be connected to network endpoints: {}", ends.join(", "));
        return Err(Failure::new(400, text));
    }
    let id = call.shared.change(|state| state.create(name, &body))?;
    Ok(answer::json_with(StatusCode::CREATED, &json!({"Id": id, "Warnings": []})))
}

/// The body as JSON, with the engine's words when there is none.
pub(super) fn body(call: &Call) -> Result<Value, Failure> {
    if call.body.is_empty() { Err(Failure::new(500, "EOF")) } else { call.json() }
}

/// `POST /containers/{name}/update`
pub(super) fn update(call: &Call, name: &str) -> Outcome {
    let body = body(call)?;
    let id = id_of(call, name)?;
    call.shared.change(|state| state.update(&id, &body))?;
    Ok(answer::json(&json!({"Warnings": null})))
}

/// `GET /containers/{name}/changes`
pub(super) fn changes(call: &Call, name: &str) -> Outcome {
    id_of(call, name)?;
    Ok(answer::json(&json!([])))
}
