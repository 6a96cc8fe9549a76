//! Carries out one call of a plan.

use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use serde_json::Value;

use thiserror::Error;

use super::{Cause, backup, patience::Pauses, restore, swarm};
use crate::{
    backup::BackupError,
    command::{
        clone::rooted,
        compose::Hook,
        plan::{Call, Unused},
    },
    engine::{Engine, EngineError, ExecCommand, Force, Prune, Volumes},
    text,
};

/// A drain hook may take this long.
const HOOK: Duration = Duration::from_secs(60);

/// Why a call was not made.
#[derive(Debug, Error)]
pub(super) enum CallError {
    /// The engine says no, or nothing.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// What it sends cannot be kept.
    #[error(transparent)]
    Backup(#[from] BackupError),
}

impl CallError {
    /// Whose failure it is.
    pub(super) fn cause(&self) -> Cause {
        match self {
            Self::Backup(BackupError::Disk { .. }) => Cause::Disk,
            Self::Engine(_) | Self::Backup(_) => Cause::Other,
        }
    }

    /// Whether nobody knows if it was made.
    pub(super) const fn is_link_lost(&self) -> bool {
        match self {
            Self::Engine(error) => error.is_link_lost(),
            Self::Backup(_) => false,
        }
    }
}

/// Makes the call. What is so already is not an error: the plan may go on where another left off. When no answer comes,
/// nobody knows whether it was done: what may be done twice is done again, and what is found done then is done.
pub(super) async fn make(
    engine: &Engine,
    call: &Call,
    attendant: backup::Attendant<'_>,
) -> Result<String, CallError> {
    // On the heap, each: a walk is as large as the largest of them, and the stack of a thread is not.
    match call {
        Call::Store(storing) => Ok(Box::pin(backup::store(engine, storing, attendant)).await?),
        Call::CloseSet(closing) => Ok(Box::pin(backup::close(engine, closing)).await?),
        Call::ClearSet { folder, operation } => Ok(backup::clear(folder, operation)?),
        Call::Restore(deed) => Ok(Box::pin(restore::make(engine, deed, attendant.halt)).await?),
        call => Ok(Box::pin(patiently(engine, call)).await?),
    }
}

async fn patiently(engine: &Engine, call: &Call) -> Result<String, EngineError> {
    let (mut pauses, mut was_lost) = (Pauses::new(), false);
    loop {
        match once(engine, call).await {
            Err(error) if error.is_link_lost() && may_be_repeated(call) && pauses.rest().await => {
                was_lost = true;
            }
            // A process that was killed may have asked for the container: the engine was still at it when we looked.
            Err(error)
                if (was_lost || matches!(call, Call::Create { .. }))
                    && is_done(engine, call, &error).await =>
            {
                return Ok("done, although no answer came".to_owned());
            }
            other => return other,
        }
    }
}

/// A second signal or command would not be the same as one.
const fn may_be_repeated(call: &Call) -> bool {
    !matches!(call, Call::Kill { .. } | Call::Exec { .. })
}

/// Whether a call that is refused the second time was carried out the first time.
async fn is_done(engine: &Engine, call: &Call, error: &EngineError) -> bool {
    match call {
        Call::Create { name, body } => error.is_name_taken() && is_made_from(engine, name, body).await,
        Call::Rename { name, .. } => error.is_not_found() && engine.inspect_container(name).await.is_ok(),
        Call::Remove { .. } | Call::RemoveRunning { .. } => error.is_not_found(),
        Call::Connect { .. } => error.is_already_connected(),
        _ => false,
    }
}

/// Whether the container of that name carries the labels of this body, the operation's id among them.
async fn is_made_from(engine: &Engine, name: &str, body: &Value) -> bool {
    let Ok(made) = engine.inspect_container(name).await else { return false };
    let labels = body.get("Labels").and_then(Value::as_object).into_iter().flatten();
    let mut labels = labels.peekable();
    labels.peek().is_some()
        && labels.all(|(label, value)| {
            made.pointer("/Config/Labels").and_then(|all| all.get(label)) == Some(value)
        })
}

async fn once(engine: &Engine, call: &Call) -> Result<String, EngineError> {
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
        Call::Pause { container } => return freeze(engine, container).await,
        Call::Unpause { container } => return thaw(engine, container).await,
        Call::Rename { container, name } => engine.rename(container, name).await?,
        Call::Remove { container } => engine.remove(container, Force::No, Volumes::Keep).await?,
        Call::RemoveRunning { container } => return take_away(engine, container).await,
        Call::RestartPolicy { container, policy } => {
            engine.update_restart_policy(container, policy).await.map(drop)?;
        }
        Call::Exec { container, hook } => return exec(engine, container, hook).await,
        Call::Pull { reference } => engine.pull(reference, |_| {}).await?,
        Call::Discard { kind, id, .. } => return discard(engine, *kind, id).await,
        Call::UpdateService { service, change } => swarm::update(engine, service, change).await?,
        Call::RemoveConfig { config } => swarm::keep::drop_config(engine, config).await?,
        Call::UpdateNode { node, availability } => swarm::update_node(engine, node, availability).await?,
        // These have no answer of the engine's to wait for.
        Call::Store(_) | Call::CloseSet(_) | Call::ClearSet { .. } | Call::Restore(_) => {}
    }
    Ok("done".to_owned())
}

/// Of two who tidy up, one is first.
async fn take_away(engine: &Engine, container: &str) -> Result<String, EngineError> {
    match engine.remove(container, Force::Kill, Volumes::Keep).await {
        Err(error) if error.is_being_removed() => Ok("somebody else is removing it".to_owned()),
        other => other.map(|()| "done".to_owned()),
    }
}

async fn freeze(engine: &Engine, container: &str) -> Result<String, EngineError> {
    match engine.pause(container).await {
        Err(error) if error.is_paused() => Ok("it is frozen already".to_owned()),
        other => other.map(|()| "done".to_owned()),
    }
}

async fn thaw(engine: &Engine, container: &str) -> Result<String, EngineError> {
    let Err(error) = engine.unpause(container).await else { return Ok("done".to_owned()) };
    let is_running = |seen: &Value| seen.pointer("/State/Status").and_then(Value::as_str) == Some("running");
    match engine.inspect_container(container).await {
        Ok(seen) if is_running(&seen) => Ok("it goes on already".to_owned()),
        Ok(_) | Err(_) => Err(error),
    }
}

/// What is gone already is gone: an image takes its nameless ancestors along.
async fn discard(engine: &Engine, kind: Unused, id: &str) -> Result<String, EngineError> {
    let removed = match kind {
        Unused::Image => engine.remove_image(id).await,
        Unused::Network => engine.remove_network(id).await,
        Unused::Volume => engine.remove_volume(id).await,
        Unused::BuildCache => {
            let freed = engine.prune(Prune::BuildCache, &[]).await?.bytes;
            return Ok(format!("{} are freed", text::bytes(freed)));
        }
    };
    match removed {
        Err(error) if error.is_not_found() => Ok("it is gone already".to_owned()),
        other => other.map(|()| "done".to_owned()),
    }
}

/// A hook that fails, or takes too long, is told and does not stop the update: the container is to go anyway.
async fn exec(engine: &Engine, container: &str, hook: &Hook) -> Result<String, EngineError> {
    match engine.exec(container, &command(hook), HOOK).await {
        Ok(outcome) => Ok(format!("exit {}", outcome.exit_code)),
        Err(error) if error.is_not_running() => Ok("it does not run any more".to_owned()),
        Err(error) if error.is_paused() => Ok("it is paused, so nothing runs in it".to_owned()),
        Err(EngineError::Silent { after, .. }) => Ok(format!("no end within {} s", after.as_secs())),
        Err(error) => Err(error),
    }
}

fn command(hook: &Hook) -> ExecCommand {
    let mut command = ExecCommand::new(hook.command.clone());
    for entry in &hook.environment {
        let (name, value) = entry.split_once('=').unwrap_or((entry, ""));
        command = command.env(name, value);
    }
    if let Some(user) = &hook.user {
        command = command.user(user);
    }
    if let Some(folder) = &hook.working_dir {
        command = command.folder(folder);
    }
    if hook.privileged { command.privileged() } else { command }
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
