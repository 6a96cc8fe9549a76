//! Carries one job out, tells what happens, and ends with a verdict.

use std::{future::Future, pin::pin};

use tokio::sync::mpsc;

use super::{
    Job, Ways, Work,
    printer::Printer,
    verdict::{Ended, tell},
};
use crate::{
    cli::{
        exit::{Exit, Failure},
        interrupt::Parts,
        session::Session,
    },
    command::{
        Ending, Halt, Plan, Progress, Walker, Wish,
        execute::operation::{self, Verdict},
    },
    engine::Engine,
};

/// Reports that may wait for a slow reader.
const REPORTS: usize = 256;

/// Carries a job out.
pub(super) async fn run(session: &mut Session, engine: &Engine, job: Job) -> Result<Exit, Failure> {
    let (id, ways, parts) = (job.id().to_owned(), job.ways(), job.work.parts());
    if job.plan.is_empty() && !job.begun {
        return tell(session, &id, &ways, &Ended::Idle);
    }
    let halt = session.interrupt.begin(ways.sentence(), parts);
    let (reports, heard) = mpsc::channel(REPORTS);
    let work = carry_out(engine.clone(), job, reports, halt.clone());
    let ended = listen(session, heard, work).await;
    session.interrupt.end();
    let ended = match ended? {
        Ended::Paused(why) if halt.wish() != Wish::End => Ended::Interrupted(why),
        Ended::RolledBack(failure) if halt.wish() != Wish::End && parts == Parts::Whole => {
            Ended::Interrupted(format!("{}; everything is as before", failure.why))
        }
        ended => ended,
    };
    tell(session, &id, &ways, &ended)
}

impl Ways {
    fn sentence(&self) -> String {
        let on = self.on.as_ref().map(|on| format!("`{on}` goes on, ")).unwrap_or_default();
        format!("stopped half-way; {on}to go back: {}", self.back)
    }
}

async fn carry_out(
    engine: Engine,
    job: Job,
    reports: mpsc::Sender<Progress>,
    halt: Halt,
) -> Result<Ended, Failure> {
    match job.work {
        Work::Operation(prepared, direction) => {
            let verdict = Box::pin(operation::run(&engine, *prepared, direction, reports, halt)).await?;
            Ok(verdict.into())
        }
        Work::Backup(prepared) => {
            let verdict = Box::pin(operation::run_backup(&engine, *prepared, reports, halt)).await?;
            Ok(verdict.into())
        }
        Work::Restore(prepared) => {
            let verdict = Box::pin(operation::run_restore(&engine, *prepared, reports, halt)).await?;
            Ok(verdict.into())
        }
        Work::Steps { operation } => {
            let walker = Walker::new(engine, operation, reports, halt);
            let ending =
                operation::carry_out(walker, &job.plan, &job.called, &crate::runtime::user()).await?;
            Ok(ended(ending, &job.plan))
        }
    }
}

/// How steps ended that have no way back of their own.
fn ended(ending: Ending, plan: &Plan) -> Ended {
    match ending {
        Ending::Done => Ended::Done,
        Ending::Cancelled => Ended::Paused(format!("it was stopped half-way; to undo: {}", plan.undo)),
        Ending::Failed(failure) => Ended::Failed(failure),
    }
}

/// Prints reports until the work is over. Whoever stops reading does not stop the work.
async fn listen(
    session: &mut Session,
    mut heard: mpsc::Receiver<Progress>,
    work: impl Future<Output = Result<Ended, Failure>>,
) -> Result<Ended, Failure> {
    let mut printer = Printer::new(session.options.json);
    let mut work = pin!(work);
    let ended = loop {
        tokio::select! {
            biased;
            Some(progress) = heard.recv() => drop(printer.print(&mut session.out, &progress)),
            ended = &mut work => break ended,
        }
    };
    while let Ok(progress) = heard.try_recv() {
        let _unread = printer.print(&mut session.out, &progress);
    }
    ended
}

impl From<Verdict> for Ended {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Done => Self::Done,
            Verdict::Partial(failures) => Self::Partial(failures),
            Verdict::RolledBack(failure) => Self::RolledBack(failure),
            Verdict::Paused(why) => Self::Paused(why),
            Verdict::Stuck { failure, why } => Self::Stuck { failure, why },
        }
    }
}
