//! The bottom line: the next keys, or the line that is being typed.

use ratatui::{buffer::Buffer, layout::Rect};

use super::{scene::Scene, widgets::pencil::Pencil};
use crate::{
    action::Action,
    model::{Access, Overlay, Pane, Prompt, PromptPurpose, Tab},
    text,
    theme::Role,
};

/// Draws the line; returns where the cursor is while something is typed.
pub(super) fn render(scene: Scene<'_>, area: Rect, buffer: &mut Buffer) -> Option<(u16, u16)> {
    let focus = &scene.model.focus;
    match (&focus.prompt, &focus.overlay) {
        (Some(prompt), _) => Some(typed(scene, Line::of(scene, prompt), area, buffer)),
        (None, Some(Overlay::Palette(palette))) => {
            let key = |action| scene.key(action).unwrap_or_default();
            let help = format!("{} does it   {} closes", key(Action::Open), key(Action::Back));
            let text = &palette.field.text;
            Some(typed(scene, Line { label: ":", text, tail: (help, Role::HintText) }, area, buffer))
        }
        (None, _) => {
            hints(scene, area, buffer);
            None
        }
    }
}

/// Hints that fit, each key with what it does; help is always there, and at the right end whether anything can be
/// changed.
fn hints(scene: Scene<'_>, area: Rect, buffer: &mut Buffer) {
    let access = scene.model.access.word();
    let end = text::width(access) as u16 + 1;
    let (area, right) = (
        Rect { width: area.width.saturating_sub(end), ..area },
        Rect { x: area.right().saturating_sub(end), width: end.min(area.width), ..area },
    );
    Pencil::on(buffer, right).write(access, scene.style(access_role(scene.model.access)));
    let shown = |action: &Action| Some((scene.key(*action)?, action.title()));
    let width = |(key, title): &(String, &str)| text::width(key) + 1 + text::width(title) + 2;
    let help = shown(&Action::Help);
    let mut room = usize::from(area.width).saturating_sub(1 + help.as_ref().map_or(0, width));
    let mut pencil = Pencil::on(buffer, area);
    pencil.skip(1);
    if let Some(marked) = marked(scene) {
        room = room.saturating_sub(text::width(&marked) + 2);
        pencil.write(&marked, scene.style(Role::Marked)).skip(2);
    }
    for hint in actions(scene).iter().filter_map(shown) {
        let needed = width(&hint);
        if needed > room {
            break;
        }
        room -= needed;
        write(scene, &mut pencil, &hint);
    }
    if let Some(help) = help {
        write(scene, &mut pencil, &help);
    }
}

/// How many rows an action is for, where that is more than the one under the eyes.
fn marked(scene: Scene<'_>) -> Option<String> {
    let count = scene.model.tree.marked.len();
    (count > 0 && scene.model.focus.overlay.is_none()).then(|| format!("{count} marked"))
}

const fn access_role(access: Access) -> Role {
    match access {
        Access::ReadWrite => Role::Muted,
        Access::ReadOnly => Role::Warning,
    }
}

fn write(scene: Scene<'_>, pencil: &mut Pencil<'_>, (key, title): &(String, &str)) {
    pencil.write(key, scene.style(Role::HintKey)).skip(1);
    pencil.write(title, scene.style(Role::HintText)).skip(2);
}

/// What is worth a hint where the keys are now, the most useful first.
fn actions(scene: Scene<'_>) -> &'static [Action] {
    let focus = &scene.model.focus;
    if let Some(overlay) = &focus.overlay {
        return over(overlay);
    }
    match (focus.pane, scene.model.detail.tab) {
        (Pane::Findings, _) => &[
            Action::Open,
            Action::NextPane,
            Action::FaultsOnly,
            Action::Logs,
            Action::Health,
            Action::Events,
            Action::Quit,
        ],
        (Pane::Tree, _) if !scene.model.tree.marked.is_empty() => &[
            Action::Restart,
            Action::Stop,
            Action::Start,
            Action::Pause,
            Action::Kill,
            Action::Remove,
            Action::Mark,
            Action::MarkAll,
            Action::Back,
        ],
        (Pane::Tree, _) => &[
            Action::Open,
            Action::Logs,
            Action::Restart,
            Action::Scale,
            Action::Update,
            Action::Filter,
            Action::Palette,
            Action::Health,
            Action::Events,
            Action::Shell,
            Action::Inspect,
            Action::FaultsOnly,
            Action::Mark,
            Action::SortNext,
            Action::NextPane,
            Action::OpenAll,
            Action::Nodes,
            Action::Zoom,
            Action::Quit,
        ],
        (Pane::Detail, Tab::Logs) => &[
            Action::Filter,
            Action::Wrap,
            Action::Timestamps,
            Action::Bottom,
            Action::ClearLogs,
            Action::NextTab,
            Action::Zoom,
            Action::Back,
            Action::Quit,
        ],
        (Pane::Detail, Tab::Backups) => &[
            Action::BackUp,
            Action::Verify,
            Action::Restore,
            Action::Drill,
            Action::Zoom,
            Action::NextTab,
            Action::Back,
            Action::NextPane,
            Action::Quit,
        ],
        (Pane::Jobs, _) => {
            &[Action::Open, Action::PauseJob, Action::StopJob, Action::Back, Action::NextPane, Action::Quit]
        }
        (Pane::Detail, _) => &[
            Action::NextTab,
            Action::Logs,
            Action::Restart,
            Action::Scale,
            Action::Update,
            Action::Health,
            Action::Events,
            Action::Shell,
            Action::Inspect,
            Action::Zoom,
            Action::Back,
            Action::NextPane,
            Action::Quit,
        ],
    }
}

const fn over(overlay: &Overlay) -> &'static [Action] {
    match overlay {
        Overlay::Help { .. } => {
            &[Action::Back, Action::PageDown, Action::PageUp, Action::Top, Action::Bottom]
        }
        Overlay::Plan(_) => &[Action::Confirm, Action::Back, Action::PageDown, Action::PageUp],
        Overlay::Ask(_) | Overlay::Palette(_) => &[Action::Back],
        Overlay::Leave(_) => &[Action::Quit, Action::Back],
    }
}

/// A line that is being typed.
struct Line<'a> {
    /// What it is for.
    label: &'static str,
    /// What was typed.
    text: &'a str,
    /// What is said of it at its right end.
    tail: (String, Role),
}

impl<'a> Line<'a> {
    fn of(scene: Scene<'_>, prompt: &'a Prompt) -> Self {
        let label = match prompt.purpose {
            PromptPurpose::FilterTree => "filter stacks /",
            PromptPurpose::FilterLogs => "filter log lines /",
        };
        let tail = match &prompt.error {
            Some(error) => (format!("✖ {error}"), Role::PromptError),
            None => (help(scene), Role::HintText),
        };
        Self { label, text: &prompt.text, tail }
    }
}

/// Draws the line; its end stays in sight.
fn typed(scene: Scene<'_>, line: Line<'_>, area: Rect, buffer: &mut Buffer) -> (u16, u16) {
    let Line { label, text: words, tail } = line;
    let half = usize::from(area.width) / 2;
    let tail_width = (text::width(&tail.0) as u64).min(half as u64) as u16 + 2;
    let [row, end] = [
        Rect { width: area.width.saturating_sub(tail_width), ..area },
        Rect { x: area.right().saturating_sub(tail_width), width: tail_width, ..area },
    ];
    Pencil::on(buffer, end).skip(1).write(&tail.0, scene.style(tail.1));
    let room = usize::from(row.width).saturating_sub(text::width(label) + 2);
    let shown = text::fit_end(words, room);
    Pencil::on(buffer, row)
        .skip(1)
        .write(label, scene.style(Role::HintKey))
        .write(&shown, scene.style(Role::Prompt));
    let x = area.x + 1 + (text::width(label) + text::width(&shown)) as u16;
    (x.min(area.right().saturating_sub(1)), area.y)
}

fn help(scene: Scene<'_>) -> String {
    let key = |action| scene.key(action).unwrap_or_default();
    format!("! in front inverts   {} keeps it   {} drops it", key(Action::Open), key(Action::Back))
}
