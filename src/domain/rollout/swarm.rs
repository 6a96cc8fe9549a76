//! Swarm's updates. Tasks tell more than the update's own state: that calls a slot clean once a new task merely exists.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use super::{
    DONE_LASTS, Driver, Exchange, ExchangePhase, FAILED_LASTS, Rollout, RolloutStage, Side, complaint,
    seconds,
};
use crate::domain::{
    Container, ContainerId, Node, NodeId, ServiceKey, Slot, Snapshot, Status, SwarmService, Task, TaskState,
    UpdateState, UpdateStatus, fleet::swarm_key,
};

pub(super) fn rollout(snapshot: &Snapshot, key: &ServiceKey, now: Timestamp) -> Option<Rollout> {
    let service = snapshot.services.iter().find(|it| swarm_key(it.stack.as_ref(), &it.name) == *key)?;
    let update = service.update.as_ref()?;
    let stage = stage(update, now)?;
    let view = View { service, update, stage, seen: Seen::of(snapshot) };
    let slots: Vec<Exchange> = view.slots(&snapshot.tasks);
    let old = slots.iter().filter_map(|slot| slot.old.as_ref()).map(|old| &old.image);
    Some(Rollout {
        service: key.clone(),
        driver: Driver::Swarm,
        stage,
        from: old.filter(|image| **image != service.image).min().cloned(),
        to: service.image.clone(),
        policy: service.policy.clone(),
        began: update.started_at,
        said: update.message.clone(),
        slots,
    })
}

/// How far Swarm says it is; `None` where there is nothing to tell any more.
fn stage(update: &UpdateStatus, now: Timestamp) -> Option<RolloutStage> {
    let ended = update.completed_at.map_or(i64::MAX, |at| seconds(at, now));
    match update.state {
        UpdateState::Updating => Some(RolloutStage::Rolling),
        UpdateState::RollbackStarted => Some(RolloutStage::RollingBack),
        UpdateState::Paused | UpdateState::RollbackPaused => Some(RolloutStage::Stuck),
        UpdateState::Completed => (ended < DONE_LASTS).then_some(RolloutStage::Done),
        UpdateState::RollbackCompleted => (ended < FAILED_LASTS).then_some(RolloutStage::RolledBack),
        UpdateState::Unknown(_) => None,
    }
}

/// Containers and nodes by their ids.
struct Seen<'a> {
    containers: HashMap<&'a ContainerId, &'a Container>,
    nodes: HashMap<&'a NodeId, &'a Node>,
}

impl<'a> Seen<'a> {
    fn of(snapshot: &'a Snapshot) -> Self {
        Self {
            containers: snapshot.containers.iter().map(|container| (&container.id, container)).collect(),
            nodes: snapshot.nodes.iter().map(|node| (&node.id, node)).collect(),
        }
    }

    fn container(&self, task: &Task) -> Option<&'a Container> {
        self.containers.get(task.container.as_ref()?).copied()
    }

    fn side(&self, task: &Task) -> Side {
        let node = task.node.as_ref();
        let host = node.map(|id| self.nodes.get(id).map_or_else(|| id.short(), |node| &node.hostname));
        Side {
            container: self.container(task).map(|container| container.id.clone()),
            name: host.unwrap_or_default().to_owned(),
            image: task.image.clone(),
            status: Status::of_task(task, self.container(task)),
        }
    }
}

struct View<'a> {
    service: &'a SwarmService,
    update: &'a UpdateStatus,
    stage: RolloutStage,
    seen: Seen<'a>,
}

impl View<'_> {
    fn slots(&self, tasks: &[Task]) -> Vec<Exchange> {
        let mut slots: BTreeMap<&Slot, Vec<&Task>> = BTreeMap::new();
        for task in tasks.iter().filter(|task| task.service == self.service.id) {
            slots.entry(&task.slot).or_default().push(task);
        }
        slots.into_iter().filter_map(|(slot, tasks)| self.exchange(slot, tasks)).collect()
    }

    fn exchange(&self, slot: &Slot, mut tasks: Vec<&Task>) -> Option<Exchange> {
        tasks.sort_by_key(|task| task.created_at);
        let (new, old): (Vec<&Task>, Vec<&Task>) = tasks.into_iter().partition(|task| self.is_new(task));
        let now = new.last().copied();
        let before = old.iter().rev().find(|task| !task.state.is_over()).or_else(|| old.last()).copied();
        // A slot that a scaling has taken away is no part of it.
        let is_gone = now.is_none() && before.is_none_or(|task| task.desired.is_over() && self.keeps(task));
        (!is_gone).then(|| {
            let phase = self.phase(now, before);
            let failed = || new.iter().rev().find(|task| is_failure(task)).copied();
            Exchange {
                slot: slot.clone(),
                old: before.filter(|_| phase != ExchangePhase::Untouched).map(|task| self.seen.side(task)),
                new: now
                    .or_else(|| before.filter(|_| phase == ExchangePhase::Untouched))
                    .map(|it| self.seen.side(it)),
                began: new.first().map(|task| task.created_at),
                ended: now.filter(|_| phase == ExchangePhase::Done).map(|task| task.changed_at),
                failures: new.iter().filter(|task| is_failure(task)).count() as u64,
                seen: now.and_then(|task| self.complaint(task)).or_else(|| self.complaint(failed()?)),
                suspect: now.into_iter().chain(failed()).find_map(|task| self.suspect(task)),
                phase,
            }
        })
    }

    fn suspect(&self, task: &Task) -> Option<ContainerId> {
        self.complaint(task)?;
        self.seen.container(task).map(|container| container.id.clone())
    }

    /// Whether Swarm has made a task for what is being done: it has the image that the service has now, and is younger
    /// than the update. Restarts make such tasks, too, from the same spec.
    fn is_new(&self, task: &Task) -> bool {
        task.image == self.service.image
            && self.update.started_at.is_none_or(|began| task.created_at >= began)
    }

    /// Whether a task of before has the image that the service has now.
    fn keeps(&self, task: &Task) -> bool {
        task.image == self.service.image
    }

    fn phase(&self, new: Option<&Task>, old: Option<&Task>) -> ExchangePhase {
        let goes_back = matches!(self.stage, RolloutStage::RollingBack | RolloutStage::RolledBack);
        match new {
            None if goes_back && old.is_some_and(|old| self.keeps(old)) => ExchangePhase::Untouched,
            None => ExchangePhase::Waits,
            Some(task) if is_failure(task) => ExchangePhase::Failed,
            Some(task) if matches!(task.state, TaskState::Running | TaskState::Complete) => {
                ExchangePhase::Done
            }
            Some(task) => ExchangePhase::Comes(self.word(task)),
        }
    }

    /// A task is starting until its health check passes.
    fn word(&self, task: &Task) -> String {
        let up = self.seen.container(task).is_some_and(|container| container.state.is_up());
        if task.state == TaskState::Starting && up { "gate".to_owned() } else { task.state.word().to_owned() }
    }

    fn complaint(&self, task: &Task) -> Option<String> {
        let of_container = || self.seen.container(task).and_then(complaint);
        let of_exit = || task.exit_code.filter(|code| *code != 0).map(|code| format!("exited {code}"));
        task.error.clone().or_else(of_container).or_else(of_exit)
    }
}

const fn is_failure(task: &Task) -> bool {
    matches!(task.state, TaskState::Failed | TaskState::Rejected | TaskState::Orphaned)
}
