//! Whose hands an operation is in: the one place that decides who may go on with it, or back.
//!
//! The lock tells who began it, and cannot be changed; who has resumed it since, and whether that process has put it
//! down, is in the journal of the machine where that happened. Two processes of one machine are kept apart by the
//! journal's file lock as well; the journal of another machine nobody here can read.

use super::{Errand, Refused};
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
        found.push(look(engine, errand).await);
    }
    Ok(found)
}

/// Refuses an operation that a process is at, or may be at where nobody here can see it.
///
/// # Errors
/// [`Refused::AtWork`], [`Refused::Elsewhere`].
pub async fn claim(engine: &Engine, errand: &Errand, claim: Claim) -> Result<(), Refused> {
    let Unfinished { errand, holder, life } = look(engine, errand.clone()).await;
    let Holder { user, host, pid, .. } = holder;
    let (service, operation) = (errand.called(), errand.operation);
    match (life, claim) {
        (Life::Gone, _) | (Life::Elsewhere, Claim::Break) => Ok(()),
        (Life::Alive, _) => Err(Refused::AtWork { service, operation, user, pid }),
        (Life::Elsewhere, Claim::Respect) => Err(Refused::Elsewhere { service, operation, user, host, pid }),
    }
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
