//! Services of Swarm that use a volume. Swarm makes their containers, so none is exchanged: a service is left without
//! tasks, its spec gets the other volume, and it gets its tasks back.
//!
//! While it has no task there is nothing that Swarm could update one by one: all tasks of the old volume have ended before
//! the first one of the fresh volume starts, and an update that Swarm pauses half-way, which could only be gone on with by
//! ending tasks that serve, cannot come about.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    Deed,
    exchange::{call, step},
};
use crate::{
    command::{
        clone::json::{text, texts},
        plan::{Act, Call, Gate, ServiceChange, Step},
        swarm::{DEADLINE, SwarmService},
    },
    domain::ServiceKey,
};

/// No node has this id: a global service with this constraint has no task.
const NOWHERE: &str = "node.id == stacktop-nowhere";

/// A service of Swarm that has a volume which is restored.
#[derive(Clone, Debug, PartialEq)]
pub struct SwarmUser {
    /// The service as it was.
    pub service: SwarmService,
    /// What its tasks did.
    pub was: Was,
    /// The constraint by which its tasks stay on the node that has the volume, where none of its own says so.
    pub pin: Option<String>,
}

/// What the tasks of a service did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Was {
    /// As many ran as there were to be.
    Serving,
    /// Some did not.
    Failing,
}

impl SwarmUser {
    /// What the lock keeps of it.
    #[must_use]
    pub fn kept(&self) -> Value {
        let (key, was) = (&self.service.key, self.was == Was::Serving);
        json!({
            "ID": self.service.id(), "Spec": self.service.spec(), "Stack": key.stack.as_ref().map(ToString::to_string),
            "Service": key.name, "Served": was, "Pin": self.pin,
        })
    }

    /// The one that a lock keeps.
    #[must_use]
    pub fn of_kept(kept: &Value) -> Self {
        let stack = kept.get("Stack").and_then(Value::as_str).map(Into::into);
        let key = ServiceKey { stack, name: text(kept, "/Service").to_owned() };
        let was = if kept.get("Served") == Some(&Value::Bool(true)) { Was::Serving } else { Was::Failing };
        let pin = kept.get("Pin").and_then(Value::as_str).map(str::to_owned);
        Self { service: SwarmService { key, inspect: kept.clone() }, was, pin }
    }

    /// How many tasks it is to have; `None` where Swarm decides.
    #[must_use]
    pub fn replicas(&self) -> Option<u64> {
        self.service.replicas()
    }

    /// The change that leaves it without tasks; `None` if it has none.
    pub(super) fn vacate(&self) -> Option<ServiceChange> {
        match self.replicas() {
            Some(0) => None,
            Some(_) => Some(ServiceChange::Replicas(0)),
            None => {
                let nowhere = self.constraints().chain([NOWHERE.to_owned()]);
                Some(ServiceChange::Constraints(nowhere.collect()))
            }
        }
    }

    /// The change that gives it these volumes, and its tasks back.
    #[must_use]
    pub fn give(&self, moves: &BTreeMap<String, String>) -> ServiceChange {
        let volumes = (!moves.is_empty()).then(|| ServiceChange::Volumes(moves.clone()));
        let nodes = (self.pin.is_some() || self.replicas().is_none())
            .then(|| ServiceChange::Constraints(self.constraints().chain(self.pin.clone()).collect()));
        let tasks = self.replicas().map(ServiceChange::Replicas);
        ServiceChange::All(volumes.into_iter().chain(tasks).chain(nodes).collect())
    }

    /// The change that makes it what it was.
    fn take_back(&self, moves: &BTreeMap<String, String>) -> ServiceChange {
        let back = moves.iter().map(|(home, fresh)| (fresh.clone(), home.clone())).collect();
        Self { pin: None, ..self.clone() }.give(&back).and_constraints(self)
    }

    /// Whether it has these volumes and its tasks back.
    pub(super) fn is_given(&self, now: &SwarmService, moves: &BTreeMap<String, String>) -> bool {
        let is_vacated = self.vacate().is_some_and(|change| change.is_made(now.spec()));
        !is_vacated
            && self.give(moves).is_made(now.spec())
            && moves.keys().all(|home| !now.volumes().any(|name| name == home))
    }

    fn constraints(&self) -> impl Iterator<Item = String> {
        texts(self.service.spec(), "/TaskTemplate/Placement/Constraints").map(str::to_owned)
    }

    fn updating(&self, cause: &str, change: &ServiceChange) -> Step {
        let service = self.service.name().to_owned();
        call("updating", cause, Call::UpdateService { service, change: change.clone() })
    }

    fn emptied(&self) -> Step {
        let gate = Gate::Emptied { service: self.service.name().to_owned(), deadline: DEADLINE };
        step("ending", "what they have mounted is nobody's then", Act::Gate(gate))
    }

    fn converged(&self, change: ServiceChange) -> Step {
        let service = self.service.name().to_owned();
        let gate = Gate::Converged { service, change, deadline: DEADLINE };
        step("gate", "all tasks must be seen to run", Act::Gate(gate))
    }
}

impl ServiceChange {
    /// The same change, with the constraints of before where a pin was added to them.
    fn and_constraints(self, user: &SwarmUser) -> Self {
        match (self, &user.pin) {
            (Self::All(mut changes), Some(_)) if user.replicas().is_some() => {
                changes.push(Self::Constraints(user.constraints().collect()));
                Self::All(changes)
            }
            (change, _) => change,
        }
    }
}

/// All tasks end.
pub(super) fn vacating(users: &[&SwarmUser]) -> Vec<Step> {
    let cause = "all of its tasks end before one starts on other data";
    let update = |user: &&SwarmUser| user.vacate().map(|change| user.updating(cause, &change));
    let updates = users.iter().filter_map(update);
    updates.chain(users.iter().map(|user| user.emptied())).collect()
}

/// They come back, on these volumes.
pub(super) fn giving(users: &[&SwarmUser], moves: &BTreeMap<String, String>) -> Vec<Step> {
    let update = |user: &&SwarmUser| user.updating("its tasks come back on it", &user.give(moves));
    let gate = |user: &&SwarmUser| user.converged(user.give(moves));
    users.iter().map(update).chain(users.iter().map(gate)).collect()
}

/// What is left of the way back of one that was given other volumes, or was left without tasks; nothing where it is what
/// it was. One whose tasks failed before is not waited for.
pub(super) fn reverting(user: &SwarmUser, now: &SwarmService, moves: &BTreeMap<String, String>) -> Vec<Step> {
    let back = user.take_back(moves);
    if back.is_made(now.spec()) {
        return Vec::new();
    }
    let is_moved = now.volumes().any(|name| moves.values().any(|fresh| fresh == name));
    let vacate = user.vacate().filter(|change| is_moved && !change.is_made(now.spec()));
    let mut steps: Vec<Step> =
        vacate.iter().map(|change| user.updating("its tasks on the fresh volume end", change)).collect();
    steps.push(user.emptied());
    steps.push(user.updating("it becomes what it was", &back));
    steps.extend((user.was == Was::Serving).then(|| user.converged(back)));
    steps
}

/// What is left of ended tasks, which Swarm keeps for a while, goes: they hold the volume.
pub(super) fn clearing(volume: &str) -> Step {
    let deed = Deed::ClearTasks { volume: volume.to_owned() };
    call("removing", "what is left of ended tasks holds the volume", deed.call())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(mode: &Value, pin: Option<&str>) -> SwarmUser {
        let inspect = json!({ "ID": "w1", "Spec": {
            "Name": "yard_web", "Mode": mode,
            "TaskTemplate": {
                "ContainerSpec": { "Mounts": [{ "Type": "volume", "Source": "data", "Target": "/data" }] },
                "Placement": { "Constraints": ["node.labels.disk == fast"] },
            },
        }});
        let key = ServiceKey { stack: Some("yard".into()), name: "web".to_owned() };
        let service = SwarmService { key, inspect };
        SwarmUser { service, was: Was::Serving, pin: pin.map(str::to_owned) }
    }

    fn replicated(count: u64) -> Value {
        json!({ "Replicated": { "Replicas": count } })
    }

    fn moves() -> BTreeMap<String, String> {
        [("data".to_owned(), "fresh".to_owned())].into()
    }

    /// The service after a change.
    fn after(service: &SwarmService, change: &ServiceChange) -> SwarmService {
        service.with_spec(&change.applied(service.spec()))
    }

    #[test]
    fn the_way_back_leads_to_the_spec_of_before_from_wherever_it_stands() {
        for (mode, pin) in [
            (replicated(2), None),
            (replicated(2), Some("node.id == n1")),
            (json!({ "Global": {} }), None),
            (json!({ "Global": {} }), Some("node.id == n1")),
        ] {
            let user = user(&mode, pin);
            let empty = after(&user.service, &user.vacate().unwrap());
            let given = after(&empty, &user.give(&moves()));
            assert!(user.is_given(&given, &moves()) && !user.is_given(&empty, &moves()));
            for stand in [&empty, &given] {
                let steps = reverting(&user, stand, &moves());
                let mut now = stand.clone();
                for step in &steps {
                    if let Act::Call(Call::UpdateService { change, .. }) = &step.act {
                        now = after(&now, change);
                    }
                }
                assert_eq!(now.spec(), user.service.spec());
            }
            assert!(reverting(&user, &user.service, &moves()).is_empty(), "nothing was done to it");
        }
    }

    #[test]
    fn who_was_without_tasks_gets_none() {
        let user = user(&replicated(0), None);
        assert_eq!(user.vacate(), None);
        let given = after(&user.service, &user.give(&moves()));
        assert_eq!(given.replicas(), Some(0));
        assert_eq!(given.volumes().collect::<Vec<_>>(), ["fresh"]);
        assert!(user.is_given(&given, &moves()) && !user.is_given(&user.service, &moves()));
    }

    #[test]
    fn what_a_lock_keeps_is_enough_to_go_back() {
        let user = user(&replicated(2), Some("node.id == n1"));
        let again = SwarmUser::of_kept(&user.kept());
        assert_eq!((again.service.id(), again.service.spec()), (user.service.id(), user.service.spec()));
        assert_eq!((&again.service.key, again.was, &again.pin), (&user.service.key, user.was, &user.pin));
    }
}
