//! Those who use a volume get another one: each container makes room for one like it that has the other volume mounted.
//!
//! All new ones are made before the first old one stops, all old ones have stopped before the first new one starts, and
//! the old ones are kept, under other names, until all new ones serve.

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Value, json};

use super::order::needed_first;
use crate::command::{
    clone::{
        self, AnonymousVolumes, Changes, Original, Refusal,
        json::{label, list, text},
        names,
    },
    observed::OPERATION,
    plan::{Act, Call, Gate, Step},
    rollout::{POLICY, WAS},
};

/// How long a container has to serve again.
pub(super) const READY: Duration = Duration::from_secs(120);

/// How long a container that says nothing about it is given to stop.
const GRACE: Duration = Duration::from_secs(10);

/// The label of a new container with the id of the old one.
pub(super) const REPLACES: &str = "stacktop.replaces";

/// The containers of one name while they are exchanged.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// The name that stays.
    pub name: String,
    /// The container that was there before.
    pub old: Option<Original>,
    /// The one of the operation that has a fresh volume.
    pub moved: Option<Original>,
    /// The one of the operation that has the volumes of the old names again.
    pub home: Option<Original>,
}

/// Whether an exchanged container is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    /// If the old one ran.
    Start,
    /// Not yet.
    Wait,
}

/// The containers by name; `fresh` are the names of fresh volumes.
#[must_use]
pub fn pairs(users: &[Original], operation: &str, fresh: &[String]) -> Vec<Pair> {
    let mut pairs: BTreeMap<&str, Pair> = BTreeMap::new();
    for user in users {
        let name = names::lasting(user.name());
        let empty = || Pair { name: name.to_owned(), old: None, moved: None, home: None };
        let pair = pairs.entry(name).or_insert_with(empty);
        let is_ours = user.label(OPERATION) == operation;
        let has_fresh = volumes(user).any(|volume| fresh.iter().any(|fresh| fresh == volume));
        let place = match (is_ours, has_fresh) {
            (true, true) => &mut pair.moved,
            (true, false) => &mut pair.home,
            (false, _) => &mut pair.old,
        };
        *place = Some(user.clone());
    }
    pairs.into_values().collect()
}

/// The volumes of a container.
pub(super) fn volumes(user: &Original) -> impl Iterator<Item = &str> {
    let mounts = list(&user.container, "/Mounts").iter().filter(|mount| text(mount, "/Type") == "volume");
    mounts.map(|mount| text(mount, "/Name"))
}

/// The calls that make a container like `user` with other volumes, under its temporary name; files that were copied
/// into it come from the container called `from`.
///
/// # Errors
/// [`Refusal`] if it cannot be replaced.
pub(super) fn making(
    user: &Original,
    moves: &BTreeMap<String, String>,
    operation: &str,
    from: &str,
) -> Result<(Vec<Step>, Vec<String>), Refusal> {
    let name = names::lasting(user.name());
    let temporary = names::temporary(user.id(), name);
    let mut clone = clone::body(&as_it_was(user, operation), &changes(user, name, operation))?;
    exchange(&mut clone.body, moves);
    let container = || temporary.clone();
    let mut calls = vec![Call::Create { name: temporary.clone(), body: clone.body }];
    calls.extend(clone.connect.into_iter().map(|(network, endpoint)| Call::Connect {
        network,
        container: container(),
        endpoint,
    }));
    let copy = |path| Call::Copy { from: from.to_owned(), to: container(), path };
    calls.extend(clone.copy_in.into_iter().map(copy));
    let steps = calls.into_iter().map(|it| call("making", "a container like it, with the other volume", it));
    Ok((steps.collect(), clone.notes))
}

/// Names of volumes in the body of a create call.
fn exchange(body: &mut Value, moves: &BTreeMap<String, String>) {
    let Some(host) = body.get_mut("HostConfig") else { return };
    for bind in host.get_mut("Binds").and_then(Value::as_array_mut).into_iter().flatten() {
        let moved = bind.as_str().and_then(|bind| bind.split_once(':'));
        let moved = moved.and_then(|(source, rest)| Some(format!("{}:{rest}", moves.get(source)?)));
        if let Some(moved) = moved {
            *bind = json!(moved);
        }
    }
    for mount in host.get_mut("Mounts").and_then(Value::as_array_mut).into_iter().flatten() {
        let moved = mount.get("Source").and_then(Value::as_str).and_then(|source| moves.get(source));
        if let Some(moved) = moved.cloned() {
            mount["Source"] = json!(moved);
        }
    }
}

/// The container with the restart policy that it had before it was set aside.
fn as_it_was(user: &Original, operation: &str) -> Original {
    let mut original = user.clone();
    let policy = policy(user, operation);
    if let Some(now) = original.container.pointer_mut("/HostConfig/RestartPolicy") {
        *now = policy;
    }
    original
}

fn changes(user: &Original, name: &str, operation: &str) -> Changes {
    let labels = [
        (OPERATION, operation.to_owned()),
        (REPLACES, user.id().to_owned()),
        (POLICY, policy(user, operation).to_string()),
        (WAS, was(user, operation).to_owned()),
    ];
    Changes {
        image_ref: text(&user.container, "/Config/Image").to_owned(),
        new_image_id: text(&user.container, "/Image").to_owned(),
        new_image: user.image.clone(),
        number: user.number().unwrap_or(1),
        final_name: name.to_owned(),
        labels: labels.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        volumes: AnonymousVolumes::Keep,
        config_targets: Vec::new(),
    }
}

/// The restart policy that it is to have: a label tells it once the old container's was set aside.
pub(super) fn policy(user: &Original, operation: &str) -> Value {
    let saved = serde_json::from_str(noted(user, operation, POLICY)).ok();
    saved.unwrap_or_else(|| user.restart_policy())
}

/// What it did before: `serving`, `failing`, `stopped`.
pub(super) fn was(user: &Original, operation: &str) -> &'static str {
    let state = text(&user.container, "/State/Status");
    let health = text(&user.container, "/State/Health/Status");
    match (noted(user, operation, WAS), state, health) {
        ("serving", ..) => "serving",
        ("failing", ..) => "failing",
        ("stopped", ..) => "stopped",
        (_, "running", "unhealthy") | (_, "restarting", _) => "failing",
        (_, "running" | "paused", _) => "serving",
        _ => "stopped",
    }
}

/// What the operation itself has noted on a container; what another one has is long past.
fn noted<'a>(user: &'a Original, operation: &str, name: &str) -> &'a str {
    if user.label(OPERATION) == operation { label(&user.container, name) } else { "" }
}

/// Whether a process of it lives, or is about to.
pub(super) fn is_up(user: &Original) -> bool {
    matches!(text(&user.container, "/State/Status"), "running" | "paused" | "restarting")
}

/// Everybody stops, those first that need others.
pub(super) fn stopping(users: &[&Original], operation: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    for name in needed_first(users).iter().rev() {
        let Some(user) = users.iter().find(|user| user.name() == name) else { continue };
        if is_up(user) {
            steps.extend(stop(user, operation));
        }
    }
    steps
}

/// A frozen container cannot be asked to end.
fn stop(user: &Original, operation: &str) -> Vec<Step> {
    let container = || user.name().to_owned();
    let mut steps = Vec::new();
    let is_kept =
        policy(user, operation).get("Name").and_then(Value::as_str).is_some_and(|name| name != "no");
    if is_kept {
        let set = Call::RestartPolicy { container: container(), policy: json!({ "Name": "no" }) };
        steps.push(call("stopping", "the engine must not revive it", set));
    }
    if text(&user.container, "/State/Status") == "paused" {
        steps.push(call("stopping", "only who runs can end", Call::Unpause { container: container() }));
    }
    let grace = user.container.pointer("/Config/StopTimeout").and_then(Value::as_u64);
    let grace = Some(grace.map_or(GRACE, Duration::from_secs));
    steps.push(call(
        "stopping",
        "it makes room; it is kept for a way back",
        Call::Stop { container: container(), grace },
    ));
    steps
}

/// The new ones take the names, and start if the old ones ran, those first that others need.
pub(super) fn taking_over(users: &[&Original], operation: &str, then: Then) -> Vec<Step> {
    let mut steps = Vec::new();
    for name in needed_first(users) {
        let Some(user) = users.iter().find(|user| user.name() == name) else { continue };
        let lasting = names::lasting(user.name());
        let aside = names::retired(lasting, operation);
        // Of one that was killed between the two names, the first is done.
        if user.name() != aside {
            steps.push(rename("swapping", "the old container gives its name away", user.name(), &aside));
        }
        let temporary = names::temporary(user.id(), lasting);
        steps.push(rename("swapping", "the new container takes the name", &temporary, lasting));
        if then == Then::Start {
            steps.extend(start(lasting, was(user, operation), "starting"));
        }
    }
    steps
}

/// Starts a container as its predecessor ran.
pub(super) fn start(name: &str, was: &str, state: &'static str) -> Vec<Step> {
    let container = || name.to_owned();
    let mut steps = Vec::new();
    if was != "stopped" {
        steps.push(call(state, "it ran before", Call::Start { container: container() }));
    }
    if was == "serving" {
        let gate = Gate::Ready { container: container(), deadline: READY };
        steps.push(step("gate", "those that need it come after", Act::Gate(gate)));
    }
    steps
}

/// The old ones go.
pub(super) fn removing(names: impl IntoIterator<Item = String>) -> Vec<Step> {
    let remove = |container| call("committing", "the new ones serve", Call::Remove { container });
    names.into_iter().map(remove).collect()
}

pub(super) fn rename(state: &'static str, cause: &str, from: &str, to: &str) -> Step {
    call(state, cause, Call::Rename { container: from.to_owned(), name: to.to_owned() })
}

pub(super) fn call(state: &'static str, cause: &str, call: Call) -> Step {
    step(state, cause, Act::Call(call))
}

pub(super) fn step(state: &'static str, cause: &str, act: Act) -> Step {
    Step { slot: None, state, cause: cause.to_owned(), act }
}
