//! One look at a service and its tasks. Which tasks are of the present spec is the engine's to say: the specs of tasks
//! and of services differ in more than what was changed.

use std::{collections::BTreeSet, time::Duration};

use serde_json::{Value, json};

use crate::{
    command::{execute::evidence, plan::ServiceChange, swarm::monitor},
    engine::{Call, Engine, EngineError},
    text::sanitize,
};

/// What is seen of a service.
pub(super) struct Look {
    object: Value,
    /// Tasks that run on the present spec and should.
    pub(super) running: u64,
    /// Tasks that there should be.
    desired: u64,
    /// Tasks that should be there, running or not.
    wanted: u64,
    /// Tasks that run and should not.
    surplus: u64,
    /// Tasks of the present spec that have ended by themselves.
    pub(super) failed: Vec<Failed>,
    /// How long a task must have run to count.
    pub(super) monitor: Duration,
    /// The newest complaint of a task of the present spec.
    complaint: Option<String>,
    /// It in a few words.
    pub(super) words: String,
}

/// A task that has ended by itself.
pub(super) struct Failed {
    /// Its id.
    pub(super) id: String,
    /// Its replica: `shop_web.2`.
    pub(super) slot: String,
}

impl Look {
    /// As many tasks as there should be run on the present spec, and no other runs any more.
    pub(super) const fn is_complete(&self) -> bool {
        self.running == self.desired && self.wanted == self.desired && self.surplus == 0
    }

    /// Why the present spec will not get any further: Swarm has stopped, or it is no longer what was asked for.
    pub(super) fn stopped(&self, change: &ServiceChange) -> Option<String> {
        let state = text(&self.object, "/UpdateStatus/State").unwrap_or_default();
        let message = sanitize(text(&self.object, "/UpdateStatus/Message").unwrap_or_default());
        let is_ours = self.object.get("Spec").is_some_and(|spec| change.is_made(spec));
        match (is_ours, state) {
            (_, "paused" | "rollback_paused") => {
                Some(format!("swarm stopped the update ({state}): {message}"))
            }
            (false, state) if state.starts_with("rollback_") => {
                Some(format!("swarm rolls the update back ({state}): {message}"))
            }
            (false, _) => Some("somebody else has changed the service meanwhile".to_owned()),
            (true, _) => None,
        }
    }

    pub(super) fn count(&self) -> String {
        format!("{} of {} tasks run", self.running, self.desired)
    }

    /// What a task says, as the end of a sentence.
    pub(super) fn problem(&self) -> String {
        self.complaint.as_ref().map(|complaint| format!("; {complaint}")).unwrap_or_default()
    }
}

pub(super) async fn look(engine: &Engine, service: &str) -> Result<Look, EngineError> {
    let object = engine.inspect_service(service).await?;
    let current: BTreeSet<String> =
        tasks(engine, service, Some("true")).await?.iter().map(|task| id(task).to_owned()).collect();
    let all = tasks(engine, service, None).await?;
    let is_current = |task: &&Value| current.contains(id(task));
    let wanted: Vec<&Value> = all.iter().filter(|task| is_wanted(task)).collect();
    let running = wanted.iter().copied().filter(is_current).filter(|task| runs(task)).count() as u64;
    let others: Vec<&Value> =
        all.iter().filter(|task| runs(task) && !(is_current(task) && is_wanted(task))).collect();
    let desired = object.pointer("/Spec/Mode/Replicated/Replicas").and_then(Value::as_u64);
    let desired = desired.unwrap_or(wanted.len() as u64);
    let ended = all.iter().filter(is_current).filter(|task| has_failed(task));
    let failed = ended.map(|task| Failed { id: id(task).to_owned(), slot: name(&object, task) }).collect();
    let complaint = newest(all.iter().filter(is_current)).map(|task| complaint(&object, task));
    let config = object.pointer("/Spec/UpdateConfig").unwrap_or(&Value::Null);
    let mut seen = Look {
        running,
        desired,
        wanted: wanted.len() as u64,
        surplus: on_living_nodes(engine, &others).await?,
        failed,
        monitor: monitor(config),
        complaint,
        words: String::new(),
        object,
    };
    seen.words = format!("{}{}", seen.count(), seen.problem());
    Ok(seen)
}

async fn tasks(engine: &Engine, service: &str, current: Option<&str>) -> Result<Vec<Value>, EngineError> {
    let mut filters = json!({ "service": [service] });
    if let (Some(current), Some(members)) = (current, filters.as_object_mut()) {
        members.insert("_up-to-date".to_owned(), json!([current]));
    }
    let call = Call::get(format!("list the tasks of service {service}"), "/tasks");
    engine.json(call.query("filters", &filters.to_string())).await
}

/// A node that is lost cannot end its tasks: what it still calls running is not waited for.
pub(super) async fn on_living_nodes(engine: &Engine, tasks: &[&Value]) -> Result<u64, EngineError> {
    if tasks.is_empty() {
        return Ok(0);
    }
    let nodes: Vec<Value> = engine.json(Call::get("list the nodes", "/nodes")).await?;
    let is_lost = |node: &str| {
        let node = nodes.iter().find(|one| id(one) == node);
        node.is_none_or(|node| text(node, "/Status/State") == Some("down"))
    };
    Ok(tasks.iter().filter(|task| text(task, "/NodeID").is_none_or(|node| !is_lost(node))).count() as u64)
}

fn is_wanted(task: &Value) -> bool {
    matches!(text(task, "/DesiredState"), Some("running" | "ready"))
}

fn runs(task: &Value) -> bool {
    text(task, "/Status/State") == Some("running")
}

/// A service's task has no reason to end by itself: one that was stopped because it was unhealthy and ended with
/// code 0 is called `complete`, without an error.
fn has_failed(task: &Value) -> bool {
    matches!(text(task, "/Status/State"), Some("failed" | "rejected" | "complete"))
}

fn newest<'a>(tasks: impl Iterator<Item = &'a Value>) -> Option<&'a Value> {
    let complains = |task: &&Value| has_failed(task) || error(task).is_some();
    tasks.filter(complains).max_by_key(|task| text(task, "/Status/Timestamp"))
}

fn error(task: &Value) -> Option<&str> {
    text(task, "/Status/Err").filter(|error| !error.is_empty())
}

/// The replica of a task: by its number, or by its node in a global service.
fn name(service: &Value, task: &Value) -> String {
    let slot = task.get("Slot").and_then(Value::as_u64).map(|slot| slot.to_string());
    let slot = slot.or_else(|| text(task, "/NodeID").map(str::to_owned)).unwrap_or_default();
    sanitize(&format!("{}.{slot}", text(service, "/Spec/Name").unwrap_or_default()))
}

fn complaint(service: &Value, task: &Value) -> String {
    let (name, state) = (name(service, task), sanitize(text(task, "/Status/State").unwrap_or_default()));
    let code = task.pointer("/Status/ContainerStatus/ExitCode").and_then(Value::as_i64).unwrap_or_default();
    let why = error(task).map_or_else(|| format!("it ended with exit code {code}"), sanitize);
    format!("task {name} is {state}: {why}")
}

/// What the task that failed last says of itself, and what its container said last. The probes are known on its own node
/// only; the manager fetches the log of any.
pub(in crate::command::execute) async fn evidence(engine: &Engine, service: &str) -> Vec<String> {
    let Ok(object) = engine.inspect_service(service).await else { return Vec::new() };
    let Ok(tasks) = tasks(engine, service, None).await else { return Vec::new() };
    let Some(task) = newest(tasks.iter()) else { return Vec::new() };
    let mut evidence = vec![complaint(&object, task)];
    let container = text(task, "/Status/ContainerStatus/ContainerID").filter(|id| !id.is_empty());
    let Some(container) = container else { return evidence };
    let own = evidence::of_container(engine, container).await;
    if !own.is_empty() {
        evidence.extend(own);
        return evidence;
    }
    if let Some(node) = text(task, "/NodeID").filter(|node| !node.is_empty()) {
        evidence.extend(engine.inspect_node(node).await.ok().and_then(|node| {
            text(&node, "/Description/Hostname").map(|name| format!("it ran on node {}", sanitize(name)))
        }));
    }
    let tty = task.pointer("/Spec/ContainerSpec/TTY").and_then(Value::as_bool).unwrap_or_default();
    evidence.extend(evidence::of_task(engine, id(task), tty).await);
    evidence
}

fn id(object: &Value) -> &str {
    text(object, "/ID").unwrap_or_default()
}

fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer)?.as_str()
}
