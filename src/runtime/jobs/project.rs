//! Updates that are about more than one service of a project, planned as the verb `rollout` does.

use jiff::Timestamp;

use super::{Ready, Series, Steps, plan::pull};
use crate::{
    command::{
        Downtime, Plan, Risk,
        execute::operation::{Direction, RolloutOptions, prepare_rollout},
        rollout::project::{Turns, reference, restarts, turns},
    },
    domain::{Fleet, ServiceKey, Snapshot, Stack, StackKind, StackName},
    engine::{Engine, Inspections},
    runtime::holder,
    update::Images,
};

/// An update of one service, and the restarts that follow it.
pub(super) async fn with_restarts(
    engine: &Engine,
    service: &ServiceKey,
    ready: Ready,
) -> Result<Series, String> {
    let is_update = matches!(ready, Ready::Operation(..)) && !ready.plan().is_empty();
    let mut series = Series::from(ready);
    if is_update {
        let snapshot = look(engine).await?;
        let after = restarts(&snapshot, std::slice::from_ref(service));
        for (key, plan) in after.into_iter().flatten() {
            let then = format!("{}: it depends on {service} with `restart: true`", plan.title);
            series.shown.facts.push(("then".to_owned(), then));
            series.add(key, plan);
        }
    }
    Ok(series)
}

/// An update of all services of a project that run, each behind its gates; all are planned before the first is touched.
pub(super) async fn update(engine: &Engine, name: &StackName, images: Images) -> Result<Series, String> {
    let snapshot = look(engine).await?;
    let fleet = Fleet::of(&snapshot);
    let mut stacks = fleet.stacks.iter();
    let stack = stacks.find(|it| it.name.as_ref() == Some(name) && it.kind == StackKind::Compose);
    let stack = stack.ok_or_else(|| format!("{name} is gone"))?;
    match images {
        Images::Fetched => Ok(fetched(&snapshot, stack, name)),
        Images::AsTheyAre => in_turn(engine, &snapshot, &turns(&snapshot, stack), name).await,
    }
}

fn fetched(snapshot: &Snapshot, stack: &Stack, name: &StackName) -> Series {
    let mut images: Vec<String> =
        stack.services.iter().map(|service| reference(snapshot, service).to_owned()).collect();
    images.sort();
    images.dedup();
    let target = name.to_string();
    Ready::Steps(Box::new(Steps { plan: pull(&target, &images), target })).into()
}

async fn in_turn(
    engine: &Engine,
    snapshot: &Snapshot,
    turns: &Turns<'_>,
    name: &StackName,
) -> Result<Series, String> {
    let mut series = Series::of_all(name, turns);
    let mut replaced = Vec::new();
    for service in &turns.services {
        let now = holder(Timestamp::now());
        let prepared = prepare_rollout(engine, &service.key, &RolloutOptions::default(), now).await;
        let prepared = prepared.map_err(|refused| refused.to_string())?;
        if !prepared.plan.is_empty() {
            replaced.push((service.key.clone(), prepared));
        }
    }
    let keys: Vec<ServiceKey> = replaced.iter().map(|(key, _)| key.clone()).collect();
    for ((key, prepared), after) in replaced.into_iter().zip(restarts(snapshot, &keys)) {
        let image = prepared.plan.facts.iter().find(|(fact, _)| fact == "image").map(|(_, image)| image);
        let fact = format!("{}: {}", key.name, image.map_or("", String::as_str));
        series.shown.facts.push((format!("turn {}", series.turns.len() + 1), fact));
        series.shown = series.shown.then(&key.name, &prepared.plan);
        series.turns.push((Some(key), Ready::Operation(Box::new(prepared), Direction::Forward)));
        for (key, plan) in after {
            series.shown.facts.push((format!("turn {}", series.turns.len() + 1), plan.title.clone()));
            series.add(key, plan);
        }
    }
    Ok(series)
}

impl Series {
    fn of_all(name: &StackName, turns: &Turns<'_>) -> Self {
        let mut notes = Vec::new();
        if !turns.left_alone.is_empty() {
            let names: Vec<String> = turns.left_alone.iter().map(ToString::to_string).collect();
            notes.push(format!("left alone, as nothing of it runs: {}", names.join(", ")));
        }
        let shown = Plan {
            title: format!("rolling update of all of {name}"),
            risk: Risk::Some,
            facts: Vec::new(),
            notes,
            phases: Vec::new(),
            takes: std::time::Duration::ZERO,
            down_for: Downtime::None,
            undo: "automatic for the service that fails; those that are done stay so".to_owned(),
        };
        Self { shown, turns: Vec::new() }
    }

    fn add(&mut self, service: ServiceKey, plan: Plan) {
        self.shown = self.shown.clone().then(&service.name, &plan);
        let target = service.to_string();
        self.turns.push((Some(service), Ready::Steps(Box::new(Steps { plan, target }))));
    }
}

async fn look(engine: &Engine) -> Result<Snapshot, String> {
    engine.snapshot(&mut Inspections::default()).await.map_err(|error| error.to_string())
}
