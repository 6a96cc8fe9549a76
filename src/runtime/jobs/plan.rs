//! From what is asked for to a plan: the engine is looked at, nothing is touched.

use std::time::Duration;

use jiff::Timestamp;

use super::{Ready, Steps};
use crate::{
    command::{
        Act, Call, Phase, Plan, Risk, Step,
        execute::{
            disk,
            operation::{self, Direction, Prepared, Refused, RolloutOptions},
        },
        prune, simple,
        swarm::{self, Change, SwarmService},
    },
    domain::{ServiceId, ServiceKey},
    engine::Engine,
    runtime::holder,
    update::Request,
};

/// A container that is restarted has this long to serve again.
const DEADLINE: Duration = Duration::from_secs(60);

/// The plan, or why there is none, in a sentence.
pub(super) async fn plan(engine: Option<Engine>, request: Request) -> Result<Ready, String> {
    let engine = engine.ok_or("the engine does not answer")?;
    match request {
        Request::Each { verb, of, containers } => {
            let plan = simple::plan(&verb, &of, &containers, DEADLINE);
            Ok(Ready::Steps(Steps { plan, target: of, back: Vec::new() }))
        }
        Request::Update { service, swarm: None, image } => update(&engine, &service, image).await,
        Request::Update { service, swarm: Some(id), image } => {
            let service = inspected(&engine, service, &id).await?;
            let change = swarm::rollout_plan(&service, Some(&image), swarm::DEADLINE);
            Ok(changed(&service, change))
        }
        Request::Scale { service, swarm: None, replicas } => {
            let now = holder(Timestamp::now());
            let prepared = operation::prepare_scale(&engine, &service, replicas, now).await;
            ready(prepared, Direction::Forward)
        }
        Request::Scale { service, swarm: Some(id), replicas } => {
            let service = inspected(&engine, service, &id).await?;
            let change = swarm::scale_plan(&service, replicas, swarm::DEADLINE);
            Ok(changed(&service, change.map_err(|refused| refused.to_string())?))
        }
        Request::Renew { service, swarm } => {
            let service = inspected(&engine, service, &swarm).await?;
            let change = swarm::rollout_plan(&service, Some(service.image()), swarm::DEADLINE);
            let plan = Plan { title: format!("restart all tasks of {}", service.key), ..change.plan };
            Ok(changed(&service, Change { plan, ..change }))
        }
        Request::Prune => {
            let kept = disk::kept(&engine).await.map_err(|error| error.to_string())?;
            let target = kept.snapshot.engine.name.clone();
            let wanted = prune::Wanted { stack: None, kinds: prune::Kind::HARMLESS.to_vec() };
            let plan = prune::plan(&kept, &wanted);
            Ok(Ready::Steps(Steps { plan, target, back: Vec::new() }))
        }
        Request::Resume(operation) => {
            let prepared = operation::prepare_resume(&engine, &operation).await;
            ready(prepared, Direction::Forward)
        }
        Request::RollBack(operation) => {
            let prepared = operation::prepare_rollback(&engine, &operation).await;
            ready(prepared, Direction::Back)
        }
    }
}

/// What can be begun, or why not.
fn ready(prepared: Result<Prepared, Refused>, direction: Direction) -> Result<Ready, String> {
    let prepared = prepared.map_err(|refused| refused.to_string())?;
    Ok(Ready::Operation(Box::new(prepared), direction))
}

/// An image that the engine does not have is fetched first, as a job of its own: the update is planned by what it is.
async fn update(engine: &Engine, service: &ServiceKey, image: String) -> Result<Ready, String> {
    let options = RolloutOptions { image: Some(image), ..RolloutOptions::default() };
    match operation::prepare_rollout(engine, service, &options, holder(Timestamp::now())).await {
        Err(Refused::NoImage { reference, .. }) => {
            let plan = pull(&reference);
            Ok(Ready::Steps(Steps { plan, target: service.to_string(), back: Vec::new() }))
        }
        prepared => ready(prepared, Direction::Forward),
    }
}

fn pull(reference: &str) -> Plan {
    let act = Act::Call(Call::Pull { reference: reference.to_owned() });
    let cause = "the engine does not have it".to_owned();
    let steps = vec![Step { slot: None, state: "pulling", cause, act }];
    Plan {
        title: format!("pull {reference}"),
        risk: Risk::Some,
        facts: vec![("image".to_owned(), format!("{reference} is not on the engine yet"))],
        notes: vec!["nothing is replaced yet: ask for the update again once it is there".to_owned()],
        phases: vec![Phase::single(reference, steps)],
        takes: Duration::from_secs(30),
        down_for: Duration::ZERO,
        undo: format!("docker image rm {reference}"),
    }
}

async fn inspected(engine: &Engine, key: ServiceKey, id: &ServiceId) -> Result<SwarmService, String> {
    let inspect = engine.inspect_service(id.as_str()).await.map_err(|error| error.to_string())?;
    Ok(SwarmService { key, inspect })
}

fn changed(service: &SwarmService, change: Change) -> Ready {
    Ready::Steps(Steps { plan: change.plan, target: service.key.to_string(), back: change.back })
}
