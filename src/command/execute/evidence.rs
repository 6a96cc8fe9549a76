//! What a container that failed said last: collected at once, because the way back removes it.

use std::{future::ready, time::Duration};

use futures_util::StreamExt as _;
use serde_json::Value;
use tokio::time::timeout;

use super::swarm;
use crate::{
    command::plan::{Act, Call, Gate, Step},
    domain::{ContainerId, LogQuery},
    engine::{Engine, EngineError, LogLines},
    text::sanitize,
};

/// Lines of the log that are kept.
const LINES: u64 = 10;

/// Probes that are kept.
const PROBES: usize = 3;

/// The way back must not wait for a log that hangs.
const PATIENCE: Duration = Duration::from_secs(3);

/// The last probes and the last lines of the container that a step has failed on.
pub(super) async fn collect(engine: &Engine, step: &Step) -> Vec<String> {
    if let Act::Gate(Gate::Converged { service, .. }) = &step.act {
        return swarm::evidence(engine, service).await;
    }
    match container(step) {
        Some(container) => of_container(engine, container).await,
        None => Vec::new(),
    }
}

/// The last probes and the last lines of a container.
pub(super) async fn of_container(engine: &Engine, container: &str) -> Vec<String> {
    let Ok(inspect) = engine.inspect_container(container).await else { return Vec::new() };
    let mut evidence = probes(&inspect);
    let log = async { told(engine.logs(&ContainerId::new(container), None, &last()).await).await };
    evidence.extend(timeout(PATIENCE, log).await.unwrap_or_default());
    evidence
}

/// The last lines of a task, on whatever node it is.
pub(super) async fn of_task(engine: &Engine, task: &str, tty: bool) -> Vec<String> {
    let log = async { told(engine.task_logs(task, tty, &last()).await).await };
    timeout(PATIENCE, log).await.unwrap_or_default()
}

/// The container whose own words tell why the step failed.
const fn container(step: &Step) -> Option<&String> {
    match &step.act {
        Act::Gate(
            Gate::Ready { container, .. } | Gate::Soak { container, .. } | Gate::Answers { container, .. },
        )
        | Act::Call(Call::Start { container } | Call::Restart { container, .. }) => Some(container),
        Act::Gate(_) | Act::Call(_) => None,
    }
}

fn probes(inspect: &Value) -> Vec<String> {
    let log = inspect.pointer("/State/Health/Log").and_then(Value::as_array);
    let log = log.map(Vec::as_slice).unwrap_or_default();
    log.iter().skip(log.len().saturating_sub(PROBES)).map(probe).collect()
}

fn probe(probe: &Value) -> String {
    let code = probe.get("ExitCode").and_then(Value::as_i64).unwrap_or_default();
    let said = probe.get("Output").and_then(Value::as_str).unwrap_or_default();
    let said = said.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default();
    format!("probe: exit {code} \"{}\"", sanitize(said.trim()))
}

fn last() -> LogQuery {
    LogQuery { tail: Some(LINES), ..LogQuery::default() }
}

async fn told(lines: Result<LogLines, EngineError>) -> Vec<String> {
    let Ok(lines) = lines else { return Vec::new() };
    lines.filter_map(|line| ready(line.ok().map(|line| format!("log: {}", line.text)))).collect().await
}
