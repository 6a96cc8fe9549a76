//! All keys: the table of actions, by part of the screen, with the keys that the keymap gives them.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::Line,
    widgets::{Clear, Widget},
};

use crate::{
    action::{Action, Context},
    text,
    theme::Role,
    view::{
        scene::Scene,
        widgets::{pane, wrap},
    },
};

/// Wide enough for the longest sentence on most screens.
const WIDEST: u16 = 104;

/// Cells for the keys.
const KEYS: usize = 20;

/// Draws help over `area`; returns the lines it has, and how many are visible.
pub(in crate::view) fn render(scene: Scene<'_>, area: Rect, buffer: &mut Buffer, scroll: u32) -> (u32, u16) {
    let width = area.width.saturating_sub(4).min(WIDEST);
    let lines = lines(scene, usize::from(width.saturating_sub(4)));
    let height = area.height.min((lines.len() as u64).min(u64::from(u16::MAX) - 2) as u16 + 2);
    let window =
        Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height };
    Clear.render(window, buffer);
    buffer.set_style(window, scene.style(Role::Screen));
    let title = Line::from(scene.span("Keys", Role::Title));
    let inner = pane::frame(scene, window, buffer, &title, true);
    let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    let start = pane::scrolled(inner, buffer, &lines, scroll);
    let place = pane::place(scene, start, inner.height, lines.len());
    let close = scene.key(Action::Back).unwrap_or_default();
    let mut remark = vec![scene.span(format!("{close} closes"), Role::HintText)];
    if let Some(place) = place {
        remark.insert(0, scene.span("   ", Role::Border));
        remark.splice(0..0, place.spans);
    }
    pane::remark(window, buffer, &Line::from(remark));
    (lines.len() as u32, inner.height)
}

fn lines(scene: Scene<'_>, width: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    for context in Context::ALL {
        let offered = Action::ALL.iter().filter(|action| scene.model.offers(**action));
        let actions = offered.filter_map(|action| Some((action, keys(scene, context, *action)?)));
        let mut section = actions.flat_map(|(action, keys)| entry(scene, *action, &keys, width)).peekable();
        if section.peek().is_none() {
            continue;
        }
        if !lines.is_empty() {
            lines.push(Line::default());
        }
        lines.push(Line::from(scene.span(context.title(), Role::Title)));
        lines.extend(section);
    }
    lines
}

/// All keys that do `action` in `context`; `None` if none does.
fn keys(scene: Scene<'_>, context: Context, action: Action) -> Option<String> {
    let keys: Vec<String> = scene.model.keymap.keys(context, action).map(|key| key.to_string()).collect();
    (!keys.is_empty()).then(|| keys.join("  "))
}

fn entry(scene: Scene<'_>, action: Action, keys: &str, width: usize) -> Vec<Line<'static>> {
    let column = KEYS.min(width / 3);
    let keys = text::fit(keys, column);
    let blank = " ".repeat((column + 2).saturating_sub(text::width(&keys)));
    let line = Line::from(vec![
        scene.span(format!("  {keys}"), Role::HintKey),
        scene.span(blank, Role::Text),
        scene.span(action.doc(), Role::Text),
    ]);
    wrap::spans(&line, width, column + 4)
}
