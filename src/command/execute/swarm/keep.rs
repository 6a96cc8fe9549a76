//! What is kept of an operation on a Swarm service, in configs of the swarm: they are seen by every manager, outlive
//! whoever made them, and only one can have a name.
//!
//! `stacktop-lock.<service id>` is the lock while an operation goes on, with the errand in its labels and the spec of
//! before as its content. `stacktop-before.<service id>` stays after an update: the template that a later rollback puts
//! back, because the engine's own `PreviousSpec` is replaced by every change of the service, scaling included. The stack's
//! label lets `docker stack rm` remove both. A spec in there is as readable as the service itself, to the same people.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    command::execute::{
        lock::{ERRAND, Errand, LOCK},
        patience::patiently,
    },
    domain::ServiceKey,
    engine::{Call, Engine, EngineError},
};

/// The label of what is kept after an update, with the service it is for.
const BEFORE: &str = "stacktop.before";

/// The label by which `docker stack rm` finds what belongs to a stack.
const NAMESPACE: &str = "com.docker.stack.namespace";

/// What an operation keeps while it goes on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::command::execute) struct Kept {
    /// The spec of before; of a restore, what is kept of each service.
    pub(in crate::command::execute) before: Value,
    /// The template to put back, for an operation that goes back to one.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub(in crate::command::execute) template: Value,
    /// The platforms of the image that an operation goes to, where they are known.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub(in crate::command::execute) platforms: Value,
}

/// The name of a service's lock, by the service's id: names of configs are shorter than those of services may be.
pub(in crate::command::execute) fn lock_name(service: &str) -> String {
    format!("stacktop-lock.{service}")
}

fn before_name(service: &str) -> String {
    format!("stacktop-before.{service}")
}

/// Takes the lock of a service.
///
/// # Errors
/// [`EngineError::is_name_taken`] if somebody has it.
pub(in crate::command::execute) async fn take(
    engine: &Engine,
    errand: &Errand,
    kept: &Kept,
) -> Result<(), EngineError> {
    let said = serde_json::to_string(errand).unwrap_or_default();
    let key = errand.key();
    let labels = labels(&key, &[(LOCK, &errand.called()), (ERRAND, &said)]);
    let content = serde_json::to_vec(kept).unwrap_or_default();
    let name = errand.lock();
    patiently(|| engine.create_config(&name, &labels, &content)).await.map(drop)
}

/// Removes a config, which may be gone.
pub(in crate::command::execute) async fn drop_config(engine: &Engine, name: &str) -> Result<(), EngineError> {
    match patiently(|| engine.remove_config(name)).await {
        Err(error) if error.is_not_found() => Ok(()),
        other => other,
    }
}

/// What an operation keeps; `None` if it is gone.
pub(in crate::command::execute) async fn kept(
    engine: &Engine,
    errand: &Errand,
) -> Result<Option<Kept>, EngineError> {
    let content = engine.config(&errand.lock()).await?;
    Ok(content.and_then(|content| serde_json::from_slice(&content).ok()))
}

/// Keeps a template for a later rollback, instead of the one that was kept so far.
pub(in crate::command::execute) async fn keep_before(
    engine: &Engine,
    (service, key): (&str, &ServiceKey),
    template: &Value,
) -> Result<(), EngineError> {
    let name = before_name(service);
    drop_config(engine, &name).await?;
    let labels = labels(key, &[(BEFORE, &key.to_string())]);
    let content = serde_json::to_vec(template).unwrap_or_default();
    match patiently(|| engine.create_config(&name, &labels, &content)).await {
        // The first attempt was heard, only its answer was not.
        Err(error) if error.is_name_taken() => Ok(()),
        other => other.map(drop),
    }
}

/// The template that was kept when the service was last updated.
pub(in crate::command::execute) async fn before(
    engine: &Engine,
    service: &str,
) -> Result<Option<Value>, EngineError> {
    let content = engine.config(&before_name(service)).await?;
    Ok(content.and_then(|content| serde_json::from_slice(&content).ok()))
}

/// All operations on Swarm services that have not ended; none on an engine that is no manager.
pub(in crate::command::execute) async fn errands(engine: &Engine) -> Result<Vec<Errand>, EngineError> {
    let filters = json!({ "label": [LOCK] }).to_string();
    let call = Call::get("list unfinished operations on Swarm services", "/configs");
    let listed: Vec<Value> = match engine.json(call.query("filters", &filters)).await {
        Err(error) if error.is_not_a_manager() => return Ok(Vec::new()),
        other => other?,
    };
    let said = |config: &Value| config.pointer("/Spec/Labels")?.get(ERRAND)?.as_str().map(str::to_owned);
    Ok(listed.iter().filter_map(said).filter_map(|said| serde_json::from_str(&said).ok()).collect())
}

fn labels(key: &ServiceKey, own: &[(&str, &str)]) -> Value {
    let stack = key.stack.as_ref().map(|stack| (NAMESPACE, stack.as_str()));
    own.iter().copied().chain(stack).map(|(name, value)| (name.to_owned(), json!(value))).collect()
}
