//! A container as the engine lists it, completed by what only its inspection tells.

use std::{collections::BTreeMap, fmt};

use jiff::Timestamp;

use super::{ContainerId, Health, ImageId, NodeId, Probe, ServiceId, Slot, StackName, TaskId};

/// One container of one engine.
#[derive(Clone, Debug, PartialEq)]
pub struct Container {
    /// Its id.
    pub id: ContainerId,
    /// Its name, without the slash that the engine puts in front.
    pub name: String,
    /// The image reference it was created from.
    pub image: String,
    /// The image it runs, whatever the reference means by now.
    pub image_id: ImageId,
    /// What it is doing.
    pub state: ContainerState,
    /// What its health check says.
    pub health: Health,
    /// How it ended, if it is not running.
    pub exit: Option<Exit>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last started; unknown until it was inspected.
    pub started_at: Option<Timestamp>,
    /// How often its restart policy has restarted it; unknown until it was inspected.
    pub restarts: Option<u64>,
    /// Published and exposed ports.
    pub ports: Vec<Port>,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Which stack it belongs to.
    pub membership: Membership,
    /// Its ceilings; unknown until it was inspected.
    pub limits: Option<Limits>,
    /// What the engine does when it ends; unknown until it was inspected.
    pub restart_policy: Option<RestartPolicy>,
    /// Whether its output is a terminal's: one raw stream instead of stdout and stderr; unknown until inspected.
    pub tty: Option<bool>,
    /// The process id of its first process on the engine's host, while it runs and once it was inspected.
    pub pid: Option<u32>,
    /// Names of the networks it is attached to.
    pub networks: Vec<String>,
    /// What is mounted into it.
    pub mounts: Vec<Mount>,
    /// The engine's last results of its health check, newest last.
    pub probes: Vec<Probe>,
}

/// Labels of containers that never run: one stands for an operation at work, one for who goes on with it, one lets a volume
/// be read.
const TOOLS: [&str; 3] = ["stacktop.lock", "stacktop.turn", "stacktop.helper"];

impl Container {
    /// Whether it is a tool of an operation, which nobody but stacktop has made.
    #[must_use]
    pub fn is_tool(&self) -> bool {
        TOOLS.iter().any(|label| self.labels.contains_key(*label))
    }
}

/// What a container is doing, in the engine's words.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ContainerState {
    /// Made, never started.
    Created,
    /// Its process runs.
    Running,
    /// Its processes are frozen.
    Paused,
    /// Its process ended and the restart policy is about to start it again.
    Restarting,
    /// It is being removed.
    Removing,
    /// Its process ended.
    Exited,
    /// The engine failed to remove it.
    Dead,
    /// A word that this version does not know.
    Unknown(String),
}

impl ContainerState {
    /// Reads the engine's word.
    #[must_use]
    pub fn parse(word: &str) -> Self {
        match word {
            "created" => Self::Created,
            "running" => Self::Running,
            "paused" => Self::Paused,
            "restarting" => Self::Restarting,
            "removing" => Self::Removing,
            "exited" => Self::Exited,
            "dead" => Self::Dead,
            other => Self::Unknown(other.to_owned()),
        }
    }

    /// The engine's word.
    #[must_use]
    pub fn word(&self) -> &str {
        match self {
            Self::Created => "created",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Restarting => "restarting",
            Self::Removing => "removing",
            Self::Exited => "exited",
            Self::Dead => "dead",
            Self::Unknown(word) => word,
        }
    }

    /// Whether it has processes: running, or frozen.
    #[must_use]
    pub const fn is_up(&self) -> bool {
        matches!(self, Self::Running | Self::Paused)
    }
}

/// How a container ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exit {
    /// The process's exit code; 128 + signal when a signal ended it.
    pub code: i64,
    /// Whether the kernel killed it for want of memory; false until it was inspected.
    pub oom_killed: bool,
    /// Why the engine could not start it, if so.
    pub error: Option<String>,
    /// When it ended; unknown until it was inspected.
    pub finished_at: Option<Timestamp>,
}

impl Exit {
    /// Whether this is how a container ends that was asked to: success, or one of the two polite signals.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        const SIGINT: i64 = 130;
        const SIGTERM: i64 = 143;
        !self.oom_killed && self.error.is_none() && matches!(self.code, 0 | SIGINT | SIGTERM)
    }

    /// The cause in a person's words: `exited 137, OOM-killed`.
    #[must_use]
    pub fn describe(&self) -> String {
        let cause = match (self.oom_killed, self.code) {
            (true, _) => ", OOM-killed",
            (false, 137) => ", killed",
            (false, 139) => ", segmentation fault",
            (false, _) => "",
        };
        let error = self.error.as_ref().map(|text| format!(": {text}")).unwrap_or_default();
        format!("exited {}{cause}{error}", self.code)
    }
}

/// What a container belongs to, by its labels.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Membership {
    /// A Compose project's service.
    Compose {
        /// `com.docker.compose.project`.
        project: StackName,
        /// `com.docker.compose.service`.
        service: String,
        /// `com.docker.compose.container-number`.
        number: u64,
        /// Whether `compose run` made it: such a container is no replica.
        one_off: bool,
    },
    /// A Swarm service's task.
    Swarm {
        /// `com.docker.stack.namespace`, unless the service was made outside a stack.
        stack: Option<StackName>,
        /// `com.docker.swarm.service.id`.
        service: ServiceId,
        /// `com.docker.swarm.service.name`, with the stack's name in front.
        service_name: String,
        /// Which replica, read from `com.docker.swarm.task.name`.
        slot: Slot,
        /// `com.docker.swarm.task.id`.
        task: TaskId,
        /// `com.docker.swarm.node.id`.
        node: NodeId,
    },
    /// Neither.
    Loose,
}

/// A container's ceilings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Limits {
    /// Bytes of memory; `None` is no limit.
    pub memory: Option<u64>,
    /// CPUs; `None` is no limit.
    pub cpus: Option<f64>,
}

/// What the engine does when a container ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RestartPolicy {
    /// Nothing.
    No,
    /// Starts it again, always.
    Always,
    /// Starts it again unless a person stopped it.
    UnlessStopped,
    /// Starts it again after a failure, at most so often; 0 is without end.
    OnFailure(u64),
    /// A word that this version does not know.
    Unknown(String),
}

/// A port of a container.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Port {
    /// The port inside.
    pub private: u16,
    /// The port on the host, if it is published.
    pub public: Option<u16>,
    /// The host address it is published on; empty or `0.0.0.0` is every one.
    pub address: Option<String>,
    /// The transport.
    pub protocol: Protocol,
}

/// A port's transport.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Protocol {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
    /// SCTP.
    Sctp,
    /// A word that this version does not know.
    Unknown(String),
}

impl Protocol {
    /// Reads the engine's word.
    #[must_use]
    pub fn parse(word: &str) -> Self {
        match word {
            "tcp" | "" => Self::Tcp,
            "udp" => Self::Udp,
            "sctp" => Self::Sctp,
            other => Self::Unknown(other.to_owned()),
        }
    }

    /// The engine's word.
    #[must_use]
    pub fn word(&self) -> &str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
            Self::Sctp => "sctp",
            Self::Unknown(word) => word,
        }
    }
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(public) = self.public {
            match self.address.as_deref() {
                None | Some("" | "0.0.0.0" | "::") => write!(f, "{public}→")?,
                Some(address) => write!(f, "{address}:{public}→")?,
            }
        }
        write!(f, "{}", self.private)?;
        if self.protocol == Protocol::Tcp { Ok(()) } else { write!(f, "/{}", self.protocol.word()) }
    }
}

/// Ports in one cell, published ones first; the same port on IPv4 and IPv6 is told once.
#[must_use]
pub fn ports(ports: &[Port]) -> String {
    let mut told: Vec<(bool, u16, String)> =
        ports.iter().map(|port| (port.public.is_none(), port.private, port.to_string())).collect();
    told.sort();
    told.dedup();
    told.into_iter().map(|(_, _, text)| text).collect::<Vec<_>>().join(" ")
}

/// Something mounted into a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// The kind in the engine's word: `volume`, `bind`, `tmpfs`.
    pub kind: String,
    /// The volume's name, or the path on the host.
    pub source: String,
    /// The path inside.
    pub target: String,
    /// Whether the container may write to it.
    pub writable: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn port(public: Option<u16>, address: &str) -> Port {
        Port { private: 80, public, address: Some(address.to_owned()), protocol: Protocol::Tcp }
    }

    #[test]
    fn a_port_published_on_both_families_is_told_once() {
        let both = [port(Some(8080), "0.0.0.0"), port(Some(8080), "::"), port(None, "")];
        assert_eq!(ports(&both), "8080→80 80");
    }

    #[test]
    fn a_loopback_port_shows_its_address() {
        assert_eq!(ports(&[port(Some(5432), "127.0.0.1")]), "127.0.0.1:5432→80");
    }

    #[test]
    fn a_stopped_container_is_no_crash_and_an_oom_kill_is() {
        let exit = |code, oom_killed| Exit { code, oom_killed, error: None, finished_at: None };
        assert!(exit(143, false).is_clean());
        assert!(!exit(137, true).is_clean());
        assert_eq!(exit(137, true).describe(), "exited 137, OOM-killed");
    }
}
