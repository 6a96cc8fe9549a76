//! Changes: each method is one call of the engine's API, no more.
//!
//! What is to be done and in which order is decided elsewhere; here a call is made, and its failure is told as an
//! [`EngineError`](super::EngineError) that names the object and repeats the engine's words. Whoever has to decide
//! on a refusal asks the error ([`EngineError::is_name_taken`](super::EngineError::is_name_taken) and its like): the
//! status alone does not tell a taken port from a broken image.
//!
//! Containers are named by id or name. A call that is [`Silent`](super::EngineError::Silent) may still be carried out.

mod containers;
mod files;
mod images;
mod networks;
mod prune;
mod pull;
mod refusals;
mod swarm;

pub use containers::{Change, Force, Volumes};
pub use files::{Difference, DifferenceKind};
pub use prune::{Prune, Pruned};
pub use pull::PullStep;
pub use swarm::ServiceUpdate;

use serde_json::Value;

/// The warnings that an answer carries, sanitised.
fn warnings(answer: &Value) -> Vec<String> {
    let listed = answer.get("Warnings").and_then(Value::as_array);
    listed.into_iter().flatten().filter_map(Value::as_str).map(crate::text::sanitize).collect()
}

/// A text member of an answer, sanitised; empty if there is none.
fn text(answer: &Value, member: &str) -> String {
    answer.get(member).and_then(Value::as_str).map(crate::text::sanitize).unwrap_or_default()
}
