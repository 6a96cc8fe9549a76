//! A shell in the selection.

use super::{Effect, Effects, operate::refuse, subject::Subject};
use crate::{
    domain::{Replica, Status},
    model::{Model, RowKey},
};

/// Asks for a shell in the selection: of a service, in its first replica that runs.
pub(super) fn shell(model: &mut Model) -> Effects {
    match entrance(model) {
        Ok(container) => vec![Effect::Shell(container)],
        Err(why) => refuse(model, why),
    }
}

/// The name of the container that can be entered.
fn entrance(model: &Model) -> Result<String, String> {
    let subject = Subject::of(model)?;
    if matches!(subject.only(), None | Some(RowKey::Stack(..))) {
        return Err("a shell runs in one container: select a service or a replica".to_owned());
    }
    let services = model.known.fleet.services().filter(|service| subject.covers(service));
    let replicas = services.flat_map(|service| &service.replicas).filter(|it| subject.includes(it));
    let replicas: Vec<&Replica> = replicas.collect();
    let here: Vec<&Replica> = replicas.iter().copied().filter(|it| it.container.is_some()).collect();
    let open = here.iter().find(|it| it.status.is_up() && it.status != Status::Paused);
    let name = &subject.name;
    match (open, here.first(), replicas.iter().find_map(|it| it.node.as_ref())) {
        (Some(replica), ..) => Ok(container_name(model, replica)),
        (None, Some(replica), _) if replica.status == Status::Paused => {
            Err(format!("no shell in {}: it is paused", replica.name))
        }
        (None, Some(replica), _) => Err(format!("no shell in {}: it does not run", replica.name)),
        (None, None, Some(node)) => Err(format!("{name} runs on node {node}: point stacktop at its engine")),
        (None, None, None) => Err(format!("{name} has no container")),
    }
}

/// A task goes by another name than its container.
fn container_name(model: &Model, replica: &Replica) -> String {
    let container = replica.container.as_ref().and_then(|id| model.known.container(id));
    container.map_or_else(|| replica.name.clone(), |container| container.name.clone())
}
