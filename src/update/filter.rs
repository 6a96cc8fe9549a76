//! The line in which a filter is typed. It takes effect with each letter, so far as it can be read.

use super::{
    field,
    rows::{self, Order},
};
use crate::{
    action::Key,
    model::{LineFilter, Model, Pane, Prompt, PromptPurpose, Tab},
};

pub(super) fn begin(model: &mut Model) {
    let in_logs = model.focus.pane == Pane::Detail && model.detail.tab == Tab::Logs;
    let (purpose, filter) = if in_logs {
        (PromptPurpose::FilterLogs, &model.logs.filter)
    } else {
        (PromptPurpose::FilterTree, &model.tree.filter)
    };
    let text = filter.as_ref().map(|filter| filter.text.clone()).unwrap_or_default();
    model.focus.prompt = Some(Prompt { purpose, text, error: None });
}

pub(super) fn typed(model: &mut Model, key: Key) {
    let Some(prompt) = &mut model.focus.prompt else { return };
    if field::typed(&mut prompt.text, key) {
        take_effect(model);
    }
}

pub(super) fn paste(model: &mut Model, text: &str) {
    let Some(prompt) = &mut model.focus.prompt else { return };
    field::paste(&mut prompt.text, text);
    take_effect(model);
}

/// Enter: the filter stays; one that cannot be read stays open to be mended.
pub(super) fn accept(model: &mut Model) {
    if model.focus.prompt.as_ref().is_some_and(|prompt| prompt.error.is_none()) {
        model.focus.prompt = None;
    }
}

/// Drops the filter of what has the focus; false if there was none.
pub(super) fn clear(model: &mut Model) -> bool {
    let had = match model.focus.pane {
        Pane::Detail if model.detail.tab == Tab::Logs => model.logs.filter.take().is_some(),
        Pane::Tree => {
            let had = model.tree.filter.take().is_some() || model.tree.faults_only;
            model.tree.faults_only = false;
            had
        }
        Pane::Detail | Pane::Findings | Pane::Jobs => false,
    };
    if had {
        rows::rebuild(model, Order::Fresh);
    }
    had
}

fn take_effect(model: &mut Model) {
    let Some(prompt) = &mut model.focus.prompt else { return };
    let filter = if prompt.text.is_empty() { Ok(None) } else { LineFilter::parse(&prompt.text).map(Some) };
    prompt.error = filter.as_ref().err().cloned();
    let purpose = prompt.purpose;
    if let Ok(filter) = filter {
        match purpose {
            PromptPurpose::FilterTree => {
                model.tree.filter = filter;
                rows::rebuild(model, Order::Fresh);
            }
            PromptPurpose::FilterLogs => {
                model.logs.filter = filter;
                model.logs.scroll = 0;
            }
        }
    }
    model.dirty = true;
}
