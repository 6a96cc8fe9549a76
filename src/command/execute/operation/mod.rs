//! Operations on a service from lock to verdict: begun, gone on with, turned back.
//!
//! `prepare` looks and plans and touches nothing; [`run`] takes the lock and carries the plan out (`work`). `planning`
//! makes the plan from the errand that the lock keeps, so that a fresh operation and one that was killed are planned
//! alike; `doubt` waits for what the engine is still at after a kill. `swarm` is the same for services whose containers
//! Swarm exchanges.

mod agree;
mod backup;
mod before;
mod doubt;
mod files;
mod hands;
mod heal;
mod placed;
mod planning;
mod prepare;
mod refused;
mod restore;
mod swarm;
mod turn;
mod voices;
mod work;

use serde_json::Value;
use tokio::sync::mpsc;

pub use backup::{BackupRequest, PreparedBackup, prepare_backup, run_backup};
pub use hands::{Claim, Life, Unfinished, claim, unfinished};
pub use heal::{Healed, heal};
pub use prepare::{
    Holder, Prepared, RolloutOptions, prepare_put_back, prepare_resume, prepare_rollback, prepare_rollout,
    prepare_scale,
};
pub use refused::Refused;
pub use restore::{
    DrillRequest, PreparedDrill, PreparedRestore, RestoreRequest, prepare_drill, prepare_restore, run_drill,
    run_restore, sweep,
};
pub use swarm::{SwarmAim, prepare_swarm};

use self::work::Work;
use super::{
    Ending, Failure, Halt, Progress, Walker,
    diary::{Diary, Title},
    lock::{self, Errand, Kind},
    look::{Present, present},
    watch::Watch,
};
use crate::{
    command::{Member, ObservedService, Plan},
    domain::ServiceKey,
    engine::{Engine, EngineError},
};

/// How an operation ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As it was planned.
    Done,
    /// Some slots failed and are as before, or a dump could not be imported; the rest is as planned.
    Partial(Vec<Failure>),
    /// It failed and everything is as before.
    RolledBack(Failure),
    /// It was stopped half-way and can go on.
    Paused(String),
    /// It failed, and so did the way back: a person is needed.
    Stuck {
        /// What failed first.
        failure: Option<Failure>,
        /// What failed on the way back.
        why: String,
    },
}

impl Verdict {
    /// What failed and was put back while the rest went on, in a sentence; empty where nothing did.
    #[must_use]
    pub fn partly(failures: &[Failure]) -> String {
        let each = |failure: &Failure| {
            let slot = failure.slot.map(|slot| format!("replica {slot} is as before: ")).unwrap_or_default();
            format!("{slot}{}: {}", failure.attempt, failure.why)
        };
        failures.iter().map(each).collect::<Vec<_>>().join("; ")
    }
}

/// Which way an operation goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// To what was asked for.
    Forward,
    /// To what was before.
    Back,
}

/// Carries a prepared operation out, and tells `reports` what happens. The lock is taken first and given back last; it
/// stays where something is left to be done.
///
/// # Errors
/// [`Refused`] if somebody else was faster.
pub async fn run(
    engine: &Engine,
    prepared: Prepared,
    direction: Direction,
    reports: mpsc::Sender<Progress>,
    halt: Halt,
) -> Result<Verdict, Refused> {
    if let Kind::Backup(_) = prepared.errand.kind {
        return Box::pin(backup::run_back(engine, prepared, reports)).await;
    }
    if let Kind::Restore(_) = prepared.errand.kind {
        return Box::pin(restore::run_back(engine, prepared, reports)).await;
    }
    if prepared.errand.swarm.is_some() {
        return Box::pin(swarm::run(engine, prepared, direction, reports, halt)).await;
    }
    if hold(engine, &prepared.errand, &prepared.service).await? {
        return Box::pin(go(engine, prepared, IsNew::Yes, direction, (reports, halt))).await;
    }
    hands::claim(engine, &prepared.errand, prepared.claim).await?;
    let turn = turn::seize(engine, &prepared.errand, prepared.claim).await?;
    turn.during(Box::pin(go(engine, prepared, IsNew::No, direction, (reports, halt)))).await
}

/// Whether an operation is begun, or gone on with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum IsNew {
    Yes,
    No,
}

/// Carries it out once the lock is held.
async fn go(
    engine: &Engine,
    prepared: Prepared,
    is_new: IsNew,
    direction: Direction,
    (reports, halt): (mpsc::Sender<Progress>, Halt),
) -> Result<Verdict, Refused> {
    let Prepared { plan, errand, service, .. } = prepared;
    // Somebody who is at work anyway is no reason to leave a way back half-way.
    let watch = match direction {
        Direction::Forward => Watch::begin(engine, &errand.key(), &errand.operation).await,
        Direction::Back => Watch::default(),
    };
    let now = present(engine, &errand.key()).await?;
    if !is_same(&service, &now) {
        if is_new == IsNew::Yes {
            lock::give_back(engine, &errand).await?;
        }
        return Err(Refused::Changed(errand.called()));
    }
    let title = Title {
        operation: &errand.operation,
        user: &errand.user,
        target: errand.called(),
        details: serde_json::to_value(&errand).unwrap_or_default(),
    };
    let diary = match Diary::open(engine, title, &plan).await {
        Ok(diary) => diary,
        Err(error) => {
            // Nothing was done, so nothing is left to be gone on with.
            if is_new == IsNew::Yes {
                lock::give_back(engine, &errand).await?;
            }
            return Err(error.into());
        }
    };
    let walker = Walker::new(engine.clone(), errand.operation.clone(), reports, halt).with(diary.clone());
    let work = Work { engine, errand, walker: walker.watching(watch).estimating(&plan) };
    let verdict = match direction {
        Direction::Forward => work.forward(&plan, &service).await,
        Direction::Back => work.turn_back(None, &plan.phases).await,
    };
    diary.verdict(&verdict);
    if matches!(verdict, Verdict::Done | Verdict::Partial(_) | Verdict::RolledBack(_)) {
        lock::give_back(engine, &work.errand).await?;
    }
    Ok(verdict)
}

/// Carries out a plan that needs no lock and has no way back of its own, such as a restart of `target`.
///
/// # Errors
/// [`Refused`] if it cannot be put into the journal.
pub async fn carry_out(walker: Walker, plan: &Plan, target: &str, user: &str) -> Result<Ending, Refused> {
    let title = Title { operation: &walker.operation, user, target: target.to_owned(), details: Value::Null };
    let diary = Diary::open(&walker.engine, title, plan).await?;
    let ending = walker.with(diary.clone()).estimating(plan).walk(&plan.phases).await;
    diary.ending(&ending);
    Ok(ending)
}

async fn find(engine: &Engine, operation: &str) -> Result<Errand, Refused> {
    let errands = lock::errands(engine).await?;
    let found = errands.into_iter().find(|errand| errand.operation == operation);
    found.ok_or_else(|| Refused::NoOperation(operation.to_owned()))
}

/// Refuses a service that somebody is at work on.
async fn free(engine: &Engine, key: &ServiceKey) -> Result<(), Refused> {
    match lock::holder(engine, key).await? {
        None => Ok(()),
        Some(holder) => Err(Refused::busy(key.to_string(), &holder)),
    }
}

/// Whether the containers are those that the plan was made for, under the same names.
fn is_same(planned: &ObservedService, now: &[Present]) -> bool {
    let mut planned: Vec<_> =
        planned.members.iter().map(|member| (member.id.as_str(), member.name.as_str())).collect();
    planned.sort_unstable();
    planned == now.iter().map(|one| (one.id.as_str(), one.name.as_str())).collect::<Vec<_>>()
}

/// Takes the lock, unless the operation has it from before; tells whether it did not.
async fn hold(engine: &Engine, errand: &Errand, service: &ObservedService) -> Result<bool, Refused> {
    let image = service.members.first().map(Member::image_id).unwrap_or_default();
    hold_by(engine, errand, image).await
}

/// The same with a lock of this image.
async fn hold_by(engine: &Engine, errand: &Errand, image: &str) -> Result<bool, Refused> {
    hold_with(engine, errand, lock::take(engine, errand, image)).await
}

/// The same with whatever takes the lock.
async fn hold_with(
    engine: &Engine,
    errand: &Errand,
    taken: impl Future<Output = Result<(), EngineError>>,
) -> Result<bool, Refused> {
    if let Some(holder) = lock::overlapping(engine, errand).await? {
        let ours = holder.operation == errand.operation;
        return if ours { Ok(false) } else { Err(Refused::busy(errand.called(), &holder)) };
    }
    match taken.await {
        Err(error) if error.is_conflict() || error.is_name_taken() => {
            match lock::overlapping(engine, errand).await? {
                // The first attempt was heard, only its answer was not.
                Some(holder) if holder.operation == errand.operation => {}
                Some(holder) => return Err(Refused::busy(errand.called(), &holder)),
                None => return Err(error.into()),
            }
        }
        other => other?,
    }
    alone(engine, errand).await.map(|()| true)
}

/// Whether nobody took a lock of another name over the same at the same time; else ours is given back.
async fn alone(engine: &Engine, errand: &Errand) -> Result<(), Refused> {
    let refused = match lock::other(engine, errand).await {
        Ok(None) => return Ok(()),
        Ok(Some(holder)) => Refused::busy(errand.called(), &holder),
        Err(error) => error.into(),
    };
    lock::give_back(engine, errand).await?;
    Err(refused)
}
