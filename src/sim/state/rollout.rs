//! The swarm's updater: it replaces the tasks of a changed service batch by batch, watches the new ones, and
//! pauses or rolls back when one of them ends early.

use serde_json::{Value, json};

use super::{Deed, Service, State, Task, TaskState, UpdateStatus};
use crate::sim::{
    clock::{MILLI, Nanos, SECOND},
    spec::Size,
};

const LOOK: Nanos = 250 * MILLI;

impl State {
    /// Gives a service a new spec and begins what follows from it. `rollback` says that the new spec is the
    /// previous one.
    pub(crate) fn update_service(&mut self, id: &str, spec: Value, rollback: bool) {
        let version = self.next_version();
        let now = self.now;
        let Some(service) = self.services.get_mut(id) else { return };
        let differs = service.template() != spec.get("TaskTemplate").unwrap_or(&Value::Null);
        // Any change, another number of replicas included, lets an update go on that was paused.
        let was_halted = service.update.as_ref().is_some_and(|update| update.state.ends_with("paused"));
        let replaces = differs || was_halted;
        let old_state = service.update.as_ref().map_or("", |update| update.state);
        let name = service.name.clone();
        service.previous = Some(std::mem::replace(&mut service.spec, spec));
        service.version = version;
        service.updated = now;
        service.next_batch = now;
        // What was said of the last update counts no more.
        service.update = None;
        let mut facts = vec![("name", name.as_str())];
        if replaces {
            let state = if rollback { "rollback_started" } else { "updating" };
            let message = if rollback { "rollback in progress" } else { "update in progress" };
            let message = message.to_owned();
            service.update = Some(UpdateStatus { state, started: now, completed: None, message });
            facts.extend([("updatestate.new", state), ("updatestate.old", old_state)]);
        }
        self.tell_swarm("service", "update", id, &facts);
        self.queue.plan(now + LOOK, Deed::Reconcile { service: id.to_owned() });
        if was_halted {
            self.settle_slots(id);
        }
        if replaces {
            self.queue.plan(now + LOOK, Deed::Rollout { service: id.to_owned() });
        }
    }

    /// Gives a service (`stack/service`) another image.
    pub(super) fn update_image(&mut self, path: &str, image: &str) {
        let Some(service) = self.services.values().find(|service| service.profile.path == path) else {
            return;
        };
        let (id, mut spec) = (service.id.clone(), service.spec.clone());
        if let Some(place) = spec.pointer_mut("/TaskTemplate/ContainerSpec/Image") {
            *place = json!(image);
        }
        self.add_image(image, &Size(220 << 20));
        self.update_service(&id, spec, false);
    }

    /// Gives a service its previous spec again, unless somebody has already replaced the image.
    pub(super) fn revert(&mut self, path: &str, image: &str) {
        let hit = |service: &&Service| {
            service.profile.path == path && service.text("/TaskTemplate/ContainerSpec/Image") == image
        };
        let Some(service) = self.services.values().find(hit) else { return };
        if let (id, Some(previous)) = (service.id.clone(), service.previous.clone()) {
            self.update_service(&id, previous, true);
        }
    }

    /// The updater looks at a service.
    pub(super) fn roll(&mut self, id: &str) {
        let Some(service) = self.services.get(id) else { return };
        let Some(update) = service.update.as_ref().filter(|update| is_moving(update)) else { return };
        if let Some(culprit) = self.early_end(service, update.started) {
            self.fail_update(id, &culprit);
            return;
        }
        self.retire_replaced(id);
        self.next_batch(id);
        self.finish_update(id);
        self.queue.plan(self.now + LOOK, Deed::Rollout { service: id.to_owned() });
    }

    /// A task of the new spec that has failed since the update began.
    fn early_end(&self, service: &Service, since: Nanos) -> Option<String> {
        let failed = |task: &&Task| {
            task.service == service.id
                && matches!(task.state, TaskState::Failed | TaskState::Rejected)
                && task.created >= since
                && service.is_current(task)
        };
        self.tasks.values().find(failed).map(|task| task.id.clone())
    }

    fn fail_update(&mut self, id: &str, culprit: &str) {
        let Some(service) = self.services.get(id) else { return };
        let rolling_back = service.update.as_ref().is_some_and(|update| update.state == "rollback_started");
        let action = service.text("/UpdateConfig/FailureAction").to_owned();
        let reason = format!("due to failure or early termination of task {culprit}");
        match action.as_str() {
            "continue" => self.queue.plan(self.now + SECOND, Deed::Rollout { service: id.to_owned() }),
            "rollback" if !rolling_back => {
                let previous = service.previous.clone();
                if let Some(previous) = previous {
                    self.update_service(id, previous, true);
                }
                self.set_update(id, "rollback_started", &format!("update rolled back {reason}"));
            }
            _ if rolling_back => self.set_update(id, "rollback_paused", &format!("rollback paused {reason}")),
            _ => self.set_update(id, "paused", &format!("update paused {reason}")),
        }
    }

    fn set_update(&mut self, id: &str, state: &'static str, message: &str) {
        let version = self.next_version();
        let now = self.now;
        let Some(service) = self.services.get_mut(id) else { return };
        service.version = version;
        service.updated = now;
        let name = service.name.clone();
        let Some(update) = service.update.as_mut() else { return };
        let old = std::mem::replace(&mut update.state, state);
        message.clone_into(&mut update.message);
        update.completed = state.ends_with("completed").then_some(now);
        let facts = [("name", name.as_str()), ("updatestate.new", state), ("updatestate.old", old)];
        self.tell_swarm("service", "update", id, &facts);
    }

    /// A new updater takes a slot that has a task of the present spec for done, whether that task runs or not: the old
    /// one beside it goes, healthy as it may be.
    fn settle_slots(&mut self, id: &str) {
        let Some(service) = self.services.get(id) else { return };
        let old = self.wanted_tasks(id).filter(|task| !service.is_current(task));
        let replaced = |old: &&Task| {
            let mut fresh = self.wanted_tasks(id).filter(|task| service.is_current(task));
            fresh.any(|new| beside(old, new))
        };
        let lost: Vec<String> = old.filter(replaced).map(|task| task.id.clone()).collect();
        for id in lost {
            self.shut(&id);
        }
    }

    /// With start-first, the old task of a slot goes when the new one runs.
    fn retire_replaced(&mut self, id: &str) {
        let Some(service) = self.services.get(id) else { return };
        let replaced: Vec<String> = self
            .wanted_tasks(id)
            .filter(|old| !service.is_current(old))
            .filter(|old| {
                let mut others =
                    self.wanted_tasks(id).filter(|new| service.is_current(new) && beside(old, new));
                others.any(|new| new.state == TaskState::Running)
            })
            .map(|old| old.id.clone())
            .collect();
        for id in replaced {
            self.shut(&id);
        }
    }

    fn next_batch(&mut self, id: &str) {
        let Some(service) = self.services.get(id) else { return };
        let config = |name: &str| service.number(&format!("/UpdateConfig/{name}")).unwrap_or_default();
        let (delay, parallelism) = (config("Delay"), usize::try_from(config("Parallelism")).unwrap_or(1));
        let start_first = service.text("/UpdateConfig/Order") == "start-first";
        let fresh = |task: &&Task| service.is_current(task);
        let under_way = self.wanted_tasks(id).filter(fresh).filter(|t| t.state != TaskState::Running).count();
        let replaced = |old: &&Task| self.wanted_tasks(id).filter(fresh).any(|new| beside(old, new));
        let mut dirty: Vec<Task> =
            self.wanted_tasks(id).filter(|task| !fresh(task) && !replaced(task)).cloned().collect();
        dirty.sort_by_key(|task| task.slot);
        let ready = self.now >= service.next_batch;
        let room = if parallelism == 0 { usize::MAX } else { parallelism.saturating_sub(under_way) };
        if under_way > 0 {
            self.postpone(id, delay);
        }
        for task in dirty.into_iter().take(if ready { room } else { 0 }) {
            if !start_first {
                self.shut(&task.id);
            }
            self.make_task(id, task.slot, task.node.filter(|_| task.slot == 0));
        }
    }

    fn postpone(&mut self, id: &str, delay: Nanos) {
        let now = self.now;
        if let Some(service) = self.services.get_mut(id) {
            service.next_batch = now + delay;
        }
    }

    /// The update is complete when all tasks are of the new spec and have run for the monitor's time.
    fn finish_update(&mut self, id: &str) {
        let Some(service) = self.services.get(id) else { return };
        let monitor = service.number("/UpdateConfig/Monitor").unwrap_or(5 * SECOND);
        let good = |task: &Task| {
            service.is_current(task) && task.state == TaskState::Running && self.now - task.since >= monitor
        };
        let enough = service.is_global() || self.wanted_tasks(id).count() as u64 >= service.replicas();
        if !enough || !self.wanted_tasks(id).all(good) {
            return;
        }
        match service.update.as_ref().map(|update| update.state) {
            Some("rollback_started") => self.set_update(id, "rollback_completed", "rollback completed"),
            _ => self.set_update(id, "completed", "update completed"),
        }
    }
}

fn is_moving(update: &UpdateStatus) -> bool {
    matches!(update.state, "updating" | "rollback_started")
}

/// Whether two tasks are of the same slot, or of the same node in a global service.
fn beside(old: &Task, new: &Task) -> bool {
    old.id != new.id && old.slot == new.slot && (old.slot != 0 || old.node == new.node)
}
