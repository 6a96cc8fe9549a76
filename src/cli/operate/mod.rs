//! What all verbs that change things share: they are planned, shown, confirmed by their risk and carried out here.
//!
//! A verb opens a [`Desk`], makes [`Job`]s and hands them to [`perform`]. Nothing else in the command line changes an
//! engine, so `--plan`, `--yes`, `--read-only` and Ctrl-C mean the same for every verb.

mod consent;
mod containers;
mod desk;
mod paper;
mod printer;
mod run;
mod span;
mod verdict;

pub use consent::{Consent, confirm, refuse_read_only};
pub use containers::{Change, change};
pub use desk::Desk;
pub use paper::paper;
pub use printer::Printer;
pub use span::span;

use crate::{
    cli::{
        exit::{Exit, Failure},
        interrupt::Parts,
        render::json,
        session::{Session, remark},
    },
    command::{
        Plan,
        execute::operation::{Direction, Prepared, PreparedBackup, PreparedRestore, heal},
    },
    engine::Engine,
};

/// One thing to do, planned.
#[derive(Clone, Debug)]
pub struct Job {
    /// What a person called it: typed again where the risk is high.
    pub called: String,
    /// What is going to be done.
    pub plan: Plan,
    /// How it is done.
    pub work: Work,
    /// Whether it was begun before: then its last step may be left, which no plan shows.
    pub begun: bool,
}

/// How a job is done.
#[derive(Clone, Debug)]
pub enum Work {
    /// An operation on a Compose service, under its lock.
    Operation(Box<Prepared>, Direction),
    /// A backup of a stack, under its lock.
    Backup(Box<PreparedBackup>),
    /// A restore, under the lock of its stack.
    Restore(Box<PreparedRestore>),
    /// The steps of the plan, one after the other.
    Steps {
        /// The id that reports carry.
        operation: String,
    },
}

impl Job {
    /// An operation on a Compose service.
    #[must_use]
    pub fn operation(prepared: Prepared, direction: Direction) -> Self {
        let called = prepared.errand.key().to_string();
        let plan = prepared.plan.clone();
        Self { called, plan, work: Work::Operation(Box::new(prepared), direction), begun: false }
    }

    /// The same, of an operation that was begun before.
    #[must_use]
    pub fn rest(prepared: Prepared, direction: Direction) -> Self {
        Self { begun: true, ..Self::operation(prepared, direction) }
    }

    /// A backup.
    #[must_use]
    pub fn backup(prepared: PreparedBackup) -> Self {
        let (called, plan) = (prepared.called(), prepared.plan.clone());
        Self { called, plan, work: Work::Backup(Box::new(prepared)), begun: false }
    }

    /// A restore.
    #[must_use]
    pub fn restore(prepared: PreparedRestore) -> Self {
        let (called, plan) = (prepared.called(), prepared.plan.clone());
        Self { called, plan, work: Work::Restore(Box::new(prepared)), begun: false }
    }

    /// A plan whose steps are all there is to it.
    #[must_use]
    pub fn steps(called: impl Into<String>, plan: Plan) -> Self {
        let work = Work::Steps { operation: crate::runtime::operation_id() };
        Self { called: called.into(), plan, work, begun: false }
    }

    /// The operation's id.
    #[must_use]
    pub fn id(&self) -> &str {
        match &self.work {
            Work::Operation(prepared, _) => &prepared.errand.operation,
            Work::Backup(prepared) => &prepared.errand.operation,
            Work::Restore(prepared) => &prepared.errand.operation,
            Work::Steps { operation, .. } => operation,
        }
    }

    /// The commands that go on with it and back from it, should it stop half-way.
    #[must_use]
    fn ways(&self) -> Ways {
        let id = self.id();
        match &self.work {
            Work::Operation(prepared, _) => Ways {
                on: prepared.errand.kind.goes_on().then(|| format!("stacktop ops resume {id}")),
                back: format!("stacktop ops rollback {id}"),
            },
            Work::Backup(_) => Ways { on: None, back: format!("stacktop ops rollback {id}") },
            Work::Restore(_) => Ways { on: None, back: format!("stacktop ops rollback {id}") },
            Work::Steps { .. } => Ways { on: None, back: self.plan.undo.clone() },
        }
    }
}

impl Work {
    /// Whether half of it is of any use.
    const fn parts(&self) -> Parts {
        match self {
            Self::Operation(..) | Self::Steps { .. } => Parts::Slots,
            Self::Backup(_) | Self::Restore(_) => Parts::Whole,
        }
    }
}

/// Brings back what killed updates, backups and restores have left down, unless that is not wanted. What is done is told on
/// standard error.
///
/// # Errors
/// A [`Failure`] if the engine does not tell.
pub async fn bring_back(session: &Session, engine: &Engine) -> Result<(), Failure> {
    if session.options.no_heal || session.options.read_only {
        return Ok(());
    }
    Box::pin(heal(engine)).await?.iter().for_each(|healed| remark(&healed.sentence()));
    Ok(())
}

/// What to type after a job has stopped half-way.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Ways {
    /// Goes on, where something is left of it.
    on: Option<String>,
    /// Goes back.
    back: String,
}

/// Shows the jobs, or asks and does them one after the other up to the first that is not done.
///
/// # Errors
/// [`Failure::Usage`] if nobody agrees, and what keeps a job from being begun.
pub async fn perform(
    session: &mut Session,
    desk: &Desk,
    jobs: Vec<Job>,
    consent: &Consent,
) -> Result<Exit, Failure> {
    if consent.plan {
        return show(session, &jobs);
    }
    consent::ask(session, &jobs, consent).await?;
    let is_one = jobs.len() == 1;
    let (mut done, mut left) = (Vec::new(), jobs.into_iter());
    while let Some(job) = left.next() {
        let called = job.called.clone();
        if !is_one && !session.options.json {
            session.out.line(job.plan.title.clone())?;
        }
        let exit = run::run(session, desk.engine(), job).await;
        if matches!(exit, Ok(Exit::Fine)) {
            done.push(called);
            continue;
        }
        if !is_one {
            verdict::tell_rest(session, &done, &called, &left.collect::<Vec<_>>())?;
        }
        return exit;
    }
    Ok(Exit::Fine)
}

fn show(session: &mut Session, jobs: &[Job]) -> Result<Exit, Failure> {
    if session.options.json {
        let plans = jobs.iter().map(|job| json::Plan::of(job.id(), &job.plan)).collect();
        session.out.json(&json::Plans { plans })?;
    } else {
        for line in jobs.iter().flat_map(|job| paper(&job.plan)) {
            session.out.line(line)?;
        }
    }
    Ok(Exit::Fine)
}
