//! How an operation begins.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Holder, OpId};

/// What is done, to what, by whom and with which engine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// The operation's id.
    pub op: OpId,
    /// The words of the command: `["rollout", "shop/web", "--image", "app:2"]`.
    pub command: Vec<String>,
    /// What it is done to: `shop/web`.
    pub target: String,
    /// Who does it.
    pub holder: Holder,
    /// The engine's address.
    pub endpoint: String,
    /// The engine's own id, which stays when its address changes.
    pub engine: String,
    /// The plan in short, one line an element.
    pub plan: Vec<String>,
    /// What it takes to undo the operation: ids, names, restart policies, specifications. Values that look secret are
    /// masked, so that an environment from here must not be given back to the engine.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub details: Value,
}
