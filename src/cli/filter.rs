//! Which events concern what was named.

use std::collections::HashSet;

use crate::cli::scope::Scope;
use crate::domain::{EngineEvent, Fleet, ServiceKey, Slot, Subject, Target};

/// What an event must be about.
pub struct Filter {
    targets: Vec<Target>,
    /// Containers and services that are known by their ids.
    ids: HashSet<String>,
    with_exec: bool,
}

impl Filter {
    /// Events of what is in scope; those of health checks and shells only `with_exec`.
    #[must_use]
    pub fn new(fleet: &Fleet, scope: &Scope, with_exec: bool) -> Self {
        let replicas = scope.replicas(fleet);
        let containers =
            replicas.iter().filter_map(|(_, replica)| Some(replica.container.as_ref()?.to_string()));
        let whole = |key: &ServiceKey| scope.targets().iter().any(|target| covers(target, key));
        let services = fleet.services().filter(|service| whole(&service.key));
        let services = services.filter_map(|service| Some(service.id.as_ref()?.to_string()));
        Self { ids: containers.chain(services).collect(), targets: scope.targets().to_vec(), with_exec }
    }

    /// Whether an event concerns what was named.
    #[must_use]
    pub fn admits(&self, event: &EngineEvent) -> bool {
        (self.with_exec || !event.kind.is_exec())
            && (self.targets.is_empty()
                || self.ids.contains(&event.id)
                || self.targets.iter().any(|target| is_about(target, event)))
    }
}

/// Whether a target is the whole service, or the stack around it.
fn covers(target: &Target, service: &ServiceKey) -> bool {
    match target {
        Target::Stack(name) => service.stack.as_ref() == Some(name),
        Target::Service(key) => key == service,
        Target::Replica(_) => false,
    }
}

/// Whether labels or names tell so: replicas that are made later have ids that nobody knows yet.
fn is_about(target: &Target, event: &EngineEvent) -> bool {
    match target {
        Target::Stack(name) => {
            stack(event) == Some(name.as_str())
                || is_named(event)
                    && event.name.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with('_'))
        }
        Target::Service(key) => is_of_service(event, key),
        Target::Replica(key) => match key.slot {
            Slot::Number(number) => {
                is_of_service(event, &key.service)
                    && attribute(event, "com.docker.compose.container-number")
                        == Some(number.to_string().as_str())
            }
            Slot::Node(_) => false,
        },
    }
}

fn is_of_service(event: &EngineEvent, key: &ServiceKey) -> bool {
    let Some(stack_name) = &key.stack else { return event.name == key.name };
    let full = format!("{stack_name}_{}", key.name);
    let compose = stack(event) == Some(stack_name.as_str())
        && attribute(event, "com.docker.compose.service") == Some(key.name.as_str());
    let swarm = attribute(event, "com.docker.swarm.service.name") == Some(full.as_str());
    compose || swarm || event.subject == Subject::Service && event.name == full
}

/// Whether the object's name begins with its stack's, for want of labels.
const fn is_named(event: &EngineEvent) -> bool {
    matches!(event.subject, Subject::Network | Subject::Volume | Subject::Service)
}

fn stack(event: &EngineEvent) -> Option<&str> {
    attribute(event, "com.docker.compose.project").or_else(|| attribute(event, "com.docker.stack.namespace"))
}

fn attribute<'a>(event: &'a EngineEvent, name: &str) -> Option<&'a str> {
    event.attributes.get(name).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::fixture;
    use crate::domain::EventKind;

    fn admits(targets: &[&str], event: &EngineEvent) -> bool {
        let (_, fleet) = fixture::observed();
        let targets: Vec<String> = targets.iter().map(ToString::to_string).collect();
        let scope = Scope::of(&fleet, &targets).unwrap();
        Filter::new(&fleet, &scope, false).admits(event)
    }

    #[test]
    fn a_container_that_is_new_is_known_by_its_labels() {
        let event = fixture::event();
        assert!(admits(&[], &event) && admits(&["shop"], &event) && admits(&["shop/web"], &event));
        assert!(!admits(&["blog"], &event) && !admits(&["search"], &event));
    }

    #[test]
    fn a_network_is_known_by_its_name() {
        let network = EngineEvent {
            subject: Subject::Network,
            name: "shop_default".into(),
            attributes: [].into(),
            kind: EventKind::Create,
            ..fixture::event()
        };
        assert!(admits(&["shop"], &network) && !admits(&["blog"], &network));
    }

    #[test]
    fn health_checks_are_noise() {
        let exec = EngineEvent { kind: EventKind::Other("exec_create: curl".into()), ..fixture::event() };
        assert!(!admits(&[], &exec));
    }
}
