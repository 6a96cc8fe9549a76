//! How things are: findings and the results of health checks.

use serde::Serialize;

use super::At;
use crate::domain::{self, Container, Status};

/// What `health` prints.
#[derive(Clone, Debug, Serialize)]
pub struct Health {
    /// What is wrong, worst first.
    pub findings: Vec<Finding>,
    /// The replicas that have a health check.
    pub replicas: Vec<ReplicaHealth>,
}

/// Something a person should look at.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// `critical` or `warning`.
    pub severity: &'static str,
    /// What it is about.
    pub subject: String,
    /// The stack it is about.
    pub stack: Option<String>,
    /// The service it is about.
    pub service: Option<String>,
    /// How that is doing.
    pub status: &'static str,
    /// What is the matter.
    pub text: String,
}

/// The results of one replica's health check.
#[derive(Clone, Debug, Serialize)]
pub struct ReplicaHealth {
    /// The name that other verbs take for it.
    pub target: String,
    /// Its container's id.
    pub id: String,
    /// Its status.
    #[serde(serialize_with = "super::status")]
    pub status: Status,
    /// The engine's word for its health.
    pub health: String,
    /// Probes that failed since the last that passed, as far as the engine keeps them.
    pub failing_streak: u64,
    /// The engine's last probes, newest last.
    pub probes: Vec<Probe>,
}

/// One run of a health check.
#[derive(Clone, Debug, Serialize)]
pub struct Probe {
    /// When it began.
    pub started_at: Option<At>,
    /// How long it took, in milliseconds.
    pub took_ms: Option<u64>,
    /// How it ended; 0 passed.
    pub exit_code: i64,
    /// Whether the check itself cannot run.
    pub broken: bool,
    /// What it printed, a line an element.
    pub output: Vec<String>,
}

impl From<&domain::Finding> for Finding {
    fn from(finding: &domain::Finding) -> Self {
        let service = finding.service.as_ref();
        Self {
            severity: finding.severity.word(),
            subject: finding.subject.clone(),
            stack: finding.stack().map(ToString::to_string),
            service: service.map(|key| key.name.clone()),
            status: finding.word(),
            text: finding.text.clone(),
        }
    }
}

impl ReplicaHealth {
    /// The results of a replica whose container has a health check.
    #[must_use]
    pub fn of(replica: &domain::Replica, container: &Container) -> Self {
        Self {
            target: replica.key.to_string(),
            id: container.id.to_string(),
            status: replica.status,
            health: container.health.word().to_owned(),
            failing_streak: container.probes.iter().rev().take_while(|probe| !probe.passed()).count() as u64,
            probes: container.probes.iter().map(Probe::from).collect(),
        }
    }
}

impl From<&domain::Probe> for Probe {
    fn from(probe: &domain::Probe) -> Self {
        Self {
            started_at: probe.started_at.map(At),
            took_ms: probe.took_ms,
            exit_code: probe.exit_code,
            broken: probe.is_broken(),
            output: probe.output.clone(),
        }
    }
}
