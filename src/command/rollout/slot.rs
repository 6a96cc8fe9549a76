//! One replica on its way from the old container to the new one, and back.
//!
//! Where it stands is read from names, labels and states alone: nothing has to be remembered, so an operation that was
//! killed goes on, or back, from what is there. The same function that plans a whole update plans what is left of one.

use std::time::Duration;

use serde_json::json;

use crate::command::{
    clone::names,
    observed::{Condition, Member},
    order::Order,
    plan::{Act, Call, Gate, Step},
};

/// The containers of one number: at most one that was, at most one that is to be.
#[derive(Clone, Debug, PartialEq)]
pub struct Slot {
    /// The container number.
    pub number: u64,
    /// The name that the replica goes by.
    pub name: String,
    /// The container that is replaced.
    pub old: Option<Member>,
    /// The container that replaces it.
    pub new: Option<Member>,
}

/// What is the same for all slots of an update.
#[derive(Clone, Debug, PartialEq)]
pub struct Way {
    /// The operation's id.
    pub operation: String,
    /// What is done first.
    pub order: Order,
    /// How long a new container has to become ready.
    pub deadline: Duration,
    /// How long it must then stay so.
    pub soak: Duration,
    /// How long connections to the old one run out.
    pub drain: Duration,
    /// What is run in the old container before it is stopped.
    pub drain_hook: Option<Vec<String>>,
}

/// A new container that is to be made: its creation, further networks, files.
pub type Making = Vec<Call>;

impl Slot {
    /// The slots of a service in which `operation` is at work: all numbers that have a container of before, or one of
    /// its own.
    #[must_use]
    pub fn of(members: &[Member], operation: &str) -> Vec<Self> {
        let mut numbers: Vec<u64> = members.iter().map(|member| member.number).collect();
        numbers.dedup();
        numbers.into_iter().map(|number| Self::at(number, members, operation)).collect()
    }

    fn at(number: u64, members: &[Member], operation: &str) -> Self {
        let here = || members.iter().filter(|member| member.number == number);
        let is_new = |member: &&Member| member.operation.as_deref() == Some(operation);
        let new = here().find(is_new).cloned();
        let old = here().find(|member| !is_new(member)).cloned();
        let name = match (&old, &new) {
            (Some(member), _) | (None, Some(member)) => names::lasting(&member.name).to_owned(),
            (None, None) => String::new(),
        };
        Self { number, name, old, new }
    }

    /// Whether the new container has taken the place.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.new.as_ref().is_some_and(|new| new.name == self.name && new.condition == Condition::Running)
    }

    /// The name of the new container until it takes the place.
    #[must_use]
    pub fn temporary(&self) -> String {
        match (&self.new, &self.old) {
            (Some(new), _) => new.name.clone(),
            (None, Some(old)) => names::temporary(&old.id, &self.name),
            (None, None) => self.name.clone(),
        }
    }

    /// The steps that are left until the new container has the place and the old one is kept, stopped, beside it.
    #[must_use]
    pub fn forward(&self, way: &Way, making: Making) -> Vec<Step> {
        let mut steps = Steps::new(self.number);
        if self.is_done() {
            return steps.done();
        }
        let temporary = self.temporary();
        if self.new.is_none() {
            steps.calls("creating", "the new container is made beside the old one", making);
        }
        if way.order == Order::StopFirst {
            self.stop_old(way, &mut steps);
        }
        if self.new.as_ref().is_none_or(|new| new.condition != Condition::Running) {
            steps.call("starting", "it is started", Call::Start { container: temporary.clone() });
        }
        steps.gates(way, &temporary);
        if way.order == Order::StartFirst {
            self.drain_old(way, &mut steps);
            self.stop_old(way, &mut steps);
        }
        self.swap(way, &temporary, &mut steps);
        steps.done()
    }

    /// The steps that put the old container back into its place and leave nothing of the new one.
    #[must_use]
    pub fn back(&self, way: &Way) -> Vec<Step> {
        let mut steps = Steps::new(self.number);
        let Some(old) = &self.old else { return steps.done() };
        // A new container that holds the old one's port has to go before the old one can start.
        let new = self.new.as_ref();
        if let Some(new) = new.filter(|_| way.order == Order::StopFirst) {
            steps.remove_new(new);
        }
        if old.name != self.name {
            if let Some(new) = new.filter(|new| new.name == self.name && way.order == Order::StartFirst) {
                let name = names::temporary(&old.id, &self.name);
                let call = Call::Rename { container: new.name.clone(), name };
                steps.call("restoring", "the old container takes its name back", call);
            }
            let call = Call::Rename { container: old.name.clone(), name: self.name.clone() };
            steps.call("restoring", "the old container takes its name back", call);
        }
        if let Some(policy) = self.saved_policy() {
            let call = Call::RestartPolicy { container: self.name.clone(), policy };
            steps.call("restoring", "it is kept running again", call);
        }
        if old.condition != Condition::Running {
            steps.call("restoring", "it serves again", Call::Start { container: self.name.clone() });
            let gate = Gate::Ready { container: self.name.clone(), deadline: way.deadline };
            steps.gate("restoring", "it must be seen to serve", gate);
        }
        if let Some(new) = new.filter(|_| way.order == Order::StartFirst) {
            let renamed = new.name == self.name && old.name != self.name;
            let name = if renamed { names::temporary(&old.id, &self.name) } else { new.name.clone() };
            let call = Call::RemoveRunning { container: name };
            steps.call("reverted", "nothing of the update is left", call);
        }
        steps.done()
    }

    /// The step that removes the old container once the update is to stay.
    #[must_use]
    pub fn commit(&self, operation: &str) -> Vec<Step> {
        let mut steps = Steps::new(self.number);
        let container = names::retired(&self.name, operation);
        steps.call(
            "committing",
            "the update stays: the old container is not needed",
            Call::Remove { container },
        );
        steps.done()
    }

    /// The old container's own restart policy: the label tells it once it was set aside.
    fn saved_policy(&self) -> Option<serde_json::Value> {
        let saved = self.new.as_ref().and_then(|new| new.label(POLICY));
        let saved = saved.and_then(|text| serde_json::from_str(text).ok());
        let now = self.old.as_ref().map(Member::restart_policy);
        if saved == now { None } else { saved }
    }

    fn drain_old(&self, way: &Way, steps: &mut Steps) {
        let Some(old) = self.old.as_ref().filter(|old| old.condition == Condition::Running) else { return };
        if let Some(command) = way.drain_hook.clone() {
            let call = Call::Exec { container: old.name.clone(), command };
            steps.call("draining", "the old container lets go of its work", call);
        }
        if !way.drain.is_zero() {
            steps.gate("draining", "its connections run out", Gate::Drain { period: way.drain });
        }
    }

    fn stop_old(&self, _way: &Way, steps: &mut Steps) {
        let Some(old) = self.old.as_ref().filter(|old| old.condition == Condition::Running) else { return };
        let container = old.name.clone();
        let policy = json!({ "Name": "no" });
        if old.restart_policy() != policy {
            let call = Call::RestartPolicy { container: container.clone(), policy };
            steps.call("replacing", "the engine must not revive it", call);
        }
        let call = Call::Stop { container, grace: Some(old.grace()) };
        steps.call("replacing", "the old container makes room; it is kept for a way back", call);
    }

    fn swap(&self, way: &Way, temporary: &str, steps: &mut Steps) {
        if let Some(old) = self.old.as_ref().filter(|old| old.name == self.name) {
            let name = names::retired(&self.name, &way.operation);
            let call = Call::Rename { container: old.name.clone(), name };
            steps.call("swapping", "the old container gives its name away", call);
        }
        if temporary != self.name {
            let call = Call::Rename { container: temporary.to_owned(), name: self.name.clone() };
            steps.call("swapping", "the new container takes the name", call);
        }
    }
}

/// The label of a new container that keeps the old one's restart policy, as JSON.
pub const POLICY: &str = "stacktop.restart-policy";

/// Steps of one slot.
struct Steps {
    slot: u64,
    steps: Vec<Step>,
}

impl Steps {
    const fn new(slot: u64) -> Self {
        Self { slot, steps: Vec::new() }
    }

    fn push(&mut self, state: &'static str, cause: &str, act: Act) {
        self.steps.push(Step { slot: Some(self.slot), state, cause: cause.to_owned(), act });
    }

    fn call(&mut self, state: &'static str, cause: &str, call: Call) {
        self.push(state, cause, Act::Call(call));
    }

    fn calls(&mut self, state: &'static str, cause: &str, calls: Vec<Call>) {
        calls.into_iter().for_each(|call| self.call(state, cause, call));
    }

    fn gate(&mut self, state: &'static str, cause: &str, gate: Gate) {
        self.push(state, cause, Act::Gate(gate));
    }

    fn gates(&mut self, way: &Way, container: &str) {
        let container = container.to_owned();
        let ready = Gate::Ready { container: container.clone(), deadline: way.deadline };
        self.gate("gate", "it must be seen to serve", ready);
        if !way.soak.is_zero() {
            let soak = Gate::Soak { container, period: way.soak };
            self.gate("soak", "it must go on serving", soak);
        }
    }

    fn remove_new(&mut self, new: &Member) {
        let call = Call::RemoveRunning { container: new.name.clone() };
        self.call("reverting", "the new container makes room for the old one", call);
    }

    fn done(self) -> Vec<Step> {
        self.steps
    }
}
