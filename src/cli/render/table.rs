//! Aligned columns. Lines are cut to a terminal's width, never for a file or a pipe.

use super::{Paint, mark, mark_as, paint};
use crate::cli::surface::Surface;
use crate::domain::Status;
use crate::text;

/// Cells between two columns.
const GAP: usize = 2;

/// Words are not cut to fewer cells than this; then their column is left out.
const LEAST: usize = 8;

/// A column: its heading and what may happen to its cells. Columns stand in the order of their importance: what
/// does not fit into a terminal is lost from the right.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    heading: &'static str,
    kind: Kind,
    presence: Presence,
}

/// What is in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Words: aligned left, cut at their end.
    Words,
    /// Names that differ at their end: aligned left, cut at their start.
    Paths,
    /// Numbers: aligned right, never cut, as half a number is another number.
    Numbers,
}

/// Whether a column is there without anything to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Presence {
    Always,
    Filled,
}

impl Column {
    /// Words, aligned left.
    #[must_use]
    pub const fn words(heading: &'static str) -> Self {
        Self { heading, kind: Kind::Words, presence: Presence::Always }
    }

    /// Numbers, aligned right.
    #[must_use]
    pub const fn numbers(heading: &'static str) -> Self {
        Self { heading, kind: Kind::Numbers, presence: Presence::Always }
    }

    /// Words that lose their start where there is no room: names of images differ at their end.
    #[must_use]
    pub const fn paths(heading: &'static str) -> Self {
        Self { heading, kind: Kind::Paths, presence: Presence::Always }
    }

    /// Words that most rows do not have: without any, the column is not there.
    #[must_use]
    pub const fn rare(heading: &'static str) -> Self {
        Self { heading, kind: Kind::Words, presence: Presence::Filled }
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

    /// A status by another word.
    #[must_use]
    pub fn status_as(surface: &Surface, status: Status, word: &str) -> Self {
        Self::painted(mark_as(surface, status, word), Paint::of(status))
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

    /// The widths of the columns that fit, from the left.
    fn widths(&self, room: Option<usize>) -> Vec<usize> {
        let mut room = room.unwrap_or(usize::MAX);
        let mut widths = Vec::new();
        for (index, column) in self.columns.iter().enumerate() {
            let gap = if index == 0 { 0 } else { GAP };
            let left = room.saturating_sub(gap);
            let needed = self.needed(index, column);
            let may_be_cut = column.kind != Kind::Numbers && left >= LEAST || index == 0;
            if needed > left && !may_be_cut {
                break;
            }
            let width = needed.min(left);
            widths.push(width);
            room = left - width;
        }
        widths
    }

    fn needed(&self, index: usize, column: &Column) -> usize {
        let cells = self.rows.iter().filter_map(|row| row.get(index));
        cells.map(|cell| text::width(&cell.text)).max().unwrap_or(0).max(text::width(column.heading))
    }

    fn line(&self, surface: &Surface, widths: &[usize], row: &[Cell]) -> String {
        let last = row.iter().take(widths.len()).rposition(|cell| !cell.text.is_empty()).unwrap_or(0);
        let mut line = String::new();
        for (index, ((column, &width), cell)) in self.columns.iter().zip(widths).zip(row).enumerate() {
            if index > last {
                break;
            }
            if index > 0 {
                line.push_str(&" ".repeat(GAP));
            }
            let cut = if column.kind == Kind::Paths { text::fit_end } else { text::fit };
            let text = cut(&cell.text, width);
            let padding = " ".repeat(width.saturating_sub(text::width(&text)));
            let shown = cell.paint.map_or_else(|| text.clone(), |colour| paint(surface, colour, &text));
            match column.kind {
                Kind::Numbers => line.extend([padding.as_str(), &shown]),
                Kind::Words | Kind::Paths if index == last => line.push_str(&shown),
                Kind::Words | Kind::Paths => line.extend([shown.as_str(), &padding]),
            }
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
        let mut table = Table::new(&[Column::words("NAME"), Column::numbers("CPU"), Column::words("NOTE")]);
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
    fn words_are_cut_and_numbers_are_left_out_instead() {
        assert_eq!(table().render(&at(26)).lines().last(), Some("日本語  120%  a note that…"));
        assert_eq!(table().render(&at(20)).lines().last(), Some("日本語  120%"));
        assert_eq!(table().render(&at(11)).lines().last(), Some("日本語"));
        assert_eq!(table().render(&at(5)).lines().last(), Some("日本…"));
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
