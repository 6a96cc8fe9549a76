//! What a set says of itself.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::scan::Contents;

/// The version of the manifest's fields; a newer one is not read.
pub const SCHEMA: u32 = 1;

/// The manifest of a set: written last, so where it is, everything is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The version of these fields.
    pub schema: u32,
    /// The set's id.
    pub id: String,
    /// The stack that was backed up.
    pub stack: String,
    /// The engine's own id.
    pub engine: String,
    /// The engine's version.
    pub engine_version: String,
    /// What it was to hold. Sets of before there was a choice hold everything.
    #[serde(default)]
    pub scope: Scope,
    /// The only service that it is of, if it is not of all of the stack.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// When the first part was begun.
    pub began: Timestamp,
    /// When the last part was on the disk.
    pub finished: Timestamp,
    /// The services, for the drill and for people.
    pub services: Vec<ServiceRecord>,
    /// The parts.
    pub parts: Vec<Part>,
    /// What a person should know of the set.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

/// What of a stack a set is to hold. Sets of one scope are kept, and are due, apart from those of another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Everything.
    #[default]
    All,
    /// Dumps of databases alone.
    Dumps,
    /// Files of volumes alone.
    Volumes,
}

impl Scope {
    /// All of them.
    pub const EVERY: [Self; 3] = [Self::All, Self::Dumps, Self::Volumes];

    /// The word for it, as in manifests, settings and on the command line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Dumps => "dumps",
            Self::Volumes => "volumes",
        }
    }

    /// Reads it.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::EVERY.into_iter().find(|scope| scope.word() == word)
    }
}

/// What a set is to hold: sets of another extent do not stand for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Extent {
    /// What of it.
    pub scope: Scope,
    /// The only service, if it is not all of the stack.
    pub service: Option<String>,
}

/// A service as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceRecord {
    /// Its name.
    pub name: String,
    /// The image's reference.
    pub image: String,
    /// The image's id.
    pub image_id: String,
    /// Compose's labels of its first container.
    pub labels: BTreeMap<String, String>,
    /// Volumes that its first container has mounted, by where: one that is gone is made again like it was.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub mounts: BTreeMap<String, VolumeRecord>,
    /// What a database of it is told and that is no secret, as `NAME=value`: enough to start one to load a dump into.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub env: Vec<String>,
    /// Words of its command that say how it keeps its data.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<String>,
}

/// A volume, as it was made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VolumeRecord {
    /// Its name.
    pub name: String,
    /// Its driver.
    pub driver: String,
    /// The driver's options.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, String>,
    /// Its labels.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
}

/// One file of a set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The file's name within the set.
    pub file: String,
    /// What it holds.
    #[serde(flatten)]
    pub source: Source,
    /// How it was kept consistent.
    pub mode: Mode,
    /// Bytes before compression.
    pub raw_bytes: u64,
    /// Bytes of the file.
    pub stored_bytes: u64,
    /// SHA-256 of the file, hexadecimal: what `sha256sum` prints.
    pub sha256: String,
    /// SHA-256 before compression and encryption.
    pub raw_sha256: String,
    /// What it was passed through, in this order: `zstd`, `age`, `gpg`.
    pub codecs: Vec<String>,
    /// For whom it is encrypted, if it is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recipients: Vec<String>,
    /// What the archive holds, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contents: Option<Contents>,
    /// When it was begun.
    pub began: Timestamp,
    /// When it was on the disk.
    pub finished: Timestamp,
}

/// What a part holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Source {
    /// A volume's files.
    Volume {
        /// The volume's name.
        volume: String,
        /// Its driver.
        driver: String,
        /// The driver's options.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        options: BTreeMap<String, String>,
        /// Its labels.
        labels: BTreeMap<String, String>,
        /// Services that had it mounted, and where.
        used_by: BTreeMap<String, String>,
    },
    /// A dump of a database.
    Dump {
        /// The service it was taken in.
        service: String,
        /// How it was made: `postgres`, `redis`.
        recipe: String,
        /// Which database, where there are several.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        database: Option<String>,
        /// The version of the program that made it, where it tells.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        version: Option<String>,
    },
}

/// How a part was kept consistent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// By the database itself.
    Dump,
    /// Its users were stopped.
    Stop,
    /// Its users were frozen: as after a power cut.
    Pause,
    /// Not at all.
    Live,
}

impl Mode {
    /// The word for it, as in labels and settings.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Dump => "dump",
            Self::Stop => "stop",
            Self::Pause => "pause",
            Self::Live => "live",
        }
    }

    /// Reads it.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Dump, Self::Stop, Self::Pause, Self::Live].into_iter().find(|mode| mode.word() == word)
    }
}

impl Source {
    /// As a person calls it.
    #[must_use]
    pub fn called(&self) -> String {
        match self {
            Self::Volume { volume, .. } => format!("volume {volume}"),
            Self::Dump { service, recipe, database: None, .. } => format!("{recipe} dump of {service}"),
            Self::Dump { service, recipe, database: Some(database), .. } => {
                format!("{recipe} dump of {database} in {service}")
            }
        }
    }
}

impl Manifest {
    /// What it is to hold.
    #[must_use]
    pub fn extent(&self) -> Extent {
        Extent { scope: self.scope, service: self.service.clone() }
    }

    /// Bytes of all files.
    #[must_use]
    pub fn stored_bytes(&self) -> u64 {
        self.parts.iter().map(|part| part.stored_bytes).sum()
    }
}
