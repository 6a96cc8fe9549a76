//! What a verb is about: everything, or what its arguments name.

use std::collections::{HashMap, HashSet};

use crate::domain::{
    self, Container, ContainerId, Fleet, Replica, ReplicaKey, Service, ServiceKey, Snapshot, StackName,
    Target, TargetError,
};

/// What names mean on one engine at one moment.
#[derive(Clone, Debug)]
pub struct Scope {
    targets: Vec<Target>,
}

impl Scope {
    /// Finds what the names mean; no name means everything.
    ///
    /// # Errors
    /// [`TargetError`] for the first name that means nothing or too much.
    pub fn of(fleet: &Fleet, names: &[String]) -> Result<Self, TargetError> {
        let targets = names.iter().map(|name| domain::resolve(fleet, name)).collect::<Result<_, _>>()?;
        Ok(Self { targets })
    }

    /// Whether it is everything.
    #[must_use]
    pub const fn is_all(&self) -> bool {
        self.targets.is_empty()
    }

    /// What was named.
    #[must_use]
    pub fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// The replicas, in the order of the names and each once.
    #[must_use]
    pub fn replicas<'a>(&'a self, fleet: &'a Fleet) -> Vec<(&'a Service, &'a Replica)> {
        let of_services =
            |service: &'a Service| service.replicas.iter().map(move |replica| (service, replica));
        if self.is_all() {
            return fleet.services().flat_map(of_services).collect();
        }
        let mut seen: HashSet<&ReplicaKey> = HashSet::new();
        let named = self.targets.iter().flat_map(|target| target.replicas(fleet));
        named.filter(|(_, replica)| seen.insert(&replica.key)).collect()
    }

    /// Whether a service, or a replica of it, belongs here.
    #[must_use]
    pub fn has_service(&self, key: &ServiceKey) -> bool {
        self.is_all() || self.targets.iter().any(|target| concerns(target, key))
    }

    /// The names of the stacks that belong here whole.
    pub fn stacks(&self) -> impl Iterator<Item = &StackName> {
        self.targets
            .iter()
            .filter_map(|target| if let Target::Stack(name) = target { Some(name) } else { None })
    }
}

fn concerns(target: &Target, service: &ServiceKey) -> bool {
    match target {
        Target::Stack(name) => service.stack.as_ref() == Some(name),
        Target::Service(key) => key == service,
        Target::Replica(key) => key.service == *service,
    }
}

/// The containers of a snapshot by id.
#[must_use]
pub fn containers(snapshot: &Snapshot) -> HashMap<&ContainerId, &Container> {
    snapshot.containers.iter().map(|container| (&container.id, container)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::fixture;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(ToString::to_string).collect()
    }

    fn keys(scope: &Scope, fleet: &Fleet) -> Vec<String> {
        scope.replicas(fleet).iter().map(|(_, replica)| replica.key.to_string()).collect()
    }

    #[test]
    fn overlapping_names_count_once() {
        let (_, fleet) = fixture::observed();
        let scope = Scope::of(&fleet, &names(&["shop/web/2", "shop/web"])).unwrap();
        assert_eq!(keys(&scope, &fleet), ["shop/web/2", "shop/web/1"]);
    }

    #[test]
    fn no_name_is_everything() {
        let (_, fleet) = fixture::observed();
        assert_eq!(Scope::of(&fleet, &[]).unwrap().replicas(&fleet).len(), 5);
    }

    #[test]
    fn an_ambiguous_name_lists_what_it_could_be() {
        let (_, fleet) = fixture::observed();
        let error = Scope::of(&fleet, &names(&["web"])).unwrap_err().to_string();
        assert!(error.contains("blog/web") && error.contains("shop/web"), "{error}");
    }

    #[test]
    fn a_replica_concerns_its_service() {
        let (_, fleet) = fixture::observed();
        let scope = Scope::of(&fleet, &names(&["shop/web/2"])).unwrap();
        let concerned: Vec<_> = fleet.services().filter(|service| scope.has_service(&service.key)).collect();
        assert_eq!(concerned.iter().map(|service| service.key.to_string()).collect::<Vec<_>>(), ["shop/web"]);
    }
}
