//! Plans what is asked for and carries it out, each job in a task of its own.

mod plan;

use std::collections::HashMap;

use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot};

use crate::{
    command::{
        Halt, Plan, Progress, Walker, Wish,
        execute::operation::{self, Direction, Prepared},
    },
    engine::Engine,
    model::JobId,
    runtime::holder,
    update::{End, Msg, Planned, Request},
};

/// Reports of one job that may wait.
const REPORTS: usize = 64;

/// Jobs: at most one that is planned, any number that are at work.
#[derive(Debug)]
pub(super) struct Jobs {
    answers: mpsc::Sender<Msg>,
    planned: Option<(JobId, oneshot::Receiver<Ready>)>,
    at_work: HashMap<JobId, Halt>,
}

/// What can be begun.
#[derive(Debug)]
enum Ready {
    /// An operation that takes a lock.
    Operation(Box<Prepared>, Direction),
    /// Steps.
    Steps(Box<Steps>),
}

/// A plan whose steps are all there is to it.
#[derive(Debug)]
struct Steps {
    plan: Plan,
    /// What it is done to, for the journal.
    target: String,
}

impl Ready {
    fn planned(&self) -> Planned {
        let (plan, operation) = match self {
            Self::Operation(prepared, _) => (&prepared.plan, Some(prepared.errand.operation.clone())),
            Self::Steps(steps) => (&steps.plan, None),
        };
        Planned { plan: plan.clone(), operation }
    }
}

impl Jobs {
    pub(super) fn new(answers: mpsc::Sender<Msg>) -> Self {
        Self { answers, planned: None, at_work: HashMap::new() }
    }

    /// Looks at the engine and plans; what was planned before and not begun is forgotten.
    pub(super) fn prepare(&mut self, engine: Option<Engine>, job: JobId, request: Request) {
        let (keep, kept) = oneshot::channel();
        self.planned = Some((job, kept));
        let answers = self.answers.clone();
        tokio::spawn(async move {
            let answer = match plan::plan(engine, request).await {
                Ok(ready) => {
                    let planned = ready.planned();
                    // Nobody keeps it: another plan was asked for meanwhile.
                    keep.send(ready).map(|()| planned).map_err(|_| "another plan was asked for".to_owned())
                }
                Err(why) => Err(why),
            };
            // A receiver that is gone means that the program ends.
            let _ended = answers.send(Msg::Planned { job, answer }).await;
        });
    }

    /// Begins what was planned for this job.
    pub(super) fn run(&mut self, engine: Option<Engine>, job: JobId) {
        let ready = self.planned.take().filter(|(planned, _)| *planned == job);
        let ready = ready.and_then(|(_, mut kept)| kept.try_recv().ok());
        let halt = Halt::default();
        self.at_work.retain(|_, halt| halt.wish() != Wish::AfterStep);
        self.at_work.insert(job, halt.clone());
        tokio::spawn(carry_out(engine.zip(ready), job, self.answers.clone(), halt));
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

async fn carry_out(begun: Option<(Engine, Ready)>, job: JobId, answers: mpsc::Sender<Msg>, halt: Halt) {
    let (reports, progress) = mpsc::channel(REPORTS);
    let work = async {
        match begun {
            Some((engine, ready)) => work(&engine, ready, reports, halt).await,
            None => End::Refused("the plan is gone; ask for it again".to_owned()),
        }
    };
    let (end, ()) = tokio::join!(work, tell(progress, job, &answers));
    // A receiver that is gone means that the program ends.
    let _ended = answers.send(Msg::Ended { job, end }).await;
}

async fn work(engine: &Engine, ready: Ready, reports: mpsc::Sender<Progress>, halt: Halt) -> End {
    match ready {
        Ready::Operation(prepared, direction) => {
            match operation::run(engine, *prepared, direction, reports, halt).await {
                Ok(verdict) => End::Operation(verdict),
                Err(refused) => End::Refused(refused.to_string()),
            }
        }
        Ready::Steps(steps) => walk(engine, *steps, reports, halt).await,
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
