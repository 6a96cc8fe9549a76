//! Restores at work: bytes from the disk to the engine, and what of it is seen to have come.

mod content;
mod feed;
mod fill;
mod hook;
mod prove;
mod reroot;
mod task;
mod volume;

pub(super) use hook::noted;

use crate::{
    backup::BackupError,
    command::{execute::Halt, restore::Deed},
    engine::{Engine, EngineError, Force, Volumes},
};

/// Does it, and tells what was seen.
pub(super) async fn make(engine: &Engine, deed: &Deed, halt: &Halt) -> Result<String, BackupError> {
    match deed {
        Deed::MakeVolume(volume) => volume::make(engine, volume).await,
        Deed::Fill(filling) => fill::fill(engine, filling).await,
        Deed::Seed(seeding) => fill::seed(engine, seeding).await,
        Deed::Feed(feeding) => stoppable(halt, feed::feed(engine, feeding)).await,
        Deed::Before(hook) => stoppable(halt, hook::before(engine, hook)).await,
        Deed::After(hook) => hook::after(engine, hook).await,
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

/// Nobody knows how long a command of somebody else's takes, so it has no deadline; who asks to stop does not wait for it.
async fn stoppable(
    halt: &Halt,
    work: impl Future<Output = Result<String, BackupError>>,
) -> Result<String, BackupError> {
    tokio::select! {
        done = work => done,
        () = halt.asked() => Err(BackupError::Source("it was stopped".to_owned())),
    }
}

/// What the engine says, as the reason of a restore.
#[allow(clippy::needless_pass_by_value, reason = "it is what errors are mapped by")]
fn told(error: EngineError) -> BackupError {
    BackupError::Source(error.to_string())
}
