//! What runs: stacks, services, replicas, nodes.

use serde::Serialize;

use super::At;
use crate::domain::{self, Container, ServiceMode, Status};

/// A stack, as `ls` prints it.
#[derive(Clone, Debug, Serialize)]
pub struct Stack {
    /// Its name; `None` stands for what belongs to no stack.
    pub name: Option<String>,
    /// `compose`, `swarm`, or `None` for what belongs to no stack.
    pub kind: Option<&'static str>,
    /// The worst status of its services.
    #[serde(serialize_with = "super::status")]
    pub status: Status,
    /// Replicas that run.
    pub running: u64,
    /// Replicas that should run.
    pub desired: u64,
    /// When the oldest of its services was made.
    pub created_at: Option<At>,
    /// Its services.
    pub services: Vec<Service>,
}

/// A service of a stack.
#[derive(Clone, Debug, Serialize)]
pub struct Service {
    /// Its name within the stack.
    pub name: String,
    /// Its id, if it is a Swarm service.
    pub id: Option<String>,
    /// Its status.
    #[serde(serialize_with = "super::status")]
    pub status: Status,
    /// How Swarm counts it; `None` for Compose.
    pub mode: Option<String>,
    /// Replicas that run.
    pub running: u64,
    /// Replicas that should run.
    pub desired: u64,
    /// The image it should run.
    pub image: String,
    /// Swarm's word for its last update.
    pub update: Option<String>,
    /// Its ports.
    pub ports: Vec<Port>,
    /// When it, or the oldest of its containers, was made.
    pub created_at: Option<At>,
}

/// A replica, as `ps` prints it.
#[derive(Clone, Debug, Serialize)]
pub struct Replica {
    /// The name that other verbs take for it.
    pub target: String,
    /// Its container's id.
    pub id: Option<String>,
    /// Its container's name, or what stands for it.
    pub name: String,
    /// Its stack.
    pub stack: Option<String>,
    /// Its service.
    pub service: String,
    /// Its number within the service.
    pub slot: Option<u64>,
    /// The host name of its node.
    pub node: Option<String>,
    /// Its task's id.
    pub task: Option<String>,
    /// The image it runs.
    pub image: String,
    /// Its status.
    #[serde(serialize_with = "super::status")]
    pub status: Status,
    /// Why, where there is something to say.
    pub cause: Option<String>,
    /// The engine's word for its container's state.
    pub state: Option<String>,
    /// The engine's word for its container's health, while it runs.
    pub health: Option<String>,
    /// How its process ended.
    pub exit_code: Option<i64>,
    /// Whether the kernel killed it for want of memory.
    pub oom_killed: Option<bool>,
    /// How often it was restarted.
    pub restarts: Option<u64>,
    /// When it was made.
    pub created_at: At,
    /// When it was last started.
    pub started_at: Option<At>,
    /// Its ports.
    pub ports: Vec<Port>,
    /// Names of its networks.
    pub networks: Vec<String>,
    /// Its ceilings.
    pub limits: Option<Limits>,
}

/// A published or exposed port.
#[derive(Clone, Debug, Serialize)]
pub struct Port {
    /// The port inside.
    pub private: u16,
    /// The port on the host.
    pub public: Option<u16>,
    /// The host address it is published on.
    pub address: Option<String>,
    /// `tcp`, `udp` or `sctp`.
    pub protocol: String,
}

/// The ceilings of a container.
#[derive(Clone, Debug, Serialize)]
pub struct Limits {
    /// Bytes of memory.
    pub memory: Option<u64>,
    /// CPUs.
    pub cpus: Option<f64>,
}

/// A node of a swarm.
#[derive(Clone, Debug, Serialize)]
pub struct Node {
    /// Its id.
    pub id: String,
    /// Its host name.
    pub hostname: String,
    /// Its address.
    pub address: String,
    /// `manager` or `worker`.
    pub role: String,
    /// Whether it leads the managers.
    pub leader: bool,
    /// Whether managers reach it.
    pub state: String,
    /// Whether it takes tasks.
    pub availability: String,
    /// Its engine's version.
    pub engine_version: String,
    /// Its CPUs.
    pub cpus: f64,
    /// Its memory in bytes.
    pub memory: u64,
    /// What the managers say of its state.
    pub message: Option<String>,
}

impl From<&domain::Stack> for Stack {
    fn from(stack: &domain::Stack) -> Self {
        Self {
            name: stack.name.as_ref().map(ToString::to_string),
            kind: Some(stack.kind.word()).filter(|word| !word.is_empty()),
            status: stack.status(),
            running: stack.running(),
            desired: stack.desired(),
            created_at: stack.created_at().map(At),
            services: stack.services.iter().map(Service::from).collect(),
        }
    }
}

impl From<&domain::Service> for Service {
    fn from(service: &domain::Service) -> Self {
        Self {
            name: service.key.name.clone(),
            id: service.id.as_ref().map(ToString::to_string),
            status: service.status,
            mode: service.mode.as_ref().map(mode),
            running: service.running,
            desired: service.desired,
            image: service.image.clone(),
            update: service.update.as_ref().map(|update| update.state.word().to_owned()),
            ports: ports(&service.ports),
            created_at: service.created_at.map(At),
        }
    }
}

fn mode(mode: &ServiceMode) -> String {
    match mode {
        ServiceMode::Replicated(_) => "replicated",
        ServiceMode::Global => "global",
        ServiceMode::ReplicatedJob(_) => "replicated-job",
        ServiceMode::GlobalJob => "global-job",
        ServiceMode::Unknown(word) => word,
    }
    .to_owned()
}

impl Replica {
    /// A replica with what its container adds, where this engine has it.
    #[must_use]
    pub fn of(replica: &domain::Replica, container: Option<&Container>) -> Self {
        let exit = container.and_then(|container| container.exit.as_ref());
        Self {
            target: replica.key.to_string(),
            id: replica.container.as_ref().map(ToString::to_string),
            name: container.map_or(&replica.name, |container| &container.name).clone(),
            stack: super::stack(&replica.key),
            service: replica.key.service.name.clone(),
            slot: super::slot(&replica.key),
            node: replica.node.clone(),
            task: replica.task.as_ref().map(ToString::to_string),
            image: container.map_or(&replica.image, |container| &container.image).clone(),
            status: replica.status,
            cause: replica.cause.clone(),
            state: container.map(|container| container.state.word().to_owned()),
            health: container
                .filter(|container| container.state.is_up())
                .map(|container| container.health.word().to_owned()),
            exit_code: exit.map(|exit| exit.code),
            oom_killed: exit.map(|exit| exit.oom_killed),
            restarts: replica.restarts,
            created_at: At(replica.created_at),
            started_at: replica.started_at.map(At),
            ports: container.map(|container| ports(&container.ports)).unwrap_or_default(),
            networks: container.map(|container| container.networks.clone()).unwrap_or_default(),
            limits: container.and_then(|container| container.limits.as_ref()).map(Limits::from),
        }
    }
}

impl From<&domain::Limits> for Limits {
    fn from(limits: &domain::Limits) -> Self {
        Self { memory: limits.memory, cpus: limits.cpus }
    }
}

fn ports(ports: &[domain::Port]) -> Vec<Port> {
    ports
        .iter()
        .map(|port| Port {
            private: port.private,
            public: port.public,
            address: port.address.clone(),
            protocol: port.protocol.word().to_owned(),
        })
        .collect()
}

impl From<&domain::Node> for Node {
    fn from(node: &domain::Node) -> Self {
        Self {
            id: node.id.to_string(),
            hostname: node.hostname.clone(),
            address: node.address.clone(),
            role: node.role.word().to_owned(),
            leader: node.leader,
            state: node.state.word().to_owned(),
            availability: node.availability.word().to_owned(),
            engine_version: node.engine_version.clone(),
            cpus: node.cpus,
            memory: node.memory,
            message: Some(node.message.clone()).filter(|message| !message.is_empty()),
        }
    }
}
