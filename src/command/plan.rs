//! What is going to be done: steps in order, each one call of the engine's API, with its cause and its way back.

mod call;
mod downtime;
mod gate;

use std::time::Duration;

pub use call::{Call, ServiceChange, Unused, brief};
pub use downtime::Downtime;
pub use gate::{Gate, seconds};

/// Everything a command is going to do, made from one observation of the engine and touching nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// What is done, to what: `rolling update of shop/web`.
    pub title: String,
    /// How bad a mistake would be.
    pub risk: Risk,
    /// Facts that a person decides by, in order: image, order and its reason, gate.
    pub facts: Vec<(String, String)>,
    /// What a person should know beforehand: what the next `compose up` will do.
    pub notes: Vec<String>,
    /// Phases, one after the other.
    pub phases: Vec<Phase>,
    /// How long it takes, as far as can be told.
    pub takes: Duration,
    /// How long nobody is served.
    pub down_for: Downtime,
    /// How it is undone, in a sentence.
    pub undo: String,
}

/// Steps that belong together, in lanes that run side by side.
#[derive(Clone, Debug, PartialEq)]
pub struct Phase {
    /// What it does: `slot 1`, `commit`.
    pub title: String,
    /// Lanes, each a sequence of steps.
    pub lanes: Vec<Vec<Step>>,
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Which part it belongs to: a replica's number, or nothing in particular.
    pub slot: Option<u64>,
    /// What state the part is in while this is done.
    pub state: &'static str,
    /// Why it is done, in a few words.
    pub cause: String,
    /// What is done.
    pub act: Act,
}

/// Something to do, or to wait for.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// One call.
    Call(Call),
    /// Something that must be seen before the next step.
    Gate(Gate),
}

/// How bad a mistake would be; it decides the confirmation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Risk {
    /// Undone by the same verb: done without asking.
    None,
    /// Replicas are replaced or stopped: asked for with one key.
    Some,
    /// Something is lost for good: the name is to be typed.
    High,
}

impl Act {
    /// It in a few words.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Call(call) => call.describe(),
            Self::Gate(gate) => gate.describe(),
        }
    }

    /// What has failed, if it has: the call that was attempted, or what was waited for in vain.
    #[must_use]
    pub fn failed(&self) -> String {
        match self {
            Self::Call(call) => call.describe(),
            Self::Gate(gate) => gate.unmet(),
        }
    }
}

impl Plan {
    /// All steps, in an order in which they may happen.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        self.phases.iter().flat_map(|phase| phase.lanes.iter().flatten())
    }

    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps().next().is_none()
    }

    /// This plan and, once it is done, the next one, which is about what `called` names: shown as one before either is
    /// begun.
    #[must_use]
    pub fn then(mut self, called: &str, next: &Self) -> Self {
        let titled = |phase: &Phase| Phase { title: format!("{called}: {}", phase.title), ..phase.clone() };
        self.phases.extend(next.phases.iter().map(titled));
        self.notes
            .extend(next.notes.iter().filter(|note| !self.notes.contains(note)).cloned().collect::<Vec<_>>());
        self.risk = self.risk.max(next.risk);
        self.takes += next.takes;
        self.down_for = self.down_for.and(next.down_for);
        self
    }
}

impl Phase {
    /// A phase of one lane.
    #[must_use]
    pub fn single(title: impl Into<String>, steps: Vec<Step>) -> Self {
        Self { title: title.into(), lanes: vec![steps] }
    }
}
