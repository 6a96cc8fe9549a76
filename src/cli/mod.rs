//! The command line: a thin front end over the same engine, domain and simulated engine as the dashboard.
//!
//! [`parse`] reads arguments, [`run`] does what they say and returns how the program ends. Each verb is one file
//! in [`verb`]: its arguments, its work, its table. What it prints for programs is in [`render::json`], whose
//! fields `assets/json.md` documents. Everything is written through [`session::Out`], which never panics on a
//! closed pipe; failures are one sentence on standard error ([`Failure`]) and a code ([`Exit`]).

pub mod args;
mod dashboard;
#[cfg(feature = "tui")]
mod demo;
pub mod endpoint;
pub mod exit;
pub mod filter;
#[cfg(test)]
mod fixture;
pub mod interrupt;
pub mod moment;
pub mod operate;
pub mod render;
pub mod scope;
pub mod session;
pub mod settle;
pub mod shelf;
pub mod surface;
pub mod verb;

use std::{ffi::OsString, time::Duration};

use clap::Parser;
use tokio::{
    runtime::{Builder, Handle, Runtime},
    signal::unix::{Signal, SignalKind, signal},
};

pub use args::Args;
pub use exit::{Exit, Failure};

use self::{
    args::{Options, Verb},
    interrupt::Answer,
    session::{Session, remark},
};
use crate::command::simple;

/// Threads for the work of a verb, beside the one that listens to signals. Each more keeps a megabyte of memory for itself.
const WORKERS: usize = 2;
/// Where one is enough: for the dashboard, beside its terminal's, and for logs, which are read faster than engines send
/// them: two would wake each other for every few lines, and take twice as long.
const ONE_WORKER: usize = 1;

/// How long an interrupted verb may take to hand over what it printed.
const GRACE: Duration = Duration::from_millis(200);

/// Reads the arguments; help, version and mistakes are printed here.
///
/// # Errors
/// How to end the program where there is nothing to run.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Args, Exit> {
    Args::try_parse_from(args).map_err(|answer| {
        // Nobody is left to tell if the stream is closed.
        let _ = answer.print();
        if answer.use_stderr() { Exit::Usage } else { Exit::Fine }
    })
}

/// Does what the arguments say. The threads for it are made here and not in the binary, which would carry all that runs
/// on them a second time.
#[must_use]
pub fn run(args: Args) -> Exit {
    let workers = match args.verb {
        None | Some(Verb::Demo | Verb::Logs(_)) => ONE_WORKER,
        Some(_) => WORKERS,
    };
    let threads = Builder::new_multi_thread().worker_threads(workers).enable_all().build();
    match threads.and_then(|work| Ok((work, Builder::new_current_thread().enable_all().build()?))) {
        Ok((work, listener)) => {
            let exit = chosen(&work, &listener, args).unwrap_or_else(|failure| report(&failure));
            work.shutdown_background();
            exit
        }
        Err(error) => {
            remark(&format!("the threads for the work cannot be started: {error}"));
            Exit::Wrong
        }
    }
}

fn chosen(work: &Runtime, listener: &Runtime, args: Args) -> Result<Exit, Failure> {
    let Args { mut options, verb } = args;
    options.demo |= matches!(verb, Some(Verb::Demo));
    // These have no engine to guard and nothing to show.
    if !matches!(verb, Some(Verb::Sim(_) | Verb::Version)) {
        settle::settle(&mut options)?;
    }
    match verb {
        None | Some(Verb::Demo) => work.block_on(dashboard::run(&options)),
        // Ctrl-C is the proper end of this one.
        Some(verb @ Verb::Sim(_)) => work.block_on(finish(Session::new(options), verb)),
        Some(verb) => listener.block_on(interruptible(work.handle(), options, verb)),
    }
}

fn report(failure: &Failure) -> Exit {
    if let Some(sentence) = failure.sentence() {
        remark(&sentence);
    }
    failure.exit()
}

/// Runs a verb on threads of its own, so that Ctrl-C ends it even while it waits for a slow reader. What changes things is
/// asked to pause first, then to stop, and torn off by a third Ctrl-C. A timer that gives up, or a line that is lost,
/// is one Ctrl-C to what holds others still meanwhile, however often it is told.
async fn interruptible(workers: &Handle, options: Options, verb: Verb) -> Result<Exit, Failure> {
    let mut signals = signal(SignalKind::interrupt())?;
    let is_heard = matches!(verb, Verb::Backup(_) | Verb::Restore(_) | Verb::Drill(_));
    let mut ends = if is_heard { Some(Ends::listen()?) } else { None };
    let session = Session::new(options);
    let interrupt = session.interrupt.clone();
    let mut work = workers.spawn(finish(session, verb));
    let mut exit = Exit::Interrupted;
    loop {
        tokio::select! {
            done = &mut work => return match done {
                Ok(Ok(Exit::Interrupted)) => Ok(exit),
                Ok(done) => done,
                Err(defect) if defect.is_panic() => std::panic::resume_unwind(defect.into_panic()),
                Err(_) => Ok(exit),
            },
            _ = signals.recv() => {}
            end = Ends::first(&mut ends) => exit = end,
        }
        match interrupt.pressed() {
            Answer::BreakingOff => {
                remark("it is broken off, and all that waits for it goes on; Ctrl-C again stops at once");
            }
            Answer::Pausing => {
                remark("the running slot is finished; Ctrl-C again stops after the running step");
            }
            Answer::Stopping => remark("the running step is finished; Ctrl-C again stops at once"),
            Answer::End(sentence) => {
                work.abort();
                let _ = tokio::time::timeout(GRACE, work).await;
                sentence.iter().for_each(|sentence| remark(sentence));
                return Ok(exit);
            }
        }
    }
}

/// Signals by which others end the program: SIGTERM and SIGHUP.
struct Ends {
    terminate: Signal,
    hangup: Signal,
}

impl Ends {
    fn listen() -> Result<Self, Failure> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, hangup: signal(SignalKind::hangup())? })
    }

    /// Resolves when the first one comes, to how the program ends by it. Shells and systems like to say it twice, so no
    /// other one counts.
    async fn first(ends: &mut Option<Self>) -> Exit {
        let exit = match ends {
            None => std::future::pending().await,
            Some(Self { terminate, hangup }) => tokio::select! {
                _ = terminate.recv() => Exit::Terminated,
                _ = hangup.recv() => Exit::HungUp,
            },
        };
        *ends = None;
        exit
    }
}

/// Runs a verb and hands over what it printed, also where it fails half-way.
async fn finish(mut session: Session, verb: Verb) -> Result<Exit, Failure> {
    let done = Box::pin(perform(&mut session, verb)).await;
    let flushed = session.out.flush();
    let exit = done?;
    flushed.map(|()| exit)
}

async fn perform(session: &mut Session, verb: Verb) -> Result<Exit, Failure> {
    match verb {
        Verb::Demo => dashboard::run(&session.options).await,
        Verb::Sim(args) => verb::sim::run(session, args).await,
        Verb::Ls(args) => verb::ls::run(session, args).await,
        Verb::Ps(args) => verb::ps::run(session, args).await,
        Verb::Stats(args) => verb::stats::run(session, args).await,
        Verb::Logs(args) => verb::logs::run(session, args).await,
        Verb::Events(args) => verb::events::run(session, args).await,
        Verb::Health(args) => verb::health::run(session, args).await,
        Verb::Inspect(args) => verb::inspect::run(session, args).await,
        Verb::Nodes => verb::nodes::run(session).await,
        Verb::Rollout(args) => verb::rollout::run(session, args).await,
        Verb::Rollback(args) => verb::rollback::run(session, args).await,
        Verb::Scale(args) => verb::scale::run(session, args).await,
        Verb::Restart(args) => verb::restart::run(session, args).await,
        Verb::Start(args) => verb::each::run(session, args, simple::Verb::Start).await,
        Verb::Stop(args) => verb::stop::run(session, args).await,
        Verb::Pause(args) => verb::each::run(session, args, simple::Verb::Pause).await,
        Verb::Unpause(args) => verb::each::run(session, args, simple::Verb::Unpause).await,
        Verb::Kill(args) => verb::kill::run(session, args).await,
        Verb::Rm(args) => verb::rm::run(session, args).await,
        Verb::Pull(args) => verb::pull::run(session, args).await,
        Verb::Exec(args) => verb::exec::run(session, args).await,
        Verb::Prune(args) => verb::prune::run(session, args).await,
        Verb::Drain(args) => verb::node::run(session, args, "drain").await,
        Verb::Activate(args) => verb::node::run(session, args, "active").await,
        Verb::Backup(args) => verb::backup::run(session, args).await,
        Verb::Restore(args) => verb::restore::run(session, args).await,
        Verb::Drill(args) => verb::drill::run(session, args).await,
        Verb::Ops(args) => verb::ops::run(session, args).await,
        Verb::Journal(args) => verb::journal::run(session, args).await,
        Verb::Doctor => verb::doctor::run(session).await,
        Verb::Version => verb::version::run(session),
    }
}
