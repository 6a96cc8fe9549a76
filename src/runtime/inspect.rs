//! Asks the engine to describe something, and makes the answer readable: YAML, secrets masked, safe to print.

use std::future::ready;

use futures_util::StreamExt as _;
use serde_json::Value;

use crate::{
    domain::{ContainerId, LogQuery, mask_json},
    engine::Engine,
    text::sanitize,
    update::Object,
};

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

/// Lines of the end of a container's output.
const TAIL: u64 = 6;

/// The last lines that a container wrote; in one line, why they cannot be read.
pub(super) async fn tail(engine: &Engine, container: &ContainerId) -> Vec<String> {
    let query = LogQuery { tail: Some(TAIL), ..LogQuery::default() };
    match engine.logs(container, None, &query).await {
        Ok(lines) => lines.filter_map(|line| ready(line.ok().map(|line| line.text))).collect().await,
        Err(error) => vec![error.to_string()],
    }
}

fn readable(mut value: Value) -> Result<Vec<String>, String> {
    mask_json(&mut value);
    let yaml =
        serde_yaml::to_string(&value).map_err(|error| format!("the answer has no YAML form: {error}"))?;
    Ok(yaml.lines().map(sanitize).collect())
}
