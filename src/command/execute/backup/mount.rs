//! A container that is never started: the engine reads a volume through it.
//!
//! An archive read through the service's own container would hold that container's lock until the last byte; this one
//! nobody waits for. Its image holds nothing, so none has to be fetched and nothing can run.

use serde_json::json;

use crate::{
    backup::BackupError,
    engine::{Engine, EngineError, Force, Volumes},
};

/// The label that marks such containers, with the operation that made them.
pub(in crate::command::execute) const LABEL: &str = "stacktop.helper";

const REPOSITORY: &str = "stacktop/helper";
const TAG: &str = "0";

/// Where the volume is mounted.
pub(in crate::command::execute) const FOLDER: &str = "/v";

/// The image of containers that are never started: it holds nothing, and is made where it is not there.
pub(in crate::command::execute) async fn empty_image(engine: &Engine) -> Result<String, EngineError> {
    let image = format!("{REPOSITORY}:{TAG}");
    if engine.image(&image).await?.is_none() {
        engine.import_empty(REPOSITORY, TAG).await?;
    }
    Ok(image)
}

/// The name of an operation's container.
pub(in crate::command::execute) fn name(operation: &str) -> String {
    format!("stacktop-helper-{operation}")
}

/// What a container has the volume for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::command::execute) enum Role {
    /// The volume is read.
    Read,
    /// It is filled.
    Write,
}

/// A helper that is there. It does not remove itself: [`Self::remove`] does.
pub(in crate::command::execute) struct VolumeContainer {
    engine: Engine,
    /// Its name.
    pub(in crate::command::execute) name: String,
}

impl VolumeContainer {
    /// Makes one that has `volume`. One of the same name, left by who was killed, is taken away first.
    pub(in crate::command::execute) async fn make(
        engine: &Engine,
        operation: &str,
        volume: &str,
        role: Role,
    ) -> Result<Self, BackupError> {
        let told = |error: EngineError| BackupError::Source(error.to_string());
        let image = empty_image(engine).await.map_err(told)?;
        let name = match role {
            Role::Read => name(operation),
            Role::Write => format!("{}-w", name(operation)),
        };
        let helper = Self { engine: engine.clone(), name };
        helper.remove().await.map_err(told)?;
        let body = json!({
            "Image": image,
            "Cmd": ["never-started"],
            "Labels": { LABEL: operation },
            "HostConfig": {
                "NetworkMode": "none",
                "Mounts": [{
                    "Type": "volume", "Source": volume, "Target": FOLDER, "ReadOnly": role == Role::Read,
                    "VolumeOptions": { "NoCopy": true },
                }],
            },
        });
        engine.create(&helper.name, &body).await.map_err(told)?;
        Ok(helper)
    }

    /// Takes it away; where that fails, who finds it later does.
    pub(in crate::command::execute) async fn leave(&self) {
        if let Err(error) = self.remove().await {
            log::warn!("{} is left over: {error}", self.name);
        }
    }

    /// Takes it away; one that is gone is gone.
    async fn remove(&self) -> Result<(), EngineError> {
        match self.engine.remove(&self.name, Force::Kill, Volumes::Keep).await {
            Err(error) if error.is_not_found() => Ok(()),
            other => other,
        }
    }
}
