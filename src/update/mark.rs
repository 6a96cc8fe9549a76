//! Marks on rows: what acts on rows acts on all that are marked.

use super::navigate::{self, Move};
use crate::model::{Model, RowKey};

/// Marks the selected row, or takes its mark away, and goes to the next one.
pub(super) fn toggle(model: &mut Model) {
    let Some(key) = model.tree.selected.clone() else { return };
    if !model.tree.marked.remove(&key) {
        model.tree.marked.insert(key);
    }
    navigate::go(model, Move::Down);
}

/// Marks all services that have a row; if every one is marked, takes all marks away.
pub(super) fn toggle_all(model: &mut Model) {
    let services = model.tree.rows.iter().map(|row| &row.key).filter(|key| matches!(key, RowKey::Service(_)));
    let services: Vec<RowKey> = services.cloned().collect();
    if services.iter().all(|key| model.tree.marked.contains(key)) {
        model.tree.marked.clear();
    } else {
        model.tree.marked.extend(services);
    }
}

/// Takes all marks away; false if there was none.
pub(super) fn clear(model: &mut Model) -> bool {
    let had = !model.tree.marked.is_empty();
    model.tree.marked.clear();
    had
}

/// What is gone is marked no more; what a filter hides still is.
pub(super) fn settle(model: &mut Model) {
    let fleet = &model.known.fleet;
    model.tree.marked.retain(|key| match key {
        RowKey::Stack(name, kind) => {
            fleet.stacks.iter().any(|stack| stack.name == *name && stack.kind == *kind)
        }
        RowKey::Service(key) => fleet.service(key).is_some(),
        RowKey::Replica(key) => fleet.replica(key).is_some(),
    });
}
