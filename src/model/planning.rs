//! Before something is done: what is asked for, what would be done.

use super::JobId;
use crate::{
    command::{Plan, Risk},
    domain::{ServiceId, ServiceKey, StackName},
};

/// What a command still has to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// What for.
    pub wish: Wish,
    /// What it is about.
    pub extent: Extent,
    /// How it is now, and what would be done.
    pub now: String,
    /// The answer.
    pub answer: Field,
}

/// How much a command is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Extent {
    /// A service.
    Service {
        /// It.
        key: ServiceKey,
        /// Its id, if it is Swarm's.
        swarm: Option<ServiceId>,
    },
    /// All services of a Compose project.
    Project(StackName),
    /// A backup set of a stack, or what is in it of one service.
    Set {
        /// The stack.
        stack: StackName,
        /// The service, if it is not all.
        service: Option<String>,
        /// The set's id.
        set: String,
    },
}

/// A command that takes an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Another number of replicas.
    Scale,
    /// Something else than now: another image, the data of a backup set.
    Update,
}

/// Text that is being typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Field {
    /// It.
    pub text: String,
    /// Why it cannot be used as it is.
    pub error: Option<String>,
}

/// A plan on its way to a yes or a no.
#[derive(Clone, Debug, PartialEq)]
pub struct Planning {
    /// The job that it is to become.
    pub job: JobId,
    /// What it is about, as a person calls it: `shop/web`.
    pub subject: String,
    /// The service that it is about, if it is one.
    pub service: Option<ServiceKey>,
    /// The stack whose data it keeps or brings back, if it does that.
    pub backup: Option<StackName>,
    /// Whether it is the rest of something.
    pub origin: Origin,
    /// The jobs that it is to become, once there is a plan.
    pub turns: Vec<Turn>,
    /// The plan.
    pub draft: Draft,
    /// The name, typed as a confirmation.
    pub name: Field,
    /// The first line that is shown.
    pub scroll: u32,
}

/// One of the jobs that a plan becomes: they are carried out one after the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Turn {
    /// The service that it is about, if that is another one than the plan's.
    pub service: Option<ServiceKey>,
    /// Its part of the plan.
    pub plan: Plan,
    /// The operation's id, if it takes a lock: then the engine knows of it when this program is gone.
    pub operation: Option<String>,
}

/// Where a plan begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Nothing was done yet.
    New,
    /// It was begun before: even where no step is left, its last word is.
    LeftBehind,
}

/// How far a plan is.
#[derive(Clone, Debug, PartialEq)]
pub enum Draft {
    /// It is being made: the engine is looked at.
    Asked,
    /// What would be done.
    Ready(Box<Plan>),
    /// Why it is not done.
    Refused(String),
}

impl Field {
    /// A field that begins with this text.
    #[must_use]
    pub fn of(text: impl Into<String>) -> Self {
        Self { text: text.into(), error: None }
    }
}

impl Planning {
    /// Whether one key decides.
    #[must_use]
    pub const fn wants_yes(&self) -> bool {
        matches!(self.risk(), Some(Risk::None | Risk::Some))
    }

    /// Whether the name of what it is about has to be typed.
    #[must_use]
    pub const fn wants_name(&self) -> bool {
        matches!(self.risk(), Some(Risk::High))
    }

    const fn risk(&self) -> Option<Risk> {
        match &self.draft {
            Draft::Ready(plan) => Some(plan.risk),
            Draft::Asked | Draft::Refused(_) => None,
        }
    }
}
