//! What a world says of one service.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Size, Span, image::StopSpec};

/// A service of a stack, or a loose container.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ServiceSpec {
    /// Image reference.
    pub(crate) image: String,
    /// Size of the image.
    pub(crate) image_size: Size,
    /// A fixed name of the container.
    pub(crate) container_name: Option<String>,
    /// How many replicas; one unless told.
    pub(crate) replicas: Option<u64>,
    /// One task on each node (swarm).
    pub(crate) global: bool,
    /// The command line, split at spaces.
    pub(crate) command: String,
    /// User in the container.
    pub(crate) user: String,
    /// Whether it has a terminal.
    pub(crate) tty: bool,
    /// Environment.
    pub(crate) env: BTreeMap<String, String>,
    /// Published ports: `[address:]host:container`, or only `container`.
    pub(crate) ports: Vec<String>,
    /// Health check.
    pub(crate) health: Option<HealthSpec>,
    /// Upper bounds.
    pub(crate) limits: Resources,
    /// What the scheduler must find free.
    pub(crate) reservations: Resources,
    /// Networks, by their names in the stack.
    pub(crate) networks: Vec<String>,
    /// Mounts: `volume:/path[:ro]` or `/host:/path[:ro]`.
    pub(crate) volumes: Vec<String>,
    /// Names of swarm secrets.
    pub(crate) secrets: Vec<String>,
    /// Own labels.
    pub(crate) labels: BTreeMap<String, String>,
    /// `service` or `service:condition`.
    pub(crate) depends_on: Vec<String>,
    /// Restart policy; `unless-stopped` unless told.
    pub(crate) restart: Option<String>,
    /// Read-only root file system.
    pub(crate) read_only: bool,
    /// Dropped capabilities.
    pub(crate) cap_drop: Vec<String>,
    /// Security options.
    pub(crate) security_opt: Vec<String>,
    /// Placement constraints (swarm).
    pub(crate) constraints: Vec<String>,
    /// How updates go (swarm).
    pub(crate) update: UpdateSpec,
    /// How it ends when it is told to.
    pub(crate) stop: StopSpec,
    /// What it uses.
    pub(crate) load: LoadSpec,
    /// What it writes.
    pub(crate) logs: LogsSpec,
    /// How often it was restarted before the world's start.
    pub(crate) restarts: u64,
    /// The exit code, if it has ended long ago.
    pub(crate) exited: Option<i64>,
    /// How long ago it was created, if not with its stack.
    pub(crate) age: Option<Span>,
}

/// A health check.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HealthSpec {
    /// The command: `CMD ...` or `CMD-SHELL ...`.
    pub(crate) test: Vec<String>,
    /// Time between probes.
    #[serde(default = "thirty_seconds")]
    pub(crate) interval: Span,
    /// Time given to a probe.
    #[serde(default = "thirty_seconds")]
    pub(crate) timeout: Span,
    /// Failures in a row that make it unhealthy.
    #[serde(default = "three")]
    pub(crate) retries: u64,
    /// Time in which failures do not count.
    #[serde(default)]
    pub(crate) start_period: Span,
    /// What a good probe prints.
    #[serde(default)]
    pub(crate) output: String,
    /// A file in the container that makes probes fail as long as it is there, as proxies like it before a stop.
    #[serde(default)]
    pub(crate) drain_file: String,
}

fn thirty_seconds() -> Span {
    Span(30 * crate::sim::clock::SECOND)
}

fn three() -> u64 {
    3
}

/// CPUs and memory.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Resources {
    /// CPUs.
    pub(crate) cpus: f64,
    /// Memory.
    pub(crate) memory: Size,
}

/// How a swarm service is updated.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct UpdateSpec {
    /// `start-first` or `stop-first`.
    pub(crate) order: String,
    /// Slots at once.
    pub(crate) parallelism: u64,
    /// Time between batches.
    pub(crate) delay: Span,
    /// How long a new task is watched.
    pub(crate) monitor: Span,
    /// `pause`, `continue` or `rollback`.
    pub(crate) failure_action: String,
}

impl Default for UpdateSpec {
    fn default() -> Self {
        Self {
            order: "stop-first".to_owned(),
            parallelism: 1,
            delay: Span(0),
            monitor: Span(5 * crate::sim::clock::SECOND),
            failure_action: "pause".to_owned(),
        }
    }
}

/// What a replica uses, around which it wanders.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct LoadSpec {
    /// Percent of one CPU.
    pub(crate) cpu: f64,
    /// How restless it is, 0..1.
    pub(crate) noise: f64,
    /// How much it follows the day, 0..1.
    pub(crate) daily: f64,
    /// Resident memory.
    pub(crate) memory: Size,
    /// Page cache on top, that does not count as used.
    pub(crate) cache: Size,
    /// Memory gained per hour; given back every six hours.
    pub(crate) leak: Size,
    /// Bytes received per second.
    pub(crate) rx: Size,
    /// Bytes sent per second.
    pub(crate) tx: Size,
    /// Bytes read from disk per second.
    pub(crate) read: Size,
    /// Bytes written to disk per second.
    pub(crate) write: Size,
    /// Processes and threads.
    pub(crate) pids: u64,
}

/// What a replica writes to its log.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct LogsSpec {
    /// The flavour's name.
    pub(crate) flavour: String,
    /// Lines per second.
    pub(crate) rate: f64,
}
