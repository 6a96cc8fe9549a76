//! Names that people type for what they mean: `stack`, `stack/service`, `stack/service/2`, or a plain name.

use thiserror::Error;

use super::{Fleet, Replica, ReplicaKey, Service, ServiceKey, Slot, StackName};

/// What a name means.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// A stack.
    Stack(StackName),
    /// A service.
    Service(ServiceKey),
    /// A replica of a service, or a container.
    Replica(ReplicaKey),
}

/// Why a name means nothing, or too much.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum TargetError {
    /// It names nothing.
    #[error("nothing is called `{name}` here; {}", known(candidates))]
    Unknown {
        /// The name as typed.
        name: String,
        /// What there is.
        candidates: Vec<String>,
    },
    /// It names several things.
    #[error("`{name}` is ambiguous: it could be {}; name one of them", candidates.join(", "))]
    Ambiguous {
        /// The name as typed.
        name: String,
        /// What it could be.
        candidates: Vec<String>,
    },
}

fn known(candidates: &[String]) -> String {
    match candidates {
        [] => "no stack and no container is on this engine".to_owned(),
        some => format!("there are {}", some.join(", ")),
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Stack(name) => name.fmt(f),
            Self::Service(key) => key.fmt(f),
            Self::Replica(key) => key.fmt(f),
        }
    }
}

impl Target {
    /// The services it covers, and of those the replicas.
    pub fn replicas<'a>(&'a self, fleet: &'a Fleet) -> impl Iterator<Item = (&'a Service, &'a Replica)> {
        fleet
            .services()
            .flat_map(|service| service.replicas.iter().map(move |replica| (service, replica)))
            .filter(|(service, replica)| self.covers(service, replica))
    }

    fn covers(&self, service: &Service, replica: &Replica) -> bool {
        match self {
            Self::Stack(name) => service.key.stack.as_ref() == Some(name),
            Self::Service(key) => service.key == *key,
            Self::Replica(key) => replica.key == *key,
        }
    }
}

/// Finds what `name` means: a stack, a service, a replica, or a container's name or id (12 digits or more).
///
/// # Errors
/// [`TargetError`] if nothing or more than one thing has that name; it lists the candidates.
pub fn resolve(fleet: &Fleet, name: &str) -> Result<Target, TargetError> {
    let mut found = matches(fleet, name);
    found.dedup();
    match found.len() {
        1 => Ok(found.remove(0)),
        0 => Err(TargetError::Unknown { name: name.to_owned(), candidates: nearest(fleet, name) }),
        _ => Err(TargetError::Ambiguous {
            name: name.to_owned(),
            candidates: found.iter().map(ToString::to_string).collect(),
        }),
    }
}

fn matches(fleet: &Fleet, name: &str) -> Vec<Target> {
    let stacks = fleet
        .stacks
        .iter()
        .filter_map(|stack| stack.name.clone())
        .filter(|stack| stack.as_str() == name)
        .map(Target::Stack);
    let services = fleet
        .services()
        .filter(|service| service.key.name == name || service.key.to_string() == name)
        .map(|service| Target::Service(service.key.clone()));
    let of_parents: Vec<Target> = stacks.chain(services).collect();
    if of_parents.is_empty() { replicas(fleet, name) } else { of_parents }
}

fn replicas(fleet: &Fleet, name: &str) -> Vec<Target> {
    fleet
        .replicas()
        .filter(|replica| is_called(replica, name))
        .map(|replica| Target::Replica(replica.key.clone()))
        .collect()
}

fn is_called(replica: &Replica, name: &str) -> bool {
    const SHORT_ID: usize = 12;
    let by_place = name.rsplit_once('/').is_some_and(|(service, slot)| {
        let same_service = replica.key.service.to_string() == service || replica.key.service.name == service;
        same_service && is_slot(replica, slot)
    });
    let by_id = name.len() >= SHORT_ID
        && replica.container.as_ref().is_some_and(|container| container.as_str().starts_with(name));
    by_place || by_id || replica.name == name
}

/// A slot goes by its number; one of a global service by its node's name or id, whole or short.
fn is_slot(replica: &Replica, text: &str) -> bool {
    match &replica.key.slot {
        Slot::Number(number) => text.parse() == Ok(*number),
        Slot::Node(id) => id.as_str() == text || id.short() == text || replica.node.as_deref() == Some(text),
    }
}

/// What a mistyped name may have meant: names that contain it or are contained, else the stacks.
fn nearest(fleet: &Fleet, name: &str) -> Vec<String> {
    const MOST: usize = 8;
    let last = name.split('/').find(|part| !part.is_empty()).unwrap_or(name);
    let all = fleet.services().map(|service| service.key.to_string());
    let near: Vec<String> = all.filter(|full| !last.is_empty() && full.contains(last)).take(MOST).collect();
    if !near.is_empty() {
        return near;
    }
    let stacks = fleet.stacks.iter().filter_map(|stack| stack.name.as_ref()).map(ToString::to_string);
    let loose = fleet.services().filter(|service| service.key.stack.is_none()).map(|s| s.key.name.clone());
    stacks.chain(loose).take(MOST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        Task, TaskState,
        testing::{container, of, replica, swarm_service, task},
    };

    fn fleet() -> Fleet {
        Fleet::of(&of(vec![
            replica("shop", "web", 1),
            replica("shop", "web", 2),
            replica("shop", "db", 1),
            replica("blog", "db", 1),
            container("lone"),
        ]))
    }

    fn meaning(name: &str) -> String {
        resolve(&fleet(), name).map_or_else(|error| error.to_string(), |target| format!("{target:?}"))
    }

    #[test]
    fn a_stack_a_service_and_a_replica_are_found_by_their_places() {
        assert!(matches!(resolve(&fleet(), "shop"), Ok(Target::Stack(_))));
        assert!(matches!(resolve(&fleet(), "shop/web"), Ok(Target::Service(_))));
        assert!(matches!(resolve(&fleet(), "shop/web/2"), Ok(Target::Replica(_))));
    }

    #[test]
    fn a_plain_name_is_enough_where_only_one_thing_has_it() {
        assert!(matches!(resolve(&fleet(), "web"), Ok(Target::Service(_))), "{}", meaning("web"));
        assert!(matches!(resolve(&fleet(), "lone"), Ok(Target::Service(_))), "{}", meaning("lone"));
        assert!(matches!(resolve(&fleet(), "web/1"), Ok(Target::Replica(_))), "{}", meaning("web/1"));
    }

    #[test]
    fn the_replica_of_a_global_service_goes_by_its_node() {
        let mut snapshot = of(Vec::new());
        snapshot.services = vec![swarm_service("media", "agent", 1)];
        let slot = Slot::Node("fa1igtgpuna8xyz".into());
        snapshot.tasks = vec![Task { slot, ..task("agent", 1, 5, TaskState::Running) }];
        let fleet = Fleet::of(&snapshot);
        for name in ["media/agent/fa1igtgpuna8", "agent/fa1igtgpuna8xyz", "media/agent/node-a"] {
            assert!(matches!(resolve(&fleet, name), Ok(Target::Replica(_))), "{name}");
        }
    }

    #[test]
    fn containers_are_found_by_name_and_by_id() {
        assert!(matches!(resolve(&fleet(), "shop-web-2"), Ok(Target::Replica(_))));
        assert!(matches!(resolve(&fleet(), "shop-db-1000"), Ok(Target::Replica(_))));
    }

    #[test]
    fn an_ambiguous_name_lists_what_it_could_be() {
        let error = resolve(&fleet(), "db").unwrap_err();
        assert!(error.to_string().contains("blog/db, shop/db"), "{error}");
    }

    #[test]
    fn an_unknown_name_lists_what_comes_near() {
        let near = resolve(&fleet(), "we").unwrap_err().to_string();
        let far = resolve(&fleet(), "zzz").unwrap_err().to_string();
        assert!(near.contains("shop/web"), "{near}");
        assert!(far.contains("blog, shop"), "{far}");
    }
}
