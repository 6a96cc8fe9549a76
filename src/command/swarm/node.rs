//! Plans that change whether a node takes tasks.

use std::{collections::BTreeMap, time::Duration};

use super::{DEADLINE, plan::step};
use crate::{
    command::plan::{Act, Call, Downtime, Gate, Phase, Plan, Risk},
    domain::{Availability, Node, NodeState, Snapshot, TaskState},
};

/// A task ends and another one starts in about so long.
const MOVE: Duration = Duration::from_secs(5);

/// What a node has to do, beside the others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// How many tasks of each service run on it, by the service's name.
    pub tasks: BTreeMap<String, usize>,
    /// Services of which no task runs anywhere else.
    pub alone: Vec<String>,
    /// How many other nodes take tasks.
    pub others: usize,
}

impl Load {
    /// That of a node, as the managers see it.
    #[must_use]
    pub fn of(node: &Node, snapshot: &Snapshot) -> Self {
        let mut load = Self::default();
        for service in &snapshot.services {
            let of_it = snapshot.tasks.iter().filter(|task| task.service == service.id);
            let runs = of_it.filter(|task| task.state == TaskState::Running);
            let (here, there): (Vec<_>, Vec<_>) = runs.partition(|task| task.node.as_ref() == Some(&node.id));
            if !here.is_empty() {
                load.tasks.insert(service.name.clone(), here.len());
                load.alone.extend(there.is_empty().then(|| service.name.clone()));
            }
        }
        let takes = |other: &&Node| {
            other.id != node.id
                && other.state == NodeState::Ready
                && other.availability == Availability::Active
        };
        load.others = snapshot.nodes.iter().filter(takes).count();
        load
    }

    fn words(&self) -> String {
        let each: Vec<String> = self.tasks.iter().map(|(name, count)| format!("{name} {count}")).collect();
        if each.is_empty() { "none run there".to_owned() } else { each.join(", ") }
    }
}

/// The plan that changes whether a node takes tasks: `active` or `drain`.
#[must_use]
pub fn node_plan(node: &Node, load: &Load, availability: &str) -> Plan {
    let hostname = &node.hostname;
    let call = Call::UpdateNode { node: node.id.as_str().to_owned(), availability: availability.to_owned() };
    let plan = Plan {
        title: format!("activate node {hostname}"),
        risk: Risk::None,
        facts: vec![("node".to_owned(), format!("{hostname}: {availability}"))],
        notes: vec![
            "tasks that have moved away do not come back by themselves; a rollout spreads them".to_owned(),
        ],
        phases: Vec::new(),
        takes: Duration::from_secs(1),
        down_for: Downtime::None,
        undo: format!("stacktop drain {hostname}"),
    };
    if availability != "drain" {
        let steps = vec![step("acting", "it takes tasks again", Act::Call(call))];
        return Plan { phases: vec![Phase::single(hostname, steps)], ..plan };
    }
    let gate =
        Gate::Vacated { node: node.id.as_str().to_owned(), called: hostname.clone(), deadline: DEADLINE };
    let steps = vec![
        step("acting", "its tasks move to other nodes", Act::Call(call)),
        step("gate", "its tasks must be seen to have ended", Act::Gate(gate)),
    ];
    Plan {
        title: format!("drain node {hostname}"),
        risk: Risk::Some,
        facts: [plan.facts, vec![("tasks".to_owned(), load.words())]].concat(),
        notes: notes(load),
        phases: vec![Phase::single(hostname, steps)],
        takes: if load.tasks.is_empty() { plan.takes } else { MOVE },
        down_for: downtime(load),
        undo: format!("stacktop activate {hostname}"),
    }
}

fn notes(load: &Load) -> Vec<String> {
    let mut notes = vec!["containers that are not Swarm's stay where they are".to_owned()];
    if load.others == 0 && !load.tasks.is_empty() {
        notes.push("no other node takes tasks: those of this one wait until one does".to_owned());
    } else if !load.alone.is_empty() {
        notes.push(format!(
            "{} run{} on this node alone: Swarm ends a task before the one elsewhere runs",
            load.alone.join(", "),
            if load.alone.len() == 1 { "s" } else { "" }
        ));
    }
    notes
}

fn downtime(load: &Load) -> Downtime {
    match (load.alone.is_empty(), load.others) {
        (true, _) => Downtime::None,
        (false, 0) => Downtime::Open,
        (false, _) => Downtime::Once(MOVE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::NodeRole;

    fn load(alone: &[&str], others: usize) -> Load {
        let tasks = [("shop_db", 1), ("shop_web", 2)].map(|(name, count)| (name.to_owned(), count));
        let alone = alone.iter().map(|&name| name.to_owned()).collect();
        Load { tasks: tasks.into(), alone, others }
    }

    fn plan(load: &Load, availability: &str) -> Plan {
        let node = Node {
            id: "node1".into(),
            hostname: "alpha".to_owned(),
            address: String::new(),
            role: NodeRole::Worker,
            leader: false,
            state: NodeState::Ready,
            availability: Availability::Active,
            engine_version: String::new(),
            cpus: 4.0,
            memory: 8 << 30,
            message: String::new(),
        };
        node_plan(&node, load, availability)
    }

    #[test]
    fn a_drained_nodes_tasks_are_named_and_seen_to_end() {
        let plan = plan(&load(&[], 1), "drain");
        assert_eq!(plan.facts[1], ("tasks".to_owned(), "shop_db 1, shop_web 2".to_owned()));
        let steps: Vec<String> = plan.steps().map(|step| step.act.describe()).collect();
        assert_eq!(steps[1], "no task runs on alpha any more, within 600 s");
        assert_eq!((plan.down_for, plan.undo.as_str()), (Downtime::None, "stacktop activate alpha"));
    }

    #[test]
    fn a_service_that_is_nowhere_else_is_away_for_a_moment_or_until_a_node_takes_it() {
        let moment = plan(&load(&["shop_db"], 1), "drain");
        assert!(matches!(moment.down_for, Downtime::Once(_)) && moment.notes[1].contains("shop_db runs"));
        let open = plan(&load(&["shop_db", "shop_web"], 0), "drain");
        assert!(open.down_for == Downtime::Open && open.notes[1].contains("no other node"), "{open:?}");
    }

    #[test]
    fn a_node_that_takes_tasks_again_is_waited_for_by_nobody() {
        let plan = plan(&load(&[], 1), "active");
        assert_eq!((plan.steps().count(), plan.risk), (1, Risk::None));
    }
}
