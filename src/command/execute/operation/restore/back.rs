//! What is left of a restore that failed, was stopped or was killed: turned back, or finished.

use serde_json::Value;
use tokio::sync::mpsc;

use super::{parts::Parts, run::title, scene::Scene, service, target};
use crate::{
    backup::Shelf,
    command::{
        Downtime, Failure, Halt, ObservedService, Phase, Plan, Progress, Risk, Walker,
        clone::json::{label, text},
        execute::{
            Cause, Ending,
            backup::MOUNT,
            diary::Diary,
            lock::{self, Errand, Kind},
            operation::{Claim, Healed, Prepared, Refused, Verdict, doubt, hands, turn},
            swarm::keep,
        },
        restore::{
            RESTORE, Reading, Returning, SwarmUser,
            recovery::{Found, Left, Made, Task, importing},
        },
        swarm::SwarmService,
    },
    engine::{Engine, EngineError},
    journal::JournalError,
};

/// How the restore came to its end, and what is known for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Judge {
    /// It was killed: whether services come up on their fresh volumes is still to be seen, and the engine may still be at
    /// what it was asked last.
    Killed,
    /// It failed, or was stopped: all its calls have come back.
    Failed,
}

/// What an operation has left; of one that was killed, once the engine is at nothing that it was asked.
async fn found(engine: &Engine, errand: &Errand, judge: Judge) -> Result<Found, EngineError> {
    if judge == Judge::Failed {
        return present(engine, errand, Scene::look(engine).await?).await;
    }
    let scene = || Scene::settled(engine, |scene| concerned(scene, &errand.operation).1);
    let found = present(engine, errand, scene().await?).await?;
    let doubtful = found.doubtful();
    if doubtful.is_empty() {
        return Ok(found);
    }
    let stopping = doubt::stopping(engine, errand, doubtful).await;
    Ok(Found { stopping, ..present(engine, errand, scene().await?).await? })
}

/// The volumes that an operation has made, and the names of these and of those whose place they take.
fn concerned(scene: &Scene, operation: &str) -> (Vec<Made>, Vec<String>) {
    let made: Vec<Made> = scene.volumes.iter().filter_map(|volume| Made::of(volume, operation)).collect();
    let homes = made.iter().filter_map(|made| made.home.as_ref()).map(|home| home.name.clone());
    let names = made.iter().map(|made| made.name.clone()).chain(homes).collect();
    (made, names)
}

/// What it has left, as the engine tells it.
async fn present(engine: &Engine, errand: &Errand, scene: Scene) -> Result<Found, EngineError> {
    let returning = returning(errand);
    let way = returning.way;
    let is_only_imports = returning.volumes.is_empty() && !returning.imports.is_empty();
    let task = if is_only_imports { Task::Imports } else { Task::Volumes };
    let operation = errand.operation.clone();
    let (volumes, names) = concerned(&scene, &operation);
    let is_throw_away = |one: &&Value| [RESTORE, MOUNT].iter().any(|name| label(one, name) == operation);
    let named = |one: &Value| text(one, "/Name").trim_start_matches('/').to_owned();
    let throw_away: Vec<String> = scene.containers.iter().filter(is_throw_away).map(named).collect();
    let mut users = scene.users(engine, &names).await?;
    users.retain(|user| !throw_away.iter().any(|name| name == user.name()));
    let services = services(engine, errand).await?;
    let there = scene.volumes.iter().map(|volume| text(volume, "/Name").to_owned()).collect();
    Ok(Found { operation, way, task, volumes, there, users, services, throw_away, stopping: Vec::new() })
}

/// What the lock tells of it.
fn returning(errand: &Errand) -> Returning {
    match &errand.kind {
        Kind::Restore(returning) => returning.as_ref().clone(),
        Kind::Rollout(_) | Kind::Scale { .. } | Kind::Backup(_) => Returning::default(),
    }
}

/// What was to be imported, out of the set that the restore was of; nobody removes that as long as these are kept.
struct Imports {
    phases: Vec<Phase>,
    _parts: Option<Parts>,
}

impl Imports {
    /// Reads the set and looks at the services; touches nothing.
    async fn find(engine: &Engine, errand: &Errand) -> Result<Self, Refused> {
        let Returning { set, imports, shelf, keys, .. } = returning(errand);
        if imports.is_empty() {
            return Ok(Self { phases: Vec::new(), _parts: None });
        }
        let parts = Parts::of(&Shelf::at(shelf).find(&errand.stack, Some(&set))?, &keys)?;
        let scene = Scene::look(engine).await?;
        let mut found = Vec::new();
        for import in &imports {
            let called = format!("{}/{}", errand.stack, import.service);
            let container = scene.service(&errand.stack, &import.service).cloned().ok_or_else(|| {
                Refused::NothingToRestore(format!("{called} has no container; `docker compose up` makes it"))
            })?;
            let is_of = |reading: &&Reading| import.files.contains(&reading.part.file);
            let dumps: Vec<&Reading> = parts.readings.iter().filter(is_of).collect();
            found.push(target::import(&import.service, container, target::recipe(&import.recipe)?, &dumps));
        }
        Ok(Self { phases: importing(&found), _parts: Some(parts) })
    }
}

/// Imports what was to be imported, whether or not it was.
async fn import(engine: &Engine, errand: &Errand, walker: &Walker) -> Result<(), String> {
    let imported = match Imports::find(engine, errand).await {
        Ok(imports) => ended(walker.walk(&imports.phases).await),
        Err(refused) => Err(refused.to_string()),
    };
    imported.map_err(|why| unimported(errand, &why))
}

/// What is to be known of a dump that is not imported.
fn unimported(errand: &Errand, why: &str) -> String {
    let imports = returning(errand).called(&errand.stack);
    let remove = if errand.swarm.is_some() { "docker config rm" } else { "docker rm" };
    format!(
        "all volumes are in their places, but the dump of {imports} is not imported: {why}; each start tries again, and \
         `{remove} {}` forgets it",
        errand.lock()
    )
}

/// The services of Swarm that the lock keeps, as they are now; one that is gone needs nothing.
async fn services(engine: &Engine, errand: &Errand) -> Result<Vec<(SwarmUser, SwarmService)>, EngineError> {
    if errand.swarm.is_none() {
        return Ok(Vec::new());
    }
    let kept = keep::kept(engine, errand).await?;
    let kept = kept.as_ref().and_then(|kept| kept.before.as_array()).map(Vec::as_slice).unwrap_or_default();
    let mut services = Vec::new();
    for user in kept.iter().map(SwarmUser::of_kept) {
        let now = service::now(engine, &user).await?;
        services.extend(now.map(|now| (user, now)));
    }
    Ok(services)
}

/// The way back after a failure, or the rest of the way where there is none.
pub(super) async fn after(engine: &Engine, errand: &Errand, walker: &Walker, failure: Failure) -> Verdict {
    match rest(engine, errand, walker, Judge::Failed).await {
        Ok(Left::Back) => Verdict::RolledBack(failure),
        Ok(Left::Rest) => Verdict::Done,
        Err(why) => Verdict::Stuck { failure: Some(failure), why },
    }
}

/// Does what is left, and tells which way it was.
async fn rest(engine: &Engine, errand: &Errand, walker: &Walker, judge: Judge) -> Result<Left, String> {
    // Whoever asked the restore to stop did not ask for this.
    let walker = Walker { halt: Halt::default(), ..walker.clone() };
    let mut found = found(engine, errand, judge).await.map_err(|error| error.to_string())?;
    let has_old = found.is_past_exchange();
    if judge == Judge::Killed || !has_old {
        let phases = found.phases().map_err(|refusal| refusal.to_string())?;
        match walker.walk(&phases).await {
            Ending::Done => {
                settle(engine, &found).await.map_err(|error| error.to_string())?;
                if found.is_unimported() {
                    import(engine, errand, &walker).await?;
                }
                return Ok(found.left());
            }
            Ending::Failed(_) if has_old => {}
            other => return ended(other).map(|()| found.left()),
        }
    }
    // A service that does not come up on its fresh volume still has its old one.
    found.services = services(engine, errand).await.map_err(|error| error.to_string())?;
    ended(walker.walk(&found.back()).await).map(|()| Left::Back)
}

fn ended(ending: Ending) -> Result<(), String> {
    match ending {
        Ending::Done => Ok(()),
        Ending::Failed(failure) => Err(format!("{}: {}", failure.attempt, failure.why)),
        Ending::Cancelled => Err("it was stopped".to_owned()),
    }
}

async fn settle(engine: &Engine, found: &Found) -> Result<(), EngineError> {
    if found.left() == Left::Back {
        return Ok(());
    }
    let users: Vec<SwarmUser> = found.services.iter().map(|(user, _)| user.clone()).collect();
    service::settle(engine, &users, &found.moves(), found.way).await
}

/// Plans what is left of a restore that was killed; touches nothing.
pub(in crate::command::execute::operation) async fn prepare_back(
    engine: &Engine,
    errand: Errand,
) -> Result<Prepared, Refused> {
    let found = found(engine, &errand, Judge::Killed).await?;
    let mut plan = plan(&errand, found.left(), found.phases()?);
    if found.is_unimported() {
        match Imports::find(engine, &errand).await {
            Ok(imports) => plan.phases.extend(imports.phases),
            Err(refused) => plan.notes.push(unimported(&errand, &refused.to_string())),
        }
    }
    let service = ObservedService { key: errand.key(), members: Vec::new() };
    Ok(Prepared { plan, errand, service, claim: Claim::Respect })
}

/// Carries that out.
pub(in crate::command::execute::operation) async fn run_back(
    engine: &Engine,
    prepared: Prepared,
    reports: mpsc::Sender<Progress>,
) -> Result<Verdict, Refused> {
    hands::claim(engine, &prepared.errand, prepared.claim).await?;
    let turn = turn::seize(engine, &prepared.errand, prepared.claim).await?;
    turn.during(go_back(engine, prepared, reports)).await
}

async fn go_back(
    engine: &Engine,
    prepared: Prepared,
    reports: mpsc::Sender<Progress>,
) -> Result<Verdict, Refused> {
    let Prepared { plan, errand, .. } = prepared;
    let diary = Diary::open(engine, title(&errand, &errand.called()), &plan).await?;
    let walker = Walker::new(engine.clone(), errand.operation.clone(), reports, Halt::default());
    let done = rest(engine, &errand, &walker.with(diary.clone()), Judge::Killed).await;
    end(engine, &errand, &diary, &done).await?;
    Ok(match done {
        Ok(_) => Verdict::Done,
        Err(why) => Verdict::Stuck { failure: None, why },
    })
}

/// Does what is left of a restore that was killed, in its turn; `None` where another process is about to.
pub(in crate::command::execute::operation) async fn heal(
    engine: &Engine,
    errand: Errand,
) -> Result<Option<Healed>, EngineError> {
    let plan = plan(&errand, Left::Back, Vec::new());
    let diary = match Diary::open(engine, title(&errand, &errand.called()), &plan).await {
        Ok(diary) => diary,
        Err(JournalError::Held { .. }) => return Ok(None),
        Err(error) => return Ok(Some(Healed { failure: Some(error.to_string()), ..Healed::of(errand) })),
    };
    let (unheard, _) = mpsc::channel(1);
    let walker = Walker::new(engine.clone(), errand.operation.clone(), unheard, Halt::default());
    let done = rest(engine, &errand, &walker.with(diary.clone()), Judge::Killed).await;
    end(engine, &errand, &diary, &done).await?;
    let (left, failure) = match done {
        Ok(left) => (Some(left), None),
        Err(why) => (None, Some(why)),
    };
    Ok(Some(Healed { left, failure, ..Healed::of(errand) }))
}

/// Notes how it ended, and gives the lock back where nothing is left.
async fn end(
    engine: &Engine,
    errand: &Errand,
    diary: &Diary,
    done: &Result<Left, String>,
) -> Result<(), EngineError> {
    let killed = || {
        let attempt = format!("restore {}", errand.called());
        failure(errand.called(), attempt, "its process was killed".to_owned())
    };
    diary.verdict(&match done {
        Ok(Left::Back) => Verdict::RolledBack(killed()),
        Ok(Left::Rest) => Verdict::Done,
        Err(why) => Verdict::Stuck { failure: None, why: why.clone() },
    });
    if done.is_ok() { lock::give_back(engine, errand).await } else { Ok(()) }
}

/// A failure of the restore as a whole.
pub(super) const fn failure(target: String, attempt: String, why: String) -> Failure {
    Failure { slot: None, target, attempt, why, cause: Cause::Other, evidence: Vec::new() }
}

fn plan(errand: &Errand, left: Left, phases: Vec<Phase>) -> Plan {
    let (title, fact) = match left {
        Left::Back => ("turn back", "old containers are all there: everything becomes as before"),
        Left::Rest => {
            ("finish", "old containers are being removed, or it only imports: there is nothing to go back to")
        }
    };
    Plan {
        title: format!("{title} the restore of {}", errand.called()),
        risk: Risk::Some,
        facts: vec![("way".to_owned(), fact.to_owned())],
        notes: Vec::new(),
        phases,
        takes: std::time::Duration::from_secs(1),
        down_for: Downtime::None,
        undo: "none: run the restore again".to_owned(),
    }
}
