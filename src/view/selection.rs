//! What the selected row stands for.

use crate::{
    domain::{Container, ContainerId, EngineEvent, Replica, Service, Stack, Status, Usage},
    model::{Model, RowKey},
};

/// The selected thing, as the engine knows it.
#[derive(Clone, Copy)]
pub(super) enum Selection<'a> {
    None,
    Stack(&'a Stack),
    Service(&'a Service),
    Replica(&'a Service, &'a Replica),
}

impl<'a> Selection<'a> {
    pub(super) fn of(model: &'a Model) -> Self {
        let fleet = &model.known.fleet;
        let found = match model.tree.selected.as_ref() {
            None => None,
            Some(RowKey::Stack(name, kind)) => {
                fleet.stacks.iter().find(|stack| stack.name == *name && stack.kind == *kind).map(Self::Stack)
            }
            Some(RowKey::Service(key)) => fleet.service(key).map(Self::Service),
            Some(RowKey::Replica(key)) => fleet.service(&key.service).and_then(|service| {
                let replica = service.replicas.iter().find(|replica| replica.key == *key)?;
                Some(Self::Replica(service, replica))
            }),
        };
        found.unwrap_or(Self::None)
    }

    /// What it is called.
    pub(super) fn title(self) -> String {
        match self {
            Self::None => "nothing selected".to_owned(),
            Self::Stack(stack) => stack.title().to_owned(),
            Self::Service(service) => service.key.to_string(),
            Self::Replica(_, replica) => replica.key.to_string(),
        }
    }

    pub(super) fn status(self) -> Option<Status> {
        match self {
            Self::None => None,
            Self::Stack(stack) => Some(stack.status()),
            Self::Service(service) => Some(service.status),
            Self::Replica(_, replica) => Some(replica.status),
        }
    }

    pub(super) fn services(self) -> &'a [Service] {
        match self {
            Self::None => &[],
            Self::Stack(stack) => &stack.services,
            Self::Service(service) | Self::Replica(service, _) => std::slice::from_ref(service),
        }
    }

    pub(super) fn replicas(self) -> impl Iterator<Item = &'a Replica> {
        let only = match self {
            Self::Replica(_, replica) => Some(replica),
            Self::None | Self::Stack(_) | Self::Service(_) => None,
        };
        self.services()
            .iter()
            .flat_map(|service| &service.replicas)
            .filter(move |replica| only.is_none_or(|only| std::ptr::eq(only, *replica)))
    }

    pub(super) fn container_ids(self) -> impl Iterator<Item = &'a ContainerId> {
        self.replicas().filter_map(|replica| replica.container.as_ref())
    }

    pub(super) fn containers(self, model: &'a Model) -> impl Iterator<Item = &'a Container> {
        self.container_ids().filter_map(|id| model.known.container(id))
    }

    pub(super) fn usage(self, model: &Model) -> Option<Usage> {
        Usage::sum(self.container_ids().filter_map(|id| model.known.usage(id)))
    }

    /// The memory that it may use in all; `None` if any part of it has no limit.
    pub(super) fn memory_limit(self, model: &Model) -> Option<u64> {
        let limits = self.containers(model).filter(|container| container.state.is_up());
        let sum = limits.map(|container| container.limits.as_ref()?.memory).sum::<Option<u64>>()?;
        (sum > 0).then_some(sum)
    }

    /// Whether an event is about it, or about something that was part of it.
    pub(super) fn concerns(self, event: &EngineEvent) -> bool {
        if event.kind.is_exec() {
            return false;
        }
        match self {
            Self::None => true,
            Self::Stack(stack) => {
                let name = stack.name.as_ref().map(|name| name.as_str());
                let of_stack = |label| name.is_some() && attribute(event, label) == name;
                of_stack(COMPOSE_PROJECT) || of_stack(NAMESPACE) || self.has_part(event)
            }
            Self::Service(service) => is_of_service(service, event) || self.has_part(event),
            Self::Replica(..) => self.has_part(event),
        }
    }

    fn has_part(self, event: &EngineEvent) -> bool {
        let is_service = !matches!(self, Self::Replica(..))
            && self
                .services()
                .iter()
                .filter_map(|service| service.id.as_ref())
                .any(|id| id.as_str() == event.id);
        is_service
            || self.replicas().any(|replica| {
                let by_id = replica.container.as_ref().is_some_and(|id| id.as_str() == event.id);
                by_id || (!replica.name.is_empty() && replica.name == event.name)
            })
    }
}

const COMPOSE_PROJECT: &str = "com.docker.compose.project";
const COMPOSE_SERVICE: &str = "com.docker.compose.service";
const NAMESPACE: &str = "com.docker.stack.namespace";
const SWARM_SERVICE: &str = "com.docker.swarm.service.id";

fn attribute<'e>(event: &'e EngineEvent, name: &str) -> Option<&'e str> {
    event.attributes.get(name).map(String::as_str)
}

fn is_of_service(service: &Service, event: &EngineEvent) -> bool {
    let swarm = service.id.as_ref().is_some_and(|id| attribute(event, SWARM_SERVICE) == Some(id.as_str()));
    let stack = service.key.stack.as_ref().map(|stack| stack.as_str());
    let compose = stack.is_some()
        && attribute(event, COMPOSE_PROJECT) == stack
        && attribute(event, COMPOSE_SERVICE) == Some(service.key.name.as_str());
    swarm || compose
}
