//! Nodes of a swarm.

use super::NodeId;

/// A machine of a swarm.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Its id.
    pub id: NodeId,
    /// Its host name.
    pub hostname: String,
    /// Its address, as the managers see it.
    pub address: String,
    /// Its role.
    pub role: NodeRole,
    /// Whether it leads the managers.
    pub leader: bool,
    /// Whether managers reach it.
    pub state: NodeState,
    /// Whether it takes tasks.
    pub availability: Availability,
    /// Its engine's version.
    pub engine_version: String,
    /// Its CPUs.
    pub cpus: f64,
    /// Its memory in bytes.
    pub memory: u64,
    /// What the managers say of its state: `heartbeat failure`.
    pub message: String,
}

/// A node's role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NodeRole {
    /// Decides.
    Manager,
    /// Runs tasks.
    Worker,
    /// A word that this version does not know.
    Unknown(String),
}

/// Whether a node can be reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NodeState {
    /// Reached.
    Ready,
    /// Lost.
    Down,
    /// Lost track of after a change of managers.
    Disconnected,
    /// Any other word.
    Unknown(String),
}

/// Whether a node takes tasks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Availability {
    /// Takes tasks.
    Active,
    /// Keeps its tasks, takes no more.
    Pause,
    /// Gives its tasks away.
    Drain,
    /// A word that this version does not know.
    Unknown(String),
}

impl NodeRole {
    /// Reads the engine's word.
    #[must_use]
    pub fn parse(word: &str) -> Self {
        match word {
            "manager" => Self::Manager,
            "worker" => Self::Worker,
            other => Self::Unknown(other.to_owned()),
        }
    }

    /// The engine's word.
    #[must_use]
    pub fn word(&self) -> &str {
        match self {
            Self::Manager => "manager",
            Self::Worker => "worker",
            Self::Unknown(word) => word,
        }
    }
}

impl NodeState {
    /// Reads the engine's word.
    #[must_use]
    pub fn parse(word: &str) -> Self {
        match word {
            "ready" => Self::Ready,
            "down" => Self::Down,
            "disconnected" => Self::Disconnected,
            other => Self::Unknown(other.to_owned()),
        }
    }

    /// The engine's word.
    #[must_use]
    pub fn word(&self) -> &str {
        match self {
            Self::Ready => "ready",
            Self::Down => "down",
            Self::Disconnected => "disconnected",
            Self::Unknown(word) => word,
        }
    }
}

impl Availability {
    /// Reads the engine's word.
    #[must_use]
    pub fn parse(word: &str) -> Self {
        match word {
            "active" => Self::Active,
            "pause" => Self::Pause,
            "drain" => Self::Drain,
            other => Self::Unknown(other.to_owned()),
        }
    }

    /// The engine's word.
    #[must_use]
    pub fn word(&self) -> &str {
        match self {
            Self::Active => "active",
            Self::Pause => "pause",
            Self::Drain => "drain",
            Self::Unknown(word) => word,
        }
    }
}
