//! Calls and gates of Swarm services. A change is made to the spec as it then is, by its version index; somebody
//! else's change in between is read again, not overwritten.

mod converge;
pub(super) mod keep;
mod look;
mod pin;
mod vacate;

use serde_json::{Value, json};

pub(super) use converge::converged;
pub(super) use look::evidence;
pub(super) use pin::pin;
pub(super) use vacate::{emptied, vacated};

use crate::{
    command::plan::ServiceChange,
    engine::{Engine, EngineError, ServiceUpdate},
};

/// So often a change is made again after somebody else was faster.
const TRIES: u32 = 5;

/// Makes the change, unless it is made: the same spec once more is never sent.
pub(super) async fn update(
    engine: &Engine,
    service: &str,
    change: &ServiceChange,
) -> Result<(), EngineError> {
    let mut tries = 1;
    loop {
        let now = engine.inspect_service(service).await?;
        let spec = now.get("Spec").unwrap_or(&Value::Null);
        if change.is_made(spec) {
            return Ok(());
        }
        let spec = change.applied(spec);
        match engine.update_service(service, version(&now), &spec, ServiceUpdate::Change).await {
            Err(error) if error.is_out_of_sequence() && tries < TRIES => tries += 1,
            other => return other.map(drop),
        }
    }
}

fn version(object: &Value) -> u64 {
    object.pointer("/Version/Index").and_then(Value::as_u64).unwrap_or_default()
}

pub(super) async fn update_node(engine: &Engine, node: &str, availability: &str) -> Result<(), EngineError> {
    let mut tries = 1;
    loop {
        let mut now = engine.inspect_node(node).await?;
        let version = version(&now);
        let mut spec = now.get_mut("Spec").map(Value::take).unwrap_or_default();
        if let Some(members) = spec.as_object_mut() {
            members.insert("Availability".to_owned(), json!(availability));
        }
        match engine.update_node(node, version, &spec).await {
            Err(error) if error.is_out_of_sequence() && tries < TRIES => tries += 1,
            other => return other,
        }
    }
}
