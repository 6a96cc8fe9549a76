//! The screen: one function from the state to the terminal's cells.
//!
//! [`draw`] reads the [`Model`] and writes a frame. It reads no clock, takes no lock and does no I/O. What only
//! drawing knows, the sizes of areas and texts, it returns as [`Hits`]. Each pane has a file here; `widgets` holds
//! what several share. Panes that can be long format only the rows that are visible.

mod detail;
mod diagnostics;
mod findings;
mod header;
mod hints;
mod jobs;
mod layout;
mod notices;
mod overlay;
mod scene;
mod selection;
mod svg;
mod tree;
mod widgets;

pub use svg::svg;

use ratatui::{Frame, buffer::Buffer, layout::Rect, widgets::Widget};

use crate::{
    model::{Hits, Model, Overlay},
    theme::{Glyphs, Role, Theme},
};
use layout::Areas;
use scene::Scene;
use widgets::pencil::Pencil;

/// Draws the whole screen, and tells the sizes of what it drew.
pub fn draw(model: &Model, theme: &Theme, frame: &mut Frame<'_>) -> Hits {
    let area = frame.area();
    let scene = Scene { model, theme };
    let buffer = frame.buffer_mut();
    buffer.set_style(area, scene.style(Role::Screen));
    let mut hits = Hits { screen: (area.width, area.height), ..Hits::default() };
    if layout::is_too_small(area) {
        too_small(scene, area, buffer);
    } else {
        let cursor = screen(scene, area, buffer, &mut hits);
        if let Some(cursor) = cursor {
            frame.set_cursor_position(cursor);
        }
    }
    if theme.glyphs == Glyphs::Ascii {
        widgets::ascii::fold(frame.buffer_mut());
    }
    hits
}

fn screen(scene: Scene<'_>, area: Rect, buffer: &mut Buffer, hits: &mut Hits) -> Option<(u16, u16)> {
    let areas = Areas::of(scene.model, area);
    panes(scene, &areas, buffer, hits);
    if scene.is_stale() {
        buffer.set_style(areas.known, scene.style(Role::Stale));
    }
    (&header::Header { scene }).render(areas.header, buffer);
    if let Some(area) = areas.diagnostics {
        diagnostics::render(scene, area, buffer);
    }
    let cursor = over(scene, areas.overlay, buffer, hits);
    notices::render(scene, areas.notice, buffer);
    hints::render(scene, areas.hints, buffer).or(cursor)
}

/// What lies over the panes; where the cursor is, if something is typed there.
fn over(scene: Scene<'_>, area: Rect, buffer: &mut Buffer, hits: &mut Hits) -> Option<(u16, u16)> {
    match scene.model.focus.overlay.as_ref()? {
        Overlay::Help { scroll } => hits.overlay = overlay::help::render(scene, area, buffer, *scroll),
        Overlay::Ask(ask) => return Some(overlay::ask::render(scene, area, buffer, ask)),
        Overlay::Plan(planning) => {
            let cursor;
            (hits.overlay, cursor) = overlay::plan::render(scene, area, buffer, planning);
            return cursor;
        }
        Overlay::Palette(palette) => overlay::palette::render(scene, area, buffer, palette),
        Overlay::Leave(leaving) => overlay::leave::render(scene, area, buffer, *leaving),
    }
    None
}

fn panes(scene: Scene<'_>, areas: &Areas, buffer: &mut Buffer, hits: &mut Hits) {
    if let Some(area) = areas.findings {
        (&findings::Findings { scene }).render(area, buffer);
    }
    if let Some(area) = areas.jobs {
        jobs::render(scene, area, buffer);
    }
    hits.tree_rows = tree::rows_in(areas.tree.unwrap_or(areas.body));
    if let Some(area) = areas.tree {
        (&tree::TreePane { scene }).render(area, buffer);
    }
    (hits.detail_rows, hits.detail_lines) = match areas.detail {
        Some(area) => detail::render(scene, area, buffer),
        None => (detail::rows_in(areas.body), 0),
    };
}

fn too_small(scene: Scene<'_>, area: Rect, buffer: &mut Buffer) {
    let (columns, rows) = layout::SMALLEST;
    let text = format!(
        "stacktop needs {columns} columns and {rows} rows; here are {} and {}",
        area.width, area.height
    );
    let lines = crate::text::wrap(&text, usize::from(area.width));
    let top = area.height.saturating_sub(lines.len() as u16) / 2;
    for (row, line) in lines.iter().enumerate() {
        let row = Rect { y: area.y + top + row as u16, height: 1, ..area }.intersection(area);
        Pencil::on(buffer, row).centre(line, scene.style(Role::Text));
    }
}

#[cfg(test)]
mod tests;
