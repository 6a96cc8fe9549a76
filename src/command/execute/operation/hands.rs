//! Whose hands an operation is in: the one place that decides who may go on with it, or back.
//!
//! The lock tells who began it, and cannot be changed; who has resumed it since, and whether that process has put it
//! down, is in the journal of the machine where that happened. That journal nobody else can read, so whoever resumes it
//! also takes its [`turn`], which everybody who uses the engine sees.

use super::{Errand, Refused, turn};
use crate::{
    command::execute::{diary, lock},
    engine::{Engine, EngineError},
    journal::{self, Entry, Holder, OpId, Stage},
};

pub use crate::journal::Life;

/// An operation that has not ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfinished {
    /// What its lock says.
    pub errand: Errand,
    /// Who is at it, or was last.
    pub holder: Holder,
    /// Whether that process is at it.
    pub life: Life,
}

/// What is made of the lock of an operation whose process nobody here can see.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Claim {
    /// It holds.
    #[default]
    Respect,
    /// A person says that the process is gone.
    Break,
}

/// All operations that have not ended, and whose hands they are in.
///
/// # Errors
/// An [`EngineError`] if the engine does not list them.
pub async fn unfinished(engine: &Engine) -> Result<Vec<Unfinished>, EngineError> {
    let mut found = Vec::new();
    for errand in lock::errands(engine).await? {
        found.push(see(engine, errand).await?);
    }
    Ok(found)
}

/// All operations that have not ended and whose process is gone, whoever may be about to go on with them.
///
/// # Errors
/// An [`EngineError`] if the engine does not list them.
pub(super) async fn left(engine: &Engine) -> Result<Vec<Errand>, EngineError> {
    let mut found = Vec::new();
    for errand in lock::errands(engine).await? {
        found.push(look(engine, errand).await);
    }
    found.retain(|operation| operation.life == Life::Gone);
    Ok(found.into_iter().map(|operation| operation.errand).collect())
}

/// Refuses an operation that a process is at, or may be at where nobody here can see it.
///
/// # Errors
/// [`Refused::AtWork`], [`Refused::Elsewhere`].
pub async fn claim(engine: &Engine, errand: &Errand, claim: Claim) -> Result<(), Refused> {
    let Unfinished { errand, holder, life } = see(engine, errand.clone()).await?;
    match (life, claim) {
        (Life::Gone, _) | (Life::Elsewhere, Claim::Break) => Ok(()),
        (Life::Alive, _) | (Life::Elsewhere, Claim::Respect) => Err(turn::refused(&errand, holder, life)),
    }
}

/// Whose hands an operation is in; who goes on with one whose process is gone counts more than that process.
async fn see(engine: &Engine, errand: Errand) -> Result<Unfinished, EngineError> {
    let seen = look(engine, errand).await;
    if seen.life == Life::Alive {
        return Ok(seen);
    }
    Ok(match turn::holder(engine, &seen.errand.operation).await? {
        Some((holder, life)) => Unfinished { holder, life, ..seen },
        None => seen,
    })
}

async fn look(engine: &Engine, errand: Errand) -> Unfinished {
    let entry = entry(engine, &errand).await;
    let kept = entry.as_ref().and_then(Entry::holder);
    let holder = kept.cloned().unwrap_or_else(|| errand.begun_by());
    let was_put_down = entry.as_ref().is_some_and(|entry| matches!(entry.stage(), Stage::Ended(_)));
    let life = if was_put_down { Life::Gone } else { holder.life_here() };
    Unfinished { errand, holder, life }
}

/// The operation's journal on this machine, if there is one that can be read.
pub(super) async fn entry(engine: &Engine, errand: &Errand) -> Option<Entry> {
    let (state, operation) = (diary::folder()?, OpId::parse(&errand.operation)?);
    let id = diary::engine_id(engine).await.ok()?;
    journal::read(&state, &id, &operation).ok().flatten()
}
