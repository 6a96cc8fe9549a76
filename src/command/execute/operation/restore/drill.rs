//! Drills: every part is restored into something that is thrown away.

use std::{fs, io, time::Duration};

use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::{sync::mpsc, time::Instant};

use super::{
    parts::Parts,
    scene::Scene,
    target::{dumps, import, load, recipe},
};
use crate::{
    backup::{BackupError, Keys, Shelf, Source},
    command::{
        Failure, Halt, Plan, Progress, Stage, Walker,
        backup::WayBack,
        clone::json::{list, text},
        execute::{
            Ending,
            backup::{MOUNT, empty_image},
            diary::{Diary, Title},
            operation::{
                Holder, Refused,
                turn::{self, Answer},
            },
        },
        restore::{
            DRILL, HOLDER, Reading,
            drill::{Drilling, FILE, Report, Trial, Tried},
        },
    },
    engine::{Call, Engine, EngineError, Force, Volumes},
    journal::{self, Life},
};

/// Reports that wait to be read while a part is tried.
const REPORTS: usize = 64;

/// What is to be drilled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrillRequest {
    /// The stack.
    pub stack: String,
    /// The beginning, or the end, of the set's id; without one, the newest valid set.
    pub set: Option<String>,
    /// Where sets are.
    pub shelf: Shelf,
    /// What it takes to decrypt them.
    pub keys: Keys,
    /// How long all of it may take.
    pub rto: Option<Duration>,
}

/// A drill that is planned and can be begun.
#[derive(Clone, Debug)]
pub struct PreparedDrill {
    /// What would be done.
    pub plan: Plan,
    user: String,
    drilling: Drilling,
    parts: Parts,
}

impl PreparedDrill {
    /// The operation's id.
    #[must_use]
    pub fn operation(&self) -> &str {
        &self.drilling.operation
    }

    /// The set.
    #[must_use]
    pub fn set(&self) -> &str {
        &self.drilling.set
    }
}

/// Plans a drill; touches nothing.
///
/// # Errors
/// [`Refused`], with the way out.
pub async fn prepare_drill(
    engine: &Engine,
    request: &DrillRequest,
    holder: Holder,
) -> Result<PreparedDrill, Refused> {
    let set = request.shelf.find(&request.stack, request.set.as_deref())?;
    let parts = Parts::of(&set, &request.keys)?;
    let scene = Scene::look(engine).await?;
    let Holder { user, host, pid, started, namespace, operation, .. } = holder;
    let process = journal::Holder { user: user.clone(), host, pid, started, namespace };
    let mut drilling = Drilling {
        operation,
        holder: serde_json::to_string(&process).unwrap_or_default(),
        stack: request.stack.clone(),
        set: parts.set.clone(),
        rto: request.rto,
        ..Drilling::default()
    };
    let is_files = |reading: &&Reading| matches!(reading.part.source, Source::Volume { .. });
    drilling.volumes = parts.readings.iter().filter(is_files).cloned().collect();
    for ((service, word), dumps) in dumps(&parts.readings) {
        let recipe = recipe(word)?;
        match recipe.way_back() {
            WayBack::Server => {
                drilling.loads.push(load(engine, &scene, &parts, (service, recipe), &dumps).await?.1);
            }
            WayBack::Import => {
                let container = scene.service(&request.stack, service).cloned().unwrap_or(Value::Null);
                if recipe.verify(&container).is_none() && recipe.word() == "custom" {
                    drilling.notes.push(format!(
                        "the custom dump of {service} is only compared with its checksums: the label \
                         stacktop.backup.verify.exec names a command that reads it"
                    ));
                }
                drilling.imports.push(import(service, container, recipe, &dumps));
            }
        }
    }
    Ok(PreparedDrill { plan: drilling.plan(), user, drilling, parts })
}

/// Carries a drill out, takes everything away again, and keeps the report beside the set. What earlier drills have left
/// that were killed is taken away first.
///
/// # Errors
/// [`Refused`] if it cannot be begun. A part that cannot be restored is no error: the report tells.
pub async fn run_drill(
    engine: &Engine,
    prepared: PreparedDrill,
    reports: mpsc::Sender<Progress>,
    halt: Halt,
) -> Result<Report, Refused> {
    let PreparedDrill { plan, user, drilling, parts } = prepared;
    sweep(engine).await?;
    empty_image(engine).await?;
    let title = Title {
        operation: &drilling.operation,
        user: &user,
        target: drilling.stack.clone(),
        details: Value::Null,
    };
    let diary = Diary::open(engine, title, &plan).await?;
    let (began, clock) = (Timestamp::now(), Instant::now());
    let mut tried = Vec::new();
    let mut ending = Ending::Done;
    for trial in drilling.trials() {
        let walker = |reports, halt| {
            Walker::new(engine.clone(), drilling.operation.clone(), reports, halt).with(diary.clone())
        };
        let (part, ended) = attempt(&trial, &reports, |seen| walker(seen, halt.clone())).await;
        if let Ending::Failed(_) = walker(reports.clone(), Halt::default()).walk(&[trial.after]).await {
            log::warn!("the drill of {} has left something over; the next one takes it away", part.part);
        }
        let goes_on = ended != Ending::Cancelled;
        if ended != Ending::Done {
            ending = ended;
        }
        tried.push(part);
        if !goes_on {
            break;
        }
    }
    diary.ending(&ending);
    let report = Report {
        set: drilling.set.clone(),
        began,
        seconds: clock.elapsed().as_secs_f64(),
        rto_seconds: drilling.rto.map(|rto| rto.as_secs_f64()),
        parts: tried,
    };
    if ending != Ending::Cancelled {
        keep(&parts, &report)?;
    }
    Ok(report)
}

/// Tries one part.
async fn attempt(
    trial: &Trial,
    reports: &mpsc::Sender<Progress>,
    walker: impl Fn(mpsc::Sender<Progress>) -> Walker,
) -> (Tried, Ending) {
    let clock = Instant::now();
    let (seen, mut heard) = mpsc::channel::<Progress>(REPORTS);
    let listening = async {
        let mut checked = Vec::new();
        while let Some(progress) = heard.recv().await {
            let is_check = matches!(progress.state.as_str(), "checking" | "filling");
            if progress.stage == Stage::Done && is_check && progress.detail != "done" {
                checked.push(progress.detail.clone());
            }
            let _gone = reports.send(progress).await;
        }
        checked
    };
    let walking = async {
        let walker = walker(seen);
        walker.walk(std::slice::from_ref(&trial.phase)).await
    };
    let (ended, checked) = tokio::join!(walking, listening);
    let failure = match &ended {
        Ending::Done => None,
        Ending::Failed(failure) => Some(told(failure)),
        Ending::Cancelled => Some("it was stopped".to_owned()),
    };
    let part = trial.phase.title.clone();
    (Tried { part, checked, seconds: clock.elapsed().as_secs_f64(), failure }, ended)
}

/// What failed, with the last word of a container that is about to be taken away.
fn told(failure: &Failure) -> String {
    let last = failure.evidence.last().map(|line| format!("; {line}")).unwrap_or_default();
    format!("{}: {}{last}", failure.attempt, failure.why)
}

/// Keeps the report beside the set.
fn keep(parts: &Parts, report: &Report) -> Result<(), BackupError> {
    let Some(reading) = parts.readings.first() else { return Ok(()) };
    let path = reading.folder.join(FILE);
    let written = serde_json::to_vec_pretty(report).map_err(io::Error::from);
    let written = written.and_then(|text| fs::write(&path, text));
    written.map_err(|error| BackupError::disk("write", &path, error))
}

/// Takes away what drills have left whose process is gone; tells how much it was. Every start comes by here, so the
/// engine is asked for what bears their labels only.
///
/// # Errors
/// An [`EngineError`] if the engine does not list it.
pub async fn sweep(engine: &Engine) -> Result<usize, EngineError> {
    let mut volumes = volumes(engine, HOLDER).await?;
    volumes.retain(is_left);
    let operations: Vec<&str> = volumes.iter().map(|volume| mark(volume, DRILL)).collect();
    let mut containers = containers(engine, HOLDER).await?;
    containers.retain(is_left);
    if !operations.is_empty() {
        let mounts = self::containers(engine, MOUNT).await?.into_iter();
        containers.extend(mounts.filter(|one| operations.contains(&mark(one, MOUNT)) && !is_left(one)));
    }
    if containers.is_empty() && volumes.is_empty() {
        return Ok(0);
    }
    // Whoever is at it already takes all of it away.
    let Answer::Ours(turn) = turn::ask_for_drills(engine).await? else { return Ok(0) };
    turn.during(async {
        let mut swept = 0;
        for container in &containers {
            let gone = engine.remove(text(container, "/Id"), Force::Kill, Volumes::RemoveAnonymous).await;
            swept += usize::from(is_gone(gone)?);
        }
        for volume in &volumes {
            swept += usize::from(is_gone(engine.remove_volume(text(volume, "/Name")).await)?);
        }
        Ok(swept)
    })
    .await
}

/// Whether the process is gone to which a listed thing belongs.
fn is_left(listed: &Value) -> bool {
    let holder = serde_json::from_str::<journal::Holder>(mark(listed, HOLDER));
    holder.is_ok_and(|holder| holder.life_here() == Life::Gone)
}

/// A label of a listed thing.
fn mark<'a>(listed: &'a Value, name: &str) -> &'a str {
    listed.get("Labels").and_then(|labels| labels.get(name)?.as_str()).unwrap_or_default()
}

/// The containers that bear a label, as the engine lists them.
async fn containers(engine: &Engine, label: &str) -> Result<Vec<Value>, EngineError> {
    let call = Call::get("list what drills have left", "/containers/json").query("all", "1");
    engine.json(call.query("filters", &json!({ "label": [label] }).to_string())).await
}

/// The volumes that bear a label.
async fn volumes(engine: &Engine, label: &str) -> Result<Vec<Value>, EngineError> {
    let call = Call::get("list what drills have left", "/volumes");
    let listed: Value = engine.json(call.query("filters", &json!({ "label": [label] }).to_string())).await?;
    Ok(list(&listed, "/Volumes").to_vec())
}

/// What is gone already is gone.
fn is_gone(removed: Result<(), EngineError>) -> Result<bool, EngineError> {
    match removed {
        Err(error) if error.is_not_found() || error.is_being_removed() => Ok(false),
        other => other.map(|()| true),
    }
}

/// The database of a dump, where a service has several.
pub(super) fn database(dump: &Reading) -> Option<&str> {
    match &dump.part.source {
        Source::Dump { database, .. } => database.as_deref(),
        Source::Volume { .. } => None,
    }
}
