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
pub(super) const LABEL: &str = "stacktop.helper";

const REPOSITORY: &str = "stacktop/helper";
const TAG: &str = "0";

/// Where the volume is mounted.
pub(super) const FOLDER: &str = "/v";

/// A helper that is there. It does not remove itself: [`Self::remove`] does.
pub(super) struct VolumeContainer {
    engine: Engine,
    /// Its name.
    pub(super) name: String,
}

impl VolumeContainer {
    /// Makes one for reading `volume`. One of the same name, left by who was killed, is taken away first.
    pub(super) async fn make(engine: &Engine, operation: &str, volume: &str) -> Result<Self, BackupError> {
        let told = |error: EngineError| BackupError::Source(error.to_string());
        let image = format!("{REPOSITORY}:{TAG}");
        if engine.image(&image).await.map_err(told)?.is_none() {
            engine.import_empty(REPOSITORY, TAG).await.map_err(told)?;
        }
        let helper = Self { engine: engine.clone(), name: format!("stacktop-helper-{operation}") };
        helper.remove().await.map_err(told)?;
        let body = json!({
            "Image": image,
            "Cmd": ["never-started"],
            "Labels": { LABEL: operation },
            "HostConfig": {
                "NetworkMode": "none",
                "Mounts": [{
                    "Type": "volume", "Source": volume, "Target": FOLDER, "ReadOnly": true,
                    "VolumeOptions": { "NoCopy": true },
                }],
            },
        });
        engine.create(&helper.name, &body).await.map_err(told)?;
        Ok(helper)
    }

    /// Takes it away; one that is gone is gone.
    pub(super) async fn remove(&self) -> Result<(), EngineError> {
        match self.engine.remove(&self.name, Force::Kill, Volumes::Keep).await {
            Err(error) if error.is_not_found() => Ok(()),
            other => other,
        }
    }
}
