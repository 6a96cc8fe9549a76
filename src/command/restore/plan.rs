//! The steps of a restore.

use std::{collections::BTreeMap, time::Duration};

use super::{
    Aim, Content, Deed, Feeding, Filling, From, Import, RESTORE, Restoring, SwarmUser, Way,
    exchange::{self, Then, call, is_up, making, removing, stopping, taking_over},
    filling::{Maker, database, prove},
    service::{clearing, giving, vacating},
};
use crate::{
    backup::VolumeRecord,
    command::{
        backup::Recipe,
        clone::{Original, Refusal, json::text, names},
        plan::{Act, Call, Downtime, Gate, Phase, Plan, Risk, Step, Unused},
    },
    text,
};

/// Bytes that are written and read back in a second, for the estimate.
const RATE: u64 = 60_000_000;

/// Stopping, renaming and starting a container takes about so long.
const HANDLING: Duration = Duration::from_millis(1500);

/// From the end of a Swarm service's tasks to the start of the next ones it takes about so long: Swarm is asked twice.
const TASKS: Duration = Duration::from_secs(5);

/// Setting up a server, loading and shutting it down takes at least so long.
const SERVER: Duration = Duration::from_secs(10);

/// Whether a service is waited for before something is imported into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wait {
    /// Until it is ready.
    Ready,
    /// It is ready.
    No,
}

/// The plan of a restore.
///
/// # Errors
/// [`Refusal`] where a container that uses a volume cannot be replaced.
pub fn plan(restoring: &Restoring) -> Result<Plan, Refusal> {
    let Restoring { operation, way, .. } = restoring;
    let labels = vec![(RESTORE.to_owned(), operation.clone())];
    let mut maker = Maker { operation: operation.clone(), labels, servers: 0 };
    let fill = |aim: &Aim| Phase::single(aim.home.name.clone(), maker.fill(aim));
    let mut phases: Vec<Phase> = restoring.aims.iter().map(fill).collect();
    let users: Vec<&Original> = restoring.users.iter().collect();
    let mut notes = restoring.notes.clone();
    let then = if *way == Way::Fresh { Then::Start } else { Then::Wait };
    if !users.is_empty() {
        phases.push(Phase::single("containers", made(&users, &restoring.moves(), operation, &mut notes)?));
        let mut steps = stopping(&users, operation);
        steps.extend(taking_over(&users, operation, then));
        phases.push(Phase::single("exchange", steps));
    }
    if *way == Way::InPlace && !users.is_empty() {
        phases.push(commit(&users, operation));
    }
    phases.extend(exchanged(restoring));
    if *way == Way::InPlace {
        phases.extend(home(restoring, &users)?);
    }
    phases.extend(imports(&restoring.imports, Wait::No));
    if *way == Way::Fresh && !users.is_empty() {
        phases.push(commit(&users, operation));
    }
    notes.extend(after(restoring));
    notes.dedup();
    Ok(Plan {
        title: format!("restore {} from set {}", restoring.called, restoring.set),
        risk: if *way == Way::InPlace { Risk::High } else { Risk::Some },
        facts: facts(restoring),
        notes,
        phases,
        takes: takes(restoring),
        down_for: downtime(restoring),
        undo: undo(restoring),
    })
}

fn made(
    users: &[&Original],
    moves: &BTreeMap<String, String>,
    operation: &str,
    notes: &mut Vec<String>,
) -> Result<Vec<Step>, Refusal> {
    let mut steps = Vec::new();
    for user in users {
        let (made, told) = making(user, moves, operation, user.name())?;
        steps.extend(made);
        notes.extend(told);
    }
    Ok(steps)
}

fn commit(users: &[&Original], operation: &str) -> Phase {
    let retired = users.iter().map(|user| names::retired(names::lasting(user.name()), operation));
    Phase::single("commit", removing(retired))
}

/// Services of Swarm are left without tasks; for fresh volumes they get them back on those.
fn exchanged(restoring: &Restoring) -> Vec<Phase> {
    let services: Vec<&SwarmUser> = restoring.services.iter().collect();
    if services.is_empty() {
        return Vec::new();
    }
    let mut phases = vec![Phase::single("services", vacating(&services))];
    if restoring.way == Way::Fresh {
        phases.push(Phase::single("exchange", giving(&services, &restoring.moves())));
    }
    phases
}

/// The original volumes are made anew, filled from the fresh ones, and the containers are exchanged once more.
fn home(restoring: &Restoring, users: &[&Original]) -> Result<Vec<Phase>, Refusal> {
    let operation = &restoring.operation;
    let moving: Vec<&Aim> = restoring.aims.iter().filter(|aim| aim.moves()).collect();
    let refill = moving.iter().flat_map(|aim| {
        let ended = restoring.ended.get(&aim.home.name).map(|volume| clearing(volume));
        ended.into_iter().chain(refilling(&aim.home, &aim.fresh.name, operation))
    });
    let mut phases = vec![Phase::single("in place", refill.collect())];
    if !restoring.services.is_empty() {
        let services: Vec<&SwarmUser> = restoring.services.iter().collect();
        phases.push(Phase::single("exchange", giving(&services, &BTreeMap::new())));
    }
    if !users.is_empty() {
        let mut steps = Vec::new();
        for user in users {
            let name = names::lasting(user.name());
            // What was copied into the old one was copied into the one that has its name by now.
            steps.extend(making(user, &BTreeMap::new(), operation, name)?.0);
        }
        phases.push(Phase::single("containers", steps));
        phases.push(Phase::single("exchange", taking_over(users, operation, Then::Start)));
        phases.push(commit(users, operation));
    }
    let gone = moving.iter().map(|aim| discard(&aim.fresh.name, "its data is in place"));
    phases.push(Phase::single("fresh volumes", gone.collect()));
    Ok(phases)
}

/// The steps that make a volume anew and fill it from another one.
pub(super) fn refilling(home: &VolumeRecord, fresh: &str, operation: &str) -> Vec<Step> {
    let filling = Filling {
        volume: home.name.clone(),
        from: From::Volume(fresh.to_owned()),
        operation: operation.to_owned(),
    };
    let mut again = home.clone();
    again.labels.insert(RESTORE.to_owned(), operation.to_owned());
    vec![
        discard(&home.name, "all containers have the fresh volume"),
        call("in place", "as it was made before", Deed::MakeVolume(again).call()),
        call("in place", "what was written must be what was restored", Deed::Fill(filling).call()),
    ]
}

pub(super) fn discard(volume: &str, cause: &str) -> Step {
    let name = volume.to_owned();
    call("removing", cause, Call::Discard { kind: Unused::Volume, id: name.clone(), name })
}

/// The steps that import dumps. Those who finish a killed restore find services that have only just been started, so
/// they `wait` for them first; the way there has done so.
pub(super) fn imports(imports: &[Import], wait: Wait) -> Vec<Phase> {
    let phase = |import: &Import| {
        let container = names::lasting(text(&import.container, "/Name").trim_start_matches('/')).to_owned();
        let mut steps = Vec::new();
        if wait == Wait::Ready {
            let gate = Gate::Ready { container: container.clone(), deadline: exchange::READY };
            steps.push(exchange::step("gate", "only who runs can take a dump", Act::Gate(gate)));
        }
        // A container whose volume was exchanged has only just been started, and need not have a health check.
        if import.recipe == Recipe::RabbitMq {
            let (container, command) = (container.clone(), import.recipe.ready());
            let gate = Gate::Answers { container, command, deadline: exchange::READY };
            steps.push(exchange::step("gate", "it must take dumps", Act::Gate(gate)));
        }
        for dump in &import.dumps {
            steps.extend(prove(dump, import.recipe.proof(database(dump))));
            let Some(words) = import.recipe.load(database(dump), &import.container) else { continue };
            let called = format!("import the {}", dump.part.source.called());
            let env = import.recipe.env(&import.container);
            let from = Some(Box::new(dump.clone()));
            let feeding = Feeding { container: container.clone(), called, words, env, from };
            steps.push(call("importing", "its exit code decides", Deed::Feed(feeding).call()));
        }
        Phase::single(import.service.clone(), steps)
    };
    imports.iter().map(phase).collect()
}

fn facts(restoring: &Restoring) -> Vec<(String, String)> {
    let mut facts = vec![("set".to_owned(), restoring.set.clone())];
    for aim in &restoring.aims {
        let what = match &aim.content {
            Content::Files(reading) => format!("files, {}", text::bytes(reading.part.raw_bytes)),
            Content::Dumps(load) => {
                let names: Vec<&str> = load.dumps.iter().filter_map(database).collect();
                let of = if names.is_empty() { String::new() } else { format!(" of {}", names.join(", ")) };
                format!("{} dump{of}, {}", load.recipe.word(), text::bytes(aim.bytes()))
            }
        };
        let place = match (aim.moves(), restoring.way) {
            (false, _) => format!("{}, which is not there now", aim.home.name),
            (true, Way::Fresh) => format!("{} → {}", aim.home.name, aim.fresh.name),
            (true, Way::InPlace) => format!("{}, in place", aim.home.name),
        };
        facts.push(("volume".to_owned(), format!("{place}: {what}")));
    }
    for import in &restoring.imports {
        let what = format!("{} {}, into the running service", import.service, import.recipe.word());
        facts.push(("import".to_owned(), what));
    }
    let exchanged: Vec<&str> = restoring.users.iter().map(Original::name).collect();
    if !exchanged.is_empty() {
        facts.push(("containers".to_owned(), format!("{} are exchanged", exchanged.join(", "))));
    }
    for user in &restoring.services {
        let tasks = match user.replicas() {
            Some(1) => "its task ends and comes back".to_owned(),
            Some(0) => "it has no task".to_owned(),
            Some(count) => format!("all {count} tasks end and come back"),
            None => "all its tasks end and come back".to_owned(),
        };
        facts.push(("service".to_owned(), format!("{}: {tasks}", user.service.key)));
    }
    facts
}

/// What the operator has to know of the time after.
fn after(restoring: &Restoring) -> Vec<String> {
    let imported = restoring.imports.iter().map(|import| {
        format!(
            "what is imported into {} changes it as it runs and is not undone by a way back",
            import.service
        )
    });
    stays(restoring).into_iter().chain(imported).chain(pinned(restoring)).collect()
}

/// Another node has no such volume, or another one of that name.
fn pinned(restoring: &Restoring) -> impl Iterator<Item = String> {
    restoring.services.iter().filter_map(|user| {
        let (pin, service) = (user.pin.as_ref()?, &user.service.key);
        Some(format!(
            "{service} gets the placement constraint {pin}: what is restored is on this node only; the next `docker \
             stack deploy` takes that away unless the stack's file says it"
        ))
    })
}

/// What becomes of the old volumes.
fn stays(restoring: &Restoring) -> Option<String> {
    let moves = if restoring.way == Way::Fresh { restoring.moves() } else { BTreeMap::new() };
    let old = moves.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
    let new = moves.values().map(String::as_str).collect::<Vec<_>>().join(", ");
    let (stay, them) = match moves.len() {
        0 => return None,
        1 => (format!("volume {old} stays as it is"), "it"),
        _ => (format!("volumes {old} stay as they are"), "them"),
    };
    let (returns, file) = if restoring.services.is_empty() {
        ("a `docker compose up` that makes containers anew goes", "the compose file")
    } else {
        ("the next `docker stack deploy` goes", "the stack's file")
    };
    Some(format!(
        "{stay}; {returns} back to {them}: to keep what was restored, name {new} in {file} (name: and external: true), or \
         restore with --in-place"
    ))
}

fn undo(restoring: &Restoring) -> String {
    match restoring.way {
        Way::Fresh if !restoring.services.is_empty() => {
            "automatic on failure; afterwards `docker stack deploy` goes back to the old volumes".to_owned()
        }
        Way::Fresh => "automatic on failure; afterwards `docker compose up --force-recreate` goes back to the old volumes".to_owned(),
        Way::InPlace => "automatic until the old volumes are removed; then there is no way back".to_owned(),
    }
}

fn writing(bytes: u64) -> Duration {
    Duration::from_millis(500 + bytes.saturating_mul(1000) / RATE)
}

fn takes(restoring: &Restoring) -> Duration {
    let each = |aim: &Aim| match &aim.content {
        Content::Files(_) => writing(aim.bytes()),
        Content::Dumps(_) => SERVER + writing(aim.bytes()),
    };
    restoring.aims.iter().map(each).sum::<Duration>() + down(restoring)
}

/// From the first stop to the last start.
fn down(restoring: &Restoring) -> Duration {
    let users = HANDLING * u32::try_from(restoring.users.len()).unwrap_or(u32::MAX);
    let again: Duration =
        restoring.aims.iter().filter(|aim| aim.moves()).map(|aim| writing(aim.bytes())).sum();
    let tasks = if restoring.services.is_empty() { Duration::ZERO } else { TASKS };
    match restoring.way {
        Way::Fresh => users + tasks,
        Way::InPlace => users * 2 + tasks + again,
    }
}

fn downtime(restoring: &Restoring) -> Downtime {
    let anybody_serves = restoring
        .users
        .iter()
        .any(|user| is_up(user) && exchange::was(user, &restoring.operation) == "serving");
    let has_tasks = restoring.services.iter().any(|user| user.replicas() != Some(0));
    if anybody_serves || has_tasks { Downtime::Once(down(restoring)) } else { Downtime::None }
}
