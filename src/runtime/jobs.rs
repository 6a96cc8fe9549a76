//! Plans what is asked for and carries it out, each job in a task of its own.

mod plan;
mod project;
mod verify;

use std::collections::HashMap;

use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot};

use self::verify::Told;
use crate::{
    command::{
        Ending, Halt, Plan, Progress, Walker, Wish,
        execute::operation::{
            self, Direction, Prepared, PreparedBackup, PreparedDrill, PreparedRestore, Refused, Verdict,
        },
        restore::drill::Report,
    },
    domain::{ServiceKey, StackName},
    engine::Engine,
    model::{JobId, Turn},
    runtime::{Shelving, holder},
    update::{End, Msg, Planned, Request},
};

/// Reports of one job that may wait.
const REPORTS: usize = 64;

/// Jobs: at most one that is planned, any number that are at work.
#[derive(Debug)]
pub(super) struct Jobs {
    answers: mpsc::Sender<Msg>,
    planned: Option<(JobId, oneshot::Receiver<Vec<Ready>>)>,
    at_work: HashMap<JobId, Halt>,
}

/// What can be begun.
#[derive(Debug)]
enum Ready {
    /// An operation that takes a lock.
    Operation(Box<Prepared>, Direction),
    /// A backup, which takes the lock of its stack.
    Backup(Box<PreparedBackup>),
    /// A restore, which takes the lock of its stack.
    Restore(Box<PreparedRestore>),
    /// A restore in throw-away copies.
    Drill(Box<PreparedDrill>),
    /// Steps.
    Steps(Box<Steps>),
}

/// What is begun by one yes: one thing after the other.
#[derive(Debug)]
struct Series {
    /// All of it as one plan.
    shown: Plan,
    /// Each, and the service that it is about, where that is not the one that was asked for.
    turns: Vec<(Option<ServiceKey>, Ready)>,
}

/// A plan whose steps are all there is to it.
#[derive(Debug)]
struct Steps {
    plan: Plan,
    /// What it is done to, for the journal.
    target: String,
}

impl Ready {
    const fn plan(&self) -> &Plan {
        match self {
            Self::Operation(prepared, _) => &prepared.plan,
            Self::Backup(prepared) => &prepared.plan,
            Self::Restore(prepared) => &prepared.plan,
            Self::Drill(prepared) => &prepared.plan,
            Self::Steps(steps) => &steps.plan,
        }
    }

    fn turn(&self, service: Option<ServiceKey>) -> Turn {
        let operation = match self {
            Self::Operation(prepared, _) => Some(prepared.errand.operation.clone()),
            Self::Backup(prepared) => Some(prepared.errand.operation.clone()),
            Self::Restore(prepared) => Some(prepared.errand.operation.clone()),
            Self::Drill(_) | Self::Steps(_) => None,
        };
        Turn { service, plan: self.plan().clone(), operation }
    }
}

impl Series {
    fn planned(&self) -> Planned {
        let turns = self.turns.iter().map(|(service, ready)| ready.turn(service.clone())).collect();
        Planned { plan: self.shown.clone(), turns }
    }
}

impl From<Ready> for Series {
    fn from(ready: Ready) -> Self {
        Self { shown: ready.plan().clone(), turns: vec![(None, ready)] }
    }
}

impl Jobs {
    pub(super) fn new(answers: mpsc::Sender<Msg>) -> Self {
        Self { answers, planned: None, at_work: HashMap::new() }
    }

    /// Looks at the engine and plans; what was planned before and not begun is forgotten.
    pub(super) fn prepare(
        &mut self,
        (engine, place): (Option<Engine>, Option<Shelving>),
        job: JobId,
        request: Request,
    ) {
        let (keep, kept) = oneshot::channel();
        self.planned = Some((job, kept));
        let answers = self.answers.clone();
        tokio::spawn(async move {
            let answer = match plan::plan((engine, place), request).await {
                Ok(series) => {
                    let planned = series.planned();
                    let turns = series.turns.into_iter().map(|(_, ready)| ready).collect();
                    // Nobody keeps it: another plan was asked for meanwhile.
                    keep.send(turns).map(|()| planned).map_err(|_| "another plan was asked for".to_owned())
                }
                Err(why) => Err(why),
            };
            // A receiver that is gone means that the program ends.
            let _ended = answers.send(Msg::Planned { job, answer }).await;
        });
    }

    /// Begins what was planned for these jobs, one after the other: who stops one keeps back those behind it.
    pub(super) fn run(&mut self, engine: Option<Engine>, jobs: Vec<JobId>) {
        let planned = self.planned.take().filter(|(planned, _)| jobs.first() == Some(planned));
        let ready = planned.and_then(|(_, mut kept)| kept.try_recv().ok()).unwrap_or_default();
        let halt = Halt::default();
        self.at_work.retain(|_, halt| halt.wish() != Wish::AfterStep);
        self.at_work.extend(jobs.iter().map(|job| (*job, halt.clone())));
        let mut ready = ready.into_iter().map(Some);
        let turns = jobs.into_iter().map(|job| (job, ready.next().flatten())).collect();
        tokio::spawn(carry_out(engine, turns, self.answers.clone(), halt));
    }

    /// Reads a backup set to its last byte.
    pub(super) fn verify(&mut self, place: Option<Shelving>, job: JobId, stack: StackName, set: String) {
        let halt = Halt::default();
        self.at_work.insert(job, halt.clone());
        let (answers, told) = (self.answers.clone(), Told::new(self.answers.clone(), job));
        tokio::spawn(async move {
            let end = verify::verify(place, (stack, set), told, halt).await;
            // A receiver that is gone means that the program ends.
            let _ended = answers.send(Msg::Ended { job, end }).await;
        });
    }

    /// Asks a job to stop after its running slot.
    pub(super) fn pause(&self, job: JobId) {
        self.at_work.get(&job).into_iter().for_each(Halt::pause);
    }

    /// Asks a job to stop after its running step.
    pub(super) fn stop(&self, job: JobId) {
        self.at_work.get(&job).into_iter().for_each(Halt::stop);
    }
}

/// One after the other, up to the first that is not done.
async fn carry_out(
    engine: Option<Engine>,
    turns: Vec<(JobId, Option<Ready>)>,
    answers: mpsc::Sender<Msg>,
    halt: Halt,
) {
    for (place, (job, ready)) in turns.into_iter().enumerate() {
        let end = if place > 0 && halt.wish() != Wish::End {
            End::Refused("it was not begun: the one before was asked to stop".to_owned())
        } else {
            let (reports, progress) = mpsc::channel(REPORTS);
            let work = begin(engine.clone().zip(ready), reports, halt.clone());
            tokio::join!(work, tell(progress, job, &answers)).0
        };
        let goes_on = end.is_done();
        // A receiver that is gone means that the program ends.
        let _ended = answers.send(Msg::Ended { job, end }).await;
        if !goes_on {
            return;
        }
    }
}

async fn begin(begun: Option<(Engine, Ready)>, reports: mpsc::Sender<Progress>, halt: Halt) -> End {
    match begun {
        Some((engine, ready)) => work(&engine, ready, reports, halt).await,
        None => End::Refused("the plan is gone; ask for it again".to_owned()),
    }
}

async fn work(engine: &Engine, ready: Ready, reports: mpsc::Sender<Progress>, halt: Halt) -> End {
    match ready {
        Ready::Operation(prepared, direction) => {
            ended(operation::run(engine, *prepared, direction, reports, halt).await)
        }
        Ready::Backup(prepared) => ended(operation::run_backup(engine, *prepared, reports, halt).await),
        Ready::Restore(prepared) => ended(operation::run_restore(engine, *prepared, reports, halt).await),
        Ready::Drill(prepared) => drilled(operation::run_drill(engine, *prepared, reports, halt).await),
        Ready::Steps(steps) => walk(engine, *steps, reports, halt).await,
    }
}

fn ended(verdict: Result<Verdict, Refused>) -> End {
    match verdict {
        Ok(verdict) => End::Operation(verdict),
        Err(refused) => End::Refused(refused.to_string()),
    }
}

/// A part that does not come back is a failure, and so is one that takes too long.
fn drilled(report: Result<Report, Refused>) -> End {
    let report = match report {
        Ok(report) => report,
        Err(refused) => return End::Refused(refused.to_string()),
    };
    let failed = report.parts.iter().find_map(|part| part.failure.clone());
    match failed {
        None if report.passed() => End::Walk(Ending::Done),
        None => End::Refused(format!("it took {:.0} s, longer than was promised", report.seconds)),
        Some(why) => End::Refused(why),
    }
}

async fn walk(engine: &Engine, steps: Steps, reports: mpsc::Sender<Progress>, halt: Halt) -> End {
    let Steps { plan, target } = steps;
    let holder = holder(Timestamp::now());
    let walker = Walker::new(engine.clone(), holder.operation, reports, halt);
    match operation::carry_out(walker, &plan, &target, &holder.user).await {
        Ok(ending) => End::Walk(ending),
        Err(refused) => End::Refused(refused.to_string()),
    }
}

async fn tell(mut progress: mpsc::Receiver<Progress>, job: JobId, answers: &mpsc::Sender<Msg>) {
    while let Some(progress) = progress.recv().await {
        if answers.send(Msg::Progress { job, progress }).await.is_err() {
            return;
        }
    }
}
