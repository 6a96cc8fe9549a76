//! Looks at what an engine keeps, before what nobody uses of it is removed.

use serde_json::Value;

use super::{lock, patience::Pauses};
use crate::{
    command::prune::Kept,
    engine::{Engine, EngineError, Inspections},
};

/// What the engine keeps and who is at work on it.
///
/// # Errors
/// An [`EngineError`] if the engine does not tell.
pub async fn kept(engine: &Engine) -> Result<Kept, EngineError> {
    // The locks come last: an operation that begins in between is seen.
    let usage = usage(engine).await?;
    let networks = engine.networks().await?;
    let snapshot = engine.snapshot(&mut Inspections::default()).await?;
    let unfinished = lock::errands(engine).await?;
    Ok(Kept { snapshot, usage, networks, unfinished })
}

/// The engine answers one such question at a time: another's is waited for.
async fn usage(engine: &Engine) -> Result<Value, EngineError> {
    let mut pauses = Pauses::new();
    loop {
        match engine.disk_usage().await {
            Err(error) if error.is_busy() && pauses.rest().await => {}
            other => return other,
        }
    }
}
