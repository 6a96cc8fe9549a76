//! Stacks of services of replicas: what people think in, Compose and Swarm alike.

mod compose;
mod swarm;

use std::collections::BTreeMap;

use jiff::Timestamp;

pub(super) use self::swarm::key as swarm_key;
use super::{
    Container, ContainerId, Limits, Membership, Port, ReplicaKey, ServiceId, ServiceKey, ServiceMode, Slot,
    Snapshot, StackName, Status, TaskId, UpdateStatus,
};

/// Everything an engine runs, grouped.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fleet {
    /// The stacks by name; what belongs to none is last, in a stack without a name.
    pub stacks: Vec<Stack>,
}

/// A Compose project, a Swarm namespace, or the rest.
#[derive(Clone, Debug, PartialEq)]
pub struct Stack {
    /// Its name; `None` for the rest.
    pub name: Option<StackName>,
    /// What made it.
    pub kind: StackKind,
    /// Its services by name.
    pub services: Vec<Service>,
}

/// What made a stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StackKind {
    /// Docker Compose: a project.
    Compose,
    /// Docker Swarm: a namespace.
    Swarm,
    /// Nothing: containers and services of no stack.
    Loose,
}

/// A service: what should run, and what does.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    /// Its place.
    pub key: ServiceKey,
    /// What made it.
    pub kind: StackKind,
    /// Its id, if it is a Swarm service.
    pub id: Option<ServiceId>,
    /// How it is doing.
    pub status: Status,
    /// The image it should run.
    pub image: String,
    /// How many replicas it should have. Compose keeps no such number with the engine: there it is the number of
    /// its containers.
    pub desired: u64,
    /// How many run.
    pub running: u64,
    /// How Swarm counts it.
    pub mode: Option<ServiceMode>,
    /// Its last update, if it is a Swarm service.
    pub update: Option<UpdateStatus>,
    /// Published and exposed ports.
    pub ports: Vec<Port>,
    /// The ceilings of each replica.
    pub limits: Option<Limits>,
    /// When it, or the oldest of its containers, was made.
    pub created_at: Option<Timestamp>,
    /// Its replicas by slot.
    pub replicas: Vec<Replica>,
}

/// One of a service's replicas.
#[derive(Clone, Debug, PartialEq)]
pub struct Replica {
    /// Its place.
    pub key: ReplicaKey,
    /// Its container's name, or what stands for it while there is none.
    pub name: String,
    /// Its container, if this engine has it.
    pub container: Option<ContainerId>,
    /// Its task, if it is Swarm's.
    pub task: Option<TaskId>,
    /// The host name of its node, if it is Swarm's.
    pub node: Option<String>,
    /// The image it runs.
    pub image: String,
    /// How it is doing.
    pub status: Status,
    /// Why, where there is something to say: how it ended, what its probe printed, its task's error.
    pub cause: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last started.
    pub started_at: Option<Timestamp>,
    /// How often its restart policy has restarted it.
    pub restarts: Option<u64>,
}

/// How much of what there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Stacks that have a name.
    pub stacks: usize,
    /// Services.
    pub services: usize,
    /// Replicas that run.
    pub running: u64,
    /// Replicas that should run.
    pub desired: u64,
    /// Services in each state.
    states: [usize; Status::ALL.len()],
}

impl Tally {
    /// How many services are in this state.
    #[must_use]
    pub const fn services_that_are(&self, status: Status) -> usize {
        self.states[status as usize]
    }
}

impl Fleet {
    /// Groups what an engine said.
    #[must_use]
    pub fn of(snapshot: &Snapshot) -> Self {
        let mut services = compose::services(snapshot);
        services.extend(swarm::services(snapshot));
        services.extend(snapshot.containers.iter().filter_map(loose));
        Self { stacks: group(services) }
    }

    /// All services.
    pub fn services(&self) -> impl Iterator<Item = &Service> {
        self.stacks.iter().flat_map(|stack| &stack.services)
    }

    /// All replicas.
    pub fn replicas(&self) -> impl Iterator<Item = &Replica> {
        self.services().flat_map(|service| &service.replicas)
    }

    /// Counts everything.
    #[must_use]
    pub fn tally(&self) -> Tally {
        let stacks = self.stacks.iter().filter(|stack| stack.name.is_some()).count();
        let mut tally = Tally { stacks, ..Tally::default() };
        for service in self.services() {
            tally.services += 1;
            tally.running += service.running;
            tally.desired += service.desired;
            tally.states[service.status as usize] += 1;
        }
        tally
    }

    /// The stack of this name; `None` asks for what belongs to no stack.
    #[must_use]
    pub fn stack(&self, name: Option<&StackName>) -> Option<&Stack> {
        self.stacks.iter().find(|stack| stack.name.as_ref() == name)
    }

    /// The service at this place.
    #[must_use]
    pub fn service(&self, key: &ServiceKey) -> Option<&Service> {
        let stacks = self.stacks.iter().filter(|stack| stack.name == key.stack);
        stacks.filter_map(|stack| stack.service(key)).next()
    }

    /// The replica at this place.
    #[must_use]
    pub fn replica(&self, key: &ReplicaKey) -> Option<&Replica> {
        let stacks = self.stacks.iter().filter(|stack| stack.name == key.service.stack);
        let mut services = stacks.filter_map(|stack| stack.service(&key.service));
        services.find_map(|service| service.replicas.iter().find(|replica| replica.key == *key))
    }
}

impl Stack {
    /// The name that is shown.
    #[must_use]
    pub fn title(&self) -> &str {
        self.name.as_ref().map_or("(no stack)", StackName::as_str)
    }

    /// Its service at this place: they stand in order, and a fleet of thousands is looked up for each row on screen.
    fn service(&self, key: &ServiceKey) -> Option<&Service> {
        let place = self.services.binary_search_by(|service| service.key.cmp(key)).ok()?;
        self.services.get(place)
    }

    /// The worst of its services.
    #[must_use]
    pub fn status(&self) -> Status {
        self.services.iter().map(|service| service.status).min().unwrap_or(Status::Stopped)
    }

    /// Replicas that run.
    #[must_use]
    pub fn running(&self) -> u64 {
        self.services.iter().map(|service| service.running).sum()
    }

    /// Replicas that should run.
    #[must_use]
    pub fn desired(&self) -> u64 {
        self.services.iter().map(|service| service.desired).sum()
    }

    /// When the oldest of its services was made.
    #[must_use]
    pub fn created_at(&self) -> Option<Timestamp> {
        self.services.iter().filter_map(|service| service.created_at).min()
    }
}

impl StackKind {
    /// The word for it; empty for what nothing made.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Compose => "compose",
            Self::Swarm => "swarm",
            Self::Loose => "",
        }
    }
}

impl Service {
    /// How often its replicas were restarted, as far as is known.
    #[must_use]
    pub fn restarts(&self) -> Option<u64> {
        self.replicas.iter().filter_map(|replica| replica.restarts).reduce(|a, b| a + b)
    }

    /// Its replicas in this state.
    pub fn replicas_that_are(&self, status: Status) -> impl Iterator<Item = &Replica> {
        self.replicas.iter().filter(move |replica| replica.status == status)
    }
}

/// A container of no stack stands as a service of one replica.
fn loose(container: &Container) -> Option<Service> {
    let one_off = matches!(container.membership, Membership::Compose { one_off: true, .. });
    if container.is_tool() || (container.membership != Membership::Loose && !one_off) {
        return None;
    }
    let key = ServiceKey { stack: None, name: container.name.clone() };
    let replica = of_container(container, ReplicaKey { service: key.clone(), slot: Slot::Number(1) });
    Some(from_containers(key, StackKind::Loose, vec![(container, replica)]))
}

fn of_container(container: &Container, key: ReplicaKey) -> Replica {
    Replica {
        key,
        name: container.name.clone(),
        container: Some(container.id.clone()),
        task: None,
        node: None,
        image: container.image.clone(),
        status: Status::of_container(container),
        cause: cause(container),
        created_at: container.created_at,
        started_at: container.started_at,
        restarts: container.restarts,
    }
}

/// What a container has to say of a state that is not right.
pub(super) fn cause(container: &Container) -> Option<String> {
    match Status::of_container(container) {
        Status::Down | Status::Restarting | Status::Stopped => container.exit.as_ref().map(|exit| {
            let limit = container.limits.as_ref().and_then(|limits| limits.memory);
            match limit.filter(|_| exit.oom_killed) {
                Some(limit) => format!("{} at limit {}", exit.describe(), crate::text::bytes(limit)),
                None => exit.describe(),
            }
        }),
        Status::Unhealthy | Status::Starting => failing_probe(container),
        Status::Rolling | Status::Paused | Status::Unknown | Status::Healthy | Status::Running => None,
    }
}

fn failing_probe(container: &Container) -> Option<String> {
    let last = container.probes.last().filter(|probe| !probe.passed())?;
    let streak = container.probes.iter().rev().take_while(|probe| !probe.passed()).count();
    let what = if last.is_broken() { "probe broken" } else { "probe" };
    let said = match last.verdict() {
        "" => format!("exit {}", last.exit_code),
        verdict => format!("\"{verdict}\""),
    };
    Some(format!("{what} {said} ×{streak}"))
}

/// Nobody expects a container of no stack to run that was stopped.
fn is_expected(kind: StackKind, status: Status) -> bool {
    kind != StackKind::Loose || status != Status::Stopped
}

/// A service of which only containers are known.
fn from_containers(key: ServiceKey, kind: StackKind, members: Vec<(&Container, Replica)>) -> Service {
    let newest =
        members.iter().max_by_key(|(container, _)| container.created_at).map(|(container, _)| *container);
    let mut ports: Vec<Port> =
        members.iter().flat_map(|(container, _)| container.ports.iter().cloned()).collect();
    ports.sort();
    ports.dedup();
    let created_at = members.iter().map(|(container, _)| container.created_at).min();
    let limits = newest.and_then(|container| container.limits.clone());
    let replicas: Vec<Replica> = members.into_iter().map(|(_, replica)| replica).collect();
    Service {
        key,
        kind,
        id: None,
        status: replicas.iter().map(|replica| replica.status).min().unwrap_or(Status::Stopped),
        image: newest.map(|container| container.image.clone()).unwrap_or_default(),
        desired: replicas.iter().filter(|replica| is_expected(kind, replica.status)).count() as u64,
        running: replicas.iter().filter(|replica| replica.status.is_up()).count() as u64,
        mode: None,
        update: None,
        ports,
        limits,
        created_at,
        replicas,
    }
}

fn group(services: Vec<Service>) -> Vec<Stack> {
    let mut stacks: BTreeMap<(bool, Option<StackName>, StackKind), Vec<Service>> = BTreeMap::new();
    for service in services {
        let kind = if service.key.stack.is_none() { StackKind::Loose } else { service.kind };
        let place = (service.key.stack.is_none(), service.key.stack.clone(), kind);
        stacks.entry(place).or_default().push(service);
    }
    stacks
        .into_iter()
        .map(|((_, name, kind), mut services)| {
            services.sort_by(|a, b| a.key.cmp(&b.key));
            Stack { name, kind, services }
        })
        .collect()
}

#[cfg(test)]
mod tests;
