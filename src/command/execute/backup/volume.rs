//! The files of a volume.

use super::{
    Pipeline,
    mount::{FOLDER, VolumeContainer},
};
use crate::{
    backup::{BackupError, Form, Stored},
    command::backup::Storing,
    engine::{Call, Engine, segment},
};

/// Stores the files of a volume as a tar archive whose names begin with `./`.
pub(super) async fn store(engine: &Engine, storing: &Storing, volume: &str) -> Result<Stored, BackupError> {
    is_there(engine, volume).await?;
    let helper = VolumeContainer::make(engine, &storing.operation, volume).await?;
    let stored = read(engine, storing, &helper.name).await;
    if let Err(error) = helper.remove().await {
        log::warn!("{} is left over: {error}", helper.name);
    }
    stored
}

/// Mounting a volume that is gone would make an empty one of its name.
async fn is_there(engine: &Engine, volume: &str) -> Result<(), BackupError> {
    let call = Call::get(format!("look at volume {volume}"), format!("/volumes/{}", segment(volume)));
    let told = engine.json::<serde_json::Value>(call).await;
    told.map(drop).map_err(|error| BackupError::Source(error.to_string()))
}

async fn read(engine: &Engine, storing: &Storing, helper: &str) -> Result<Stored, BackupError> {
    let archive = engine.archive_get(helper, &format!("{FOLDER}/.")).await;
    let mut archive = archive.map_err(|error| BackupError::Source(error.to_string()))?;
    let pipeline = Pipeline::open(storing, Form::Archive);
    loop {
        let piece = match archive.next().await {
            Ok(Some(piece)) => Ok(piece),
            Ok(None) => break,
            Err(error) => Err(error.to_string()),
        };
        if !pipeline.push(piece).await {
            break;
        }
    }
    pipeline.close().await
}
