//! What a restore does beside starting and stopping: volumes are made and filled, servers are fed.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::{
    backup::{Keys, Part, VolumeRecord, file_name},
    command::{backup::Proof, plan::Call},
};

/// One thing that only restores and drills do.
#[derive(Clone, Debug, PartialEq)]
pub enum Deed {
    /// Makes a volume that is not there.
    MakeVolume(VolumeRecord),
    /// Fills an empty volume and reads it back.
    Fill(Filling),
    /// Puts a dump into a container that was never started.
    Seed(Seeding),
    /// Runs a command in a container; its exit code decides.
    Feed(Feeding),
    /// Compares a part with its checksums.
    Verify(Reading),
    /// Looks at a dump without a server.
    Prove(Proving),
    /// Removes what is left of ended tasks of Swarm that have a volume.
    ClearTasks {
        /// The volume.
        volume: String,
    },
    /// Runs what a service wants run before its dumps, once it is noted what is to be run after them.
    Before(Hook),
    /// Runs what a service wants run after its dumps, and strikes the note out.
    After(Hook),
    /// Removes a throw-away container with its anonymous volumes.
    Dispose {
        /// The container.
        container: String,
    },
}

/// A part of a set that is to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The set's folder.
    pub folder: PathBuf,
    /// The part.
    pub part: Part,
    /// What it takes to decrypt it.
    pub keys: Keys,
}

/// Where the files of a volume come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum From {
    /// A part of a set.
    Part(Box<Reading>),
    /// Another volume.
    Volume(String),
}

/// A volume that is to be filled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filling {
    /// The volume.
    pub volume: String,
    /// Where its files come from.
    pub from: From,
    /// The operation that does it.
    pub operation: String,
}

/// A dump that is put into a container as a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seeding {
    /// The container.
    pub container: String,
    /// The folder in it.
    pub folder: String,
    /// The file's name.
    pub file: String,
    /// The dump.
    pub from: Reading,
}

/// A command in a container.
#[derive(Clone, PartialEq, Eq)]
pub struct Feeding {
    /// The container.
    pub container: String,
    /// What it does, in a few words: `load the postgres dump of shop`.
    pub called: String,
    /// The command.
    pub words: Vec<String>,
    /// What it is told in secret.
    pub env: Vec<(String, String)>,
    /// What it is given on its standard input.
    pub from: Option<Box<Reading>>,
}

/// Commands around the dumps of a service. The second one mostly undoes what the first one does, so a note in the set's
/// folder says that it is to be run: by whoever comes next, if the process is killed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hook {
    /// The set's folder.
    pub folder: PathBuf,
    /// The service.
    pub service: String,
    /// Its container.
    pub container: String,
    /// What is run before; empty if nothing is.
    pub before: Vec<String>,
    /// What is run after.
    pub after: Vec<String>,
}

impl Hook {
    /// Ends the names of notes.
    pub const ENDING: &str = "hook";

    /// Where it is noted.
    #[must_use]
    pub fn note(&self) -> PathBuf {
        self.folder.join(format!("{}.{}", file_name(&self.service), Self::ENDING))
    }
}

/// A dump that is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proving {
    /// The dump.
    pub from: Reading,
    /// What it must be.
    pub proof: Proof,
}

impl Deed {
    /// As a call of a plan.
    #[must_use]
    pub fn call(self) -> Call {
        Call::Restore(Box::new(self))
    }

    /// What it acts on.
    #[must_use]
    pub fn target(&self) -> &str {
        match self {
            Self::MakeVolume(volume) => &volume.name,
            Self::Fill(filling) => &filling.volume,
            Self::Seed(Seeding { container, .. })
            | Self::Feed(Feeding { container, .. })
            | Self::Before(Hook { container, .. })
            | Self::After(Hook { container, .. })
            | Self::Dispose { container } => container,
            Self::ClearTasks { volume } => volume,
            Self::Verify(reading) => &reading.part.file,
            Self::Prove(proving) => &proving.from.part.file,
        }
    }

    /// It in a few words.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::MakeVolume(volume) => format!("make volume {}", volume.name),
            Self::Fill(Filling { volume, from: From::Part(reading), .. }) => {
                format!("fill volume {volume} from {} and read it back", reading.part.file)
            }
            Self::Fill(Filling { volume, from: From::Volume(other), .. }) => {
                format!("fill volume {volume} from volume {other} and read it back")
            }
            Self::Seed(seeding) => format!("put {} into {}", seeding.from.part.file, seeding.container),
            Self::Feed(feeding) => format!("{} in {}", feeding.called, feeding.container),
            Self::Before(hook) if hook.before.is_empty() => {
                format!("note the hook after the dumps in {}", hook.container)
            }
            Self::Before(hook) => format!("run the hook before the dumps in {}", hook.container),
            Self::After(hook) => format!("run the hook after the dumps in {}", hook.container),
            Self::Verify(reading) => format!("verify {}", reading.part.file),
            Self::Prove(proving) => format!("look at {}", proving.from.part.file),
            Self::ClearTasks { volume } => format!("remove ended tasks that have volume {volume}"),
            Self::Dispose { container } => format!("remove {container}"),
        }
    }
}

/// Secrets are left out.
impl std::fmt::Debug for Feeding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Feeding")
            .field("container", &self.container)
            .field("called", &self.called)
            .field("words", &self.words)
            .finish_non_exhaustive()
    }
}
