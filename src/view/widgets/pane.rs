//! The frame around a pane, and text that scrolls in it.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::Line,
    widgets::{Block, Borders, Widget},
};

use super::{pencil::Pencil, wrap};
use crate::{theme::Role, view::scene::Scene};

/// Draws a border with a title and returns what is inside.
pub(in crate::view) fn frame(
    scene: Scene<'_>,
    area: Rect,
    buffer: &mut Buffer,
    title: &Line<'_>,
    focused: bool,
) -> Rect {
    let role = if focused { Role::BorderFocused } else { Role::Border };
    let block = Block::new()
        .borders(Borders::ALL)
        .border_set(scene.theme.glyphs.border())
        .border_style(scene.style(role));
    let inner = block.inner(area);
    block.render(area, buffer);
    if !title.spans.is_empty() {
        title_row(area, 0, buffer)
            .write(" ", scene.style(Role::Title))
            .line(title)
            .write(" ", scene.style(Role::Title));
    }
    inner
}

/// The border's bottom row, for a remark at its right end.
pub(in crate::view) fn remark(area: Rect, buffer: &mut Buffer, remark: &Line<'_>) {
    let width = remark.width() as u16 + 2;
    let row = area.height.saturating_sub(1);
    let mut pencil = title_row(area, row, buffer);
    let lead = pencil.room().saturating_sub(width);
    pencil.skip(lead).write(" ", remark.style).line(remark).write(" ", remark.style);
}

fn title_row(area: Rect, row: u16, buffer: &mut Buffer) -> Pencil<'_> {
    let inside = Rect { x: area.x + 1, width: area.width.saturating_sub(2), y: area.y + row, height: 1 };
    Pencil::on(buffer, inside.intersection(area))
}

/// Draws `lines` from the `scroll`th on and returns where it really began: never past the last page.
pub(in crate::view) fn scrolled(area: Rect, buffer: &mut Buffer, lines: &[Line<'_>], scroll: u32) -> usize {
    let start = clamp(lines.len(), area.height, scroll);
    for (row, line) in (0..area.height).zip(lines.iter().skip(start)) {
        Pencil::on(buffer, Rect { y: area.y + row, height: 1, ..area }).line(line);
    }
    start
}

/// The first line that is shown.
pub(in crate::view) fn clamp(lines: usize, rows: u16, scroll: u32) -> usize {
    (scroll as usize).min(lines.saturating_sub(usize::from(rows)))
}

/// `12–36 of 90`, where not all is visible.
pub(in crate::view) fn place(
    scene: Scene<'_>,
    start: usize,
    rows: u16,
    lines: usize,
) -> Option<Line<'static>> {
    let end = (start + usize::from(rows)).min(lines);
    (lines > usize::from(rows))
        .then(|| Line::from(scene.span(format!("{}–{end} of {lines}", start + 1), Role::Muted)))
}

/// A sentence in the middle of an area, and under it what can be done.
pub(in crate::view) fn sentence(scene: Scene<'_>, area: Rect, buffer: &mut Buffer, says: &str, then: &str) {
    let room = usize::from(area.width.saturating_sub(2));
    let broken = |text: &str, role| {
        let lines = wrap::spans(&Line::from(text.to_owned()), room, 0);
        lines.into_iter().map(move |line| (line.to_string().trim_end().to_owned(), role))
    };
    let lines: Vec<(String, Role)> = broken(says, Role::Text).chain(broken(then, Role::Muted)).collect();
    let top = area.height.saturating_sub(lines.len() as u16) / 3;
    for (row, (line, role)) in (top..area.height).zip(&lines) {
        Pencil::on(buffer, Rect { y: area.y + row, height: 1, ..area }).centre(line, scene.style(*role));
    }
}
