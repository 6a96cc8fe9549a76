//! The charts of the selection.

use crate::model::{Charted, Model, Tab};

/// Adds up anew what the charts show, where that is of another row or not of now any more.
pub(super) fn keep(model: &mut Model) {
    let Some(row) = model.tree.selected.as_ref().filter(|_| model.detail.tab == Tab::Overview) else {
        return;
    };
    let charted = model.detail.charted.as_ref();
    if !charted.is_some_and(|charted| charted.is_right(row, model.clock.running)) {
        model.detail.charted = Some(Charted::of(model, row));
    }
}
