//! What goes wrong in a world, and when.

use serde::Deserialize;

use super::{Size, Span};

/// An entry of the timeline.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct IncidentSpec {
    /// When it happens first; negative is before the world's start.
    pub(crate) at: Span,
    /// After how long it heals by itself; never unless told.
    #[serde(default, rename = "for")]
    pub(crate) lasts: Option<Span>,
    /// After how long it happens again; never unless told.
    #[serde(default)]
    pub(crate) every: Option<Span>,
    /// What happens.
    #[serde(flatten)]
    pub(crate) fault: Fault,
}

/// What happens. `target` is `stack/service` with an optional `#number` of the replica; without it, all.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(crate) enum Fault {
    /// Probes fail.
    Unhealthy {
        /// Which replicas.
        target: String,
        /// Exit code of the probes.
        #[serde(default = "one")]
        exit_code: i64,
        /// What the probes print.
        output: String,
        /// What the replicas write meanwhile, to stderr.
        #[serde(default)]
        lines: Vec<String>,
        /// How the CPU load changes.
        #[serde(default = "unchanged")]
        cpu_factor: f64,
    },
    /// Memory grows until the kernel kills it, again and again.
    OomLoop {
        /// Which replicas.
        target: String,
        /// Time from start to death.
        climb: Span,
        /// What the replicas write meanwhile, to stderr.
        #[serde(default)]
        lines: Vec<String>,
    },
    /// A service is updated to an image whose tasks end at once.
    BadUpdate {
        /// `stack/service`.
        target: String,
        /// The new image.
        image: String,
        /// Exit code of its tasks.
        #[serde(default = "one")]
        exit_code: i64,
        /// What its tasks write, to stderr.
        #[serde(default)]
        lines: Vec<String>,
    },
    /// A service is updated to an image that works.
    Update {
        /// `stack/service`.
        target: String,
        /// The new image.
        image: String,
    },
    /// A volume has no room left: its users' probes fail and they say so.
    FullVolume {
        /// Full name of the volume.
        volume: String,
        /// How much fits.
        capacity: Size,
        /// What the probes print.
        output: String,
        /// What the users write meanwhile, to stderr.
        lines: Vec<String>,
    },
    /// A swarm node is gone.
    LostNode {
        /// Name of the node.
        node: String,
    },
    /// The daemon is away: connections are cut and refused.
    DaemonOutage,
    /// More work than usual.
    Surge {
        /// Which replicas.
        target: String,
        /// How the load changes.
        cpu_factor: f64,
    },
}

fn one() -> i64 {
    1
}

fn unchanged() -> f64 {
    1.0
}
