//! Lines of a table whose columns are as wide as their widest cell.

use ratatui::{
    style::Style,
    text::{Line, Span},
};

use crate::text;

/// Cells between columns.
const GAP: usize = 2;

/// The widest a column gets, unless it is the last.
const WIDEST: usize = 40;

/// Which side of its column a cell stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::view) enum Side {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// The heading, and under it the rows. A column that does not fit into `room` cells is left out with all behind it;
/// only the last may be cut.
pub(in crate::view) fn lines<const N: usize>(
    room: u16,
    columns: [(&'static str, Side); N],
    heading: Style,
    rows: Vec<[Span<'static>; N]>,
) -> Vec<Line<'static>> {
    let mut widths = columns.map(|(title, _)| text::width(title));
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.width()).min(WIDEST);
        }
    }
    let titles = columns.map(|(title, _)| Span::styled(title, heading));
    let sides = columns.map(|(_, side)| side);
    let shown = shown(&widths, usize::from(room));
    std::iter::once(titles).chain(rows).map(|row| line(row, &widths, &sides, shown)).collect()
}

/// How many columns fit.
fn shown<const N: usize>(widths: &[usize; N], room: usize) -> usize {
    let mut used = 0;
    let fits = |(place, width): (usize, &usize)| {
        used += width + GAP;
        let needed = if place + 1 == N { used - width } else { used - GAP };
        needed <= room
    };
    widths.iter().enumerate().map(fits).take_while(|fits| *fits).count().max(1)
}

fn line<const N: usize>(
    row: [Span<'static>; N],
    widths: &[usize; N],
    sides: &[Side; N],
    shown: usize,
) -> Line<'static> {
    let mut spans = Vec::with_capacity(N * 3);
    for (place, ((cell, width), side)) in row.into_iter().zip(widths).zip(sides).take(shown).enumerate() {
        let last = place + 1 == N;
        let cell = if last { cell } else { Span::styled(text::fit(&cell.content, *width), cell.style) };
        let blank = width.saturating_sub(cell.width());
        match side {
            Side::Right => spans.extend([Span::raw(" ".repeat(blank)), cell]),
            Side::Left if last => spans.push(cell),
            Side::Left => spans.extend([cell, Span::raw(" ".repeat(blank))]),
        }
        if place + 1 < shown {
            spans.push(Span::raw(" ".repeat(GAP)));
        }
    }
    Line::from(spans)
}
