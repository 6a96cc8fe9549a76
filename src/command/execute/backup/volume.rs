//! The files of a volume.

use bytes::Bytes;

use super::{
    Attendant, Pipeline,
    flow::Flow,
    mount::{FOLDER, Role, VolumeContainer},
};
use crate::{
    backup::{BackupError, Form, Stored},
    command::backup::Storing,
    engine::{Call, Engine, segment},
};

/// Stores the files of a volume as a tar archive whose names begin with `./`.
pub(super) async fn store(
    engine: &Engine,
    storing: &Storing,
    volume: &str,
    attendant: Attendant<'_>,
) -> Result<Stored, BackupError> {
    is_there(engine, volume).await?;
    let helper = VolumeContainer::make(engine, &storing.operation, volume, Role::Read).await?;
    let stored = read(engine, storing, &helper.name, attendant).await;
    helper.leave().await;
    stored
}

/// Mounting a volume that is gone would make an empty one of its name.
async fn is_there(engine: &Engine, volume: &str) -> Result<(), BackupError> {
    let call = Call::get(format!("look at volume {volume}"), format!("/volumes/{}", segment(volume)));
    let told = engine.json::<serde_json::Value>(call).await;
    told.map(drop).map_err(|error| BackupError::Source(error.to_string()))
}

async fn read(
    engine: &Engine,
    storing: &Storing,
    helper: &str,
    attendant: Attendant<'_>,
) -> Result<Stored, BackupError> {
    let archive = engine.archive_get(helper, &format!("{FOLDER}/.")).await;
    let mut archive = archive.map_err(|error| BackupError::Source(error.to_string()))?;
    let mut pipeline = Pipeline::open(storing, Form::Archive);
    let mut flow = Flow::begin(attendant, storing.expected);
    loop {
        let next = tokio::select! {
            next = archive.next() => next,
            () = flow.stopped() => Ok(Some(Bytes::new())),
        };
        let piece = match next {
            Ok(Some(piece)) => flow.more(piece.len()).map(|()| piece).map_err(|error| error.to_string()),
            Ok(None) => break,
            Err(error) => Err(error.to_string()),
        };
        let is_over = piece.is_err();
        if !pipeline.push(piece).await || is_over {
            break;
        }
    }
    pipeline.close().await
}
