//! Compose projects, known by the labels of their containers alone.

use std::collections::BTreeMap;

use super::{
    Container, Membership, Replica, ReplicaKey, Service, ServiceKey, Slot, Snapshot, StackKind,
    from_containers, of_container,
};

/// The services of all Compose projects.
pub(super) fn services(snapshot: &Snapshot) -> Vec<Service> {
    let mut members: BTreeMap<ServiceKey, Vec<(&Container, Replica)>> = BTreeMap::new();
    for container in &snapshot.containers {
        if let Membership::Compose { project, service, number, one_off: false } = &container.membership {
            let key = ServiceKey { stack: Some(project.clone()), name: service.clone() };
            let place = ReplicaKey { service: key.clone(), slot: Slot::Number(*number) };
            members.entry(key).or_default().push((container, of_container(container, place)));
        }
    }
    members
        .into_iter()
        .map(|(key, mut members)| {
            members.sort_by(|(_, a), (_, b)| a.key.cmp(&b.key));
            from_containers(key, StackKind::Compose, members)
        })
        .collect()
}
