//! Whose output is read, and the names its lines go by.

use std::collections::HashSet;

use crate::cli::{
    scope::{Scope, containers},
    session::Observed,
};
use crate::domain::{Container, ContainerState, LogSource, Replica, Slot};

/// The containers in scope.
#[derive(Debug, Default)]
pub(super) struct Sources {
    /// The containers.
    pub(super) list: Vec<LogSource>,
    /// Of each, the name that other verbs take.
    pub(super) targets: Vec<String>,
    /// Whether names begin with the stack's, as there are several.
    pub(super) with_stack: bool,
    /// What cannot be read from this engine, a sentence each.
    pub(super) elsewhere: Vec<String>,
}

impl Sources {
    pub(super) fn of(observed: &Observed, scope: &Scope) -> Self {
        let containers = containers(&observed.snapshot);
        let replicas = scope.replicas(&observed.fleet);
        let stacks: HashSet<_> = replicas.iter().map(|(_, replica)| &replica.key.service.stack).collect();
        let mut sources = Self { with_stack: stacks.len() > 1, ..Self::default() };
        for (_, replica) in replicas {
            let container = replica.container.as_ref().and_then(|id| containers.get(id).copied());
            match container {
                // Nothing was ever written by what was never started.
                Some(container) if container.state == ContainerState::Created => {}
                Some(container) => sources.push(replica, container),
                None => sources.elsewhere.extend(elsewhere(replica)),
            }
        }
        sources
    }

    /// The same for one container, if it is a replica in scope.
    pub(super) fn of_one(observed: &Observed, scope: &Scope, id: &str, with_stack: bool) -> Option<Self> {
        let is_it =
            |replica: &Replica| replica.container.as_ref().is_some_and(|container| container.as_str() == id);
        let (_, replica) = scope.replicas(&observed.fleet).into_iter().find(|(_, replica)| is_it(replica))?;
        let container = observed.snapshot.containers.iter().find(|container| container.id.as_str() == id)?;
        let mut sources = Self { with_stack, ..Self::default() };
        sources.push(replica, container);
        Some(sources)
    }

    fn push(&mut self, replica: &Replica, container: &Container) {
        let name = name(replica, self.with_stack);
        self.list.push(LogSource { container: container.id.clone(), name, tty: container.tty, newest: None });
        self.targets.push(replica.key.to_string());
    }
}

/// `web-1`, with its stack where the lines of several are mixed.
fn name(replica: &Replica, with_stack: bool) -> String {
    let service = &replica.key.service;
    let place = match (&replica.key.slot, &service.stack) {
        (_, None) if replica.task.is_none() => service.name.clone(),
        (Slot::Node(_), _) => format!("{}-{}", service.name, replica.node.as_deref().unwrap_or("?")),
        (Slot::Number(number), _) => format!("{}-{number}", service.name),
    };
    match service.stack.as_ref().filter(|_| with_stack) {
        Some(stack) => format!("{stack}/{place}"),
        None => place,
    }
}

fn elsewhere(replica: &Replica) -> Option<String> {
    let node = replica.node.as_ref()?;
    Some(format!("{} runs on node {node}: its output can be read from the engine there", replica.key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::fixture;

    fn named(targets: &[&str]) -> Vec<String> {
        let observed = Observed::of(fixture::snapshot());
        let targets: Vec<String> = targets.iter().map(ToString::to_string).collect();
        let scope = Scope::of(&observed.fleet, &targets).unwrap();
        Sources::of(&observed, &scope).list.into_iter().map(|source| source.name).collect()
    }

    #[test]
    fn lines_of_one_stack_go_by_service_and_number() {
        assert_eq!(named(&["shop/web"]), ["web-1", "web-2"]);
    }

    #[test]
    fn lines_of_several_stacks_name_the_stack() {
        assert_eq!(named(&["shop/web/1", "blog"]), ["shop/web-1", "blog/web-1"]);
    }
}
