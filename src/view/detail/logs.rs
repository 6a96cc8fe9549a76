//! The logs of the selection, merged over its replicas; only visible lines are formatted.

mod line;

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use super::{Content, show};
use crate::{
    action::{Action, Context},
    text,
    theme::Role,
    view::{
        scene::Scene,
        widgets::{pane, pencil::Pencil, wrap},
    },
};
use line::Painter;

/// Draws the tab; returns the visible rows. Logs count their lines themselves.
pub(super) fn render(scene: Scene<'_>, area: Rect, text: Rect, buffer: &mut Buffer) -> (u16, u32) {
    let logs = &scene.model.logs;
    let (kept, shown) = logs.counts();
    if shown == 0 {
        show(scene, area, text, buffer, &nothing(scene, kept));
    } else {
        let lines = visible(scene, text);
        let blank = usize::from(text.height).saturating_sub(lines.len()) as u16;
        let top = if logs.scroll == 0 && kept == shown { 0 } else { blank };
        for (y, line) in (text.y + top..text.bottom()).zip(&lines) {
            Pencil::on(buffer, Rect { y, height: 1, ..text }).line(line);
        }
    }
    pane::remark(area, buffer, &remark(scene, kept, shown));
    (text.height, 0)
}

/// The lines that fill the area from the bottom up, oldest first.
fn visible(scene: Scene<'_>, area: Rect) -> Vec<Line<'static>> {
    let logs = &scene.model.logs;
    let (width, rows) = (usize::from(area.width), usize::from(area.height));
    let painter = Painter::new(scene, width);
    let (_, shown) = if logs.filter.is_none() { logs.counts() } else { (0, usize::MAX) };
    let newest = logs.newest_first().skip(logs.scroll.min(shown.saturating_sub(1)));
    let mut lines: Vec<Line<'static>> = Vec::with_capacity(rows);
    for entry in newest {
        let line = painter.line(entry);
        if logs.wrap {
            lines.extend(wrap::spans(&line, width, painter.indent()).into_iter().rev());
        } else {
            lines.push(line);
        }
        if lines.len() >= rows {
            break;
        }
    }
    lines.truncate(rows);
    lines.reverse();
    lines
}

fn nothing(scene: Scene<'_>, kept: usize) -> Content {
    let logs = &scene.model.logs;
    let key = |action| scene.key_in(&[Context::Logs, Context::Global], action).unwrap_or_default();
    if let Some(filter) = logs.filter.as_ref().filter(|_| kept > 0) {
        let says = format!("none of {} lines matches /{}", grouped(kept as u64), filter.text);
        return Content::Sentence(says, format!("{} shows all lines again", key(Action::Back)));
    }
    let (says, then) = match (logs.row.is_some(), logs.sources.is_empty()) {
        (false, _) => ("no logs are read", "select a stack, a service or a replica"),
        (true, true) => ("no container of it is on this engine", "its logs are on the node that runs it"),
        (true, false) => ("no line yet", "what is written from now on appears here"),
    };
    Content::Sentence(says.to_owned(), then.to_owned())
}

/// Whether it follows, how many lines there are, what is left out.
fn remark(scene: Scene<'_>, kept: usize, shown: usize) -> Line<'static> {
    let logs = &scene.model.logs;
    let mut spans = Vec::new();
    if logs.scroll == 0 {
        spans.push(scene.span("following", Role::LinkLive));
    } else {
        let key = scene.key_in(&[Context::Logs, Context::Detail], Action::Bottom).unwrap_or_default();
        spans.push(
            scene.span(format!("▼ {} below, {key} follows", grouped(logs.scroll as u64)), Role::Warning),
        );
    }
    match &logs.filter {
        Some(filter) => {
            let count = format!("   {} of {} lines", grouped(shown as u64), grouped(kept as u64));
            spans.push(scene.span(format!("   /{}", text::fit(&filter.text, 24)), Role::Sorted));
            spans.push(scene.span(count, Role::Muted));
        }
        None => spans.push(scene.span(format!("   {} lines", grouped(kept as u64)), Role::Muted)),
    }
    if logs.forgotten > 0 {
        spans.push(scene.span(format!("   {} older forgotten", grouped(logs.forgotten)), Role::Muted));
    }
    spans.push(Span::styled(if logs.wrap { "   wrapped" } else { "" }, scene.style(Role::Muted)));
    Line::from(spans)
}

/// `8,431`
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
