//! A volume that is read a second time: an archive of files that change while they are read may break.

use super::{Attendant, volume};
use crate::{
    backup::{BackupError, Mode, Stored},
    command::backup::Storing,
    engine::Engine,
};

/// Stores a volume. Where its archive is not whole it is read once more, and those who write are frozen for that; tells
/// how it was kept consistent in the end, and a remark on that.
pub(super) async fn store(
    engine: &Engine,
    storing: &Storing,
    volume: &str,
    attendant: Attendant<'_>,
) -> Result<(Stored, Mode, String), BackupError> {
    let broken = match volume::store(engine, storing, volume, attendant).await {
        Ok(stored) => return Ok((stored, storing.mode, String::new())),
        Err(error @ BackupError::Broken { .. }) if storing.mode != Mode::Stop => error,
        Err(error) => return Err(error),
    };
    (attendant.told)(format!("it is read once more: {broken}"));
    let (frozen, refused) = freeze(engine, storing).await;
    let stored = match refused {
        None => volume::store(engine, storing, volume, attendant).await,
        Some(why) => Err(BackupError::Source(format!("{broken}; {why}"))),
    };
    let thawed = thaw(engine, &frozen).await;
    let mode = if frozen.is_empty() { storing.mode } else { Mode::Pause };
    match (stored, thawed) {
        (Ok(stored), None) => Ok((stored, mode, format!(", at the second reading: {broken}"))),
        (Ok(_), Some(why)) => Err(BackupError::Source(why)),
        (Err(error), _) => Err(error),
    }
}

/// Freezes those who write; those who are frozen then, and why not all are.
async fn freeze<'a>(engine: &Engine, storing: &'a Storing) -> (Vec<&'a String>, Option<String>) {
    let mut frozen = Vec::new();
    for container in &storing.freeze {
        match engine.pause(container).await {
            Ok(()) => frozen.push(container),
            // Who does not run does not write.
            Err(error) if error.is_paused() || error.is_not_running() || error.is_not_found() => {}
            Err(error) => return (frozen, Some(error.to_string())),
        }
    }
    (frozen, None)
}

/// Whoever cannot be thawed is left to the end of the operation, which brings everybody back.
async fn thaw(engine: &Engine, frozen: &[&String]) -> Option<String> {
    let mut refused = None;
    for container in frozen {
        refused = engine.unpause(container).await.err().map(|error| error.to_string()).or(refused);
    }
    refused
}
