//! What the changed state needs from outside: logs, a description, samples of what is visible.

use super::{Effect, Effects, Object, backups, charts, evidence, journal, logs};
use crate::{
    domain::{ContainerId, Fleet, Link, Replica},
    model::{Inspection, Model, RowKey, Tab},
};

pub(super) fn effects(model: &mut Model) -> Effects {
    let mut effects = watch(model);
    charts::keep(model);
    if model.link != Link::Live {
        return effects;
    }
    effects.extend(backups::ask(model));
    match model.detail.tab {
        Tab::Logs => effects.extend(logs::follow(model)),
        Tab::Inspect => effects.extend(inspect(model)),
        Tab::Journal => effects.extend(journal::ask(model)),
        Tab::Overview => effects.extend(evidence::ask(model)),
        Tab::Health | Tab::Events | Tab::Nodes | Tab::Backups => {}
    }
    effects
}

/// Containers of visible rows are measured often, the others now and then.
fn watch(model: &mut Model) -> Effects {
    let height = usize::from(model.hits.tree_rows);
    let keys = model.tree.visible(height).iter().map(|row| &row.key).chain(&model.tree.selected);
    let mut visible: Vec<&ContainerId> = keys.flat_map(|key| containers(&model.known.fleet, key)).collect();
    visible.sort_unstable();
    visible.dedup();
    if model.watched.iter().eq(visible.iter().copied()) {
        return Effects::new();
    }
    let visible: Vec<ContainerId> = visible.into_iter().cloned().collect();
    model.watched.clone_from(&visible);
    vec![Effect::Watch(visible)]
}

/// The containers whose use a row shows. A closed stack shows a sum, which may be older than what is open.
fn containers<'a>(fleet: &'a Fleet, key: &RowKey) -> impl Iterator<Item = &'a ContainerId> {
    let (service, replica) = match key {
        RowKey::Stack(..) => (None, None),
        RowKey::Service(key) => (fleet.service(key), None),
        RowKey::Replica(key) => (None, fleet.replica(key)),
    };
    let replicas = service.into_iter().flat_map(|service| &service.replicas).chain(replica);
    replicas.filter(|replica| replica.status.is_up()).filter_map(|replica| replica.container.as_ref())
}

fn inspect(model: &mut Model) -> Effects {
    let Some(row) = model.tree.selected.clone() else { return Effects::new() };
    if model.detail.inspection.row() == Some(&row) {
        return Effects::new();
    }
    model.dirty = true;
    if let Some(object) = object(model, &row) {
        model.detail.inspection = Inspection::Asked(row.clone());
        return vec![Effect::Inspect { row, object }];
    }
    let why = "a stack is no object of the engine; select one of its services or replicas";
    model.detail.inspection = Inspection::Failed(row, why.to_owned());
    Effects::new()
}

fn object(model: &Model, row: &RowKey) -> Option<Object> {
    let fleet = &model.known.fleet;
    match row {
        RowKey::Stack(..) => None,
        RowKey::Service(key) => {
            let service = fleet.service(key)?;
            service.id.clone().map(Object::Service).or_else(|| of_replica(service.replicas.first()?))
        }
        RowKey::Replica(key) => of_replica(fleet.replica(key)?),
    }
}

fn of_replica(replica: &Replica) -> Option<Object> {
    let container = replica.container.clone().map(Object::Container);
    container.or_else(|| replica.task.clone().map(Object::Task))
}
