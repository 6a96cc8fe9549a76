//! Restores at work: bytes from the disk to the engine, and what of it is seen to have come.

mod content;
mod feed;
mod fill;
mod prove;
mod reroot;
mod task;
mod volume;

use crate::{
    backup::BackupError,
    command::restore::Deed,
    engine::{Engine, EngineError, Force, Volumes},
};

/// Does it, and tells what was seen.
pub(super) async fn make(engine: &Engine, deed: &Deed) -> Result<String, BackupError> {
    match deed {
        Deed::MakeVolume(volume) => volume::make(engine, volume).await,
        Deed::Fill(filling) => fill::fill(engine, filling).await,
        Deed::Seed(seeding) => fill::seed(engine, seeding).await,
        Deed::Feed(feeding) => feed::feed(engine, feeding).await,
        Deed::Verify(reading) => prove::verify(reading).await,
        Deed::Prove(proving) => prove::prove(proving).await,
        Deed::ClearTasks { volume } => task::clear(engine, volume).await,
        Deed::Dispose { container } => {
            match engine.remove(container, Force::Kill, Volumes::RemoveAnonymous).await {
                Err(error) if error.is_not_found() => Ok("it is gone already".to_owned()),
                other => other.map(|()| "done".to_owned()).map_err(told),
            }
        }
    }
}

/// What the engine says, as the reason of a restore.
#[allow(clippy::needless_pass_by_value, reason = "it is what errors are mapped by")]
fn told(error: EngineError) -> BackupError {
    BackupError::Source(error.to_string())
}
