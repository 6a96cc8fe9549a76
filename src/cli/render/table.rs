//! Aligned columns. Lines are cut to a terminal's width, never for a file or a pipe.

use super::{Paint, mark, paint};
use crate::cli::surface::Surface;
use crate::domain::Status;
use crate::text;

/// Cells between two columns.
const GAP: usize = 2;

/// What an elastic column keeps when there is no room.
const LEAST: usize = 8;

/// A column: its heading, its side, and whether it gives way.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    heading: &'static str,
    side: Side,
    give: Give,
    presence: Presence,
}

/// Whether a column is there without anything to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Presence {
    Always,
    Filled,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

/// What a column loses where the terminal is narrow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Give {
    Nothing,
    End,
    Start,
}

impl Column {
    /// Words, aligned left.
    #[must_use]
    pub const fn words(heading: &'static str) -> Self {
        Self { heading, side: Side::Left, give: Give::Nothing, presence: Presence::Always }
    }

    /// Numbers, aligned right.
    #[must_use]
    pub const fn numbers(heading: &'static str) -> Self {
        Self { heading, side: Side::Right, give: Give::Nothing, presence: Presence::Always }
    }

    /// Words that lose their end where there is no room.
    #[must_use]
    pub const fn elastic(heading: &'static str) -> Self {
        Self { heading, side: Side::Left, give: Give::End, presence: Presence::Always }
    }

    /// Words that lose their start where there is no room: names of images differ at their end.
    #[must_use]
    pub const fn elastic_start(heading: &'static str) -> Self {
        Self { heading, side: Side::Left, give: Give::Start, presence: Presence::Always }
    }

    /// Words that most rows do not have: without any, the column is not there. They lose their end.
    #[must_use]
    pub const fn rare(heading: &'static str) -> Self {
        Self { heading, side: Side::Left, give: Give::End, presence: Presence::Filled }
    }
}

/// One cell's text and colour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    text: String,
    paint: Option<Paint>,
}

impl Cell {
    /// Text in a colour.
    #[must_use]
    pub fn painted(text: impl Into<String>, paint: Paint) -> Self {
        Self { text: text.into(), paint: Some(paint) }
    }

    /// A status: glyph, word and colour.
    #[must_use]
    pub fn status(surface: &Surface, status: Status) -> Self {
        Self::painted(mark(surface, status), Paint::of(status))
    }
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self { text: text.into(), paint: None }
    }
}

/// Rows under headings.
#[derive(Clone, Debug)]
pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
}

impl Table {
    /// A table without rows.
    #[must_use]
    pub fn new(columns: &[Column]) -> Self {
        Self { columns: columns.to_vec(), rows: Vec::new() }
    }

    /// Adds a row, one cell a column.
    pub fn row<const N: usize>(&mut self, cells: [Cell; N]) {
        self.rows.push(cells.into());
    }

    /// The table as lines, each with its end.
    #[must_use]
    pub fn render(&self, surface: &Surface) -> String {
        let shown = self.shown();
        let widths = shown.widths(surface.width);
        let headings: Vec<Cell> =
            shown.columns.iter().map(|column| Cell::painted(column.heading, Paint::Bold)).collect();
        std::iter::once(&headings)
            .chain(&shown.rows)
            .map(|row| surface.adapt(shown.line(surface, &widths, row)) + "\n")
            .collect()
    }

    /// The table without columns that have nothing to show.
    fn shown(&self) -> Self {
        let is_filled = |index: usize| {
            self.rows.iter().any(|row| row.get(index).is_some_and(|cell| !cell.text.is_empty()))
        };
        let kept: Vec<bool> = self
            .columns
            .iter()
            .enumerate()
            .map(|(index, column)| column.presence == Presence::Always || is_filled(index))
            .collect();
        let rows = self.rows.iter().map(|row| pick(row, &kept)).collect();
        Self { columns: pick(&self.columns, &kept), rows }
    }

    /// What each column needs; where that is too much, the widest elastic column gives way first.
    fn widths(&self, room: Option<usize>) -> Vec<usize> {
        let mut widths: Vec<usize> = self.columns.iter().map(|column| text::width(column.heading)).collect();
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = text::width(&cell.text).max(*width);
            }
        }
        let gaps = GAP * widths.len().saturating_sub(1);
        while room.is_some_and(|room| widths.iter().sum::<usize>() + gaps > room) {
            let widest =
                self.columns.iter().zip(&mut widths).filter(|(column, _)| column.give != Give::Nothing);
            match widest.map(|(_, width)| width).max() {
                Some(width) if *width > LEAST => *width -= 1,
                _ => break,
            }
        }
        widths
    }

    fn line(&self, surface: &Surface, widths: &[usize], row: &[Cell]) -> String {
        let mut line = String::new();
        let mut room = surface.width.unwrap_or(usize::MAX);
        let last = row.iter().rposition(|cell| !cell.text.is_empty()).unwrap_or(0);
        for (index, ((column, &width), cell)) in self.columns.iter().zip(widths).zip(row).enumerate() {
            if room == 0 || index > last {
                break;
            }
            let width = width.min(room);
            let text = match column.give {
                Give::Start => text::fit_end(&cell.text, width),
                Give::Nothing | Give::End => text::fit(&cell.text, width),
            };
            let padding = " ".repeat(width.saturating_sub(text::width(&text)));
            let shown = cell.paint.map_or_else(|| text.clone(), |colour| paint(surface, colour, &text));
            let gap = if index == last { 0 } else { GAP.min(room - width) };
            match column.side {
                Side::Right => line.extend([padding.as_str(), &shown]),
                Side::Left if index == last => line.push_str(&shown),
                Side::Left => line.extend([shown.as_str(), &padding]),
            }
            line.push_str(&" ".repeat(gap));
            room -= width + gap;
        }
        line
    }
}

fn pick<T: Clone>(items: &[T], kept: &[bool]) -> Vec<T> {
    items.iter().zip(kept).filter(|(_, kept)| **kept).map(|(item, _)| item.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(&[Column::words("NAME"), Column::numbers("CPU"), Column::elastic("NOTE")]);
        table.row(["web".into(), "5.0%".into(), "".into()]);
        table.row(["日本語".into(), "120%".into(), "a note that is long".into()]);
        table
    }

    fn at(width: usize) -> Surface {
        Surface { width: Some(width), ..Surface::PLAIN }
    }

    #[test]
    fn numbers_line_up_behind_wide_characters() {
        let expected = "NAME     CPU  NOTE\nweb     5.0%\n日本語  120%  a note that is long\n";
        assert_eq!(table().render(&Surface::PLAIN), expected);
    }

    #[test]
    fn a_table_without_rows_has_its_headings() {
        assert_eq!(Table::new(&[Column::words("A"), Column::numbers("B")]).render(&Surface::PLAIN), "A  B\n");
    }

    #[test]
    fn a_rare_column_is_there_only_with_something_to_show() {
        let mut table = Table::new(&[Column::words("A"), Column::rare("NOTE"), Column::words("B")]);
        table.row(["1".into(), "".into(), "2".into()]);
        assert_eq!(table.render(&Surface::PLAIN), "A  B\n1  2\n");
        table.row(["1".into(), "x".into(), "2".into()]);
        assert_eq!(table.render(&Surface::PLAIN), "A  NOTE  B\n1        2\n1  x     2\n");
    }

    #[test]
    fn the_elastic_column_gives_way_first() {
        assert_eq!(table().render(&at(26)).lines().last(), Some("日本語  120%  a note that…"));
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        for width in 1..40 {
            for line in table().render(&at(width)).lines() {
                assert!(text::width(line) <= width, "{width}: {line:?}");
            }
        }
    }

    #[test]
    fn colour_takes_no_room() {
        let mut table = Table::new(&[Column::words("STATE"), Column::words("NAME")]);
        table.row([Cell::status(&Surface::PLAIN, Status::Down), "web".into()]);
        let colourful = Surface { colour: crate::cli::surface::Colour::On, ..Surface::PLAIN };
        let line = table.render(&colourful);
        assert_eq!(line.lines().last(), Some("\x1b[31m✖ down\x1b[0m  web"));
    }
}
