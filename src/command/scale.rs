//! Another number of replicas of a Compose service, in a way that Compose recognises afterwards.

use std::{collections::BTreeMap, time::Duration};

use serde_json::Value;

use super::{
    clone::{self, AnonymousVolumes, Changes, Current, Refusal, Standing, names},
    compose::{Hook, Said},
    observed::{Condition, Member, OPERATION, ObservedService},
    plan::{Act, Call, Downtime, Gate, Phase, Plan, Risk, Step},
};

/// What a scaling is to do.
#[derive(Clone, Debug, PartialEq)]
pub struct Scale {
    /// The operation's id.
    pub operation: String,
    /// How many replicas there are to be.
    pub replicas: u64,
    /// How long a new replica has to become ready.
    pub deadline: Duration,
    /// How long connections to one that goes run out.
    pub drain: Duration,
    /// What is run in one that goes before that, where no label of its own says.
    pub hooks: Vec<Hook>,
}

/// The plan that brings the service to that many replicas, all running. Like Compose, it counts those that do not run:
/// they are started before others are made, and go before those that run. At zero, one stays, stopped: without it
/// nobody would know what to make the next ones like.
///
/// # Errors
/// [`Refusal`] where there is nothing to clone, or only one of it can exist.
pub fn plan(service: &ObservedService, scale: &Scale) -> Result<Plan, Refusal> {
    let (now, wanted) = (service.running().count() as u64, scale.replicas);
    let kept = usize::try_from(wanted.max(1)).unwrap_or(usize::MAX);
    let going = leaving(service, service.members.len().saturating_sub(kept));
    let staying: Vec<&Member> = service.members.iter().filter(|member| !going.contains(member)).collect();
    let mut phases = if wanted > 0 { up(service, scale, &staying)? } else { Vec::new() };
    if wanted == 0 {
        let running = staying.iter().filter(|member| member.condition == Condition::Running);
        phases.extend(running.map(|member| stopped(member, scale)));
    }
    let drained = going.iter().filter(|member| member.condition == Condition::Running).count() as u32;
    phases.extend(going.into_iter().map(|member| removed(member, scale)));
    Ok(Plan {
        title: format!("scale {} from {now} to {wanted}", service.key),
        risk: Risk::Some,
        facts: vec![("replicas".to_owned(), format!("{now} → {wanted}"))],
        notes: revived(&staying).filter(|_| wanted == 0).into_iter().collect(),
        phases,
        takes: Duration::from_secs(2).saturating_mul(now.abs_diff(wanted) as u32)
            + scale.drain.saturating_mul(drained),
        down_for: if wanted == 0 && now > 0 { Downtime::Open } else { Downtime::None },
        undo: format!("stacktop scale {}={now}", service.key),
    })
}

/// The engine starts what it is always to run, stopped by hand or not, when it is started itself.
fn revived(staying: &[&Member]) -> Option<String> {
    let is_always =
        |member: &&&Member| member.restart_policy().get("Name").is_some_and(|name| name == "always");
    let member = staying.iter().find(is_always)?;
    Some(format!(
        "{} stays, stopped; its restart policy is `always`, so the engine starts it whenever it is itself started again",
        member.name
    ))
}

/// What the next `compose up` makes of it, by the number that the compose file has; `None` where it says the same.
#[must_use]
pub fn note(written: Option<&Said<u64>>, wanted: u64) -> Option<String> {
    match written {
        Some(Said { value, .. }) if *value == wanted => None,
        Some(Said { value, by }) => Some(format!(
            "the next `compose up` goes back to {value}, the number in {by}; set deploy.replicas there to keep {wanted}"
        )),
        None => Some(
            "the next `compose up` goes back to the number in the compose file; set deploy.replicas there to keep it"
                .to_owned(),
        ),
    }
}

/// Those that stay and do not run are started; the others are clones of one that runs, with numbers after the highest:
/// Compose fills no holes.
fn up(service: &ObservedService, scale: &Scale, staying: &[&Member]) -> Result<Vec<Phase>, Refusal> {
    let mut phases = Vec::new();
    for member in staying.iter().filter(|member| member.condition != Condition::Running) {
        phases.push(started(member.number, &member.name, again(service, member, scale)?, scale));
    }
    let missing = scale.replicas.saturating_sub(staying.len() as u64);
    if missing == 0 {
        return Ok(phases);
    }
    let pattern =
        pattern(service, "").ok_or_else(|| Refusal::NothingToClone { service: service.key.to_string() })?;
    clone::scalable(&pattern.original, scale.replicas as usize)?;
    let separator = names::separator(std::slice::from_ref(&pattern.original));
    let last = service.members.iter().map(|member| member.number).max().unwrap_or_default();
    for number in last + 1..=last + missing {
        let name = names::replica(pattern.original.project(), &service.key.name, number, separator);
        let making = making(pattern, &name, number, scale)?;
        phases.push(started(number, &name, making, scale));
    }
    Ok(phases)
}

/// A replica that this operation made and never started is made again: nobody can tell whether all its networks and
/// files had come.
fn again(service: &ObservedService, member: &Member, scale: &Scale) -> Result<Vec<Call>, Refusal> {
    let is_unfinished = member.condition == Condition::Created
        && member.operation.as_deref() == Some(scale.operation.as_str());
    let Some(pattern) = pattern(service, &member.id).filter(|_| is_unfinished) else { return Ok(Vec::new()) };
    let mut calls = vec![Call::Remove { container: member.name.clone() }];
    calls.extend(making(pattern, &member.name, member.number, scale)?);
    Ok(calls)
}

/// The replica that others are made like: the first that runs, else the first; never the one called `except`.
fn pattern<'a>(service: &'a ObservedService, except: &str) -> Option<&'a Member> {
    let is_other = |member: &&Member| member.id != except;
    service.running().find(is_other).or_else(|| service.members.iter().find(is_other))
}

fn making(pattern: &Member, name: &str, number: u64, scale: &Scale) -> Result<Vec<Call>, Refusal> {
    let changes = Changes {
        image_ref: pattern.image().to_owned(),
        new_image_id: pattern.image_id().to_owned(),
        new_image: pattern.original.image.clone(),
        number,
        final_name: name.to_owned(),
        labels: BTreeMap::from([(OPERATION.to_owned(), scale.operation.clone())]),
        volumes: AnonymousVolumes::Fresh,
        config_targets: Vec::new(),
    };
    let made = clone::body(&pattern.original, &changes)?;
    let mut calls = vec![Call::Create { name: name.to_owned(), body: made.body }];
    let container = || name.to_owned();
    calls.extend(made.connect.into_iter().map(|(network, endpoint)| Call::Connect {
        network,
        container: container(),
        endpoint,
    }));
    calls.extend(made.copy_in.into_iter().map(|path| Call::Copy {
        from: pattern.name.clone(),
        to: container(),
        path,
    }));
    Ok(calls)
}

fn started(number: u64, name: &str, making: Vec<Call>, scale: &Scale) -> Phase {
    let step = |state, cause: &str, act| Step { slot: Some(number), state, cause: cause.to_owned(), act };
    let mut steps: Vec<Step> =
        making.into_iter().map(|call| step("creating", "one more replica", Act::Call(call))).collect();
    let container = name.to_owned();
    steps.push(step("starting", "it is started", Act::Call(Call::Start { container: container.clone() })));
    let ready = Gate::Ready { container, deadline: scale.deadline };
    steps.push(step("gate", "it must be seen to serve", Act::Gate(ready)));
    Phase::single(format!("replica {number}"), steps)
}

/// The `count` that go: those that do not run first, the highest number first.
fn leaving(service: &ObservedService, count: usize) -> Vec<&Member> {
    let live: Vec<&Member> = service.running().collect();
    let current = Current { image_id: newest_image(&live), config_hash: String::new() };
    let standings: Vec<Standing> =
        live.iter().map(|member| Standing::of(&member.original.container, &current)).collect();
    let order = clone::scale_down_order(&standings);
    let live = order.iter().filter_map(|one| live.iter().find(|member| member.id == one.id).copied());
    let idle = service.members.iter().rev().filter(|member| member.condition != Condition::Running);
    idle.chain(live).take(count).collect()
}

/// The image of the replica that was made last: the others are behind it.
fn newest_image(live: &[&Member]) -> String {
    let created = |member: &&&Member| {
        member.original.container.get("Created").and_then(Value::as_str).map(str::to_owned)
    };
    live.iter().max_by_key(created).map(|member| member.image_id().to_owned()).unwrap_or_default()
}

fn removed(member: &Member, scale: &Scale) -> Phase {
    let mut steps = stopping(member, scale);
    let container = member.name.clone();
    // One that is between two ends of a loop of restarts is removed by force only.
    let call = match member.condition {
        Condition::Ended => Call::RemoveRunning { container },
        Condition::Running | Condition::Created => Call::Remove { container },
    };
    steps.push(step(member, "removing", "it is not needed", Act::Call(call)));
    Phase::single(format!("replica {}", member.number), steps)
}

fn stopped(member: &Member, scale: &Scale) -> Phase {
    Phase::single(format!("replica {}", member.number), stopping(member, scale))
}

fn stopping(member: &Member, scale: &Scale) -> Vec<Step> {
    if member.condition != Condition::Running {
        return Vec::new();
    }
    let mut steps = Vec::new();
    for hook in member.hooks(&scale.hooks) {
        let call = Call::Exec { container: member.name.clone(), hook };
        steps.push(step(member, "draining", "it is told to let go of its work", Act::Call(call)));
    }
    if !scale.drain.is_zero() {
        let drain = Gate::Drain { period: scale.drain };
        steps.push(step(member, "draining", "its connections run out", Act::Gate(drain)));
    }
    let stop = Call::Stop { container: member.name.clone(), grace: Some(member.grace()) };
    steps.push(step(member, "stopping", "one replica less", Act::Call(stop)));
    steps
}

fn step(member: &Member, state: &'static str, cause: &str, act: Act) -> Step {
    Step { slot: Some(member.number), state, cause: cause.to_owned(), act }
}
