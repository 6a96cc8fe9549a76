//! What a restore is about, once the engine and the set were looked at.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Reading, SwarmUser};
use crate::{
    backup::{Keys, ServiceRecord, VolumeRecord},
    command::{
        backup::{Held, Recipe},
        clone::Original,
    },
};

/// Where restored data goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// Into fresh volumes, which the services get; the old ones stay.
    #[default]
    Fresh,
    /// Into volumes of the old names; what was in them is gone.
    InPlace,
}

/// What it takes to go on with, or back from, a restore that was killed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Returning {
    /// The set's id.
    pub set: String,
    /// Where the data goes.
    pub way: Way,
    /// Containers that are exchanged.
    pub held: Vec<Held>,
    /// Volumes that are filled.
    #[serde(default)]
    pub volumes: Vec<String>,
    /// What is imported into services as they run. Nobody can see whether it was, so whoever finishes it imports it again.
    #[serde(default)]
    pub imports: Vec<Importing>,
    /// Where the sets are.
    #[serde(default)]
    pub shelf: PathBuf,
    /// What it takes to decrypt them.
    #[serde(default)]
    pub keys: Keys,
}

/// Dumps that are imported into a service, by their names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Importing {
    /// The service.
    pub service: String,
    /// The word of how they come back.
    pub recipe: String,
    /// The parts of the set.
    pub files: Vec<String>,
}

/// A volume that is restored.
#[derive(Clone, Debug, PartialEq)]
pub struct Aim {
    /// The volume as it is, or was.
    pub home: VolumeRecord,
    /// The one that is filled: another, or the same where there is none of that name.
    pub fresh: VolumeRecord,
    /// What it is filled with.
    pub content: Content,
}

/// What a volume is filled with.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Files.
    Files(Box<Reading>),
    /// Dumps, by a server.
    Dumps(Box<Load>),
}

/// Dumps of a service that go into a server of their own.
#[derive(Clone, Debug, PartialEq)]
pub struct Load {
    /// The service.
    pub service: String,
    /// How they come back.
    pub recipe: Recipe,
    /// What is known of the service.
    pub origin: Origin,
    /// The image, by reference or id.
    pub image: String,
    /// Where the server has the volume.
    pub folder: String,
    /// The dumps, in the order in which they are loaded.
    pub dumps: Vec<Reading>,
}

/// What is known of a service.
#[derive(Clone, Debug, PartialEq)]
pub enum Origin {
    /// Its container, inspected.
    Container(Value),
    /// What the set tells of it.
    Record(ServiceRecord),
}

/// Dumps that are imported into a service as it runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Import {
    /// The service.
    pub service: String,
    /// Its container, inspected.
    pub container: Value,
    /// How they come back.
    pub recipe: Recipe,
    /// The dumps.
    pub dumps: Vec<Reading>,
}

/// A restore, with all that planning it takes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Restoring {
    /// The operation's id.
    pub operation: String,
    /// What is restored: `shop`, `shop/db`.
    pub called: String,
    /// The set's id.
    pub set: String,
    /// Where the data goes.
    pub way: Way,
    /// The volumes.
    pub aims: Vec<Aim>,
    /// What is imported.
    pub imports: Vec<Import>,
    /// Containers that have one of the volumes, with their images.
    pub users: Vec<Original>,
    /// Services of Swarm that have one of the volumes.
    pub services: Vec<SwarmUser>,
    /// Volumes that are held by what is left of ended tasks of Swarm.
    pub ended: BTreeSet<String>,
    /// What a person should know beforehand.
    pub notes: Vec<String>,
}

impl Returning {
    /// The services of `stack` that something is imported into, as a person calls them.
    #[must_use]
    pub fn called(&self, stack: &str) -> String {
        let called = self.imports.iter().map(|import| format!("{stack}/{}", import.service));
        called.collect::<Vec<_>>().join(", ")
    }
}

impl Import {
    /// It by the names of its parts.
    #[must_use]
    pub fn named(&self) -> Importing {
        Importing {
            service: self.service.clone(),
            recipe: self.recipe.word().to_owned(),
            files: self.dumps.iter().map(|dump| dump.part.file.clone()).collect(),
        }
    }
}

impl Aim {
    /// Whether users have to be given another volume.
    #[must_use]
    pub fn moves(&self) -> bool {
        self.home.name != self.fresh.name
    }

    /// Bytes before compression.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        match &self.content {
            Content::Files(reading) => reading.part.raw_bytes,
            Content::Dumps(load) => load.dumps.iter().map(|dump| dump.part.raw_bytes).sum(),
        }
    }
}

impl Restoring {
    /// Which volume takes the place of which.
    #[must_use]
    pub fn moves(&self) -> BTreeMap<String, String> {
        let moving = self.aims.iter().filter(|aim| aim.moves());
        moving.map(|aim| (aim.home.name.clone(), aim.fresh.name.clone())).collect()
    }
}
