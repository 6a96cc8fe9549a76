//! What an engine reports as it happens.

use std::collections::BTreeMap;

use jiff::Timestamp;

/// One event of the engine's stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngineEvent {
    /// When, by the engine's clock.
    pub at: Timestamp,
    /// What it happened to.
    pub subject: Subject,
    /// The object's id.
    pub id: String,
    /// The object's name, as the event tells it; empty if it does not.
    pub name: String,
    /// What happened.
    pub kind: EventKind,
    /// The event's attributes: labels, image, exit code, signal.
    pub attributes: BTreeMap<String, String>,
}

/// The kind of object that an event is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A container.
    Container,
    /// An image.
    Image,
    /// A network.
    Network,
    /// A volume.
    Volume,
    /// A Swarm service.
    Service,
    /// A Swarm node.
    Node,
    /// The engine itself.
    Daemon,
    /// A word that this version does not know, `secret` and `config` among them.
    Other(String),
}

impl Subject {
    /// Reads the engine's word.
    #[must_use]
    pub fn parse(word: &str) -> Self {
        match word {
            "container" => Self::Container,
            "image" => Self::Image,
            "network" => Self::Network,
            "volume" => Self::Volume,
            "service" => Self::Service,
            "node" => Self::Node,
            "daemon" => Self::Daemon,
            other => Self::Other(other.to_owned()),
        }
    }

    /// The engine's word.
    #[must_use]
    pub fn word(&self) -> &str {
        match self {
            Self::Container => "container",
            Self::Image => "image",
            Self::Network => "network",
            Self::Volume => "volume",
            Self::Service => "service",
            Self::Node => "node",
            Self::Daemon => "daemon",
            Self::Other(word) => word,
        }
    }
}

/// What happened, as far as stacktop tells events apart; the engine calls this the event's action.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// Made.
    Create,
    /// Started.
    Start,
    /// Its process ended; the code is the exit code.
    Die(i64),
    /// The kernel killed a process of it for want of memory.
    Oom,
    /// Got this signal.
    Kill(String),
    /// Stopped by request.
    Stop,
    /// Its health changed to this word.
    Health(String),
    /// Frozen.
    Pause,
    /// Thawed.
    Unpause,
    /// Restarted by request.
    Restart,
    /// Removed.
    Destroy,
    /// Changed: limits of a container, the spec of a service or node.
    Update,
    /// Anything else, in the engine's words.
    Other(String),
}

impl EventKind {
    /// Whether this is the noise of health checks and shells, which no person wants to read.
    #[must_use]
    pub fn is_exec(&self) -> bool {
        matches!(self, Self::Other(word) if word.starts_with("exec_"))
    }

    /// The event in a few words: `die, exit 137`.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Create => "create".to_owned(),
            Self::Start => "start".to_owned(),
            Self::Die(code) => format!("die, exit {code}"),
            Self::Oom => "out of memory".to_owned(),
            Self::Kill(signal) => format!("kill, signal {signal}"),
            Self::Stop => "stop".to_owned(),
            Self::Health(word) => format!("health {word}"),
            Self::Pause => "pause".to_owned(),
            Self::Unpause => "unpause".to_owned(),
            Self::Restart => "restart".to_owned(),
            Self::Destroy => "destroy".to_owned(),
            Self::Update => "update".to_owned(),
            Self::Other(words) => words.clone(),
        }
    }
}
