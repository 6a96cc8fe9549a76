//! The engine's answers, read leniently, and what they become.
//!
//! Each file has the shape of one kind of answer as it is on the wire, and its conversion to [`crate::domain`].
//! A field that is missing, `null` or of another type than expected becomes its type's default; an element of a
//! list that is no object at all is left out and told in the log. So a newer engine, or Podman, costs at most the
//! field that changed.

pub(super) mod config;
pub(super) mod container;
pub(super) mod event;
pub(super) mod facts;
pub(super) mod inspection;
pub(super) mod list;
pub(super) mod membership;
pub(super) mod node;
pub(super) mod service;
pub(super) mod stats;
pub(super) mod status_text;
pub(super) mod task;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::value::RawValue;

/// Declares wire structs: each field with its key, all of them lenient.
macro_rules! wire {
    ($($(#[$doc:meta])* struct $name:ident { $($field:ident: $type:ty = $key:literal),* $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, serde::Deserialize)]
        #[serde(default)]
        pub(in crate::engine) struct $name {
            $(
                #[serde(rename = $key, deserialize_with = "crate::engine::convert::lenient")]
                pub(in crate::engine) $field: $type,
            )*
        }
    )+};
}
pub(super) use wire;

/// A value, or its type's default if it is something else. The text of the value is read a second time rather than kept
/// as a tree: lists of containers are long.
pub(super) fn lenient<'de, D, T>(from: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned + Default,
{
    let text = <&RawValue>::deserialize(from)?;
    Ok(serde_json::from_slice(text.get().as_bytes()).unwrap_or_default())
}

/// Text from outside, made safe.
pub(super) fn clean(text: &str) -> String {
    crate::text::sanitize(text)
}

/// The same of text that is given away.
pub(super) fn cleaned(text: String) -> String {
    crate::text::sanitized(text)
}

/// Text from outside, made safe; nothing if it is empty.
pub(super) fn some_clean(text: &str) -> Option<String> {
    Some(clean(text)).filter(|text| !text.is_empty())
}

/// Names and values from outside, made safe.
pub(super) fn clean_map(map: BTreeMap<String, String>) -> BTreeMap<String, String> {
    map.into_iter().map(|(name, value)| (cleaned(name), cleaned(value))).collect()
}

/// A moment; the year 1 stands for none in the engine's answers.
pub(super) fn moment(text: &str) -> Option<Timestamp> {
    text.parse::<Timestamp>().ok().filter(|moment| moment.as_second() > 0)
}

/// An image reference without the digest that Swarm pins.
pub(super) fn without_digest(image: &str) -> String {
    clean(image.split_once("@sha256:").map_or(image, |(name, _)| name))
}

/// CPUs from Docker's billionths; zero is no limit.
pub(super) fn cpus(nano: i64) -> Option<f64> {
    (nano > 0).then(|| nano as f64 / 1e9)
}

/// Bytes; zero or less is no limit.
pub(super) fn limit(bytes: i64) -> Option<u64> {
    u64::try_from(bytes).ok().filter(|bytes| *bytes > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_year_one_is_no_moment() {
        assert_eq!(moment("0001-01-01T00:00:00Z"), None);
        assert!(moment("2026-08-20T10:00:00.123456789Z").is_some());
    }
}
