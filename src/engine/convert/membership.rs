//! What a container belongs to, read from the labels that Compose and Swarm put on it.

use std::collections::BTreeMap;

use crate::domain::{Membership, NodeId, ServiceId, Slot, StackName, TaskId};

/// Reads the labels of a container.
pub(in crate::engine) fn of(labels: &BTreeMap<String, String>) -> Membership {
    swarm(labels).or_else(|| compose(labels)).unwrap_or(Membership::Loose)
}

fn compose(labels: &BTreeMap<String, String>) -> Option<Membership> {
    let label =
        |name: &str| labels.get(&format!("com.docker.compose.{name}")).filter(|text| !text.is_empty());
    Some(Membership::Compose {
        project: StackName::new(label("project")?),
        service: label("service")?.clone(),
        number: label("container-number").and_then(|number| number.parse().ok()).unwrap_or(1),
        one_off: label("oneoff").is_some_and(|text| text.eq_ignore_ascii_case("true")),
    })
}

fn swarm(labels: &BTreeMap<String, String>) -> Option<Membership> {
    let label = |name: &str| labels.get(&format!("com.docker.swarm.{name}")).filter(|text| !text.is_empty());
    let node = NodeId::new(label("node.id").cloned().unwrap_or_default());
    let task_name = label("task.name").cloned().unwrap_or_default();
    Some(Membership::Swarm {
        stack: stack(labels),
        service: ServiceId::new(label("service.id")?),
        service_name: label("service.name")?.clone(),
        slot: slot(&task_name, &node),
        task: TaskId::new(label("task.id")?),
        node,
    })
}

/// The stack that `docker stack deploy` notes on services and containers.
pub(in crate::engine) fn stack(labels: &BTreeMap<String, String>) -> Option<StackName> {
    labels.get("com.docker.stack.namespace").filter(|text| !text.is_empty()).map(StackName::new)
}

/// The slot in `service.SLOT.task`; a global service has its node's id there.
fn slot(task_name: &str, node: &NodeId) -> Slot {
    let middle = task_name.rsplit('.').nth(1).unwrap_or_default();
    middle.parse().map_or_else(|_| Slot::Node(node.clone()), Slot::Number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(prefix: &str, pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| (format!("{prefix}{name}"), (*value).to_owned())).collect()
    }

    #[test]
    fn a_compose_container_is_known_by_its_labels() {
        let labels = labels(
            "com.docker.compose.",
            &[("project", "shop"), ("service", "web"), ("container-number", "3"), ("oneoff", "False")],
        );
        let expected =
            Membership::Compose { project: "shop".into(), service: "web".into(), number: 3, one_off: false };
        assert_eq!(of(&labels), expected);
    }

    #[test]
    fn a_one_off_run_is_told_from_a_replica() {
        let labels = labels("com.docker.compose.", &[("project", "p"), ("service", "s"), ("oneoff", "True")]);
        assert!(matches!(of(&labels), Membership::Compose { one_off: true, .. }));
    }

    #[test]
    fn slots_are_numbers_and_nodes_for_global_services() {
        let of_name = |name: &str| {
            let mut labels = labels(
                "com.docker.swarm.",
                &[("service.id", "s1"), ("service.name", "shop_web"), ("task.id", "t1"), ("node.id", "n1")],
            );
            labels.insert("com.docker.swarm.task.name".into(), name.into());
            labels.insert("com.docker.stack.namespace".into(), "shop".into());
            match of(&labels) {
                Membership::Swarm { slot, stack, .. } => (slot, stack.unwrap().to_string()),
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(of_name("shop_web.4.t1"), (Slot::Number(4), "shop".into()));
        assert_eq!(of_name("shop_web.n1.t1"), (Slot::Node("n1".into()), "shop".into()));
    }

    #[test]
    fn a_container_without_labels_is_loose() {
        assert_eq!(of(&BTreeMap::new()), Membership::Loose);
    }
}
