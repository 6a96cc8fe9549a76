//! The types of a world's YAML.
//!
//! A world is what one engine knows: its stacks, nodes and loose containers, how they behave (load, logs), and
//! what goes wrong when (incidents). Several worlds merge into one, so each stack has a file of its own.

mod image;
mod incident;
mod service;
mod units;

use std::collections::BTreeMap;

use serde::Deserialize;

pub(crate) use self::{
    image::{Behaviour, ImageConfig, ImageSpec, StopSpec},
    incident::{Fault, IncidentSpec},
    service::{HealthSpec, LoadSpec, LogsSpec, ServiceSpec},
    units::{Size, Span},
};

/// One YAML document.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct WorldSpec {
    /// Facts of the engine; the last document that has them wins.
    pub(crate) engine: Option<EngineSpec>,
    /// Swarm nodes. The local one is the node whose daemon answers.
    pub(crate) nodes: BTreeMap<String, NodeSpec>,
    /// Stacks by name.
    pub(crate) stacks: BTreeMap<String, StackSpec>,
    /// Containers that belong to no stack, by name.
    pub(crate) containers: BTreeMap<String, ServiceSpec>,
    /// What services write to their logs, by flavour.
    pub(crate) flavours: BTreeMap<String, Flavour>,
    /// Images by reference: what is in them and how their programs behave.
    pub(crate) images: BTreeMap<String, ImageSpec>,
    /// What goes wrong, when.
    pub(crate) incidents: Vec<IncidentSpec>,
}

impl WorldSpec {
    /// Adds another document to this one.
    pub(crate) fn merge(&mut self, other: Self) {
        self.engine = other.engine.or_else(|| self.engine.take());
        self.nodes.extend(other.nodes);
        self.stacks.extend(other.stacks);
        self.containers.extend(other.containers);
        self.flavours.extend(other.flavours);
        self.images.extend(other.images);
        self.incidents.extend(other.incidents);
    }
}

/// Facts of the engine and its host.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct EngineSpec {
    /// Host name.
    pub(crate) name: String,
    /// Version of the engine.
    pub(crate) version: String,
    /// Operating system as `/info` has it.
    pub(crate) os: String,
    /// Kernel version.
    pub(crate) kernel: String,
    /// CPUs of the host.
    pub(crate) cpus: u64,
    /// Memory of the host.
    pub(crate) memory: Size,
    /// 1 or 2: the shape of stats and `/info`.
    pub(crate) cgroup: u8,
}

impl Default for EngineSpec {
    fn default() -> Self {
        Self {
            name: "sim".to_owned(),
            version: "26.1.0-sim".to_owned(),
            os: "Debian GNU/Linux 12 (bookworm)".to_owned(),
            kernel: "6.1.0-27-amd64".to_owned(),
            cpus: 8,
            memory: Size(32 << 30),
            cgroup: 2,
        }
    }
}

/// A swarm node.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NodeSpec {
    /// Whether it manages the swarm.
    #[serde(default)]
    pub(crate) manager: bool,
    /// Whether the simulated daemon runs here.
    #[serde(default)]
    pub(crate) local: bool,
    /// Address of the node.
    pub(crate) address: String,
    /// Labels of the node.
    #[serde(default)]
    pub(crate) labels: BTreeMap<String, String>,
    /// CPUs of the node.
    pub(crate) cpus: u64,
    /// Memory of the node.
    pub(crate) memory: Size,
}

/// How a stack was deployed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    /// A Compose project on this engine.
    Compose,
    /// A swarm stack.
    Swarm,
}

/// A stack.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StackSpec {
    /// How it was deployed.
    pub(crate) kind: Kind,
    /// The folder it was deployed from.
    #[serde(default)]
    pub(crate) dir: String,
    /// Its Compose files, in that folder.
    #[serde(default)]
    pub(crate) files: Vec<String>,
    /// How long ago it was deployed.
    pub(crate) age: Span,
    /// Networks by name without the stack's prefix.
    #[serde(default)]
    pub(crate) networks: BTreeMap<String, NetworkSpec>,
    /// Volumes by name without the stack's prefix.
    #[serde(default)]
    pub(crate) volumes: BTreeMap<String, VolumeSpec>,
    /// Names of swarm secrets.
    #[serde(default)]
    pub(crate) secrets: Vec<String>,
    /// Names of swarm configs.
    #[serde(default)]
    pub(crate) configs: Vec<String>,
    /// Services by name.
    pub(crate) services: BTreeMap<String, ServiceSpec>,
    /// How it was backed up until now, if it was.
    #[serde(default)]
    pub(crate) backups: Option<BackupsSpec>,
}

/// How a stack was backed up before the world began.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BackupsSpec {
    /// How far its sets are apart.
    pub(crate) every: Span,
    /// How old the newest is.
    pub(crate) last: Span,
    /// How many there are.
    pub(crate) sets: u32,
    /// How old the newest may be at most.
    pub(crate) rpo: Span,
    /// How long a restore may take.
    pub(crate) rto: Span,
}

/// A network of a stack.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct NetworkSpec {
    /// The full name, if it is not `stack_name`.
    pub(crate) name: Option<String>,
    /// No way out.
    pub(crate) internal: bool,
    /// Whether containers outside swarm may join an overlay.
    pub(crate) attachable: bool,
    /// Address range, for example `172.20.0.0/16`.
    pub(crate) subnet: Option<String>,
}

/// A volume of a stack.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct VolumeSpec {
    /// How full it is at the world's start.
    pub(crate) size: Size,
    /// How much fits, if it has a border.
    pub(crate) capacity: Option<Size>,
    /// Growth per hour.
    pub(crate) growth: Size,
    /// Options of the driver.
    pub(crate) options: BTreeMap<String, String>,
}

/// What one kind of program writes to its log.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Flavour {
    /// Lines at its start, one after the other.
    pub(crate) start: Vec<String>,
    /// Ordinary lines; a random one at a time.
    pub(crate) lines: Vec<String>,
    /// Lines to stderr.
    pub(crate) errors: Vec<String>,
    /// Share of the error lines, 0..1.
    pub(crate) error_share: f64,
    /// Lines when it is told to stop.
    pub(crate) stop: Vec<String>,
}
