//! Writes one row of cells from left to right, and never beyond it.

use ratatui::{buffer::Buffer, layout::Rect, style::Style, text::Line};

use crate::text;

const ELLIPSIS: &str = "…";

/// A place on a row.
pub(in crate::view) struct Pencil<'a> {
    buffer: &'a mut Buffer,
    x: u16,
    y: u16,
    end: u16,
}

impl<'a> Pencil<'a> {
    /// At the start of an area's first row; whatever of it lies outside the buffer cannot be written.
    pub(in crate::view) fn on(buffer: &'a mut Buffer, row: Rect) -> Self {
        let row = row.intersection(buffer.area);
        let end = if row.height == 0 { row.x } else { row.right() };
        Self { x: row.x, y: row.y, end, buffer }
    }

    /// Cells that are left.
    pub(in crate::view) const fn room(&self) -> u16 {
        self.end.saturating_sub(self.x)
    }

    /// Leaves cells as they are.
    pub(in crate::view) fn skip(&mut self, cells: u16) -> &mut Self {
        self.x += cells.min(self.room());
        self
    }

    /// Writes text; what does not fit is cut, and marked as cut.
    pub(in crate::view) fn write(&mut self, text: &str, style: Style) -> &mut Self {
        let room = self.room();
        if room == 0 {
            return self;
        }
        if fits(text, room) {
            (self.x, _) = self.buffer.set_stringn(self.x, self.y, text, usize::from(room), style);
        } else {
            let (x, y) = self.buffer.set_stringn(self.x, self.y, text, usize::from(room - 1), style);
            self.buffer.set_stringn(x, y, ELLIPSIS, 1, style);
            self.x = self.end;
        }
        self
    }

    /// Writes text into exactly so many cells, from their left.
    pub(in crate::view) fn left(&mut self, text: &str, cells: u16, style: Style) -> &mut Self {
        let stop = self.x + cells.min(self.room());
        let end = std::mem::replace(&mut self.end, stop);
        self.write(text, style);
        (self.x, self.end) = (stop, end);
        self
    }

    /// Writes text into exactly so many cells, to their right.
    pub(in crate::view) fn right(&mut self, text: &str, cells: u16, style: Style) -> &mut Self {
        let cells = cells.min(self.room());
        let lead = usize::from(cells).saturating_sub(text::width(text)) as u16;
        self.skip(lead).left(text, cells - lead, style)
    }

    /// Writes text in the middle of what is left.
    pub(in crate::view) fn centre(&mut self, text: &str, style: Style) -> &mut Self {
        let lead = usize::from(self.room()).saturating_sub(text::width(text)) / 2;
        self.skip(lead as u16).write(text, style)
    }

    /// Writes a line of styled text.
    pub(in crate::view) fn line(&mut self, line: &Line<'_>) -> &mut Self {
        for span in &line.spans {
            self.write(&span.content, line.style.patch(span.style));
        }
        self
    }
}

/// Whether `text` fits into `room` cells; long text is not measured to its end.
fn fits(text: &str, room: u16) -> bool {
    const LONGEST_GRAPHEME: usize = 64;
    let room = usize::from(room);
    text.len() <= room || (text.len() <= room * LONGEST_GRAPHEME && text::width(text) <= room)
}
