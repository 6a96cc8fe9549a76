//! What Swarm leaves of tasks that have ended: containers that do not run, kept for their logs, which hold volumes.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::sleep;

use super::told;
use crate::{
    backup::BackupError,
    engine::{Call, Engine, EngineError, Force, Volumes},
};

/// The label of containers that Swarm makes.
const TASK: &str = "com.docker.swarm.task.id";

/// Swarm removes old ones itself: what both are at is looked at again so often, after this.
const TRIES: usize = 20;
const AGAIN: Duration = Duration::from_millis(250);

/// Removes them, and tells how many there were. One that runs, or is nobody's task, is left: the engine refuses to remove
/// the volume then, and says who has it.
pub(super) async fn clear(engine: &Engine, volume: &str) -> Result<String, BackupError> {
    let mut removed = 0;
    for _ in 0..TRIES {
        let ended = ended(engine, volume).await.map_err(told)?;
        if ended.is_empty() {
            break;
        }
        for container in &ended {
            match engine.remove(container, Force::No, Volumes::Keep).await {
                Ok(()) => removed += 1,
                Err(error) if error.is_not_found() || error.is_conflict() => sleep(AGAIN).await,
                Err(error) => return Err(told(error)),
            }
        }
    }
    Ok(format!("{removed} removed"))
}

/// The ids of ended tasks that have the volume.
async fn ended(engine: &Engine, volume: &str) -> Result<Vec<String>, EngineError> {
    let filters = json!({ "volume": [volume], "label": [TASK] }).to_string();
    let call = Call::get(format!("list the tasks that have volume {volume}"), "/containers/json");
    let listed: Vec<Value> = engine.json(call.query("all", "1").query("filters", &filters)).await?;
    let runs = |one: &&Value| {
        matches!(one.get("State").and_then(Value::as_str), Some("running" | "paused" | "restarting"))
    };
    let ended = listed.iter().filter(|one| !runs(one));
    Ok(ended.filter_map(|one| Some(one.get("Id")?.as_str()?.to_owned())).collect())
}
