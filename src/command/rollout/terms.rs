//! What a rolling update was agreed to be like, kept with its lock: whoever goes on with it, or back, does what was
//! agreed.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::command::order::Order;

/// What an update is to be like. Everything that was asked for, said or left to the rules is decided here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// The new image reference.
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
