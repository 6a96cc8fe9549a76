//! Swarm services: what the managers want, joined with the tasks and with the containers of this engine.

use std::collections::{BTreeMap, HashMap};

use super::{
    Container, Membership, Replica, ReplicaKey, Service, ServiceKey, Slot, Snapshot, StackKind, Status,
    from_containers, of_container,
};
use crate::domain::{ContainerId, Node, NodeId, ServiceMode, StackName, SwarmService, Task, TaskState};

/// The services of the swarm; on a worker, which does not know them, those that its containers tell of.
pub(super) fn services(snapshot: &Snapshot) -> Vec<Service> {
    let known = Known::of(snapshot);
    let mut services: Vec<Service> =
        snapshot.services.iter().map(|service| known.service(service, &snapshot.tasks)).collect();
    services.extend(from_worker(snapshot));
    services
}

/// A service's name within its stack: Swarm puts the stack's name in front.
pub(in crate::domain) fn key(stack: Option<&StackName>, name: &str) -> ServiceKey {
    let within = stack.and_then(|stack| name.strip_prefix(stack.as_str())?.strip_prefix('_')).unwrap_or(name);
    ServiceKey { stack: stack.cloned(), name: within.to_owned() }
}

struct Known<'a> {
    containers: HashMap<&'a ContainerId, &'a Container>,
    nodes: HashMap<&'a NodeId, &'a Node>,
}

impl<'a> Known<'a> {
    fn of(snapshot: &'a Snapshot) -> Self {
        Self {
            containers: snapshot.containers.iter().map(|container| (&container.id, container)).collect(),
            nodes: snapshot.nodes.iter().map(|node| (&node.id, node)).collect(),
        }
    }

    fn service(&self, service: &SwarmService, tasks: &[Task]) -> Service {
        let key = key(service.stack.as_ref(), &service.name);
        let replicas: Vec<Replica> =
            current(service, tasks).into_iter().map(|slot| self.replica(&key, service, &slot)).collect();
        let running = replicas.iter().filter(|replica| is_running(replica.status)).count() as u64;
        let desired = desired(service, replicas.len() as u64);
        Service {
            status: status(service, &replicas, desired, running),
            key,
            kind: StackKind::Swarm,
            id: Some(service.id.clone()),
            image: service.image.clone(),
            desired,
            running,
            mode: Some(service.mode.clone()),
            update: service.update.clone(),
            ports: service.ports.clone(),
            limits: Some(service.limits.clone()),
            created_at: Some(service.created_at),
            replicas,
        }
    }

    fn replica(&self, key: &ServiceKey, service: &SwarmService, slot: &SlotTasks<'_>) -> Replica {
        let task = slot.now;
        let container = task.container.as_ref().and_then(|id| self.containers.get(id).copied());
        let place = ReplicaKey { service: key.clone(), slot: task.slot.clone() };
        let seen = container.map(|container| of_container(container, place.clone()));
        Replica {
            name: format!("{}.{}", service.name, task.slot),
            container: seen.as_ref().and_then(|replica| replica.container.clone()),
            task: Some(task.id.clone()),
            node: task.node.as_ref().map(|id| self.hostname(id)),
            image: task.image.clone(),
            status: Status::of_task(task, container),
            cause: slot.cause().or_else(|| seen.as_ref().and_then(|replica| replica.cause.clone())),
            created_at: task.created_at,
            started_at: seen.as_ref().and_then(|replica| replica.started_at),
            restarts: Some(slot.failed),
            key: place,
        }
    }

    fn hostname(&self, id: &NodeId) -> String {
        self.nodes.get(id).map_or_else(|| id.short().to_owned(), |node| node.hostname.clone())
    }
}

/// The tasks of one slot: the one that counts now, and what became of those before it.
struct SlotTasks<'a> {
    now: &'a Task,
    last_failure: Option<&'a Task>,
    failed: u64,
}

impl SlotTasks<'_> {
    /// Why the slot is not well: its task's own error, else that of the task it replaces.
    fn cause(&self) -> Option<String> {
        if self.now.state == TaskState::Running {
            return None;
        }
        let failure = if self.now.error.is_some() { Some(self.now) } else { self.last_failure };
        failure.and_then(|task| task.error.clone())
    }
}

/// One entry a slot that should exist: of its tasks, the newest that should run.
fn current<'a>(service: &SwarmService, tasks: &'a [Task]) -> Vec<SlotTasks<'a>> {
    let mut slots: BTreeMap<&Slot, Vec<&Task>> = BTreeMap::new();
    for task in tasks.iter().filter(|task| task.service == service.id) {
        slots.entry(&task.slot).or_default().push(task);
    }
    slots.into_values().filter_map(|tasks| slot(&tasks)).collect()
}

fn slot<'a>(tasks: &[&'a Task]) -> Option<SlotTasks<'a>> {
    let wanted = |task: &&&Task| !task.desired.is_over() || task.state == TaskState::Complete;
    let now = tasks.iter().filter(wanted).max_by_key(|task| task.created_at)?;
    let failures = || tasks.iter().filter(|task| is_failure(task));
    Some(SlotTasks {
        now,
        last_failure: failures().max_by_key(|task| task.created_at).copied(),
        failed: failures().count() as u64,
    })
}

const fn is_failure(task: &Task) -> bool {
    matches!(task.state, TaskState::Failed | TaskState::Rejected | TaskState::Orphaned)
}

/// A task that Swarm calls running counts, whatever its container says by now.
const fn is_running(status: Status) -> bool {
    matches!(status, Status::Running | Status::Healthy | Status::Unhealthy | Status::Paused)
}

fn desired(service: &SwarmService, slots: u64) -> u64 {
    match service.mode {
        ServiceMode::Replicated(replicas) => replicas,
        ServiceMode::Global
        | ServiceMode::ReplicatedJob(_)
        | ServiceMode::GlobalJob
        | ServiceMode::Unknown(_) => service.desired.unwrap_or(slots),
    }
}

fn status(service: &SwarmService, replicas: &[Replica], desired: u64, running: u64) -> Status {
    let worst = replicas.iter().map(|replica| replica.status).min();
    let rolling =
        service.update.as_ref().is_some_and(|update| update.state.is_rolling() || update.state.is_stuck());
    match worst {
        _ if rolling => Status::Rolling,
        Some(worst) if worst.is_wrong() => worst,
        _ if desired == 0 => Status::Stopped,
        _ if running == 0 && replicas.iter().any(|replica| replica.cause.is_some()) => Status::Down,
        None => Status::Down,
        Some(_) if running < desired => Status::Starting,
        Some(worst) => worst,
    }
}

/// Containers of Swarm services that the snapshot does not list: this engine is a worker.
fn from_worker(snapshot: &Snapshot) -> Vec<Service> {
    let mut members: BTreeMap<ServiceKey, Vec<(&Container, Replica)>> = BTreeMap::new();
    for container in &snapshot.containers {
        if let Membership::Swarm { stack, service, service_name, slot, .. } = &container.membership
            && container.state.is_up()
            && !snapshot.services.iter().any(|known| known.id == *service)
        {
            let key = key(stack.as_ref(), service_name);
            let place = ReplicaKey { service: key.clone(), slot: slot.clone() };
            members.entry(key).or_default().push((container, of_container(container, place)));
        }
    }
    members.into_iter().map(|(key, members)| from_containers(key, StackKind::Swarm, members)).collect()
}
