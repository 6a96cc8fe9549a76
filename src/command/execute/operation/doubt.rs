//! What the engine may still be at since the process was killed that asked for it.

use std::time::Duration;

use serde_json::Value;
use tokio::time::{Instant, sleep};

use super::{Errand, hands};
use crate::{command::execute::patience::patiently, engine::Engine, journal::Record};

/// How long the engine waits for a container to end that says nothing about it, and then for its kill.
const GRACE: Duration = Duration::from_secs(10);
const MARGIN: Duration = Duration::from_secs(1);

/// How often it is looked whether the engine is still at it, and after which pauses.
pub(super) const LOOKS: u32 = 20;
pub(super) const BETWEEN_LOOKS: Duration = Duration::from_millis(250);

/// Those of these containers that were being stopped when the process was killed: the engine goes on with that. Where no
/// journal tells, time does: whoever still runs when this comes back is not being stopped.
pub(super) async fn stopping(engine: &Engine, errand: &Errand, containers: Vec<String>) -> Vec<String> {
    let Some(entry) = hands::entry(engine, errand).await else {
        outlast(engine, &containers).await;
        return Vec::new();
    };
    let stopped = entry.in_doubt().filter_map(|record| match record {
        Record::Intent { call, target, .. } if call.starts_with("stop ") => Some(target),
        _ => None,
    });
    let stopped: Vec<&String> = stopped.collect();
    containers.into_iter().filter(|container| stopped.contains(&container)).collect()
}

/// Nobody is being stopped for longer than their grace.
async fn outlast(engine: &Engine, containers: &[String]) {
    let began = Instant::now();
    for container in containers {
        while let Ok(seen) = patiently(|| engine.inspect_container(container)).await {
            let is_up = seen.pointer("/State/Status").and_then(Value::as_str) == Some("running");
            let grace = seen.pointer("/Config/StopTimeout").and_then(Value::as_u64);
            if !is_up || began.elapsed() > grace.map_or(GRACE, Duration::from_secs) + MARGIN {
                break;
            }
            sleep(BETWEEN_LOOKS).await;
        }
    }
}
