//! Exchanges of Compose's containers, by Compose itself or by stacktop: names, labels and states tell them.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{
    DONE_LASTS, Driver, Exchange, ExchangePhase, FAILED_LASTS, Rollout, RolloutStage, Side, Turn, complaint,
    exchanged, seconds,
};
use crate::domain::{Container, ContainerState, Membership, ServiceKey, Slot, Snapshot, Status};

/// Compose's note on a container that it has made in place of another.
const REPLACE: &str = "com.docker.compose.replace";

/// stacktop's note of the operation that has made a container.
const OPERATION: &str = "stacktop.op";

/// The service that a lock is for.
const LOCK: &str = "stacktop.lock";

/// Replicas of one rollout are made within so many seconds of each other's turns.
const ONE_RUN: i64 = 10 * 60;

/// Compose is through with a container in less than so many seconds, or has been interrupted.
const PATIENCE: i64 = 60;

pub(super) fn rollout(snapshot: &Snapshot, key: &ServiceKey, now: Timestamp) -> Option<Rollout> {
    let seen = Seen::of(snapshot, key, now);
    let began = seen.began()?;
    let slots: Vec<Exchange> =
        seen.slots.iter().filter_map(|(number, slot)| slot.exchange(*number, began)).collect();
    let image =
        |side: fn(&Exchange) -> Option<&Side>| slots.iter().filter_map(side).map(|it| it.image.clone()).max();
    let to = image(|slot| slot.new.as_ref())?;
    let from = image(|slot| slot.old.as_ref()).filter(|from| *from != to);
    let driver = seen.driver();
    let (stage, said) = seen.stage(&slots, &driver);
    Some(Rollout {
        service: key.clone(),
        driver,
        stage,
        from,
        to,
        policy: None,
        began: Some(began),
        said,
        slots,
    })
}

/// The containers of a service, by number.
struct Seen<'a> {
    key: &'a ServiceKey,
    snapshot: &'a Snapshot,
    slots: BTreeMap<u64, Members<'a>>,
    now: Timestamp,
}

/// The containers of one number.
#[derive(Default)]
struct Members<'a> {
    now: Vec<&'a Container>,
    next: Option<&'a Container>,
    before: Option<&'a Container>,
    failed: Option<&'a Container>,
}

impl<'a> Seen<'a> {
    fn of(snapshot: &'a Snapshot, key: &'a ServiceKey, now: Timestamp) -> Self {
        let mut slots: BTreeMap<u64, Members<'a>> = BTreeMap::new();
        for container in &snapshot.containers {
            if let Some(number) = number(container, key) {
                slots.entry(number).or_default().add(container);
            }
        }
        Self { key, snapshot, slots, now }
    }

    /// Whether stacktop is at work on the service. Looks at each container there is.
    fn is_locked(&self) -> bool {
        let target = self.key.to_string();
        self.snapshot.containers.iter().any(|it| it.labels.get(LOCK) == Some(&target))
    }

    /// The containers that are made in place of others, or were a moment ago.
    fn made(&self) -> impl Iterator<Item = &'a Container> {
        let now = self.now;
        let young = move |container: &&Container| seconds(container.created_at, now) < DONE_LASTS;
        let late = move |container: &&Container| seconds(container.created_at, now) < FAILED_LASTS;
        self.slots.values().flat_map(move |slot| {
            let replaced = slot.before.and_then(|_| slot.now.last().copied());
            let beside = slot.now.get(1).copied();
            let fresh = slot.now.last().copied().filter(|it| it.labels.contains_key(REPLACE)).filter(young);
            let failed = slot.failed.filter(late);
            [slot.next, replaced, beside, fresh, failed].into_iter().flatten()
        })
    }

    /// When the first of them was made; those of runs before do not count.
    fn began(&self) -> Option<Timestamp> {
        let last = self.made().map(|container| container.created_at).max()?;
        let all = self.slots.values().flat_map(|slot| slot.now.last());
        let same_run = all.filter(|it| is_marked(it) && seconds(it.created_at, last) < ONE_RUN);
        self.made().chain(same_run.copied()).map(|container| container.created_at).min()
    }

    fn driver(&self) -> Driver {
        let operation = self.made().find_map(|container| container.labels.get(OPERATION).cloned());
        if operation.is_some() || self.is_locked() { Driver::Stacktop(operation) } else { Driver::Compose }
    }

    fn stage(&self, slots: &[Exchange], driver: &Driver) -> (RolloutStage, String) {
        let is = |wanted: fn(&ExchangePhase) -> bool| slots.iter().any(|slot| wanted(&slot.phase));
        let comes = is(|phase| matches!(phase, ExchangePhase::Comes(_)));
        let interrupted = "it was interrupted: the same `docker compose up` again goes on";
        match driver {
            Driver::Stacktop(_) if self.is_locked() => (RolloutStage::Rolling, String::new()),
            Driver::Compose if self.is_late() => (RolloutStage::Stuck, interrupted.to_owned()),
            Driver::Stacktop(_) if self.is_left_over() => {
                (RolloutStage::Stuck, "nobody is at work on it, and it has not ended".to_owned())
            }
            Driver::Stacktop(_) if is(|phase| *phase == ExchangePhase::Failed) => {
                (RolloutStage::RolledBack, "the new container failed; the old one serves".to_owned())
            }
            Driver::Compose if is(|phase| *phase == ExchangePhase::Failed) => {
                (RolloutStage::Stuck, "docker compose does not go back by itself".to_owned())
            }
            Driver::Swarm | Driver::Compose | Driver::Stacktop(_) if comes => {
                (RolloutStage::Rolling, String::new())
            }
            Driver::Swarm | Driver::Compose | Driver::Stacktop(_) => (RolloutStage::Done, String::new()),
        }
    }

    /// Whether a container that Compose has made waits too long for its name.
    fn is_late(&self) -> bool {
        let next = self.slots.values().filter_map(|slot| slot.next);
        next.into_iter().any(|container| seconds(container.created_at, self.now) > PATIENCE)
    }

    fn is_left_over(&self) -> bool {
        self.slots.values().any(|slot| slot.next.is_some() || slot.before.is_some())
    }
}

impl<'a> Members<'a> {
    fn add(&mut self, container: &'a Container) {
        match exchanged(&container.name).1 {
            Turn::Now => {
                self.now.push(container);
                self.now.sort_by_key(|container| container.created_at);
            }
            Turn::Next => self.next = Some(container),
            Turn::Before => self.before = Some(container),
            Turn::Failed => self.failed = Some(container),
        }
    }

    fn exchange(&self, number: u64, began: Timestamp) -> Option<Exchange> {
        let now = self.now.last().copied();
        let is_of_this_run = |it: &&Container| is_marked(it) && it.created_at >= began;
        let (old, new) = match (self.next, self.now.as_slice(), self.before, self.failed) {
            (Some(next), ..) => (now.or(self.before), Some(next)),
            (None, [.., old, new], ..) => (Some(*old), Some(*new)),
            (None, _, Some(before), _) => (Some(before), now),
            (None, _, None, Some(failed)) => (now, Some(failed)),
            (None, [only], None, None) if is_of_this_run(only) => (None, Some(*only)),
            (None, [only], None, None) => (Some(*only), None),
            (None, [], None, None) => return None,
        };
        let phase = new.map_or(ExchangePhase::Waits, phase);
        let failed = phase == ExchangePhase::Failed;
        Some(Exchange {
            slot: Slot::Number(number),
            old: old.map(side),
            new: new.map(side),
            began: new.map(|container| container.created_at),
            ended: new.filter(|_| phase == ExchangePhase::Done).and_then(served_since),
            failures: u64::from(failed),
            seen: new.and_then(complaint),
            suspect: new.filter(|it| complaint(it).is_some()).map(|container| container.id.clone()),
            phase,
        })
    }
}

/// The container's number in the service, if it is a replica of it.
fn number(container: &Container, key: &ServiceKey) -> Option<u64> {
    match &container.membership {
        Membership::Compose { project, service, number, one_off: false }
            if *service == key.name && key.stack.as_ref() == Some(project) =>
        {
            Some(*number)
        }
        Membership::Compose { .. } | Membership::Swarm { .. } | Membership::Loose => None,
    }
}

fn is_marked(container: &Container) -> bool {
    container.labels.contains_key(REPLACE) || container.labels.contains_key(OPERATION)
}

fn side(container: &Container) -> Side {
    Side {
        container: Some(container.id.clone()),
        name: container.name.clone(),
        image: container.image.clone(),
        status: Status::of_container(container),
    }
}

fn phase(container: &Container) -> ExchangePhase {
    if exchanged(&container.name).1 == Turn::Failed {
        return ExchangePhase::Failed;
    }
    let takes_over = exchanged(&container.name).1 == Turn::Next;
    match (&container.state, Status::of_container(container)) {
        (ContainerState::Created, _) => ExchangePhase::Comes("created".to_owned()),
        (_, Status::Starting) => ExchangePhase::Comes("gate".to_owned()),
        (_, Status::Healthy | Status::Running) if takes_over => ExchangePhase::Comes("serves".to_owned()),
        (_, Status::Healthy | Status::Running) => ExchangePhase::Done,
        (_, Status::Down | Status::Unhealthy | Status::Restarting | Status::Stopped) => ExchangePhase::Failed,
        (_, Status::Paused | Status::Rolling | Status::Unknown) => {
            ExchangePhase::Comes(container.state.word().to_owned())
        }
    }
}

/// When its health check first passed, as far as the engine remembers; without one, when it was started.
fn served_since(container: &Container) -> Option<Timestamp> {
    let passed = container.probes.iter().find(|probe| probe.passed()).and_then(|probe| probe.started_at);
    passed.filter(|at| seconds(container.created_at, *at) < ONE_RUN).or(container.started_at)
}
