//! Labelled facts, one below the other; long ones go on under themselves.

use ratatui::text::{Line, Span};

use crate::{
    text,
    theme::Role,
    view::{scene::Scene, widgets::wrap},
};

/// Cells for the labels.
const LABEL: usize = 10;

/// A list that grows.
pub(super) struct Facts<'a> {
    scene: Scene<'a>,
    width: usize,
    lines: Vec<Line<'static>>,
}

impl<'a> Facts<'a> {
    pub(super) const fn new(scene: Scene<'a>, width: u16) -> Self {
        Self { scene, width: width as usize, lines: Vec::new() }
    }

    /// Adds a fact; nothing is said of what is empty.
    pub(super) fn text(&mut self, label: &str, value: &str) {
        if !value.is_empty() {
            let value = self.scene.span(value.to_owned(), Role::Text);
            self.spans(label, vec![value]);
        }
    }

    /// Adds a fact of several pieces.
    pub(super) fn spans(&mut self, label: &str, value: Vec<Span<'static>>) {
        let blank = LABEL.saturating_sub(text::width(label));
        let label = self.scene.span(format!("{label}{}", " ".repeat(blank)), Role::Muted);
        let line = Line::from([vec![label], value].concat());
        self.lines.extend(wrap::spans(&line, self.width, LABEL));
    }

    /// Adds several values under one label, a line each.
    pub(super) fn list(&mut self, label: &str, values: impl IntoIterator<Item = Vec<Span<'static>>>) {
        for (place, value) in values.into_iter().enumerate() {
            self.spans(if place == 0 { label } else { "" }, value);
        }
    }

    pub(super) fn lines(self) -> Vec<Line<'static>> {
        self.lines
    }
}
