//! Carries out one call of a plan.

use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;

use super::swarm;
use crate::{
    command::{clone::rooted, plan::Call},
    engine::{Engine, EngineError, ExecCommand, Force, Volumes},
};

/// A drain hook may take this long.
const HOOK: Duration = Duration::from_secs(60);

/// Makes the call. What is so already is not an error: the plan may go on where another left off.
pub(super) async fn make(engine: &Engine, call: &Call) -> Result<String, EngineError> {
    match call {
        Call::Create { name, body } => {
            return engine.create(name, body).await.map(|id| id.short().to_owned());
        }
        Call::Connect { network, container, endpoint } => {
            engine.connect(network, container, endpoint).await?;
        }
        Call::Copy { from, to, path } => copy(engine, from, to, path).await?,
        Call::Start { container } => engine.start(container).await.map(drop)?,
        Call::Stop { container, grace } => engine.stop(container, *grace).await.map(drop)?,
        Call::Restart { container, grace } => engine.restart(container, *grace).await?,
        Call::Kill { container, signal } => engine.kill(container, signal).await?,
        Call::Pause { container } => engine.pause(container).await?,
        Call::Unpause { container } => engine.unpause(container).await?,
        Call::Rename { container, name } => engine.rename(container, name).await?,
        Call::Remove { container } => engine.remove(container, Force::No, Volumes::Keep).await?,
        Call::RemoveRunning { container } => engine.remove(container, Force::Kill, Volumes::Keep).await?,
        Call::RestartPolicy { container, policy } => {
            engine.update_restart_policy(container, policy).await.map(drop)?;
        }
        Call::Exec { container, command } => return exec(engine, container, command).await,
        Call::Pull { reference } => engine.pull(reference, |_| {}).await?,
        Call::UpdateService { service, change } => swarm::update(engine, service, change).await?,
        Call::UpdateNode { node, availability } => swarm::update_node(engine, node, availability).await?,
    }
    Ok("done".to_owned())
}

/// A hook that fails is told and does not stop the update: the old container is to go anyway.
async fn exec(engine: &Engine, container: &str, command: &[String]) -> Result<String, EngineError> {
    let outcome = engine.exec(container, &ExecCommand::new(command.to_vec()), HOOK).await?;
    Ok(format!("exit {}", outcome.exit_code))
}

/// Copies one file with its owner and mode. The archive is rooted at `/`, because the file's folder may be yet to come.
async fn copy(engine: &Engine, from: &str, to: &str, path: &str) -> Result<(), EngineError> {
    let mut chunks = engine.archive_get(from, path).await?;
    let mut archive = Vec::new();
    while let Some(chunk) = chunks.next().await? {
        archive.extend_from_slice(&chunk);
    }
    // An archive of another form is sent as it is: the engine says what is wrong with it.
    let content = Bytes::from(rooted(&archive, path).unwrap_or(archive));
    engine.archive_put(to, "/", stream::once(async { Ok::<_, EngineError>(content) })).await
}
