//! Facts on the engine itself.

/// What an engine says of itself and its host.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EngineFacts {
    /// The host's name.
    pub name: String,
    /// The engine's version: `26.1.5`.
    pub version: String,
    /// The operating system it runs on.
    pub os: String,
    /// The kernel's version.
    pub kernel: String,
    /// The processor architecture.
    pub arch: String,
    /// CPUs of its host.
    pub cpus: u32,
    /// Bytes of memory of its host.
    pub memory: u64,
    /// The driver that keeps image layers.
    pub storage_driver: String,
    /// `1` or `2`.
    pub cgroup_version: String,
    /// `cgroupfs`, `systemd` or `none`.
    pub cgroup_driver: String,
    /// Whether it runs without root.
    pub rootless: bool,
    /// Its part in a swarm.
    pub swarm: SwarmFacts,
    /// What the engine itself warns of.
    pub warnings: Vec<String>,
}

/// An engine's part in a swarm.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SwarmFacts {
    /// Its role.
    pub role: SwarmRole,
    /// Its node id there; empty outside a swarm.
    pub node_id: String,
    /// Managers of the swarm, as far as this engine knows.
    pub managers: u32,
    /// Nodes of the swarm, as far as this engine knows.
    pub nodes: u32,
    /// Why it cannot take part, if so: no quorum, a lost certificate.
    pub error: Option<String>,
}

/// An engine's role in a swarm.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum SwarmRole {
    /// In no swarm.
    #[default]
    None,
    /// Knows its own containers only.
    Worker,
    /// Knows services, tasks and nodes.
    Manager,
}
