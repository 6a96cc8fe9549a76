//! From what is asked for to a plan: the engine is looked at, nothing is touched.

use std::time::Duration;

use jiff::Timestamp;

use super::{Ready, Series, Steps, project};
use crate::{
    backup::Scope,
    command::{
        Act, Call, Downtime, Phase, Plan, Risk, Step,
        execute::{
            disk,
            operation::{
                self, BackupRequest, Claim, Direction, DrillRequest, Prepared, Refused, RestoreRequest,
                RolloutOptions, SwarmAim,
            },
        },
        prune,
        rollout::Care,
        simple,
    },
    domain::{ServiceId, ServiceKey},
    engine::Engine,
    runtime::{Shelving, backups::NOWHERE, holder},
    update::Request,
};

/// A container that is restarted has this long to serve again.
const DEADLINE: Duration = Duration::from_secs(60);

/// How long an image takes to be fetched, nobody knows beforehand.
const PULL: Duration = Duration::from_secs(30);

/// The plan, or why there is none, in a sentence.
pub(super) async fn plan(
    (engine, place): (Option<Engine>, Option<Shelving>),
    request: Request,
) -> Result<Series, String> {
    let engine = engine.ok_or("the engine does not answer")?;
    let ready = match request {
        Request::Update { service, swarm: None, image } => {
            let ready = update(&engine, &service, image).await?;
            return project::with_restarts(&engine, &service, ready).await;
        }
        Request::UpdateAll { stack, images } => return project::update(&engine, &stack, images).await,
        Request::Each { verb, of, containers } => {
            let plan = simple::plan(&verb, &of, &containers, DEADLINE);
            Ok(Ready::Steps(Box::new(Steps { plan, target: of })))
        }
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
        Request::BackUp { stack, service } => {
            back_up(&engine, place.ok_or(NOWHERE)?, stack.to_string(), service).await
        }
        Request::Restore { stack, service, set, way } => {
            let Shelving { shelf, settled, .. } = place.ok_or(NOWHERE)?;
            let (stack, set, keys) = (stack.to_string(), Some(set), settled.keys);
            let request = RestoreRequest { stack, service, scope: Scope::All, set, shelf, keys, way };
            let prepared = operation::prepare_restore(&engine, &request, holder(Timestamp::now())).await;
            prepared.map(|prepared| Ready::Restore(Box::new(prepared))).map_err(|refused| refused.to_string())
        }
        Request::Drill { stack, set } => {
            let Shelving { shelf, settled, .. } = place.ok_or(NOWHERE)?;
            let rto = settled.for_stack(stack.as_str()).rto;
            let (stack, set, keys) = (stack.to_string(), Some(set), settled.keys);
            let request = DrillRequest { stack, set, shelf, keys, rto };
            let prepared = operation::prepare_drill(&engine, &request, holder(Timestamp::now())).await;
            prepared.map(|prepared| Ready::Drill(Box::new(prepared))).map_err(|refused| refused.to_string())
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
    };
    ready.map(Series::from)
}

/// What may be gone on with: nobody asks a person for a plan that would be refused.
async fn ours(engine: &Engine, prepared: Result<Prepared, Refused>) -> Result<Prepared, Refused> {
    let prepared = prepared?;
    operation::claim(engine, &prepared.errand, Claim::Respect).await?;
    Ok(prepared)
}

async fn back_up(
    engine: &Engine,
    place: Shelving,
    stack: String,
    service: Option<String>,
) -> Result<Ready, String> {
    let Shelving { shelf, settled, .. } = place;
    let (scope, mode, cipher) = (Scope::All, None, settled.cipher);
    let request = BackupRequest { stack, service, scope, mode, shelf, cipher };
    let prepared = operation::prepare_backup(engine, &request, holder(Timestamp::now())).await;
    prepared.map(|prepared| Ready::Backup(Box::new(prepared))).map_err(|refused| refused.to_string())
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
            let plan = pull(&service.to_string(), &[reference]);
            Ok(Ready::Steps(Box::new(Steps { plan, target: service.to_string() })))
        }
        prepared => ready(prepared, Direction::Forward),
    }
}

/// Fetches images before it is planned what to do with them: an update is planned by what an image is.
pub(super) fn pull(of: &str, references: &[String]) -> Plan {
    let step = |reference: &String| {
        let act = Act::Call(Call::Pull { reference: reference.clone() });
        Step { slot: None, state: "pulling", cause: "what its name means now".to_owned(), act }
    };
    let phase = |reference: &String| Phase::single(reference, vec![step(reference)]);
    let title = match references {
        [reference] => format!("pull {reference}"),
        several => format!("pull {} images of {of}", several.len()),
    };
    Plan {
        title,
        risk: Risk::Some,
        facts: references.iter().map(|reference| ("image".to_owned(), reference.clone())).collect(),
        notes: vec!["nothing is replaced yet: ask for the update again once this is done".to_owned()],
        phases: references.iter().map(phase).collect(),
        takes: PULL.saturating_mul(references.len() as u32),
        down_for: Downtime::None,
        undo: format!("docker image rm {}", references.join(" ")),
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
