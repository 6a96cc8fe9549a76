//! Another number of replicas of a Compose service, in a way that Compose recognises afterwards.

use std::{collections::BTreeMap, time::Duration};

use serde_json::Value;

use super::{
    clone::{self, AnonymousVolumes, Changes, Current, Refusal, Standing, names},
    observed::{Condition, Member, OPERATION, ObservedService},
    plan::{Act, Call, Gate, Phase, Plan, Risk, Step},
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
}

/// The plan that brings the service to that many replicas.
///
/// # Errors
/// [`Refusal`] where there is nothing to clone, or only one of it can exist.
pub fn plan(service: &ObservedService, scale: &Scale) -> Result<Plan, Refusal> {
    let live: Vec<&Member> = service.running().collect();
    let (now, wanted) = (live.len() as u64, scale.replicas);
    let phases =
        if wanted >= now { up(service, scale, wanted - now)? } else { down(&live, scale, now - wanted) };
    Ok(Plan {
        title: format!("scale {} from {now} to {wanted}", service.key),
        risk: Risk::Some,
        facts: vec![("replicas".to_owned(), format!("{now} → {wanted}"))],
        notes: vec![
            "the next `compose up` goes back to the number in the compose file; set deploy.replicas there to keep it"
                .to_owned(),
        ],
        phases,
        takes: Duration::from_secs(2).saturating_mul(now.abs_diff(wanted) as u32),
        down_for: Duration::ZERO,
        undo: format!("stacktop scale {}={now}", service.key),
    })
}

/// The plan that takes away what an operation has added and brings the service to the number of before.
///
/// # Errors
/// As [`plan`].
pub fn back(service: &ObservedService, scale: &Scale) -> Result<Plan, Refusal> {
    let is_ours = |member: &&Member| member.operation.as_deref() == Some(scale.operation.as_str());
    let ours: Vec<&Member> = service.members.iter().filter(is_ours).collect();
    let rest = service.members.iter().filter(|member| !is_ours(member)).cloned().collect();
    let rest = ObservedService { key: service.key.clone(), members: rest };
    let mut plan = plan(&rest, scale)?;
    plan.title = format!("scale {} back to {}", service.key, scale.replicas);
    plan.phases.splice(0..0, ours.into_iter().rev().map(removed));
    Ok(plan)
}

fn removed(member: &Member) -> Phase {
    let step = Step {
        slot: Some(member.number),
        state: "reverting",
        cause: "nothing of the operation is left".to_owned(),
        act: Act::Call(Call::RemoveRunning { container: member.name.clone() }),
    };
    Phase::single(format!("replica {}", member.number), vec![step])
}

/// Replicas that are there and do not run are started; the others are clones of the first one, with numbers after the
/// highest: Compose fills no holes.
fn up(service: &ObservedService, scale: &Scale, more: u64) -> Result<Vec<Phase>, Refusal> {
    let idle = service.members.iter().filter(|member| member.condition != Condition::Running);
    let mut phases: Vec<Phase> = idle
        .take(more as usize)
        .map(|member| started(member.number, &member.name, Vec::new(), scale))
        .collect();
    let missing = more - phases.len() as u64;
    if missing == 0 {
        return Ok(phases);
    }
    let pattern =
        pattern(service).ok_or_else(|| Refusal::NothingToClone { service: service.key.to_string() })?;
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

/// The replica that others are made like: the first that runs, else the first.
fn pattern(service: &ObservedService) -> Option<&Member> {
    service.running().next().or_else(|| service.members.first())
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

fn down(live: &[&Member], scale: &Scale, fewer: u64) -> Vec<Phase> {
    let current = Current { image_id: newest_image(live), config_hash: String::new() };
    let standings: Vec<Standing> =
        live.iter().map(|member| Standing::of(&member.original.container, &current)).collect();
    let going = clone::scale_down_order(&standings).into_iter().take(fewer as usize);
    let member = |one: Standing| live.iter().find(|member| member.id == one.id);
    going.filter_map(member).map(|member| stopped(member, scale)).collect()
}

/// The image of the replica that was made last: the others are behind it.
fn newest_image(live: &[&Member]) -> String {
    let created = |member: &&&Member| {
        member.original.container.get("Created").and_then(Value::as_str).map(str::to_owned)
    };
    live.iter().max_by_key(created).map(|member| member.image_id().to_owned()).unwrap_or_default()
}

fn stopped(member: &Member, scale: &Scale) -> Phase {
    let step =
        |state, cause: &str, act| Step { slot: Some(member.number), state, cause: cause.to_owned(), act };
    let container = member.name.clone();
    let mut steps = Vec::new();
    if !scale.drain.is_zero() {
        let drain = Gate::Drain { period: scale.drain };
        steps.push(step("draining", "its connections run out", Act::Gate(drain)));
    }
    let stop = Call::Stop { container: container.clone(), grace: Some(member.grace()) };
    steps.push(step("stopping", "one replica less", Act::Call(stop)));
    steps.push(step("removing", "it is not needed", Act::Call(Call::Remove { container })));
    Phase::single(format!("replica {}", member.number), steps)
}
