//! Commands that run in a container before it is stopped.

use serde::{Deserialize, Serialize};

/// A command to run in a container, as a `pre_stop` hook of a compose file names it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hook {
    /// The program and its arguments.
    pub command: Vec<String>,
    /// Who runs it, if not the container's user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Whether it has all rights on the host.
    #[serde(default)]
    pub privileged: bool,
    /// Where it runs, if not in the container's folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub working_dir: Option<String>,
    /// Entries added to the container's environment.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub environment: Vec<String>,
}

impl Hook {
    /// A plain command.
    #[must_use]
    pub fn new(command: Vec<String>) -> Self {
        Self { command, ..Self::default() }
    }
}
