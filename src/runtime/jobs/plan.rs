//! From what is asked for to a plan: the engine is looked at, nothing is touched.

use std::time::Duration;

use jiff::Timestamp;

use super::{Ready, Steps};
use crate::{
    command::{
        Act, Call, Downtime, Phase, Plan, Risk, Step,
        execute::{
            disk,
            operation::{self, Claim, Direction, Prepared, Refused, RolloutOptions, SwarmAim},
        },
        prune,
        rollout::Care,
        simple,
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
            Ok(Ready::Steps(Box::new(Steps { plan, target: of })))
        }
        Request::Update { service, swarm: None, image } => update(&engine, &service, image).await,
        Request::Update { service, swarm: Some(id), image } => {
            of_swarm(&engine, (&service, &id), SwarmAim::Image(Some(image), Care::Usual)).await
        }
        Request::Scale { service, swarm: None, replicas } => {
            let now = holder(Timestamp::now());
            let prepared = operation::prepare_scale(&engine, &service, replicas, now).await;
            ready(prepared, Direction::Forward)
        }
        Request::Scale { service, swarm: Some(id), replicas } => {
            of_swarm(&engine, (&service, &id), SwarmAim::Replicas(replicas)).await
        }
        Request::Renew { service, swarm } => of_swarm(&engine, (&service, &swarm), SwarmAim::Renewed).await,
        Request::Revert { service, swarm: None } => {
            let (now, options) = (holder(Timestamp::now()), RolloutOptions::default());
            let prepared = operation::prepare_put_back(&engine, &service, &options, now).await;
            ready(prepared, Direction::Forward)
        }
        Request::Revert { service, swarm: Some(id) } => {
            of_swarm(&engine, (&service, &id), SwarmAim::Before).await
        }
        Request::Prune => {
            let kept = disk::kept(&engine).await.map_err(|error| error.to_string())?;
            let target = kept.snapshot.engine.name.clone();
            let wanted = prune::Wanted { stack: None, kinds: prune::Kind::HARMLESS.to_vec() };
            let plan = prune::plan(&kept, &wanted);
            Ok(Ready::Steps(Box::new(Steps { plan, target })))
        }
        Request::Resume(operation) => {
            let prepared = operation::prepare_resume(&engine, &operation).await;
            ready(ours(&engine, prepared).await, Direction::Forward)
        }
        Request::RollBack(operation) => {
            let prepared = operation::prepare_rollback(&engine, &operation).await;
            ready(ours(&engine, prepared).await, Direction::Back)
        }
    }
}

/// What may be gone on with: nobody asks a person for a plan that would be refused.
async fn ours(engine: &Engine, prepared: Result<Prepared, Refused>) -> Result<Prepared, Refused> {
    let prepared = prepared?;
    operation::claim(engine, &prepared.errand, Claim::Respect).await?;
    Ok(prepared)
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
            Ok(Ready::Steps(Box::new(Steps { plan, target: service.to_string() })))
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
        down_for: Downtime::None,
        undo: format!("docker image rm {reference}"),
    }
}

async fn of_swarm(
    engine: &Engine,
    (key, id): (&ServiceKey, &ServiceId),
    aim: SwarmAim,
) -> Result<Ready, String> {
    let now = holder(Timestamp::now());
    let prepared = operation::prepare_swarm(engine, (key, id.as_str()), &aim, None, now).await;
    ready(prepared, Direction::Forward)
}
