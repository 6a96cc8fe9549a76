//! Plans for Swarm.

use std::time::Duration;

use super::{DEADLINE, Settings, SwarmRefusal, SwarmService, settings::host_port};
use crate::command::{
    order::Order,
    plan::{Act, Call, Downtime, Gate, Phase, Plan, Risk, ServiceChange, Step, brief},
};

const BACK: &str = "the spec of before is put back";

/// The plan that gives the service another number of replicas.
///
/// # Errors
/// [`SwarmRefusal`] for a service that has none.
pub fn scale_plan(service: &SwarmService, to: u64, deadline: Duration) -> Result<Plan, SwarmRefusal> {
    let from = service.scalable()?;
    let change = ServiceChange::Replicas(to);
    let phases =
        if from == to { Vec::new() } else { changed(service, &change, "another number of tasks", deadline) };
    Ok(Plan {
        title: format!("scale {} from {from} to {to}", service.key),
        risk: Risk::Some,
        facts: vec![("replicas".to_owned(), format!("{from} → {to}"))],
        notes: vec!["the next `docker stack deploy` goes back to the number in the stack's file".to_owned()],
        phases,
        takes: Duration::from_secs(8),
        down_for: if to == 0 && from > 0 { Downtime::Open } else { Downtime::None },
        undo: format!("stacktop scale {}={from}", service.key),
    })
}

/// The plan that replaces all tasks by a change of the service's spec.
#[must_use]
pub fn rollout_plan(service: &SwarmService, change: &ServiceChange, deadline: Duration) -> Plan {
    let wanted = service.with_spec(&change.applied(service.spec()));
    let plan = replacing(service, &wanted, deadline);
    Plan { phases: changed(service, change, "Swarm replaces the tasks", deadline), ..plan }
}

/// The plan for a service whose tasks run the image already: nothing is done to them.
#[must_use]
pub fn idle_plan(service: &SwarmService, change: &ServiceChange, deadline: Duration) -> Plan {
    let plan = rollout_plan(service, change, deadline);
    let note = format!(
        "every task runs {} already and is left alone; --force replaces it too",
        brief(service.image())
    );
    Plan { risk: Risk::None, notes: vec![note], phases: Vec::new(), takes: Duration::ZERO, ..plan }
}

/// The same for a change that was made already: only the look at the tasks is left.
#[must_use]
pub fn watch_plan(before: &SwarmService, change: &ServiceChange, deadline: Duration) -> Plan {
    let wanted = before.with_spec(&change.applied(before.spec()));
    let phase = Phase::single(before.name(), vec![gate(before, change, deadline)]);
    Plan { phases: vec![phase], ..replacing(before, &wanted, deadline) }
}

/// The plan that puts back the template that was kept before the last update; replicas stay.
#[must_use]
pub fn restore_plan(service: &SwarmService, change: &ServiceChange, deadline: Duration) -> Plan {
    let mut plan = rollout_plan(service, change, deadline);
    let before = service.with_spec(&change.applied(service.spec()));
    let now: Vec<&str> = service.volumes().collect();
    let then: Vec<&str> = before.volumes().collect();
    if now != then {
        plan.notes.push(format!(
            "its volumes change with it, from {} to {}: what was written to the former since is not in the latter",
            now.join(", "),
            then.join(", ")
        ));
    }
    Plan { title: format!("roll back {}", service.key), ..plan }
}

/// What putting everything back takes; `before` is the service of before.
#[must_use]
pub fn back_plan(before: &SwarmService, change: &ServiceChange) -> Plan {
    Plan {
        title: format!("put back the spec of {}", before.key),
        risk: Risk::Some,
        facts: vec![("image".to_owned(), brief(before.image()))],
        notes: Vec::new(),
        phases: changed(before, change, BACK, DEADLINE),
        takes: Settings::of(before).takes(before.replicas().unwrap_or(1)),
        down_for: Downtime::None,
        undo: "none: it is the undo".to_owned(),
    }
}

fn replacing(service: &SwarmService, wanted: &SwarmService, deadline: Duration) -> Plan {
    let settings = Settings::of(service);
    let gate = format!(
        "all tasks run on the new spec for {} s; without progress for {} s it goes back",
        settings.monitor.as_secs(),
        deadline.as_secs()
    );
    let facts = [
        ("image", format!("{} → {}", brief(service.image()), brief(wanted.image()))),
        ("order", settings.words()),
        ("gate", gate),
    ];
    Plan {
        title: format!("rolling update of {}", service.key),
        risk: Risk::Some,
        facts: facts.into_iter().map(|(name, fact)| (name.to_owned(), fact)).collect(),
        notes: notes(service, &settings),
        phases: Vec::new(),
        takes: settings.takes(service.replicas().unwrap_or(1)),
        down_for: settings.downtime(service.replicas().unwrap_or(1)),
        undo: format!("stacktop rollout {} --image {}", service.key, service.image()),
    }
}

fn notes(service: &SwarmService, settings: &Settings) -> Vec<String> {
    let mut notes =
        vec!["the next `docker stack deploy` goes back to the image in the stack's file".to_owned()];
    if settings.given.is_some() {
        notes.push(format!(
            "the service has no update_config; it gets one: {}, 1 at a time, monitor {} s, failure_action rollback",
            settings.decision.order.word(),
            settings.monitor.as_secs()
        ));
    }
    if let Some(port) = host_port(service).filter(|_| settings.decision.order == Order::StartFirst) {
        notes.push(format!(
            "port {port} is published on the host itself and the order is start-first: each new task needs a node \
             where that port is free"
        ));
    }
    if let Some((state, message)) = service.halted() {
        notes.push(format!("swarm has stopped the last update ({state}): {message}"));
    }
    notes
}

fn changed(service: &SwarmService, change: &ServiceChange, cause: &str, deadline: Duration) -> Vec<Phase> {
    let name = service.name().to_owned();
    let call = Call::UpdateService { service: name.clone(), change: change.clone() };
    let steps = vec![step("updating", cause, Act::Call(call)), gate(service, change, deadline)];
    vec![Phase::single(name, steps)]
}

fn gate(service: &SwarmService, change: &ServiceChange, deadline: Duration) -> Step {
    let gate = Gate::Converged { service: service.name().to_owned(), change: change.clone(), deadline };
    step("gate", "all tasks must be seen to run", Act::Gate(gate))
}

pub(super) fn step(state: &'static str, cause: &str, act: Act) -> Step {
    Step { slot: None, state, cause: cause.to_owned(), act }
}
