//! A window in the middle of the screen.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::Line,
    widgets::{Clear, Widget},
};

use crate::{
    model::Field,
    text,
    theme::Role,
    view::{
        scene::Scene,
        widgets::{pane, pencil::Pencil},
    },
};

/// A window: its border and what is inside of it.
#[derive(Clone, Copy)]
pub(super) struct Window {
    pub(super) outer: Rect,
    pub(super) inner: Rect,
}

/// The columns for text in a window of at most `widest` columns over `area`.
pub(super) fn room(area: Rect, widest: u16) -> usize {
    usize::from(width(area, widest).saturating_sub(4))
}

fn width(area: Rect, widest: u16) -> u16 {
    area.width.saturating_sub(4).min(widest)
}

/// Opens a window for so many lines, as far as there is room.
pub(super) fn open(
    scene: Scene<'_>,
    area: Rect,
    buffer: &mut Buffer,
    title: &str,
    (widest, lines): (u16, usize),
) -> Window {
    let width = width(area, widest);
    let height = area.height.min((lines as u64).min(u64::from(u16::MAX) - 2) as u16 + 2);
    let outer =
        Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height };
    Clear.render(outer, buffer);
    buffer.set_style(outer, scene.style(Role::Screen));
    let title = Line::from(scene.span(text::fit(title, room(area, widest)), Role::Title));
    let inner = pane::frame(scene, outer, buffer, &title, true);
    let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    Window { outer, inner }
}

/// Draws a label and the text that is typed behind it; its end stays in sight. Returns where the cursor is.
pub(super) fn field(
    scene: Scene<'_>,
    row: Rect,
    buffer: &mut Buffer,
    label: &str,
    field: &Field,
) -> (u16, u16) {
    let room = usize::from(row.width).saturating_sub(text::width(label) + 2);
    let shown = text::fit_end(&field.text, room);
    Pencil::on(buffer, row)
        .write(label, scene.style(Role::HintKey))
        .skip(1)
        .write(&shown, scene.style(Role::Prompt));
    let x = row.x + (text::width(label) + 1 + text::width(&shown)) as u16;
    (x.min(row.right().saturating_sub(1)), row.y)
}
