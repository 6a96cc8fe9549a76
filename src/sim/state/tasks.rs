//! The swarm's orchestrator and scheduler: services get tasks, tasks get nodes, nodes get containers.

use serde_json::Value;

use super::{Deed, Event, Node, Service, State, Task, TaskState, build, images::tagged};
use crate::sim::{
    behaviour::logs::Stream,
    clock::{MILLI, Nanos, SECOND},
    ids,
};

/// Ended tasks that a swarm remembers per slot.
const REMEMBERED: usize = 4;
const RESTART_DELAY: Nanos = 5 * SECOND;
pub(super) const STEP: Nanos = 150 * MILLI;

impl State {
    /// Makes a service's tasks agree with its spec, but for what its update does.
    pub(crate) fn reconcile(&mut self, service: &str) {
        let Some(wanted) = self.services.get(service).map(|service| self.wanted_slots(service)) else {
            return;
        };
        for (slot, node) in &wanted {
            let is_there = |task: &Task| same_place(task, *slot, node.as_deref());
            if !self.wanted_tasks(service).any(is_there) || self.is_to_be_restarted(service, is_there) {
                self.make_task(service, *slot, node.clone());
            }
        }
        let surplus: Vec<String> = self
            .wanted_tasks(service)
            .filter(|task| !wanted.iter().any(|(slot, node)| same_place(task, *slot, node.as_deref())))
            .map(|task| task.id.clone())
            .collect();
        for id in surplus {
            self.shut(&id);
        }
    }

    /// A task of an update that was paused is restarted whenever it fails, beside the old one that still runs.
    fn is_to_be_restarted(&self, service: &str, is_there: impl Fn(&Task) -> bool) -> bool {
        let Some(service) = self.services.get(service) else { return false };
        let is_paused = service.update.as_ref().is_some_and(|update| update.state == "paused");
        let newest = self.tasks.values().filter(|task| task.service == service.id && is_there(task));
        let newest = newest.max_by_key(|task| task.created);
        is_paused && newest.is_some_and(|task| !task.wanted && !task.is_alive() && service.is_current(task))
    }

    /// Slots of a replicated service, or nodes of a global one.
    fn wanted_slots(&self, service: &Service) -> Vec<(u64, Option<String>)> {
        if service.is_global() {
            let nodes = self.nodes.values().filter(|node| node.ready && node.availability != "drain");
            return nodes.map(|node| (0, Some(node.id.clone()))).collect();
        }
        (1..=service.replicas()).map(|slot| (slot, None)).collect()
    }

    /// Tasks of a service that have not ended and should not.
    pub(super) fn wanted_tasks(&self, service: &str) -> impl Iterator<Item = &Task> {
        self.tasks.values().filter(move |task| task.service == service && task.wanted && task.is_alive())
    }

    /// Makes a task for a slot, or for a node of a global service.
    pub(super) fn make_task(&mut self, service: &str, slot: u64, node: Option<String>) -> Option<String> {
        let version = self.next_version();
        let (seed, now) = (self.seed, self.now);
        let service = self.services.get_mut(service)?;
        service.tasks_made += 1;
        let id = ids::swarm(seed, &format!("task {} {}", service.name, service.tasks_made));
        let task = Task {
            id: id.clone(),
            service: service.id.clone(),
            slot,
            node,
            version,
            created: now,
            since: now,
            state: TaskState::Pending,
            wanted: true,
            message: "created",
            error: None,
            container: None,
            code: 0,
            spec: service.template().clone(),
        };
        self.tasks.insert(id.clone(), task);
        self.queue.plan(now + STEP, Deed::Task { id: id.clone() });
        Some(id)
    }

    /// A task takes the next step towards running.
    pub(super) fn step_task(&mut self, id: &str) {
        let Some(task) = self.tasks.get(id).filter(|task| task.wanted) else { return };
        match task.state {
            TaskState::Pending => self.assign(id),
            TaskState::Preparing => self.start_task(id),
            TaskState::Starting => {
                let checked = task.container.as_ref().and_then(|id| self.containers.get(id)?.health.as_ref());
                if checked.is_none() {
                    self.set_task(id, TaskState::Running, "started");
                }
            }
            _ => {}
        }
    }

    fn assign(&mut self, id: &str) {
        let Some(task) = self.tasks.get(id) else { return };
        if self.predecessor_is_dying(task) {
            self.queue.plan(self.now + STEP, Deed::Task { id: id.to_owned() });
            return;
        }
        let node = task.node.clone().or_else(|| self.choose_node(task));
        let Some(task) = self.tasks.get_mut(id) else { return };
        task.error = match &node {
            Some(_) => None,
            None => {
                Some("no suitable node (scheduling constraints not satisfied on active nodes)".to_owned())
            }
        };
        let wait = if node.is_some() { 2 * STEP } else { 2 * SECOND };
        task.node = node;
        if task.node.is_some() {
            self.set_task(id, TaskState::Preparing, "preparing");
        }
        self.queue.plan(self.now + wait, Deed::Task { id: id.to_owned() });
    }

    /// With stop-first, a new task waits for the end of the one before.
    fn predecessor_is_dying(&self, task: &Task) -> bool {
        let order = self.services.get(&task.service).map_or("", |s| s.text("/UpdateConfig/Order"));
        order != "start-first"
            && self.tasks.values().any(|other| {
                let node_is_up =
                    other.node.as_ref().and_then(|id| self.nodes.get(id)).is_some_and(|n| n.ready);
                other.service == task.service
                    && same_place(other, task.slot, task.node.as_deref().filter(|_| task.slot == 0))
                    && !other.wanted
                    && other.is_alive()
                    && node_is_up
            })
    }

    /// The node that fits and has the fewest tasks, first of this service, then of all.
    pub(super) fn choose_node(&self, task: &Task) -> Option<String> {
        let constraints = task.spec.pointer("/Placement/Constraints").and_then(Value::as_array);
        let fits = |node: &&Node| {
            let mut rules = constraints.into_iter().flatten().filter_map(Value::as_str);
            node.ready && node.availability == "active" && rules.all(|rule| satisfies(node, rule))
        };
        let load = |node: &Node| {
            let here =
                |other: &&Task| other.wanted && other.is_alive() && other.node.as_ref() == Some(&node.id);
            let own = self.tasks.values().filter(here).filter(|other| other.service == task.service).count();
            (own, self.tasks.values().filter(here).count(), node.name.clone())
        };
        self.nodes.values().filter(fits).min_by_key(|node| load(node)).map(|node| node.id.clone())
    }

    fn start_task(&mut self, id: &str) {
        let Some(container) = build::task_container(self, id) else { return };
        if self.conduct(&container.image).missing {
            self.reject(id, format!("No such image: {}", container.image));
            return;
        }
        let cid = container.id.clone();
        let broken = self.broken_images.get(&tagged(&container.image)).cloned();
        self.containers.insert(cid.clone(), container);
        if let Some(task) = self.tasks.get_mut(id) {
            task.container = Some(cid.clone());
        }
        self.tell(&cid, "create", &[]);
        self.set_task(id, TaskState::Starting, "starting");
        self.launch(&cid);
        if let Some((code, lines)) = broken {
            self.break_down(&cid, code, &lines);
        }
        self.queue.plan(self.now + 2 * STEP, Deed::Task { id: id.to_owned() });
    }

    fn reject(&mut self, id: &str, why: String) {
        self.set_task(id, TaskState::Rejected, "preparing");
        let Some(task) = self.tasks.get_mut(id) else { return };
        task.error = Some(why);
        task.wanted = false;
        let service = task.service.clone();
        self.forget_tasks(&service);
        self.queue.plan(self.now + RESTART_DELAY, Deed::Reconcile { service });
    }

    fn break_down(&mut self, id: &str, code: i64, lines: &[String]) {
        let Some(container) = self.containers.get_mut(id) else { return };
        for (number, line) in lines.iter().enumerate() {
            let at = self.now + (number as Nanos + 4) * 90 * MILLI;
            container.log.store(&self.clock, at, Stream::Err, line);
        }
        let (id, run) = (id.to_owned(), container.life.run);
        self.queue.plan(self.now + 1_200 * MILLI, Deed::Exit { id, run, code });
    }

    fn set_task(&mut self, id: &str, state: TaskState, message: &'static str) {
        let version = self.next_version();
        let now = self.now;
        if let Some(task) = self.tasks.get_mut(id) {
            task.state = state;
            task.message = message;
            task.since = now;
            task.version = version;
        }
    }

    /// A task should end.
    pub(super) fn shut(&mut self, id: &str) {
        let Some(task) = self.tasks.get_mut(id) else { return };
        task.wanted = false;
        let up = task.container.clone().filter(|id| self.containers.get(id).is_some_and(|c| c.is_up()));
        match up {
            Some(container) => self.signal(&container, 15, true),
            None => self.set_task(id, TaskState::Shutdown, "shutdown"),
        }
    }

    /// A container of a task has ended.
    pub(super) fn task_container_ended(&mut self, container: &str, code: i64) {
        let Some(id) = self.containers.get(container).and_then(|c| c.task.clone()) else { return };
        let Some(task) = self.tasks.get_mut(&id).filter(|task| task.is_alive()) else { return };
        task.code = code;
        let (wanted, service) = (task.wanted, task.service.clone());
        if wanted && code != 0 {
            task.error.get_or_insert_with(|| format!("task: non-zero exit ({code})"));
        }
        match (wanted, code) {
            (false, _) => self.set_task(&id, TaskState::Shutdown, "shutdown"),
            (true, 0) => self.set_task(&id, TaskState::Complete, "finished"),
            (true, _) => self.set_task(&id, TaskState::Failed, "started"),
        }
        if let Some(task) = self.tasks.get_mut(&id) {
            task.wanted = false;
        }
        let delay = if wanted { RESTART_DELAY } else { STEP };
        self.forget_tasks(&service);
        self.queue.plan(self.now + delay, Deed::Reconcile { service });
        self.forget_orphan(&id);
    }

    /// Swarm waits for health before a task runs, and ends tasks that become unhealthy.
    pub(super) fn task_health_changed(&mut self, container: &str, status: &str) {
        let Some(id) = self.containers.get(container).and_then(|c| c.task.clone()) else { return };
        let Some(task) = self.tasks.get_mut(&id) else { return };
        if status == "healthy" && task.state == TaskState::Starting {
            self.set_task(&id, TaskState::Running, "started");
        } else if status == "unhealthy" && task.wanted {
            task.error = Some("task: non-zero exit (137): dockerexec: unhealthy container".to_owned());
            self.signal(container, 9, true);
        }
    }

    /// Only some ended tasks of a slot are remembered; the others go with their containers.
    fn forget_tasks(&mut self, service: &str) {
        let mut ended: Vec<&Task> =
            self.tasks.values().filter(|task| task.service == service && !task.is_alive()).collect();
        ended.sort_by_key(|task| std::cmp::Reverse(task.created));
        let mut kept: std::collections::BTreeMap<(u64, Option<String>), usize> =
            std::collections::BTreeMap::new();
        let mut gone = Vec::new();
        for task in ended {
            let place = (task.slot, task.node.clone().filter(|_| task.slot == 0));
            let count = kept.entry(place).or_default();
            *count += 1;
            if *count > REMEMBERED {
                gone.push((task.id.clone(), task.container.clone()));
            }
        }
        for (task, container) in gone {
            self.tasks.remove(&task);
            if let Some(container) = container {
                self.tell(&container, "destroy", &[]);
                self.containers.remove(&container);
            }
        }
    }

    /// Tells an event of the swarm.
    pub(super) fn tell_swarm(&mut self, kind: &'static str, action: &str, id: &str, facts: &[(&str, &str)]) {
        let attributes =
            facts.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let (action, actor) = (action.to_owned(), id.to_owned());
        self.events.publish(Event { at: self.now, kind, action, actor, attributes, scope: "swarm" });
    }
}

fn same_place(task: &Task, slot: u64, node: Option<&str>) -> bool {
    task.slot == slot && node.is_none_or(|node| task.node.as_deref() == Some(node))
}

/// Whether a node satisfies `node.role == manager` and the like. What is not understood is not satisfied.
fn satisfies(node: &Node, rule: &str) -> bool {
    let (left, right, equal) = match (rule.split_once("=="), rule.split_once("!=")) {
        (Some((left, right)), _) => (left.trim(), right.trim(), true),
        (None, Some((left, right))) => (left.trim(), right.trim(), false),
        (None, None) => return false,
    };
    let value = match left {
        "node.role" => {
            if node.spec.manager {
                "manager"
            } else {
                "worker"
            }
        }
        "node.hostname" => node.name.as_str(),
        "node.id" => node.id.as_str(),
        _ => left
            .strip_prefix("node.labels.")
            .and_then(|label| node.spec.labels.get(label))
            .map_or("", String::as_str),
    };
    (value == right) == equal
}
