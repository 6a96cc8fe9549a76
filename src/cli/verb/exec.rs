//! `stacktop exec TARGET [-- COMMAND...]`

use std::io;

use tokio::signal::unix::{SignalKind, signal};

use crate::{
    cli::{
        exit::{Exit, Failure},
        scope::containers,
        session::{Observed, Session, remark},
    },
    command::execute::attend::{Attendant, Attended, NotRun, Program, attend},
    domain::{self, Container, ContainerState, Replica, Target},
    engine::ExecStreams,
    runtime::{
        self,
        shell::{self, Left},
    },
    term::RawTerminal,
};

/// Arguments of `exec`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Without COMMAND a shell is looked for: bash, sh, ash.\n\
                        With a terminal on stdin and stdout the program gets one; otherwise it gets pipes.\n\
                        The exit code is the program's own: 126 and 127 where it cannot be started. What\n\
                        stacktop itself refuses ends with 2 or 3 and a sentence that begins with `stacktop:`.\n\n\
                        Examples:\n  stacktop exec shop/web\n  \
                        stacktop exec shop/db/1 --user postgres -- psql shop\n  \
                        stacktop exec shop/db -- pg_dump shop > shop.sql")]
pub struct Args {
    /// A replica or container; of a service, its first replica that runs
    #[arg(value_name = "TARGET")]
    pub target: String,
    /// User to run as instead of the container's: name, uid or uid:gid
    #[arg(short, long, value_name = "USER")]
    pub user: Option<String>,
    /// Folder to run in instead of the container's
    #[arg(short, long, value_name = "PATH")]
    pub workdir: Option<String>,
    /// One more environment variable; may be repeated
    #[arg(short, long, value_name = "NAME=VALUE", value_parser = entry)]
    pub env: Vec<(String, String)>,
    /// The program and its arguments
    #[arg(value_name = "COMMAND", last = true)]
    pub command: Vec<String>,
}

/// An environment entry.
fn entry(text: &str) -> Result<(String, String), String> {
    let entry = text.split_once('=').filter(|(name, _)| !name.is_empty());
    let entry = entry.map(|(name, value)| (name.to_owned(), value.to_owned()));
    entry.ok_or_else(|| format!("`{text}` sets nothing; write NAME=value"))
}

/// Runs the program, on this terminal or on pipes, to its end.
///
/// # Errors
/// Any [`Failure`]; nothing is run where only reading is allowed, as a program may change anything.
pub async fn run(session: &mut Session, args: Args) -> Result<Exit, Failure> {
    refuse(session)?;
    let engine = session.connect().await?;
    let observed = Observed::from_engine(&engine).await?;
    let Place { container, of } = find(&observed, &args.target)?;
    let program = Program {
        container: container.name.clone(),
        words: args.command,
        user: args.user,
        folder: args.workdir,
        env: args.env,
    };
    let attendant = Attendant { user: runtime::user(), operation: runtime::operation_id() };
    let streams = if RawTerminal::is_there() {
        ExecStreams::Terminal(shell::terminal_size())
    } else {
        ExecStreams::Pipes
    };
    match attend(&engine, &program, streams, &attendant).await {
        Ok(attended) => {
            // Arguments may hold secrets, the program's name does not.
            if of > 1 || program.words.is_empty() {
                remark(&format!("{} in {}", attended.program, container.name));
            }
            leave(attended, streams, &container.name).await
        }
        Err(NotRun::Failed { exit_code, why }) => {
            remark(&why);
            Ok(Exit::Program(code(exit_code)))
        }
        Err(NotRun::Refused(refused)) => Err(refused.into()),
        Err(no_shell @ NotRun::NoShell { .. }) => Err(Failure::Usage(no_shell.to_string())),
    }
}

fn refuse(session: &Session) -> Result<(), Failure> {
    if session.options.read_only {
        let set = "--read-only (or the variable STACKTOP_READ_ONLY) is set";
        let why = session.options.settled.guard.as_deref().unwrap_or(set);
        let sentence = format!("{why}: a program in a container could change anything, so that none is run");
        return Err(Failure::Usage(sentence));
    }
    if session.options.json {
        let sentence = "`exec` hands on what the program writes as it is; leave --json out";
        return Err(Failure::Usage(sentence.to_owned()));
    }
    Ok(())
}

/// Where something can be run.
#[derive(Debug)]
struct Place<'a> {
    container: &'a Container,
    /// Of how many replicas it is the first that runs.
    of: usize,
}

/// The container that is meant: it runs, and this engine has it.
fn find<'a>(observed: &'a Observed, name: &str) -> Result<Place<'a>, Failure> {
    let target = domain::resolve(&observed.fleet, name)?;
    if let Target::Stack(stack) = &target {
        let of_it = observed.fleet.services().filter(|it| it.key.stack.as_ref() == Some(stack));
        let names: Vec<_> = of_it.map(|service| service.key.to_string()).collect();
        return Err(Failure::Usage(format!("{stack} is a stack; name a service: {}", names.join(", "))));
    }
    let known = containers(&observed.snapshot);
    let here = |replica: &Replica| replica.container.as_ref().and_then(|id| known.get(id).copied());
    let replicas: Vec<&Replica> = target.replicas(&observed.fleet).map(|(_, replica)| replica).collect();
    let found: Vec<&Container> = replicas.iter().filter_map(|replica| here(replica)).collect();
    let running = found.iter().find(|container| container.state == ContainerState::Running);
    let place = running.map(|container| Place { container, of: replicas.len() });
    place.ok_or_else(|| Failure::Usage(none_runs(&target, &replicas, &found)))
}

fn none_runs(target: &Target, replicas: &[&Replica], found: &[&Container]) -> String {
    if let Some(paused) = found.iter().find(|container| container.state == ContainerState::Paused) {
        return format!("{} is paused; `stacktop unpause {target}` first", paused.name);
    }
    if let Some(container) = found.first() {
        return format!("{} does not run; `stacktop start {target}` first", container.name);
    }
    match replicas.iter().find_map(|replica| replica.node.as_deref()) {
        Some(node) => format!("{target} runs on node {node}; name that node's engine with --host"),
        None => format!("{target} has no container"),
    }
}

/// Attends the program to its end. A signal, or a reader that is gone, leaves it alone in its container.
async fn leave(mut attended: Attended, streams: ExecStreams, container: &str) -> Result<Exit, Failure> {
    let (mut term, mut hup) = (signal(SignalKind::terminate())?, signal(SignalKind::hangup())?);
    let left = tokio::select! {
        left = on_streams(&mut attended, streams) => left?,
        _ = term.recv() => return Ok(Exit::Terminated),
        _ = hup.recv() => return Ok(Exit::HungUp),
    };
    match left {
        Left::HungUp(_) if matches!(streams, ExecStreams::Terminal(_)) => return Ok(Exit::HungUp),
        Left::HungUp(gone) => return Err(gone.into()),
        Left::Broken(broken) => log::debug!("the connection broke: {broken}"),
        Left::Ended => {}
    }
    match attended.end().await {
        Ok(Some(ended)) => Ok(Exit::Program(code(ended))),
        Ok(None) => Err(Failure::Lost(lost(container, "the connection broke off"))),
        Err(error) if error.is_link_lost() => Err(Failure::Lost(lost(container, &error.to_string()))),
        Err(error) => Err(error.into()),
    }
}

async fn on_streams(attended: &mut Attended, streams: ExecStreams) -> io::Result<Left> {
    match streams {
        ExecStreams::Pipes => Ok(shell::on_pipes(&mut attended.session).await),
        ExecStreams::Terminal(_) => shell::on_terminal(&mut attended.session).await,
    }
}

fn lost(container: &str, why: &str) -> String {
    format!("{why}; the program may still run in {container}: look with `stacktop exec {container} -- ps`")
}

/// A code as processes have it; what does not fit is a failure all the same.
fn code(code: i64) -> u8 {
    u8::try_from(code).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{cli::fixture, domain::Snapshot};

    fn observed(states: [ContainerState; 2]) -> Observed {
        let containers = (1..)
            .zip(states)
            .map(|(number, state)| Container { state, ..fixture::container("shop", "web", number) });
        let (snapshot, _) = fixture::observed();
        Observed::of(Snapshot { containers: containers.collect(), ..snapshot })
    }

    #[test]
    fn of_a_service_the_first_replica_that_runs_is_entered() {
        let observed = observed([ContainerState::Exited, ContainerState::Running]);
        assert_eq!(find(&observed, "shop/web").unwrap().container.name, "shop-web-2");
    }

    #[test]
    fn what_does_not_run_is_refused_with_the_way_out() {
        let observed = observed([ContainerState::Exited, ContainerState::Paused]);
        for (name, way_out) in [
            ("shop/web/1", "stacktop start shop/web/1"),
            ("shop/web/2", "stacktop unpause shop/web/2"),
            ("shop/web", "stacktop unpause shop/web"),
            ("shop", "name a service: shop/web"),
        ] {
            let sentence = find(&observed, name).unwrap_err().to_string();
            assert!(sentence.contains(way_out), "{sentence}");
        }
    }

    #[test]
    fn an_entry_needs_a_name() {
        assert_eq!(entry("A=b=c"), Ok(("A".to_owned(), "b=c".to_owned())));
        assert!(entry("=x").is_err() && entry("A").is_err());
    }
}
