//! Plans what is asked for and carries it out, each job in a task of its own.

use std::{collections::HashMap, time::Duration};

use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::holder::holder;
use crate::{
    command::{
        Plan, Progress, Walker,
        execute::operation::{self, Direction, Prepared, RolloutOptions},
        simple,
    },
    engine::Engine,
    model::JobId,
    update::{End, Msg, Request},
};

/// A container that is restarted has this long to serve again.
const DEADLINE: Duration = Duration::from_secs(60);

/// Reports of one job that may wait.
const REPORTS: usize = 64;

/// Jobs: at most one that is planned, any number that are at work.
#[derive(Debug)]
pub(super) struct Jobs {
    answers: mpsc::Sender<Msg>,
    planned: Option<(JobId, oneshot::Receiver<Ready>)>,
    at_work: HashMap<JobId, CancellationToken>,
}

/// What can be begun.
#[derive(Debug)]
enum Ready {
    /// An operation that takes a lock.
    Operation(Box<Prepared>, Direction),
    /// Steps.
    Steps(Plan),
}

impl Ready {
    const fn plan(&self) -> &Plan {
        match self {
            Self::Operation(prepared, _) => &prepared.plan,
            Self::Steps(plan) => plan,
        }
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
            let answer = match plan(engine, request).await {
                Ok(ready) => {
                    let plan = ready.plan().clone();
                    // Nobody keeps it: another plan was asked for meanwhile.
                    keep.send(ready).map(|()| plan).map_err(|_| "another plan was asked for".to_owned())
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
        let token = CancellationToken::new();
        self.at_work.retain(|_, token| !token.is_cancelled());
        self.at_work.insert(job, token.clone());
        tokio::spawn(carry_out(engine.zip(ready), job, self.answers.clone(), token));
    }

    /// Asks a job to stop after its running step.
    pub(super) fn stop(&self, job: JobId) {
        if let Some(token) = self.at_work.get(&job) {
            token.cancel();
        }
    }
}

async fn plan(engine: Option<Engine>, request: Request) -> Result<Ready, String> {
    let engine = engine.ok_or("the engine does not answer")?;
    let prepared = match request {
        Request::Each { verb, of, containers } => {
            return Ok(Ready::Steps(simple::plan(&verb, &of, &containers, DEADLINE)));
        }
        Request::Update { service, image } => {
            let options = RolloutOptions { image: Some(image), ..RolloutOptions::default() };
            operation::prepare_rollout(&engine, &service, &options, holder()).await
        }
        Request::Scale { service, replicas } => {
            operation::prepare_scale(&engine, &service, replicas, holder()).await
        }
    };
    let prepared = prepared.map_err(|refused| refused.to_string())?;
    Ok(Ready::Operation(Box::new(prepared), Direction::Forward))
}

async fn carry_out(
    begun: Option<(Engine, Ready)>,
    job: JobId,
    answers: mpsc::Sender<Msg>,
    token: CancellationToken,
) {
    let (reports, progress) = mpsc::channel(REPORTS);
    let work = async {
        match begun {
            Some((engine, ready)) => work(&engine, ready, reports, token).await,
            None => End::Refused("the plan is gone; ask for it again".to_owned()),
        }
    };
    let (end, ()) = tokio::join!(work, tell(progress, job, &answers));
    // A receiver that is gone means that the program ends.
    let _ended = answers.send(Msg::Ended { job, end }).await;
}

async fn work(
    engine: &Engine,
    ready: Ready,
    reports: mpsc::Sender<Progress>,
    token: CancellationToken,
) -> End {
    match ready {
        Ready::Operation(prepared, direction) => {
            match operation::run(engine, *prepared, direction, reports, token).await {
                Ok(verdict) => End::Operation(verdict),
                Err(refused) => End::Refused(refused.to_string()),
            }
        }
        Ready::Steps(plan) => {
            let walker = Walker::new(engine.clone(), holder().operation, reports, token);
            End::Walk(walker.walk(&plan.phases).await)
        }
    }
}

async fn tell(mut progress: mpsc::Receiver<Progress>, job: JobId, answers: &mpsc::Sender<Msg>) {
    while let Some(progress) = progress.recv().await {
        if answers.send(Msg::Progress { job, progress }).await.is_err() {
            return;
        }
    }
}
