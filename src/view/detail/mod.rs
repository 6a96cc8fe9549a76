//! The pane that shows the selection, one tab at a time.

mod backups;
mod events;
mod facts;
mod health;
mod inspect;
mod journal;
mod logs;
mod nodes;
mod overview;

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use super::{
    scene::Scene,
    selection::Selection,
    widgets::{pane, pencil::Pencil},
};
use crate::{
    action::{Action, Context},
    model::{Pane, Tab},
    text,
    theme::Role,
};

/// Rows of text that are visible in a pane of this size: all but the border and the tabs.
pub(super) const fn rows_in(area: Rect) -> u16 {
    area.height.saturating_sub(3)
}

/// What a tab shows.
enum Content {
    /// Lines that scroll.
    Lines(Vec<Line<'static>>),
    /// Lines of which one is selected: it is always in sight.
    Rows(Vec<Line<'static>>, Option<usize>),
    /// A sentence why there is nothing, and what can be done.
    Sentence(String, String),
}

/// Draws the pane; returns the rows of text that are visible, and how many lines there are in all.
pub(super) fn render(scene: Scene<'_>, area: Rect, buffer: &mut Buffer) -> (u16, u32) {
    let selection = Selection::of(scene.model);
    let inner = pane::frame(scene, area, buffer, &title(scene, selection), scene.has_focus(Pane::Detail));
    let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(1), ..inner };
    Pencil::on(buffer, Rect { height: inner.height.min(1), ..inner }).line(&tabs(scene, inner.width));
    let text = Rect { y: inner.y + 1, height: inner.height.saturating_sub(1), ..inner }.intersection(inner);
    let content = match scene.model.detail.tab {
        Tab::Logs => return logs::render(scene, area, text, buffer),
        Tab::Inspect => return inspect::render(scene, area, text, buffer),
        Tab::Overview => overview::content(scene, selection, text),
        Tab::Health => health::content(scene, selection, text.width),
        Tab::Events => events::content(scene, selection, text.width),
        Tab::Journal => journal::content(scene, selection, text.width),
        Tab::Nodes => nodes::content(scene, text.width),
        Tab::Backups => backups::content(scene, selection, text.width),
    };
    show(scene, area, text, buffer, &content)
}

fn show(scene: Scene<'_>, area: Rect, text: Rect, buffer: &mut Buffer, content: &Content) -> (u16, u32) {
    match content {
        Content::Sentence(says, then) => {
            pane::sentence(scene, text, buffer, says, then);
            (text.height, 0)
        }
        Content::Rows(lines, selected) => {
            let rows = usize::from(text.height);
            let first = selected.map_or(0, |selected| (selected + 2).saturating_sub(rows));
            let start = pane::scrolled(text, buffer, lines, first as u32);
            if let Some(selected) = selected.as_ref().filter(|_| scene.has_focus(Pane::Detail)) {
                let y = text.y + (selected - start.min(*selected)) as u16;
                let row = Rect { y, height: 1, ..text }.intersection(text);
                buffer.set_style(row, scene.style(Role::Selected));
            }
            if let Some(place) = pane::place(scene, start, text.height, lines.len()) {
                pane::remark(area, buffer, &place);
            }
            (text.height, lines.len() as u32)
        }
        Content::Lines(lines) => {
            let start = pane::scrolled(text, buffer, lines, scene.model.detail.scroll);
            if let Some(place) = pane::place(scene, start, text.height, lines.len()) {
                pane::remark(area, buffer, &place);
            }
            (text.height, lines.len() as u32)
        }
    }
}

fn title(scene: Scene<'_>, selection: Selection<'_>) -> Line<'static> {
    let mut spans = vec![scene.span(selection.title(), Role::Title)];
    if let Some(status) = selection.status() {
        spans.extend([Span::raw("  "), scene.status(status, status.word())]);
    }
    Line::from(spans)
}

/// The tabs with their keys; without keys where those do not fit, and only the open one's neighbours where not all do.
fn tabs(scene: Scene<'_>, width: u16) -> Line<'static> {
    let all = [("   ", true), ("  ", true), (" ", true), ("  ", false), (" ", false)];
    all.into_iter()
        .map(|(gap, keys)| row(scene, &Tab::ALL, gap, keys))
        .find(|line| line.width() <= usize::from(width))
        .unwrap_or_else(|| neighbours(scene, usize::from(width)))
}

/// As many tabs as fit; dots stand for the others.
fn neighbours(scene: Scene<'_>, width: usize) -> Line<'static> {
    let mut shown = &Tab::ALL[..];
    let open =
        |shown: &[Tab]| shown.iter().position(|tab| *tab == scene.model.detail.tab).unwrap_or_default();
    loop {
        let line = strip(scene, shown);
        let (left, right) = (open(shown), shown.len().saturating_sub(open(shown) + 1));
        match shown {
            [_, rest @ ..] if line.width() > width && left > right => shown = rest,
            [rest @ .., _] if line.width() > width && right > 0 => shown = rest,
            _ => return line,
        }
    }
}

fn strip(scene: Scene<'_>, shown: &[Tab]) -> Line<'static> {
    let mut line = row(scene, shown, " ", false);
    if shown.first() != Tab::ALL.first() {
        line.spans.insert(0, scene.span("… ", Role::Muted));
    }
    if shown.last() != Tab::ALL.last() {
        line.spans.push(scene.span(" …", Role::Muted));
    }
    line
}

fn row(scene: Scene<'_>, tabs: &[Tab], gap: &'static str, keys: bool) -> Line<'static> {
    let mut spans = Vec::with_capacity(tabs.len() * 3);
    for tab in tabs.iter().copied() {
        if !spans.is_empty() {
            spans.push(Span::raw(gap));
        }
        if let Some(key) = key(scene, tab).filter(|_| keys) {
            spans.push(scene.span(format!("{key} "), Role::HintKey));
        }
        let role = if tab == scene.model.detail.tab { Role::TabOpen } else { Role::Tab };
        spans.push(scene.span(tab.title(), role));
    }
    Line::from(spans)
}

/// The tab's key: a digit if it has one.
fn key(scene: Scene<'_>, tab: Tab) -> Option<String> {
    let action = match tab {
        Tab::Overview => Action::Overview,
        Tab::Logs => Action::Logs,
        Tab::Health => Action::Health,
        Tab::Events => Action::Events,
        Tab::Inspect => Action::Inspect,
        Tab::Nodes => Action::Nodes,
        Tab::Journal => Action::Journal,
        Tab::Backups => Action::Backups,
    };
    let keys = || scene.model.keymap.keys(Context::Global, action).map(|key| key.to_string());
    let is_digit = |key: &String| key.chars().all(|c| c.is_ascii_digit());
    keys().find(is_digit).or_else(|| keys().min_by_key(|key| text::width(key)))
}
