//! Services of Swarm that have a volume which is restored: found, looked at, and refused where their volume is not here.
//!
//! Volumes belong to a node. What is restored is on the node of this engine, so a service is given it only where its tasks
//! are here, and is kept here from then on.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::scene::{SWARM, Scene, volumes};
use crate::{
    command::{
        clone::json::{label, text, texts},
        execute::{
            operation::{Refused, placed::Swarm},
            swarm::keep,
        },
        restore::{Restoring, SwarmUser, Was, Way},
        swarm::SwarmService,
    },
    engine::{Engine, EngineError},
};

/// Finds the services that have volumes which are restored, and the volumes that ended tasks hold.
///
/// # Errors
/// [`Refused`] where one cannot be given what is restored.
pub(super) async fn find(engine: &Engine, scene: &Scene, restoring: &mut Restoring) -> Result<(), Refused> {
    let homes: Vec<String> = restoring.aims.iter().map(|aim| aim.home.name.clone()).collect();
    let has_tasks = |name: &&String| scene.tasks(std::slice::from_ref(*name)).next().is_some();
    restoring.ended = homes.iter().filter(has_tasks).cloned().collect();
    let Some(swarm) = Swarm::look(engine).await? else {
        return scene.tasks(&homes).find(|task| runs(task)).map_or(Ok(()), |task| Err(unmanaged(task)));
    };
    let moved: BTreeSet<String> = restoring.moves().into_keys().collect();
    for service in &swarm.services {
        let Some(volume) = service.volumes().find(|name| homes.iter().any(|home| home == name)) else {
            continue;
        };
        let user = user(engine, &swarm, service, volume).await?;
        if service.volumes().any(|name| moved.contains(name)) {
            // By the time its tasks have ended, what is left of them has it, whether or not any had it just now.
            restoring.ended.extend(service.volumes().map(str::to_owned));
            restoring.services.push(user);
        }
    }
    nameless(scene, restoring, &moved)
}

/// The same services, as they are now; `None` for one that is gone.
pub(super) async fn now(engine: &Engine, user: &SwarmUser) -> Result<Option<SwarmService>, EngineError> {
    match engine.inspect_service(user.service.id()).await {
        Ok(inspect) => Ok(Some(SwarmService { key: user.service.key.clone(), inspect })),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

/// What is kept of the services for a later rollback is put back with the volumes of now: a rollback of an image is none
/// of its data.
pub(super) async fn settle(
    engine: &Engine,
    users: &[SwarmUser],
    moves: &BTreeMap<String, String>,
    way: Way,
) -> Result<(), EngineError> {
    if way == Way::InPlace {
        return Ok(());
    }
    for user in users {
        let Some(template) = keep::before(engine, user.service.id()).await? else { continue };
        let moved = user.give(moves).applied(&json!({ "TaskTemplate": template }));
        let template = moved.get("TaskTemplate").cloned().unwrap_or_default();
        keep::keep_before(engine, (user.service.id(), &user.service.key), &template).await?;
    }
    Ok(())
}

/// What is known of a service that has a volume.
async fn user(
    engine: &Engine,
    swarm: &Swarm,
    service: &SwarmService,
    volume: &str,
) -> Result<SwarmUser, Refused> {
    if service.replicas().is_some() {
        service.scalable()?;
    } else {
        service.wanted(None)?;
    }
    let tasks = swarm.tasks(engine, service).await?;
    if let Some(node) = tasks.iter().find_map(|task| swarm.away(task)) {
        return Err(elsewhere(swarm, service, volume, node));
    }
    let running = tasks.iter().filter(|task| text(task, "/Status/State") == "running").count() as u64;
    let wanted = service.replicas().unwrap_or(tasks.len() as u64);
    let was = if running >= wanted { Was::Serving } else { Was::Failing };
    Ok(SwarmUser { service: service.clone(), was, pin: pin(swarm, service) })
}

fn elsewhere(swarm: &Swarm, service: &SwarmService, volume: &str, node: &str) -> Refused {
    let (key, name) = (&service.key, swarm.called(node));
    Refused::NothingToRestore(format!(
        "volume {volume} of {key} is on node {name}, and this engine is node {}: with --host and the engine of {name} it is \
         restored there, if {name} is a manager; else `stacktop scale {key}=0` here, `stacktop restore {} --in-place` with \
         --host and the engine of {name}, and scale it back",
        swarm.called(&swarm.own),
        key.stack.as_ref().map(ToString::to_string).unwrap_or_default(),
    ))
}

/// The constraint that keeps tasks here, where there is another node and nothing keeps them from it.
fn pin(swarm: &Swarm, service: &SwarmService) -> Option<String> {
    let own = [format!("node.id=={}", swarm.own), format!("node.hostname=={}", swarm.called(&swarm.own))];
    let mut said = texts(service.spec(), "/TaskTemplate/Placement/Constraints");
    let is_kept = said.any(|one| own.contains(&one.replace(' ', "")));
    (swarm.count() > 1 && !is_kept).then(|| format!("node.id == {}", swarm.own))
}

fn runs(container: &Value) -> bool {
    matches!(text(container, "/State/Status"), "running" | "paused" | "restarting")
}

/// Volumes of tasks that no service mounts by name are left alone: each new task gets another one.
fn nameless(scene: &Scene, restoring: &mut Restoring, moved: &BTreeSet<String>) -> Result<(), Refused> {
    let named: BTreeSet<String> =
        restoring.services.iter().flat_map(|user| user.service.volumes()).map(str::to_owned).collect();
    for home in moved.iter().filter(|home| !named.contains(*home)) {
        let Some(task) = scene.tasks(std::slice::from_ref(home)).find(|task| runs(task)) else { continue };
        restoring.notes.push(format!(
            "volume {home} is left alone: its task of {} has it, and the service names no such volume: Swarm gives the next \
             task another one; name a volume in the stack's file",
            label(task, SWARM)
        ));
        restoring.aims.retain(|aim| aim.home.name != *home);
    }
    let exchanged = |name: &str| restoring.services.iter().any(|user| user.service.key.name == name);
    if let Some(import) = restoring.imports.iter().find(|import| exchanged(&import.service)) {
        return Err(Refused::NothingToRestore(format!(
            "{}: its {} dump is imported as it runs, and its task is another one once its volume is restored: restore with \
             --only volumes, then with --only dumps",
            import.service,
            import.recipe.word()
        )));
    }
    Ok(())
}

/// A worker cannot change a service.
fn unmanaged(task: &Value) -> Refused {
    let service = label(task, SWARM);
    let volume = volumes(task).next().unwrap_or_default();
    Refused::NothingToRestore(format!(
        "Swarm makes the containers of {service}, which has volume {volume}, and this engine is no manager, which alone can \
         give it another one: `stacktop scale` it to 0 at a manager, restore with --in-place here, and scale it back"
    ))
}
