//! Calls and gates of Swarm services. A change is made to the spec as it then is, by its version index; somebody
//! else's change in between is read again, not overwritten.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::gate::Closed;
use crate::{
    command::plan::ServiceChange,
    engine::{Call, Engine, EngineError, ServiceUpdate},
};

/// So often a change is made again after somebody else was faster.
const TRIES: u32 = 5;

/// Tasks emit no events: they are asked for this often.
const LOOK: Duration = Duration::from_millis(500);

/// A task that ran for this long on the new spec counts.
const MONITOR: Duration = Duration::from_secs(5);

pub(super) async fn update(
    engine: &Engine,
    service: &str,
    change: &ServiceChange,
) -> Result<(), EngineError> {
    let mut tries = 1;
    loop {
        let now = engine.inspect_service(service).await?;
        let version = version(&now);
        let spec = changed(now, change);
        match engine.update_service(service, version, &spec, ServiceUpdate::Change).await {
            Err(error) if error.is_out_of_sequence() && tries < TRIES => tries += 1,
            other => return other.map(drop),
        }
    }
}

fn version(object: &Value) -> u64 {
    object.pointer("/Version/Index").and_then(Value::as_u64).unwrap_or_default()
}

/// The spec of `service` with the change made to it.
fn changed(mut service: Value, change: &ServiceChange) -> Value {
    let mut spec = service.get_mut("Spec").map(Value::take).unwrap_or_default();
    match change {
        ServiceChange::Replicas(count) => put(&mut spec, &["Mode", "Replicated", "Replicas"], json!(count)),
        ServiceChange::Image(reference) => {
            put(&mut spec, &["TaskTemplate", "ContainerSpec", "Image"], json!(reference));
        }
        ServiceChange::Force => {
            let so_far =
                spec.pointer("/TaskTemplate/ForceUpdate").and_then(Value::as_u64).unwrap_or_default();
            put(&mut spec, &["TaskTemplate", "ForceUpdate"], json!(so_far + 1));
        }
        ServiceChange::Template(template) => put(&mut spec, &["TaskTemplate"], template.clone()),
    }
    spec
}

fn put(value: &mut Value, path: &[&str], new: Value) {
    let place = path.iter().try_fold(value, |value, name| {
        if value.is_null() {
            *value = json!({});
        }
        value.as_object_mut().map(|members| members.entry(*name).or_insert(Value::Null))
    });
    if let Some(place) = place {
        *place = new;
    }
}

pub(super) async fn update_node(engine: &Engine, node: &str, availability: &str) -> Result<(), EngineError> {
    let mut now = engine.inspect_node(node).await?;
    let version = version(&now);
    let mut spec = now.get_mut("Spec").map(Value::take).unwrap_or_default();
    put(&mut spec, &["Availability"], json!(availability));
    engine.update_node(node, version, &spec).await
}

/// Waits until tasks, not the engine's word on the update, show that the service runs its newest spec.
pub(super) async fn converged(
    engine: &Engine,
    service: &str,
    deadline: Duration,
    told: &mut impl FnMut(String),
) -> Result<String, Closed> {
    let began = Instant::now();
    let mut complete_since: Option<Instant> = None;
    let mut last = String::new();
    loop {
        let seen = look(engine, service).await?;
        if seen.words != last {
            told(seen.words.clone());
            last.clone_from(&seen.words);
        }
        if let Some(why) = seen.stuck {
            return Err(Closed { why });
        }
        match (seen.complete, complete_since) {
            (true, Some(since)) if since.elapsed() >= MONITOR => return Ok(seen.words),
            (true, None) => complete_since = Some(Instant::now()),
            (true, Some(_)) => {}
            (false, _) => complete_since = None,
        }
        if began.elapsed() >= deadline {
            let why = format!("{service} did not get there within {} s: {last}", deadline.as_secs());
            return Err(Closed { why });
        }
        sleep(LOOK).await;
    }
}

struct Look {
    complete: bool,
    words: String,
    stuck: Option<String>,
}

async fn look(engine: &Engine, service: &str) -> Result<Look, EngineError> {
    let object = engine.inspect_service(service).await?;
    let tasks = tasks(engine, service).await?;
    let desired = desired(&object, &tasks);
    let template = object.pointer("/Spec/TaskTemplate/ContainerSpec/Image").and_then(Value::as_str);
    let forced = object.pointer("/Spec/TaskTemplate/ForceUpdate").and_then(Value::as_u64).unwrap_or_default();
    let is_new = |task: &&Value| {
        text(task, "/Spec/ContainerSpec/Image") == template
            && task.pointer("/Spec/ForceUpdate").and_then(Value::as_u64).unwrap_or_default() == forced
    };
    let wanted = || tasks.iter().filter(|task| text(task, "/DesiredState") == Some("running"));
    let running = |task: &&Value| text(task, "/Status/State") == Some("running");
    let new = wanted().filter(is_new).filter(running).count() as u64;
    let old = tasks.iter().filter(|task| !is_new(task)).filter(running).count();
    let error = newest_error(&tasks);
    let error =
        error.map(|error| format!("; last error: {}", crate::text::sanitize(error))).unwrap_or_default();
    Ok(Look {
        complete: new == desired && old == 0 && wanted().count() as u64 == desired,
        words: format!("{new} of {desired} tasks run{error}"),
        stuck: stuck(&object),
    })
}

async fn tasks(engine: &Engine, service: &str) -> Result<Vec<Value>, EngineError> {
    let filters = json!({ "service": [service] }).to_string();
    engine
        .json(Call::get(format!("list the tasks of service {service}"), "/tasks").query("filters", &filters))
        .await
}

fn desired(service: &Value, tasks: &[Value]) -> u64 {
    let replicas = service.pointer("/Spec/Mode/Replicated/Replicas").and_then(Value::as_u64);
    replicas.unwrap_or_else(|| {
        tasks.iter().filter(|task| text(task, "/DesiredState") == Some("running")).count() as u64
    })
}

fn newest_error(tasks: &[Value]) -> Option<&str> {
    let failed = tasks.iter().filter(|task| text(task, "/Status/Err").is_some_and(|error| !error.is_empty()));
    failed.max_by_key(|task| text(task, "/Status/Timestamp")).and_then(|task| text(task, "/Status/Err"))
}

/// Swarm's own stop of an update: it goes on only by a person's decision.
fn stuck(service: &Value) -> Option<String> {
    let state = text(service, "/UpdateStatus/State")?;
    let message = text(service, "/UpdateStatus/Message").unwrap_or_default();
    let is_stuck = matches!(state, "paused" | "rollback_started" | "rollback_paused" | "rollback_completed");
    is_stuck.then(|| format!("swarm stopped the update ({state}): {}", crate::text::sanitize(message)))
}

fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer)?.as_str()
}
