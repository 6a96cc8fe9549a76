//! What a rolling update was agreed to be like, kept with its lock: whoever goes on with it, or back, does what was
//! agreed.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Ran, Slot, short};
use crate::command::{
    compose::Hook,
    observed::{Condition, Member},
    order::{Decision, Order},
};

/// What an update is to be like. Everything that was asked for, said or left to the rules is decided here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// The new image: a reference, or an id where no reference means it any more.
    pub reference: String,
    /// What is done first.
    pub order: Order,
    /// Why in this order.
    pub reason: String,
    /// How long a new container has to become ready.
    #[serde(rename = "deadline_ms", with = "milliseconds")]
    pub deadline: Duration,
    /// How long it must then stay so.
    #[serde(rename = "soak_ms", with = "milliseconds")]
    pub soak: Duration,
    /// How long connections to the old one run out.
    #[serde(rename = "drain_ms", with = "milliseconds")]
    pub drain: Duration,
    /// Slots at once.
    pub parallelism: usize,
    /// How long is waited between slots.
    #[serde(rename = "delay_ms", with = "milliseconds")]
    pub delay: Duration,
    /// How many slots may fail; each is put back, and the others go on.
    pub bearable: usize,
    /// What is done when one more has failed.
    pub on_failure: OnFailure,
    /// What is done first on the way back.
    pub back_order: Order,
    /// Slots at once on the way back.
    pub back_parallelism: usize,
    /// How careful it is.
    pub care: Care,
    /// The id of the image that the reference meant when this was agreed.
    pub image_id: String,
    /// What is run in a container before it is stopped, where no label of its own says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hooks: Vec<Hook>,
    /// What was said by labels and files, for people: `parallelism 2 (compose.yaml)`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub said: Vec<String>,
    /// What the service ran before.
    #[serde(default)]
    pub previous: Option<Ran>,
    /// What a finished update is put back to, where it is that.
    #[serde(default)]
    pub put_back: Option<PutBack>,
}

/// A finished update that is put back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PutBack {
    /// What ran before it.
    pub to: Ran,
    /// The operation that is put back, if it is known.
    pub operation: Option<String>,
}

/// What is done about a slot that has failed, in Compose's and Swarm's words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OnFailure {
    /// Every slot is put back.
    #[default]
    RollBack,
    /// That slot is put back, and a person decides on the others.
    Pause,
    /// That slot is put back, and the others go on.
    Continue,
}

impl OnFailure {
    /// Reads `rollback`, `pause` or `continue`.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::RollBack, Self::Pause, Self::Continue].into_iter().find(|action| action.word() == word)
    }

    /// As Compose spells it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::RollBack => "rollback",
            Self::Pause => "pause",
            Self::Continue => "continue",
        }
    }
}

/// How careful an update is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Care {
    /// What runs the image already is left alone, and no database gets data of another major version.
    #[default]
    Usual,
    /// `--force`: every replica is replaced, whatever it runs.
    Forced,
}

impl Terms {
    /// An update to this image in this order, one slot after the other, without any waiting.
    #[must_use]
    pub fn new(reference: String, decision: Decision) -> Self {
        let Decision { order, reason } = decision;
        Self {
            reference,
            order,
            reason,
            deadline: Duration::ZERO,
            soak: Duration::ZERO,
            drain: Duration::ZERO,
            parallelism: 1,
            delay: Duration::ZERO,
            bearable: 0,
            on_failure: OnFailure::RollBack,
            back_order: order,
            back_parallelism: 1,
            care: Care::Usual,
            image_id: String::new(),
            hooks: Vec::new(),
            said: Vec::new(),
            previous: None,
            put_back: None,
        }
    }

    /// The reference that the new containers stand for.
    #[must_use]
    pub fn stands_for(&self) -> &str {
        self.put_back.as_ref().map_or(&self.reference, |back| &back.to.reference)
    }

    /// The image it goes to, for people.
    #[must_use]
    pub fn aim(&self) -> String {
        let Some(PutBack { to, operation }) = &self.put_back else { return self.reference.clone() };
        let id = if self.reference == to.reference { "" } else { short(&to.id) };
        let id = if id.is_empty() { String::new() } else { format!(", as {id}") };
        let before = operation.as_ref().map(|it| format!(" (what it ran before operation {it})"));
        format!("{}{id}{}", to.reference, before.unwrap_or_default())
    }

    /// What is done, to this service.
    #[must_use]
    pub fn title(&self, service: &str) -> String {
        match self.put_back {
            None => format!("rolling update of {service}"),
            Some(_) => format!("put the last update of {service} back"),
        }
    }

    /// What is to be done after so many slots have failed.
    #[must_use]
    pub const fn after(&self, failed: usize) -> OnFailure {
        if failed <= self.bearable { OnFailure::Continue } else { self.on_failure }
    }

    /// Whether a slot that nobody has touched runs what it is to run already.
    #[must_use]
    pub fn is_met_by(&self, slot: &Slot) -> bool {
        let runs_it = |old: &Member| {
            old.condition == Condition::Running
                && old.image() == self.reference
                && old.image_id() == self.image_id
        };
        self.care == Care::Usual && slot.new.is_none() && slot.old.as_ref().is_some_and(runs_it)
    }
}

/// Spans as people give them: half a second is no second at all.
mod milliseconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde wants a reference")]
    pub(super) fn serialize<S: Serializer>(span: &Duration, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_u64(u64::try_from(span.as_millis()).unwrap_or(u64::MAX))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        u64::deserialize(from).map(Duration::from_millis)
    }
}
