//! From a key to a shell in a container.

use super::{Effect, Effects, notify, subject::Subject};
use crate::{
    domain::{Replica, Status},
    model::{Model, NoticeLevel, RowKey},
};

/// Asks for a shell in the selection, whatever is marked: of a service, in its first replica that runs.
pub(super) fn open(model: &mut Model) -> Effects {
    match entrance(model) {
        Ok(container) => vec![Effect::Shell(container)],
        Err(why) => {
            notify(model, NoticeLevel::Note, why);
            Effects::new()
        }
    }
}

/// The name of the container that can be entered.
fn entrance(model: &Model) -> Result<String, String> {
    let subject = Subject::selected(model)?;
    if let Some(RowKey::Stack(..)) = subject.only() {
        return Err("a shell runs in one container: select a service or a replica".to_owned());
    }
    let replicas: Vec<&Replica> = subject.all(model).collect();
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
