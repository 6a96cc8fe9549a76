//! `stacktop sim --socket PATH`

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use tokio::{
    net::UnixStream,
    signal::unix::{SignalKind, signal},
};
use tokio_util::sync::CancellationToken;

use crate::cli::{
    endpoint,
    exit::{Exit, Failure},
    session::Session,
};

/// Between two looks at a socket that is being made.
const BEAT: Duration = Duration::from_millis(10);

/// Arguments of `sim`.
#[derive(Clone, Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  stacktop sim --socket /tmp/sim.sock\n  docker -H unix:///tmp/sim.sock ps\n  stacktop -H unix:///tmp/sim.sock health"
)]
pub struct Args {
    /// Where to listen; the socket is removed at the end
    #[arg(long, value_name = "PATH")]
    pub socket: PathBuf,
}

/// Serves the simulated engine until Ctrl-C or SIGTERM, which is its proper end.
///
/// # Errors
/// [`Failure::Usage`] for a broken world, [`Failure::Refused`] if the socket cannot be made.
pub async fn run(session: &mut Session, args: Args) -> Result<Exit, Failure> {
    let sim = endpoint::simulation(&session.options)?;
    let path = std::path::absolute(&args.socket)?;
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let end = CancellationToken::new();
    let _ended_with_us = end.clone().drop_guard();
    let mut serving = tokio::spawn({
        let (path, end) = (path.clone(), end.clone());
        async move { sim.serve_unix(&path, end).await }
    });
    tokio::select! {
        () = answers(&path) => {}
        served = &mut serving => return ended(&path, served),
    }
    session.out.line(format!("a simulated engine listens at {}; Ctrl-C ends it\n", path.display()))?;
    session.out.line(format!("  docker -H unix://{} ps", path.display()))?;
    session.out.flush()?;
    tokio::select! {
        _ = interrupt.recv() => end.cancel(),
        _ = terminate.recv() => end.cancel(),
        served = &mut serving => return ended(&path, served),
    }
    ended(&path, serving.await)
}

/// Waits until the socket takes connections.
async fn answers(path: &Path) {
    while UnixStream::connect(path).await.is_err() {
        tokio::time::sleep(BEAT).await;
    }
}

fn ended(path: &Path, served: Result<std::io::Result<()>, tokio::task::JoinError>) -> Result<Exit, Failure> {
    let cause = match served {
        Ok(Ok(())) => return Ok(Exit::Fine),
        Ok(Err(error)) => error.to_string(),
        Err(error) => error.to_string(),
    };
    Err(Failure::Refused(format!("cannot listen at {}: {cause}", path.display())))
}
