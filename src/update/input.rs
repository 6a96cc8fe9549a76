//! What the person does: keys become actions where they mean something, text where it is typed.

use super::{
    Effect, Effects, Request, backups, filter, jobs, mark,
    navigate::{self, Move, Turn},
    notify,
    operate::{self, Deed},
    palette, plan,
    rows::{self, Order},
    shell, unfinished,
};
use crate::{
    action::{Action, Input, Key, Resolved},
    model::{Model, NoticeLevel, Offer, Overlay, Pane, Reading, Shown, Tab, Wish},
};

pub(super) fn apply(model: &mut Model, input: Input) -> Effects {
    match input {
        Input::Key(key) => pressed(model, key),
        Input::Paste(text) => {
            filter::paste(model, &text);
            plan::paste(model, &text);
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
            plan::typed(model, key);
            Effects::new()
        }
    }
}

fn perform(model: &mut Model, action: Action) -> Effects {
    model.dirty = true;
    if let Some(why) = operate::refusal(model, action) {
        notify(model, NoticeLevel::Note, why);
        return Effects::new();
    }
    match action {
        Action::Quit => return jobs::quit(model),
        Action::Suspend => return vec![Effect::Suspend],
        Action::Redraw => return vec![Effect::Redraw],
        Action::Retry => {
            model.journal.reading = Reading::Wanted;
            model.shelf.reading = Reading::Wanted;
            return vec![Effect::Retry];
        }
        Action::Help => model.focus.overlay = Some(Overlay::Help { scroll: 0 }),
        Action::Palette => palette::begin(model),
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
        Action::Open if model.focus.overlay.is_some() => return accept(model),
        Action::Open => navigate::open(model),
        Action::Close => navigate::close(model),
        Action::OpenAll => navigate::open_all(model),
        Action::Mark => mark::toggle(model),
        Action::MarkAll => mark::toggle_all(model),
        Action::SortNext => navigate::sort_by_next(model, Turn::Forward),
        Action::SortPrevious => navigate::sort_by_next(model, Turn::Back),
        Action::SortReverse => navigate::sort_reverse(model),
        Action::FaultsOnly => {
            model.tree.faults_only = !model.tree.faults_only;
            rows::rebuild(model, Order::Fresh);
        }
        Action::Restart => return operate::each(model, Deed::Restart),
        Action::Start => return operate::each(model, Deed::Start),
        Action::Stop => return operate::each(model, Deed::Stop),
        Action::Pause => return operate::each(model, Deed::Pause),
        Action::Kill => return operate::each(model, Deed::Kill),
        Action::Remove => return operate::each(model, Deed::Remove),
        Action::Scale => return operate::ask(model, Wish::Scale),
        Action::Update => return operate::ask(model, Wish::Update),
        Action::Shell => return shell::open(model),
        Action::Prune => return operate::prune(model),
        Action::BackUp => return backups::back_up(model),
        Action::Verify => return backups::verify(model),
        Action::Restore => return backups::restore(model),
        Action::Drill => return backups::drill(model),
        Action::Confirm => return plan::confirm(model),
        Action::Resume => return unfinished::go_on(model, Request::Resume),
        Action::RollBack => return unfinished::go_on(model, Request::RollBack),
        Action::PauseJob => return jobs::pause(model),
        Action::StopJob => return jobs::stop(model),
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
        Action::Journal => show(model, Tab::Journal),
        Action::Backups => show(model, Tab::Backups),
        Action::Wrap => model.logs.wrap = !model.logs.wrap,
        Action::Timestamps => model.logs.timestamps = !model.logs.timestamps,
        Action::ClearLogs => model.logs.clear(),
    }
    Effects::new()
}

/// Enter in an overlay that is told something.
fn accept(model: &mut Model) -> Effects {
    match &model.focus.overlay {
        Some(Overlay::Ask(_)) => operate::answer(model),
        Some(Overlay::Plan(_)) => plan::named(model),
        Some(Overlay::Palette(_)) => match palette::chosen(model) {
            Some(Offer { action, argument: Some(argument) }) => operate::told(model, action, argument),
            Some(Offer { action, argument: None }) => perform(model, action),
            None => Effects::new(),
        },
        Some(Overlay::Help { .. } | Overlay::Leave(_)) | None => Effects::new(),
    }
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
    if mark::clear(model) {
        return;
    }
    if model.focus.zoomed {
        model.focus.zoomed = false;
        return;
    }
    if filter::clear(model) {
        return;
    }
    if matches!(model.focus.pane, Pane::Tree | Pane::Jobs) {
        model.notices.read(now);
        model.jobs.read();
    }
    model.focus.pane = Pane::Tree;
}
