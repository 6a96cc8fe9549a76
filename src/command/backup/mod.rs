//! Backups: what there is to be backed up, how it is kept consistent, in which steps.
//!
//! [`Survey`] reads it off the engine's descriptions. For each volume [`Course`] chooses between a dump by the database
//! itself, stopping those who write, freezing them, and reading as it is; [`plan()`] makes steps of that. Whoever is
//! stopped is started again, in the order of what needs what, whatever becomes of the steps between.

mod course;
mod holding;
pub mod label;
mod plan;
mod recipe;
mod survey;
#[cfg(test)]
mod tests;

pub use course::{Course, Files};
pub use holding::{Held, Hold, Holding};
pub use plan::{Backup, Target, plan};
pub use recipe::{Dump, Proof, Recipe, Server, WayBack};
pub use survey::{Access, Activity, Database, Supervision, Survey, User, Volume, Wish};
pub(crate) use survey::{concerned, service_of, stack_of};

use std::path::PathBuf;

use crate::backup::{Cipher, Mode, Scope, ServiceRecord, Source};

/// A part that is to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Storing {
    /// The set's folder.
    pub folder: PathBuf,
    /// The part's name in it.
    pub file: String,
    /// What it holds.
    pub source: Source,
    /// How it is kept consistent.
    pub mode: Mode,
    /// Where it comes from.
    pub origin: Origin,
    /// Bytes that it is about to have before compression, where they are known.
    pub expected: Option<u64>,
    /// Containers that are frozen for a second reading, where the first one broke because they wrote.
    pub freeze: Vec<String>,
    /// How it is encrypted.
    pub cipher: Cipher,
    /// The operation that stores it.
    pub operation: String,
}

/// Where the bytes of a part come from.
#[derive(Clone, PartialEq, Eq)]
pub enum Origin {
    /// The files of a volume.
    Volume(String),
    /// What a command writes to its standard output.
    Command {
        /// The container in which it runs.
        container: String,
        /// The command.
        words: Vec<String>,
        /// What it is told in secret.
        env: Vec<(String, String)>,
    },
}

/// A manifest that is to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closing {
    /// The set's id.
    pub id: String,
    /// Its folder.
    pub folder: PathBuf,
    /// The stack.
    pub stack: String,
    /// Its services.
    pub services: Vec<ServiceRecord>,
    /// What the set is to hold.
    pub scope: Scope,
    /// The only service that it is of, if it is not of all of the stack.
    pub service: Option<String>,
    /// What a person should know of the set.
    pub warnings: Vec<String>,
}

/// Secrets are left out.
impl std::fmt::Debug for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Volume(name) => f.debug_tuple("Volume").field(name).finish(),
            Self::Command { container, words, .. } => f
                .debug_struct("Command")
                .field("container", container)
                .field("words", words)
                .finish_non_exhaustive(),
        }
    }
}
