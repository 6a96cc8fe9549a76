//! Swarm nodes: what follows when one is lost, comes back, or is drained.

use std::collections::BTreeSet;

use super::{Deed, State, Task, tasks::STEP};
use crate::sim::clock::SECOND;

impl State {
    /// A node does not answer any more: its tasks are made again elsewhere.
    pub(super) fn node_lost(&mut self, name: &str) {
        let Some(id) = self.set_node(name, false) else { return };
        let services: BTreeSet<String> = self
            .tasks
            .values_mut()
            .filter(|task| task.node.as_ref() == Some(&id) && task.is_alive())
            .map(|task| {
                task.wanted = false;
                task.service.clone()
            })
            .collect();
        for service in services {
            self.queue.plan(self.now + 3 * SECOND, Deed::Reconcile { service });
        }
    }

    /// A node is back: it ends what moved away, and gets its share again.
    pub(super) fn node_back(&mut self, name: &str) {
        let Some(id) = self.set_node(name, true) else { return };
        let stale: Vec<Task> = self
            .tasks
            .values()
            .filter(|task| task.node.as_ref() == Some(&id) && task.is_alive() && !task.wanted)
            .cloned()
            .collect();
        for task in stale {
            self.shut(&task.id);
            let mover =
                self.wanted_tasks(&task.service).find(|other| other.slot == task.slot && task.slot != 0);
            if let Some(mover) = mover.map(|mover| mover.id.clone()) {
                self.shut(&mover);
            }
            self.queue.plan(self.now + SECOND, Deed::Reconcile { service: task.service });
        }
        let globals: Vec<String> =
            self.services.values().filter(|s| s.is_global()).map(|s| s.id.clone()).collect();
        for service in globals {
            self.queue.plan(self.now + SECOND, Deed::Reconcile { service });
        }
    }

    /// A node is to take tasks (`active`), to keep those it has (`pause`), or to have none (`drain`).
    pub(crate) fn set_availability(&mut self, id: &str, availability: &str) {
        let version = self.next_version();
        let now = self.now;
        let Some(node) = self.nodes.get_mut(id) else { return };
        let old = std::mem::replace(&mut node.availability, availability.to_owned());
        node.version = version;
        node.updated = now;
        let name = node.name.clone();
        let facts = [("name", name.as_str()), ("availability.new", availability), ("availability.old", &old)];
        self.tell_swarm("node", "update", id, &facts);
        let here = |task: &&Task| task.wanted && task.is_alive() && task.node.as_deref() == Some(id);
        let tasks: Vec<String> = self.tasks.values().filter(here).map(|task| task.id.clone()).collect();
        for task in tasks.into_iter().filter(|_| availability == "drain") {
            self.shut(&task);
        }
        let services: Vec<String> = self.services.keys().cloned().collect();
        for service in services {
            self.queue.plan(now + STEP, Deed::Reconcile { service });
        }
    }

    fn set_node(&mut self, name: &str, ready: bool) -> Option<String> {
        let version = self.next_version();
        let now = self.now;
        let node = self.nodes.values_mut().find(|node| node.name == name)?;
        node.ready = ready;
        node.version = version;
        node.updated = now;
        let id = node.id.clone();
        let (new, old) = if ready { ("ready", "down") } else { ("down", "ready") };
        let facts = [("name", name), ("state.new", new), ("state.old", old)];
        self.tell_swarm("node", "update", &id, &facts);
        Some(id)
    }
}
