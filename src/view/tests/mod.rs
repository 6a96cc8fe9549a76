//! Screens of a hand-made world.

mod fixture;
mod gallery;

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
