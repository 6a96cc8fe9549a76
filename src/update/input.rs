//! What the person does: keys become actions where they mean something, text where it is typed.

use super::{
    Effect, Effects, filter,
    navigate::{self, Move, Turn},
    rows::{self, Order},
};
use crate::{
    action::{Action, Input, Key, Resolved},
    model::{Model, Overlay, Pane, Shown, Tab},
};

pub(super) fn apply(model: &mut Model, input: Input) -> Effects {
    match input {
        Input::Key(key) => pressed(model, key),
        Input::Paste(text) => {
            filter::paste(model, &text);
            Effects::new()
        }
        Input::Resized => {
            model.dirty = true;
            vec![Effect::Redraw]
        }
    }
}

fn pressed(model: &mut Model, key: Key) -> Effects {
    match model.keymap.resolve(model.contexts(), key) {
        Resolved::Action(action) => perform(model, action),
        Resolved::Nothing => {
            filter::typed(model, key);
            Effects::new()
        }
    }
}

fn perform(model: &mut Model, action: Action) -> Effects {
    model.dirty = true;
    match action {
        Action::Quit => return vec![Effect::Quit],
        Action::Suspend => return vec![Effect::Suspend],
        Action::Redraw => return vec![Effect::Redraw],
        Action::Retry => return vec![Effect::Retry],
        Action::Help => model.focus.overlay = Some(Overlay::Help { scroll: 0 }),
        Action::Back => back(model),
        Action::Filter => filter::begin(model),
        Action::Diagnostics => model.diagnostics = toggled(model.diagnostics),
        Action::NextPane => navigate::next_pane(model, Turn::Forward),
        Action::PreviousPane => navigate::next_pane(model, Turn::Back),
        Action::Up => navigate::go(model, Move::Up),
        Action::Down => navigate::go(model, Move::Down),
        Action::PageUp => navigate::go(model, Move::PageUp),
        Action::PageDown => navigate::go(model, Move::PageDown),
        Action::Top => navigate::go(model, Move::Top),
        Action::Bottom => navigate::go(model, Move::Bottom),
        Action::Open if model.focus.prompt.is_some() => filter::accept(model),
        Action::Open => navigate::open(model),
        Action::Close => navigate::close(model),
        Action::OpenAll => navigate::open_all(model),
        Action::SortNext => navigate::sort_by_next(model, Turn::Forward),
        Action::SortPrevious => navigate::sort_by_next(model, Turn::Back),
        Action::SortReverse => navigate::sort_reverse(model),
        Action::FaultsOnly => {
            model.tree.faults_only = !model.tree.faults_only;
            rows::rebuild(model, Order::Fresh);
        }
        Action::Zoom => {
            model.focus.zoomed = !model.focus.zoomed;
            model.focus.pane = Pane::Detail;
        }
        Action::NextTab => navigate::next_tab(model, Turn::Forward),
        Action::PreviousTab => navigate::next_tab(model, Turn::Back),
        Action::Overview => show(model, Tab::Overview),
        Action::Logs => show(model, Tab::Logs),
        Action::Health => show(model, Tab::Health),
        Action::Events => show(model, Tab::Events),
        Action::Inspect => show(model, Tab::Inspect),
        Action::Nodes => show(model, Tab::Nodes),
        Action::Wrap => model.logs.wrap = !model.logs.wrap,
        Action::Timestamps => model.logs.timestamps = !model.logs.timestamps,
        Action::ClearLogs => model.logs.clear(),
    }
    Effects::new()
}

const fn toggled(shown: Shown) -> Shown {
    match shown {
        Shown::Yes => Shown::No,
        Shown::No => Shown::Yes,
    }
}

fn show(model: &mut Model, tab: Tab) {
    navigate::show(model, tab);
    model.focus.pane = Pane::Detail;
}

/// Closes the innermost thing that is open.
fn back(model: &mut Model) {
    let now = model.clock.running;
    let focus = &mut model.focus;
    if focus.prompt.take().is_some() || focus.overlay.take().is_some() {
        return;
    }
    if focus.zoomed {
        focus.zoomed = false;
        return;
    }
    if filter::clear(model) {
        return;
    }
    if model.focus.pane == Pane::Tree {
        model.notices.read(now);
    }
    model.focus.pane = Pane::Tree;
}
