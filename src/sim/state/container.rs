//! A container as the simulated daemon knows it.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use serde_json::Value;

use crate::sim::{
    behaviour::{load::Meter, logs::Log},
    clock::Nanos,
    spec::{Flavour, HealthSpec, ServiceSpec},
};

/// What a container runs: the part of a world's service that shapes behaviour.
#[derive(Clone, Debug)]
pub(crate) struct Profile {
    /// `stack/service`, or the name of a loose container.
    pub(crate) path: String,
    /// The service.
    pub(crate) spec: ServiceSpec,
    /// What it writes.
    pub(crate) flavour: Flavour,
}

/// The states of a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// Never started.
    Created,
    /// Runs.
    Running,
    /// Frozen.
    Paused,
    /// Ended; the restart policy will start it again.
    Restarting,
    /// Ended.
    Exited,
}

impl Status {
    /// The word of the API.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Restarting => "restarting",
            Self::Exited => "exited",
        }
    }
}

/// A finished health probe.
#[derive(Clone, Debug)]
pub(crate) struct Probe {
    /// When it began.
    pub(crate) begun: Nanos,
    /// When it ended.
    pub(crate) ended: Nanos,
    /// Its exit code.
    pub(crate) code: i64,
    /// What it printed.
    pub(crate) output: String,
}

/// The health of a container that has a check.
#[derive(Clone, Debug)]
pub(crate) struct Health {
    /// The check.
    pub(crate) check: HealthSpec,
    /// `starting`, `healthy` or `unhealthy`.
    pub(crate) status: &'static str,
    /// Failures in a row.
    pub(crate) streak: u64,
    /// The last five probes, oldest first.
    pub(crate) log: VecDeque<Probe>,
}

impl Health {
    /// The health at a start.
    pub(crate) fn starting(check: HealthSpec) -> Self {
        Self { check, status: "starting", streak: 0, log: VecDeque::new() }
    }
}

/// A network that a container is in.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    /// The network's id.
    pub(crate) network_id: String,
    /// The endpoint's id.
    pub(crate) id: String,
    /// Address while it runs.
    pub(crate) address: String,
    /// The network's gateway.
    pub(crate) gateway: String,
    /// MAC address while it runs.
    pub(crate) mac: String,
    /// Names in the network's DNS.
    pub(crate) aliases: Vec<String>,
    /// Bits of the network's address range.
    pub(crate) prefix: u8,
    /// The settings that were asked for.
    pub(crate) asked: Value,
}

/// A published port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Port {
    /// Port in the container.
    pub(crate) inner: u16,
    /// Port of the host, if it is published.
    pub(crate) outer: Option<u16>,
    /// Address of the host.
    pub(crate) address: String,
    /// `tcp` or `udp`.
    pub(crate) protocol: String,
}

/// The life of a container: what starts and ends change.
#[derive(Clone, Debug)]
pub(crate) struct Life {
    /// Its state.
    pub(crate) status: Status,
    /// Its last start.
    pub(crate) started: Option<Nanos>,
    /// Its last end.
    pub(crate) finished: Option<Nanos>,
    /// Exit code of the last end.
    pub(crate) code: i64,
    /// Why the last start failed.
    pub(crate) error: String,
    /// Whether the kernel killed it for its memory.
    pub(crate) oom: bool,
    /// Process id on the host; 0 when it does not run.
    pub(crate) pid: u64,
    /// Restarts by the restart policy.
    pub(crate) restarts: u64,
    /// Counts starts.
    pub(crate) run: u64,
    /// Whether a person stopped it: then the restart policy rests.
    pub(crate) by_hand: bool,
    /// Whether a stop was asked for, whose end is told.
    pub(crate) stopping: bool,
    /// The wait before the next restart.
    pub(crate) backoff: Nanos,
}

/// A container.
#[derive(Clone, Debug)]
pub(crate) struct Container {
    /// 64 hexadecimal digits.
    pub(crate) id: String,
    /// Name without a slash.
    pub(crate) name: String,
    /// Key of its randomness.
    pub(crate) key: u64,
    /// What it runs.
    pub(crate) profile: Arc<Profile>,
    /// Number of the replica.
    pub(crate) number: u64,
    /// Its swarm task, if it has one.
    pub(crate) task: Option<String>,
    /// Whether this daemon runs it; the others exist so that tasks of other nodes behave.
    pub(crate) local: bool,
    /// Image reference.
    pub(crate) image: String,
    /// Image id with `sha256:`.
    pub(crate) image_id: String,
    /// `Config` of inspect.
    pub(crate) config: Value,
    /// `HostConfig` of inspect.
    pub(crate) host: Value,
    /// `Mounts` of inspect.
    pub(crate) mounts: Vec<Value>,
    /// Its labels, also in `config`.
    pub(crate) labels: BTreeMap<String, String>,
    /// Its networks by name.
    pub(crate) endpoints: BTreeMap<String, Endpoint>,
    /// Its ports.
    pub(crate) ports: Vec<Port>,
    /// When it was created.
    pub(crate) created: Nanos,
    /// What starts and ends change.
    pub(crate) life: Life,
    /// Its health, if it has a check.
    pub(crate) health: Option<Health>,
    /// Seconds of load.
    pub(crate) meter: Meter,
    /// What it wrote.
    pub(crate) log: Log,
    /// Files that were made in it.
    pub(crate) files: std::collections::BTreeSet<String>,
}

impl Container {
    /// Whether its processes exist, frozen or not.
    pub(crate) fn is_up(&self) -> bool {
        matches!(self.life.status, Status::Running | Status::Paused)
    }

    /// Its memory limit in bytes; 0 without one.
    pub(crate) fn memory_limit(&self) -> u64 {
        self.host.get("Memory").and_then(Value::as_u64).unwrap_or_default()
    }

    /// The name of its restart policy.
    pub(crate) fn restart_policy(&self) -> &str {
        self.host.pointer("/RestartPolicy/Name").and_then(Value::as_str).unwrap_or("no")
    }

    /// How often the restart policy starts it again; 0 for no limit.
    pub(crate) fn most_restarts(&self) -> u64 {
        self.host.pointer("/RestartPolicy/MaximumRetryCount").and_then(Value::as_u64).unwrap_or_default()
    }

    /// The signal that asks it to end.
    pub(crate) fn stop_signal(&self) -> u64 {
        let name = self.config.get("StopSignal").and_then(Value::as_str).unwrap_or_default();
        signal(name).unwrap_or(15)
    }

    /// Attributes of its events: its labels, image and name.
    pub(crate) fn attributes(&self) -> BTreeMap<String, String> {
        let mut attributes = self.labels.clone();
        attributes.insert("image".to_owned(), self.image.clone());
        attributes.insert("name".to_owned(), self.name.clone());
        attributes
    }
}

/// The number of a signal by its name.
pub(crate) fn signal(text: &str) -> Option<u64> {
    let name = text.to_ascii_uppercase();
    Some(match name.trim_start_matches("SIG") {
        "HUP" => 1,
        "INT" => 2,
        "QUIT" => 3,
        "KILL" => 9,
        "USR1" => 10,
        "USR2" => 12,
        "TERM" => 15,
        "WINCH" => 28,
        number => number.parse().ok().filter(|number| (1..=64).contains(number))?,
    })
}
