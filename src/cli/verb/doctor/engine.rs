//! The engine: which one, whether it can be reached, what it is.

use std::{
    fs,
    os::unix::fs::{FileTypeExt, MetadataExt},
    path::Path,
};

use super::Check;
use crate::cli::{args::Options, endpoint, exit::Exit, exit::Failure};
use crate::domain::{EngineFacts, SwarmRole};
use crate::engine::{Connector, Endpoint, Engine};
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
    let exit = match facts(connector).await {
        Ok((engine, facts)) => {
            checks.extend([version(&engine, &facts), swarm(&facts), storage(&facts)]);
            checks.push(cgroup(connector, &facts));
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

async fn facts(connector: &Connector) -> Result<(Engine, EngineFacts), Failure> {
    let engine = connector.connect().await?;
    let facts = engine.facts().await?;
    Ok((engine, facts))
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

fn version(engine: &Engine, facts: &EngineFacts) -> Check {
    Check::ok(
        "engine",
        format!(
            "{} on {}, {} {}, {} CPUs, {}; its API is {} to {}, {} was agreed on",
            facts.version,
            facts.name,
            facts.os,
            facts.arch,
            facts.cpus,
            text::bytes(facts.memory),
            facts.min_api_version,
            facts.api_version,
            engine.api_version(),
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

fn cgroup(connector: &Connector, facts: &EngineFacts) -> Check {
    let kind = format!("version {}, driver {}", facts.cgroup_version, facts.cgroup_driver);
    if !connector.is_local() {
        return Check::ok("cgroup", format!("{kind}; measurements come over the API"));
    }
    let file = if facts.cgroup_version == "2" {
        "/sys/fs/cgroup/cgroup.controllers"
    } else {
        "/sys/fs/cgroup/memory/cgroup.procs"
    };
    match fs::File::open(file) {
        Ok(_) => Check::ok("cgroup", format!("{kind}; its files can be read here")),
        Err(error) => Check::warn(
            "cgroup",
            format!("{kind}; its files cannot be read here ({error}): measurements come over the API"),
        ),
    }
}
