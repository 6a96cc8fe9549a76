//! Asks the engine to describe something, and makes the answer readable: YAML, secrets masked, safe to print.

use serde_json::Value;

use crate::{domain::mask_json, engine::Engine, text::sanitize, update::Object};

/// The description of `object`, line by line.
///
/// # Errors
/// The engine's refusal, as a sentence.
pub(super) async fn describe(engine: &Engine, object: Object) -> Result<Vec<String>, String> {
    let answer = match object {
        Object::Container(id) => engine.inspect_container(id.as_str()).await,
        Object::Service(id) => engine.inspect_service(id.as_str()).await,
        Object::Task(id) => engine.inspect_task(id.as_str()).await,
    };
    readable(answer.map_err(|error| error.to_string())?)
}

fn readable(mut value: Value) -> Result<Vec<String>, String> {
    mask_json(&mut value);
    let yaml =
        serde_yaml::to_string(&value).map_err(|error| format!("the answer has no YAML form: {error}"))?;
    Ok(yaml.lines().map(sanitize).collect())
}
