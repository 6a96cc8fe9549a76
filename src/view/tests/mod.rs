//! Screens of a hand-made world.

mod backups;
mod fixture;
mod gallery;
mod hostile;
mod journal;
mod operate;
mod rollouts;
mod screens;
mod styles;

use ratatui::{Terminal, backend::TestBackend, buffer::Buffer};

use super::draw;
use crate::{
    model::{Hits, Model},
    theme::Theme,
};

const SMALL: (u16, u16) = (80, 24);
const MEDIUM: (u16, u16) = (120, 40);
const LARGE: (u16, u16) = (200, 60);

fn screen(model: &Model, theme: &Theme, (width, height): (u16, u16)) -> (Buffer, Hits) {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    let mut hits = Hits::default();
    terminal.draw(|frame| hits = draw(model, theme, frame)).unwrap();
    (terminal.backend().buffer().clone(), hits)
}

/// The screen as text, one line a row.
fn text(model: &Model, theme: &Theme, size: (u16, u16)) -> String {
    let (buffer, _) = screen(model, theme, size);
    let rows = buffer.content.chunks(usize::from(buffer.area.width));
    let row = |cells: &[ratatui::buffer::Cell]| {
        let line: String = cells.iter().map(|cell| cell.symbol()).collect();
        line.trim_end().to_owned()
    };
    rows.map(row).collect::<Vec<_>>().join("\n")
}

/// Where `needle` stands on the screen.
fn find(buffer: &Buffer, needle: &str) -> Option<(u16, u16)> {
    (0..buffer.area.height).find_map(|y| {
        let line: Vec<&str> = (0..buffer.area.width).map(|x| buffer[(x, y)].symbol()).collect();
        let at = (0..line.len()).find(|start| line[*start..].concat().starts_with(needle))?;
        Some((at as u16, y))
    })
}
