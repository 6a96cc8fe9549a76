//! The engine: which one, whether it can be reached, what it is.

use std::{
    fs,
    os::unix::fs::{FileTypeExt, MetadataExt},
    path::Path,
};

use super::Check;
use crate::cli::{args::Options, endpoint, exit::Exit, exit::Failure};
use crate::domain::{Container, EngineFacts, Snapshot, SwarmRole};
use crate::engine::{self, Connector, Endpoint, Inspections};
use crate::text;

/// What was seen of the engine.
pub(super) struct Seen {
    pub(super) checks: Vec<Check>,
    pub(super) exit: Exit,
}

pub(super) async fn look(options: &Options) -> Seen {
    match endpoint::connector(options) {
        Ok(connector) => look_at(&connector).await,
        Err(failure) => {
            Seen { checks: vec![Check::fail("endpoint", sentence(&failure))], exit: failure.exit() }
        }
    }
}

async fn look_at(connector: &Connector) -> Seen {
    let address = format!("{}, chosen by {}", connector.endpoint(), connector.chosen_by());
    let mut checks = vec![Check::ok("endpoint", address)];
    if let Endpoint::Unix(path) = connector.endpoint() {
        checks.push(socket(path));
    }
    let exit = match told(connector).await {
        Ok((api, Snapshot { engine: facts, containers, .. })) => {
            checks.extend([version(&facts, &api), swarm(&facts), storage(&facts)]);
            checks.push(measured(connector, &facts, &containers));
            checks.extend(facts.warnings.iter().map(|warning| Check::warn("warning", warning.clone())));
            Exit::Fine
        }
        Err(failure) => {
            checks.push(Check::fail("engine", sentence(&failure)));
            failure.exit()
        }
    };
    Seen { checks, exit }
}

/// The versions of its API, in words, and all that it tells.
async fn told(connector: &Connector) -> Result<(String, Snapshot), Failure> {
    let engine = connector.connect().await?;
    let snapshot = engine.snapshot(&mut Inspections::default()).await?;
    let (oldest, newest) = engine.api_versions().await?;
    Ok((format!("{oldest} to {newest}, {} was agreed on", engine.api_version()), snapshot))
}

/// The first line: what follows is advice that does not belong into a table.
fn sentence(failure: &Failure) -> String {
    failure.to_string().lines().next().unwrap_or_default().to_owned()
}

fn socket(path: &Path) -> Check {
    let me = rustix::process::geteuid().as_raw();
    match fs::metadata(path) {
        Err(error) => Check::fail("socket", format!("{}: {error}", path.display())),
        Ok(found) if !found.file_type().is_socket() => {
            Check::fail("socket", format!("{} is no socket", path.display()))
        }
        Ok(found) => {
            let text = format!(
                "mode {:o}, user {}, group {}; this is user {me}",
                found.mode() & 0o777,
                found.uid(),
                found.gid()
            );
            if may_open(&found) {
                Check::ok("socket", text)
            } else {
                Check::warn("socket", format!("{text}, who may not open it"))
            }
        }
    }
}

/// Whether this user may write to the socket, which is what opening it takes.
fn may_open(socket: &fs::Metadata) -> bool {
    let me = rustix::process::geteuid().as_raw();
    let groups = rustix::process::getgroups().unwrap_or_default();
    let in_group = socket.gid() == rustix::process::getegid().as_raw()
        || groups.iter().any(|group| group.as_raw() == socket.gid());
    let needed = match (me, socket.uid()) {
        (0, _) => return true,
        (me, owner) if me == owner => 0o200,
        _ if in_group => 0o020,
        _ => 0o002,
    };
    socket.mode() & needed != 0
}

fn version(facts: &EngineFacts, api: &str) -> Check {
    Check::ok(
        "engine",
        format!(
            "{} on {}, {} {}, {} CPUs, {}; its API is {api}",
            facts.version,
            facts.name,
            facts.os,
            facts.arch,
            facts.cpus,
            text::bytes(facts.memory),
        ),
    )
}

fn swarm(facts: &EngineFacts) -> Check {
    let swarm = &facts.swarm;
    match (&swarm.error, &swarm.role) {
        (Some(error), _) => Check::fail("swarm", error.clone()),
        (None, SwarmRole::None) => Check::ok("swarm", "in none"),
        (None, SwarmRole::Worker) => Check::warn("swarm", "a worker: only managers know services and nodes"),
        (None, SwarmRole::Manager) => {
            Check::ok("swarm", format!("a manager, one of {}; {} nodes", swarm.managers, swarm.nodes))
        }
    }
}

fn storage(facts: &EngineFacts) -> Check {
    let rootless = if facts.rootless { ", rootless" } else { "" };
    Check::ok("storage", format!("{}{rootless}", facts.storage_driver))
}

/// Who measures the containers that run: the kernel's files cost the engine nothing.
fn measured(connector: &Connector, facts: &EngineFacts, containers: &[Container]) -> Check {
    let kind = format!("version {}, driver {}", facts.cgroup_version, facts.cgroup_driver);
    let up: Vec<Container> = containers.iter().filter(|one| one.state.is_up()).cloned().collect();
    let here = engine::measured_here(&up);
    let all = up.len();
    if here == all && all > 0 {
        return Check::ok(
            "cgroup",
            format!("{kind}; all {all} running containers are measured from its files"),
        );
    }
    let text = format!(
        "{kind}; {here} of {all} running containers are measured from its files, the others by the engine"
    );
    // Of an engine elsewhere nothing else can be expected.
    if connector.is_local() && here < all { Check::warn("cgroup", text) } else { Check::ok("cgroup", text) }
}
