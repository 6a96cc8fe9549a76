//! What comes in over time: measurements, log lines, events.

use std::collections::BTreeMap;

use serde::Serialize;

use super::At;
use crate::domain::{self, EngineEvent, EventKind, LogStream, MASK, Usage, is_secret};

/// What one container uses, as `stats` prints it.
#[derive(Clone, Debug, Serialize)]
pub struct Stats {
    /// When it was measured.
    pub at: At,
    /// The name that other verbs take for it.
    pub target: String,
    /// The container's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its stack.
    pub stack: Option<String>,
    /// Its service.
    pub service: String,
    /// Its number within the service.
    pub slot: Option<u64>,
    /// CPU in percent of one core.
    pub cpu_percent: Option<f64>,
    /// Bytes of memory in use.
    pub memory_used: u64,
    /// Bytes of memory it may use.
    pub memory_limit: Option<u64>,
    /// Use in percent of the limit.
    pub memory_percent: Option<f64>,
    /// Bytes received since start.
    pub network_rx: Option<u64>,
    /// Bytes sent since start.
    pub network_tx: Option<u64>,
    /// Bytes read from block devices since start.
    pub block_read: Option<u64>,
    /// Bytes written to block devices since start.
    pub block_write: Option<u64>,
    /// Processes and threads.
    pub pids: Option<u64>,
    /// Periods of the CPU quota in which it was used up, in percent.
    pub throttled_percent: Option<f64>,
    /// Percent of the last ten seconds in which some process waited for a CPU.
    pub cpu_pressure: Option<f32>,
    /// The same for memory.
    pub memory_pressure: Option<f32>,
    /// The same for block devices.
    pub io_pressure: Option<f32>,
    /// Who has counted: `engine` or `cgroup`.
    pub source: &'static str,
}

/// A line of output.
#[derive(Clone, Debug, Serialize)]
pub struct LogLine<'a> {
    /// When the engine read it.
    pub at: Option<At>,
    /// The replica that wrote it.
    pub target: &'a str,
    /// The container's id.
    pub id: &'a str,
    /// `stdout`, `stderr` or `terminal`.
    pub stream: &'static str,
    /// The line.
    pub text: &'a str,
}

/// An event of the engine.
#[derive(Clone, Debug, Serialize)]
pub struct Event {
    /// When, by the engine's clock.
    pub at: At,
    /// The kind of object.
    pub subject: String,
    /// The object's id.
    pub id: String,
    /// The object's name.
    pub name: Option<String>,
    /// Its stack, if its labels tell.
    pub stack: Option<String>,
    /// Its service, if its labels tell.
    pub service: Option<String>,
    /// What happened, in one word where the engine has one.
    pub event: String,
    /// The exit code of a container that ended.
    pub exit_code: Option<i64>,
    /// The event's attributes.
    pub attributes: BTreeMap<String, String>,
}

impl Stats {
    /// What a replica used at a moment.
    #[must_use]
    pub fn of(replica: &domain::Replica, name: &str, at: jiff::Timestamp, usage: &Usage) -> Self {
        Self {
            at: At(at),
            target: replica.key.to_string(),
            id: replica.container.as_ref().map(ToString::to_string).unwrap_or_default(),
            name: name.to_owned(),
            stack: super::stack(&replica.key),
            service: replica.key.service.name.clone(),
            slot: super::slot(&replica.key),
            cpu_percent: usage.cpu_percent.map(hundredths),
            memory_used: usage.memory.used,
            memory_limit: Some(usage.memory.limit).filter(|&limit| limit > 0),
            memory_percent: usage.memory.percent().map(hundredths),
            network_rx: usage.network.map(|traffic| traffic.input),
            network_tx: usage.network.map(|traffic| traffic.output),
            block_read: usage.block.map(|traffic| traffic.input),
            block_write: usage.block.map(|traffic| traffic.output),
            pids: usage.pids,
            throttled_percent: usage.throttled_percent.map(hundredths),
            cpu_pressure: usage.pressure.map(|pressure| pressure.cpu),
            memory_pressure: usage.pressure.map(|pressure| pressure.memory),
            io_pressure: usage.pressure.map(|pressure| pressure.io),
            source: usage.source.word(),
        }
    }
}

/// As many digits as the Docker CLI prints; more would be noise.
fn hundredths(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

impl<'a> LogLine<'a> {
    /// A line of the replica `target`.
    #[must_use]
    pub fn of(target: &'a str, id: &'a str, line: &'a domain::LogLine) -> Self {
        let stream = match line.stream {
            LogStream::Stdout => "stdout",
            LogStream::Stderr => "stderr",
            LogStream::Terminal => "terminal",
        };
        Self { at: line.at.map(At), target, id, stream, text: &line.text }
    }
}

impl From<&EngineEvent> for Event {
    fn from(event: &EngineEvent) -> Self {
        let attribute = |name: &str| event.attributes.get(name).cloned();
        let exit_code = if let EventKind::Die(code) = event.kind { Some(code) } else { None };
        Self {
            at: At(event.at),
            subject: event.subject.word().to_owned(),
            id: event.id.clone(),
            name: Some(event.name.clone()).filter(|name| !name.is_empty()),
            stack: attribute("com.docker.compose.project")
                .or_else(|| attribute("com.docker.stack.namespace")),
            service: attribute("com.docker.compose.service")
                .or_else(|| attribute("com.docker.swarm.service.name")),
            event: word(&event.kind),
            exit_code,
            attributes: event.attributes.iter().map(masked).collect(),
        }
    }
}

/// What happened without its details, which have fields of their own.
fn word(kind: &EventKind) -> String {
    match kind {
        EventKind::Die(_) => "die".to_owned(),
        EventKind::Oom => "oom".to_owned(),
        EventKind::Kill(_) => "kill".to_owned(),
        EventKind::Health(word) => format!("health_status: {word}"),
        other => other.describe(),
    }
}

fn masked((name, value): (&String, &String)) -> (String, String) {
    let value = if is_secret(name) && !value.is_empty() { MASK } else { value };
    (name.clone(), value.to_owned())
}
