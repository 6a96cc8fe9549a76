//! A restore at work.

use serde_json::Value;
use tokio::sync::mpsc;

use super::{PreparedRestore, back, scene::Scene, service};
use crate::{
    command::{
        Failure, Halt, Progress, Walker, Wish,
        clone::Original,
        execute::{
            Ending,
            backup::empty_image,
            diary::{Diary, Title},
            lock::{self, Errand},
            operation::{Refused, Verdict, hold_by, hold_with},
            swarm::keep::{self, Kept},
        },
        restore::{Restoring, SwarmUser, Way},
    },
    engine::Engine,
};

/// Carries a prepared restore out, and tells `reports` what happens. What fails, or is stopped, is turned back while
/// there is something to go back to.
///
/// # Errors
/// [`Refused`] if somebody else was faster. Nothing was touched then.
pub async fn run_restore(
    engine: &Engine,
    prepared: PreparedRestore,
    reports: mpsc::Sender<Progress>,
    halt: Halt,
) -> Result<Verdict, Refused> {
    let PreparedRestore { plan, errand, .. } = &prepared;
    let image = empty_image(engine).await?;
    hold(engine, &prepared, &image).await?;
    let diary = match begin(engine, &prepared).await {
        Ok(diary) => diary,
        Err(refused) => {
            lock::give_back(engine, errand).await?;
            return Err(refused);
        }
    };
    let walker = Walker::new(engine.clone(), errand.operation.clone(), reports, halt.clone());
    let walker = walker.with(diary.clone()).estimating(plan);
    let failure = |ending| match ending {
        Ending::Done => None,
        Ending::Failed(failure) if halt.wish() == Wish::End => Some(failure),
        Ending::Failed(_) | Ending::Cancelled => Some(stopped(&prepared)),
    };
    let (volumes, imports) = plan.phases.split_at(plan.phases.len().saturating_sub(last(&prepared)));
    let verdict = match failure(walker.walk(volumes).await) {
        Some(failure) => back::after(engine, errand, &walker, failure).await,
        None => match failure(walker.walk(imports).await) {
            Some(failure) => Verdict::Partial(vec![again(&prepared, failure)]),
            None => settled(engine, &prepared).await,
        },
    };
    diary.verdict(&verdict);
    if !matches!(verdict, Verdict::Stuck { .. }) {
        lock::give_back(engine, errand).await?;
    }
    Ok(verdict)
}

/// Takes the lock: of services of Swarm, with their specs.
async fn hold(engine: &Engine, prepared: &PreparedRestore, image: &str) -> Result<(), Refused> {
    let PreparedRestore { errand, restoring, .. } = prepared;
    if errand.swarm.is_none() {
        return hold_by(engine, errand, image).await.map(drop);
    }
    let specs = restoring.services.iter().map(SwarmUser::kept).collect();
    let kept = Kept { before: specs, template: Value::Null, platforms: Value::Null };
    hold_with(engine, errand, keep::take(engine, errand, &kept)).await.map(drop)
}

/// What was kept of the services for a later rollback names the old volumes no longer.
async fn settled(engine: &Engine, prepared: &PreparedRestore) -> Verdict {
    let PreparedRestore { errand, restoring, .. } = prepared;
    match service::settle(engine, &restoring.services, &restoring.moves(), restoring.way).await {
        Ok(()) => Verdict::Done,
        Err(error) => {
            let why = format!(
                "all is restored, but {error}; `stacktop ops rollback {}` tries again",
                errand.operation
            );
            Verdict::Stuck { failure: None, why }
        }
    }
}

/// All that can be refused before anything is made.
async fn begin(engine: &Engine, prepared: &PreparedRestore) -> Result<Diary, Refused> {
    let PreparedRestore { plan, errand, restoring, .. } = prepared;
    let moved: Vec<String> = restoring.moves().into_keys().collect();
    let now = Scene::look(engine).await?.users(engine, &moved).await?;
    if ids(&now) != ids(&restoring.users) {
        return Err(Refused::Changed(restoring.called.clone()));
    }
    for user in &restoring.services {
        let now = service::now(engine, user).await?;
        if now.is_none_or(|now| now.spec() != user.service.spec()) {
            return Err(Refused::Changed(user.service.key.to_string()));
        }
    }
    Ok(Diary::open(engine, title(errand, &restoring.called), plan).await?)
}

fn ids(users: &[Original]) -> Vec<(&str, &str)> {
    let mut ids: Vec<_> = users.iter().map(|user| (user.id(), user.name())).collect();
    ids.sort_unstable();
    ids
}

/// The first line of its journal.
pub(super) fn title<'a>(errand: &'a Errand, called: &str) -> Title<'a> {
    Title {
        operation: &errand.operation,
        user: &errand.user,
        target: called.to_owned(),
        details: serde_json::to_value(errand).unwrap_or_default(),
    }
}

/// How many phases at the end import dumps when there is no way back any more: a failure there undoes nothing.
fn last(prepared: &PreparedRestore) -> usize {
    let Restoring { way, aims, imports, .. } = &prepared.restoring;
    if *way == Way::InPlace || aims.is_empty() { imports.len() } else { 0 }
}

/// An import that failed once all else was done, with the way to try it again.
fn again(prepared: &PreparedRestore, failure: Failure) -> Failure {
    let PreparedRestore { errand, restoring, .. } = prepared;
    let (why, stack, set) = (failure.why, &errand.stack, &restoring.set);
    let why = format!("{why}; `stacktop restore {stack} --only dumps --set {set}` imports again");
    Failure { why, ..failure }
}

fn stopped(prepared: &PreparedRestore) -> Failure {
    let (target, attempt) = (prepared.called(), prepared.plan.title.clone());
    back::failure(target, attempt, "it was stopped".to_owned())
}
