//! Before something is done: what is asked for, what would be done.

use super::JobId;
use crate::{
    command::{Plan, Risk},
    domain::{ServiceId, ServiceKey},
};

/// What a command still has to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// What for.
    pub wish: Wish,
    /// The service that it is about.
    pub service: ServiceKey,
    /// Its id, if it is Swarm's.
    pub swarm: Option<ServiceId>,
    /// How it is now.
    pub now: String,
    /// The answer.
    pub answer: Field,
}

/// A command that takes an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Another number of replicas.
    Scale,
    /// Another image.
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
    /// The plan.
    pub draft: Draft,
    /// The name, typed as a confirmation.
    pub name: Field,
    /// The first line that is shown.
    pub scroll: u32,
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
