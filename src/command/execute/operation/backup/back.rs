//! The way back of a backup that failed, was stopped or was killed: whoever is still held goes on, in the order of what
//! needs what, behind their gates; then the container that mounts a volume and the half of a set are taken away.

use serde_json::Value;
use tokio::sync::mpsc;

use crate::{
    command::{
        Act, Call, Cause, Downtime, Failure, Halt, ObservedService, Phase, Plan, Progress, Risk, Step,
        Walker,
        backup::{Held, Hold, Holding},
        execute::{
            Ending,
            backup::mount_name,
            diary::{Diary, Title},
            lock::{self, Errand, Kind},
            operation::{Claim, Healed, Prepared, Refused, Verdict, doubt, hands, turn},
            patience::patiently,
            restore::noted,
        },
        restore::Deed,
    },
    engine::{Engine, EngineError},
    journal::JournalError,
};

/// The way back of one backup.
pub(super) struct Way<'a> {
    engine: &'a Engine,
    errand: &'a Errand,
    holding: Holding,
    /// Containers that were being stopped when the process was killed: the engine goes on with that.
    stopping: Vec<String>,
}

impl<'a> Way<'a> {
    /// Of one whose calls have all come back.
    pub(super) fn new(engine: &'a Engine, errand: &'a Errand) -> Self {
        let holding = match &errand.kind {
            Kind::Backup(holding) => holding.as_ref().clone(),
            Kind::Rollout(_) | Kind::Scale { .. } | Kind::Restore(_) => Holding::default(),
        };
        Self { engine, errand, holding, stopping: Vec::new() }
    }

    /// Of one that was killed.
    async fn of_killed(engine: &'a Engine, errand: &'a Errand) -> Self {
        let way = Self::new(engine, errand);
        let stopped = way.holding.held.iter().filter(|held| held.by == Hold::Stop);
        let stopped = stopped.map(|held| held.container.clone()).collect();
        Self { stopping: doubt::stopping(engine, errand, stopped).await, ..way }
    }

    /// What is left of it to do, as things are.
    async fn phases(&self) -> Result<Vec<Phase>, EngineError> {
        let mut phases = Vec::new();
        for held in &self.holding.held {
            let steps = self.release(held).await?;
            phases.extend((!steps.is_empty()).then(|| Phase::single(&held.container, steps)));
        }
        let rest = self.leftovers().await?;
        phases.extend((!rest.is_empty()).then(|| Phase::single("set", rest)));
        Ok(phases)
    }

    /// What lets one go on; nothing where it does.
    async fn release(&self, held: &Held) -> Result<Vec<Step>, EngineError> {
        let Some(seen) = self.look(&held.container).await? else { return Ok(Vec::new()) };
        let status = seen.pointer("/State/Status").and_then(Value::as_str).unwrap_or_default();
        Ok(match (held.by, status) {
            (Hold::Pause, "paused") | (Hold::Stop, "exited" | "created" | "dead") => held.release(),
            // It is about to end: a second call for that comes back when it has.
            (Hold::Stop, "running") if self.stopping.contains(&held.container) => {
                [vec![held.hold()], held.release()].concat()
            }
            (Hold::Pause | Hold::Stop, _) => Vec::new(),
        })
    }

    async fn leftovers(&self) -> Result<Vec<Step>, EngineError> {
        let mut steps = Vec::new();
        let container = mount_name(&self.errand.operation);
        if self.look(&container).await?.is_some() {
            let call = Call::RemoveRunning { container };
            steps.push(step("nothing is read through it any more", call));
        }
        for hook in noted(&self.holding.folder) {
            steps.push(step("what was run before the dumps is undone", Deed::After(hook).call()));
        }
        if self.holding.folder.exists() {
            let (folder, operation) = (self.holding.folder.clone(), self.errand.operation.clone());
            steps.push(step("half a set is none", Call::ClearSet { folder, operation }));
        }
        Ok(steps)
    }

    async fn look(&self, container: &str) -> Result<Option<Value>, EngineError> {
        match patiently(|| self.engine.inspect_container(container)).await {
            Ok(seen) => Ok(Some(seen)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Goes it: one who does not come back keeps nobody else. Tells who came back.
    ///
    /// # Errors
    /// What is not as before, in a sentence.
    pub(super) async fn walk(&self, walker: &Walker) -> Result<Vec<String>, String> {
        // Whoever asked the backup to stop did not ask for this.
        let walker = Walker { halt: Halt::default(), ..walker.clone() };
        let (mut back, mut failures) = (Vec::new(), Vec::new());
        for held in &self.holding.held {
            let steps = self.release(held).await.map_err(|error| error.to_string())?;
            if steps.is_empty() {
                continue;
            }
            match walker.walk(&[Phase::single(&held.container, steps)]).await {
                Ending::Done => back.push(held.service.clone()),
                Ending::Failed(failure) => failures.push(sentence(&failure)),
                Ending::Cancelled => failures.push(format!("{} was left", held.container)),
            }
        }
        let rest = self.leftovers().await.map_err(|error| error.to_string())?;
        // Another process may be at the same.
        if let Ending::Failed(failure) = walker.walk(&[Phase::single("set", rest)]).await
            && !self.leftovers().await.is_ok_and(|rest| rest.is_empty())
        {
            failures.push(sentence(&failure));
        }
        if failures.is_empty() { Ok(back) } else { Err(failures.join("; ")) }
    }
}

fn step(cause: &str, call: Call) -> Step {
    Step { slot: None, state: "clearing", cause: cause.to_owned(), act: Act::Call(call) }
}

fn sentence(failure: &Failure) -> String {
    format!("{}: {}", failure.attempt, failure.why)
}

/// A failure of the backup as a whole.
pub(super) fn failure(target: String, attempt: String, why: String, cause: Cause) -> Failure {
    Failure { slot: None, target, attempt, why, cause, evidence: Vec::new() }
}

/// Plans the way back of a backup that was killed; touches nothing.
pub(in crate::command::execute::operation) async fn prepare_back(
    engine: &Engine,
    errand: Errand,
) -> Result<Prepared, Refused> {
    let phases = Way::of_killed(engine, &errand).await.phases().await?;
    let plan = plan(&errand, phases);
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
    let diary = Diary::open(engine, title(&errand), &plan).await?;
    let walker = Walker::new(engine.clone(), errand.operation.clone(), reports, Halt::default());
    let way = Way::of_killed(engine, &errand).await;
    let verdict = match way.walk(&walker.with(diary.clone())).await {
        Ok(_) => Verdict::Done,
        Err(why) => Verdict::Stuck { failure: None, why },
    };
    match &verdict {
        Verdict::Stuck { .. } => diary.verdict(&verdict),
        _ => diary.verdict(&Verdict::RolledBack(killed(&errand))),
    }
    if verdict == Verdict::Done {
        lock::give_back(engine, &errand).await?;
    }
    Ok(verdict)
}

/// Brings back whom a backup that was killed has left, in its turn, and forgets it; `None` where another process is about
/// to.
pub(in crate::command::execute::operation) async fn heal(
    engine: &Engine,
    errand: Errand,
) -> Result<Option<Healed>, EngineError> {
    let diary = match Diary::open(engine, title(&errand), &plan(&errand, Vec::new())).await {
        Ok(diary) => diary,
        Err(JournalError::Held { .. }) => return Ok(None),
        Err(error) => {
            return Ok(Some(Healed { failure: Some(error.to_string()), ..Healed::of(errand) }));
        }
    };
    let (unheard, _) = mpsc::channel(1);
    let walker = Walker::new(engine.clone(), errand.operation.clone(), unheard, Halt::default());
    let walked = Way::of_killed(engine, &errand).await.walk(&walker.with(diary.clone())).await;
    let (back, failure) = match walked {
        Ok(back) => {
            diary.verdict(&Verdict::RolledBack(killed(&errand)));
            lock::give_back(engine, &errand).await?;
            (back, None)
        }
        Err(why) => {
            diary.verdict(&Verdict::Stuck { failure: None, why: why.clone() });
            (Vec::new(), Some(why))
        }
    };
    Ok(Some(Healed { back, failure, ..Healed::of(errand) }))
}

fn killed(errand: &Errand) -> Failure {
    let attempt = format!("back up {}", errand.called());
    failure(errand.called(), attempt, "its process was killed".to_owned(), Cause::Other)
}

fn title(errand: &Errand) -> Title<'_> {
    Title {
        operation: &errand.operation,
        user: &errand.user,
        target: errand.called(),
        details: serde_json::to_value(errand).unwrap_or_default(),
    }
}

fn plan(errand: &Errand, phases: Vec<Phase>) -> Plan {
    let held = match &errand.kind {
        Kind::Backup(holding) => holding.held.len(),
        Kind::Rollout(_) | Kind::Scale { .. } | Kind::Restore(_) => 0,
    };
    Plan {
        title: format!("bring back whom the backup of {} has left", errand.called()),
        risk: Risk::Some,
        facts: vec![("held".to_owned(), format!("{held} containers were to be held for a while"))],
        notes: vec!["a set that was finished stays; half a set is removed".to_owned()],
        phases,
        takes: std::time::Duration::from_secs(1),
        down_for: Downtime::None,
        undo: "none: run the backup again".to_owned(),
    }
}
