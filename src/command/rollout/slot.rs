//! One replica on its way from the old container to the new one, and back.
//!
//! Where it stands is read from names, labels and states alone: nothing has to be remembered, so an operation that was
//! killed goes on, or back, from what is there. The same function that plans a whole update plans what is left of one.

use std::time::Duration;

use serde_json::{Value, json};

use crate::command::{
    clone::names,
    compose::Hook,
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
    /// What is run in a container before it is stopped, where no label of its own says.
    pub hooks: Vec<Hook>,
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

    /// Whether its new container is gone for good to where it is: there is nothing to go back to.
    #[must_use]
    pub const fn is_final(&self) -> bool {
        self.new.is_some() && self.old.is_none()
    }

    /// Whether the new container is yet to be made. One that was never started is made again: nobody can tell whether
    /// all its networks and files had come.
    #[must_use]
    pub fn lacks_new(&self) -> bool {
        let is_made = self.new.as_ref().is_some_and(|new| new.condition != Condition::Created);
        self.old.is_some() && !is_made
    }

    /// The restart policy that the replica is to have: the label tells it once the old container's was set aside.
    #[must_use]
    pub fn policy(&self) -> Option<Value> {
        let saved = self.new.as_ref().and_then(|new| new.label(POLICY));
        let saved = saved.and_then(|text| serde_json::from_str(text).ok());
        saved.or_else(|| self.old.as_ref().map(Member::restart_policy))
    }

    /// What the old container did before the update.
    #[must_use]
    pub fn was(&self) -> Option<Was> {
        let saved = self.new.as_ref().and_then(|new| new.label(WAS)).and_then(Was::parse);
        saved.or_else(|| self.old.as_ref().map(Was::of))
    }

    /// The steps that are left until the new container has the place and the old one is kept, stopped, beside it.
    #[must_use]
    pub fn forward(&self, way: &Way, making: Making) -> Vec<Step> {
        let mut steps = Steps::new(self.number);
        if self.is_done() {
            return steps.done();
        }
        let temporary = self.temporary();
        if self.lacks_new() {
            if self.new.is_some() {
                let call = Call::Remove { container: temporary.clone() };
                steps.call("creating", "it was never started, so it may lack something", call);
            }
            steps.calls("creating", "the new container is made beside the old one", making);
        }
        if way.order == Order::StopFirst {
            if let Some(old) = self.old.as_ref().filter(|old| old.condition == Condition::Running) {
                steps.before_stop(way, old, &old.name);
            }
            self.stop_old(&mut steps);
        }
        if self.new.as_ref().is_none_or(|new| new.condition != Condition::Running) {
            steps.call("starting", "it is started", Call::Start { container: temporary.clone() });
        }
        steps.ready(way, &temporary);
        if self.old.as_ref().is_some_and(waits_for_the_engine) {
            steps.healthy(way, &temporary);
        }
        steps.soak(way, &temporary);
        if way.order == Order::StartFirst {
            self.drain_old(way, &mut steps);
            self.stop_old(&mut steps);
        }
        self.swap(way, &temporary, &mut steps);
        steps.done()
    }

    /// The steps that put the old container back into its place and leave nothing of the new one.
    #[must_use]
    pub fn back(&self, way: &Way) -> Vec<Step> {
        let mut steps = Steps::new(self.number);
        let Some(old) = &self.old else { return steps.done() };
        // The labels of the new container are what is known of before, so it goes only after they have been heeded.
        if let Some(policy) = self.policy().filter(|policy| *policy != old.restart_policy()) {
            let call = Call::RestartPolicy { container: old.name.clone(), policy };
            steps.call("restoring", "it is kept running again", call);
        }
        let Some(new) = &self.new else {
            self.restore(old, way, &mut steps);
            return steps.done();
        };
        // Where both cannot live side by side, the new one ends before the old one starts.
        if way.order == Order::StopFirst {
            if new.condition == Condition::Running {
                steps.before_stop(way, new, &new.name);
            }
            steps.stop_new(new, &new.name);
        }
        let mut name = new.name.clone();
        if name == self.name && old.name != self.name {
            name = names::temporary(&old.id, &self.name);
            let call = Call::Rename { container: new.name.clone(), name: name.clone() };
            steps.call("restoring", "the new container gives the name away", call);
        }
        self.restore(old, way, &mut steps);
        if way.order == Order::StartFirst {
            if new.condition == Condition::Running && old.condition != Condition::Running {
                steps.let_go(way, new, &name);
            }
            steps.stop_new(new, &name);
        }
        let call = Call::RemoveRunning { container: name };
        steps.call("reverting", "nothing of the update is left", call);
        steps.done()
    }

    /// The old container gets its name, and runs if it ran.
    fn restore(&self, old: &Member, way: &Way, steps: &mut Steps) {
        if old.name != self.name {
            let call = Call::Rename { container: old.name.clone(), name: self.name.clone() };
            steps.call("restoring", "the old container takes its name back", call);
        }
        let was = self.was().unwrap_or(Was::Stopped);
        if old.condition != Condition::Running && was != Was::Stopped {
            steps.call("restoring", "it runs again", Call::Start { container: self.name.clone() });
        }
        // It had been told to let go of its work, and nothing but a new start takes that back.
        let was_drained = !old.hooks(&way.hooks).is_empty() && Was::of(old) == Was::Failing;
        if old.condition == Condition::Running && was == Was::Serving && was_drained {
            let call = Call::Restart { container: self.name.clone(), grace: Some(old.grace()) };
            steps.call("restoring", "it takes work again", call);
        }
        // Also where it runs already: whoever started it may not have seen it serve.
        if self.new.is_some() && was == Was::Serving {
            steps.ready(way, &self.name);
            if waits_for_the_engine(old) {
                steps.healthy(way, &self.name);
            }
        }
    }

    /// The step that removes the old container once the update is to stay.
    #[must_use]
    pub fn commit(&self) -> Vec<Step> {
        let mut steps = Steps::new(self.number);
        if let Some(old) = &self.old {
            let call = Call::Remove { container: old.name.clone() };
            steps.call("committing", "the update stays: the old container is not needed", call);
        }
        steps.done()
    }

    fn drain_old(&self, way: &Way, steps: &mut Steps) {
        let Some(old) = self.old.as_ref().filter(|old| old.condition == Condition::Running) else { return };
        steps.let_go(way, old, &old.name);
    }

    /// Also one that does not run at the moment: its policy may be about to start it again.
    fn stop_old(&self, steps: &mut Steps) {
        let Some(old) = self.old.as_ref().filter(|old| old.condition != Condition::Created) else { return };
        let container = old.name.clone();
        let policy = json!({ "Name": "no" });
        if old.restart_policy().get("Name") != policy.get("Name") {
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

/// A proxy asks the engine, whose own first check may come late; two replicas must not be exchanged in between.
fn waits_for_the_engine(old: &Member) -> bool {
    old.is_proxied() && old.time_to_verdict().is_some()
}

/// The label of a new container that keeps the old one's restart policy, as JSON.
pub const POLICY: &str = "stacktop.restart-policy";

/// The label of a new container that keeps what the old one did.
pub const WAS: &str = "stacktop.was";

/// What a container did before it was to be replaced: that, and no more, a way back restores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Was {
    /// It ran, and its health check, if any, did not fail.
    Serving,
    /// It ran somehow: unhealthy, or in a loop of restarts.
    Failing,
    /// It did not run.
    Stopped,
}

impl Was {
    /// What the container does now.
    #[must_use]
    pub fn of(member: &Member) -> Self {
        match (member.status(), member.health()) {
            ("running", "unhealthy") | ("restarting", _) => Self::Failing,
            ("running" | "paused", _) => Self::Serving,
            _ => Self::Stopped,
        }
    }

    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Serving => "serving",
            Self::Failing => "failing",
            Self::Stopped => "stopped",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        [Self::Serving, Self::Failing, Self::Stopped].into_iter().find(|was| was.word() == word)
    }
}

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

    fn ready(&mut self, way: &Way, container: &str) {
        let ready = Gate::Ready { container: container.to_owned(), deadline: way.deadline };
        self.gate("gate", "it must be seen to serve", ready);
    }

    fn healthy(&mut self, way: &Way, container: &str) {
        let healthy = Gate::Healthy { container: container.to_owned(), deadline: way.deadline };
        self.gate("gate", "a proxy sends it nothing before", healthy);
    }

    fn soak(&mut self, way: &Way, container: &str) {
        if !way.soak.is_zero() {
            let soak = Gate::Soak { container: container.to_owned(), period: way.soak };
            self.gate("soak", "it must go on serving", soak);
        }
    }

    /// A container that others still send work to is told to let go of it.
    fn let_go(&mut self, way: &Way, member: &Member, name: &str) {
        for hook in member.hooks(&way.hooks) {
            let call = Call::Exec { container: name.to_owned(), hook };
            self.call("draining", "it is told to let go of its work", call);
        }
        if !way.drain.is_zero() {
            self.gate("draining", "its connections run out", Gate::Drain { period: way.drain });
        }
    }

    /// The compose file's hooks run before every stop, as Compose runs them; a label's are for a container that others
    /// still send work to.
    fn before_stop(&mut self, way: &Way, member: &Member, name: &str) {
        let hooks = if member.drain_hook().is_none() { way.hooks.as_slice() } else { &[] };
        for hook in hooks {
            let call = Call::Exec { container: name.to_owned(), hook: hook.clone() };
            self.call("draining", "the compose file says so", call);
        }
    }

    /// It is asked to end like any other: it may have work in hand.
    fn stop_new(&mut self, new: &Member, name: &str) {
        if new.condition != Condition::Created {
            let call = Call::Stop { container: name.to_owned(), grace: Some(new.grace()) };
            self.call("reverting", "the new container finishes its work", call);
        }
    }

    fn done(self) -> Vec<Step> {
        self.steps
    }
}
