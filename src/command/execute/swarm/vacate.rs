//! Waits until a node that gives its tasks away, or a service that is to have none, has none left.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::look::on_living_nodes;
use crate::{
    command::{
        execute::{gate::Closed, patience::patiently},
        plan::seconds,
    },
    engine::{Call, Engine, EngineError},
};

/// Tasks emit no events: they are asked for this often.
const LOOK: Duration = Duration::from_millis(250);

/// Waits until no task runs on the node, and tells how many wait for another one: whether there is a place for them is
/// Swarm's to say.
pub(in crate::command::execute) async fn vacated(
    engine: &Engine,
    node: &str,
    deadline: Duration,
    told: &mut impl FnMut(String),
) -> Result<String, Closed> {
    let (end, mut last) = (Instant::now() + deadline, 0);
    loop {
        let tasks = patiently(|| tasks(engine)).await?;
        let left = tasks.iter().filter(|task| is_on(task, node) && lives(task)).count();
        if left == 0 {
            return Ok(homeless(&tasks));
        }
        if left != last {
            told(format!("{left} of its tasks have not ended"));
            last = left;
        }
        if Instant::now() >= end {
            let why = format!("{left} of its tasks have not ended within {}", seconds(deadline));
            return Err(Closed { why });
        }
        sleep(LOOK).await;
    }
}

/// Waits until no task of the service lives: what it has mounted is nobody's then. A node that is lost cannot tell, so
/// its tasks are not waited for.
pub(in crate::command::execute) async fn emptied(
    engine: &Engine,
    service: &str,
    deadline: Duration,
    told: &mut impl FnMut(String),
) -> Result<String, Closed> {
    let (end, mut last) = (Instant::now() + deadline, u64::MAX);
    loop {
        let left = patiently(|| living(engine, service)).await?;
        if left == 0 {
            return Ok("none runs".to_owned());
        }
        if left != last {
            told(format!("{left} have not ended"));
            last = left;
        }
        if Instant::now() >= end {
            return Err(Closed { why: format!("{left} have not ended within {}", seconds(deadline)) });
        }
        sleep(LOOK).await;
    }
}

async fn living(engine: &Engine, service: &str) -> Result<u64, EngineError> {
    let filters = json!({ "service": [service] }).to_string();
    let call = Call::get(format!("list the tasks of service {service}"), "/tasks");
    let tasks: Vec<Value> = engine.json(call.query("filters", &filters)).await?;
    let living: Vec<&Value> = tasks.iter().filter(|task| lives(task)).collect();
    on_living_nodes(engine, &living).await
}

/// Those of before are asked for, too: a task that is to end still runs.
async fn tasks(engine: &Engine) -> Result<Vec<Value>, EngineError> {
    let filters = json!({ "desired-state": ["running", "shutdown", "accepted", "ready"] }).to_string();
    engine.json(Call::get("list the tasks", "/tasks").query("filters", &filters)).await
}

fn homeless(tasks: &[Value]) -> String {
    let waits = |task: &&Value| {
        text(task, "/NodeID").is_empty()
            && text(task, "/DesiredState") == "running"
            && text(task, "/Status/State") == "pending"
    };
    match tasks.iter().filter(waits).count() {
        0 => "none runs there".to_owned(),
        1 => "none runs there; 1 task of the swarm waits for a node".to_owned(),
        count => format!("none runs there; {count} tasks of the swarm wait for a node"),
    }
}

fn is_on(task: &Value, node: &str) -> bool {
    text(task, "/NodeID") == node
}

fn lives(task: &Value) -> bool {
    matches!(
        text(task, "/Status/State"),
        "assigned" | "accepted" | "preparing" | "ready" | "starting" | "running"
    )
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}
