//! A filled chart of one series: braille, or ASCII where a terminal has no braille.

use ratatui::{
    style::Style,
    text::{Line, Span},
};

use crate::theme::Glyphs;

/// Dots of a braille cell from the bottom up: left column, right column.
const DOTS: [[u8; 4]; 2] = [[0x40, 0x04, 0x02, 0x01], [0x80, 0x20, 0x10, 0x08]];

/// What fills an ASCII cell, from nothing to all.
const FILLS: [&str; 4] = [" ", ".", ":", "#"];

/// How a chart looks, apart from its values.
#[derive(Clone, Copy, Debug)]
pub(in crate::view) struct Chart {
    /// Rows of cells.
    pub(in crate::view) rows: usize,
    /// Cells across.
    pub(in crate::view) cells: usize,
    /// The value at the top edge.
    pub(in crate::view) top: f64,
    /// Where a line is drawn across.
    pub(in crate::view) limit: Option<f64>,
    /// The curve.
    pub(in crate::view) style: Style,
    /// The line across.
    pub(in crate::view) limit_style: Style,
    pub(in crate::view) glyphs: Glyphs,
}

impl Chart {
    /// How many values fit side by side.
    pub(in crate::view) const fn buckets(glyphs: Glyphs, cells: usize) -> usize {
        match glyphs {
            Glyphs::Unicode => cells * 2,
            Glyphs::Ascii => cells,
        }
    }

    /// The chart of `series`, top row first. Where there is no value nothing is drawn; a value of 0 is still a dot.
    pub(in crate::view) fn draw(&self, series: &[Option<f64>]) -> Vec<Line<'static>> {
        let steps = self.rows * self.steps_per_row();
        let levels: Vec<usize> = series.iter().map(|value| self.level(*value, steps)).collect();
        (0..self.rows).rev().map(|row| self.row(row, &levels)).collect()
    }

    const fn steps_per_row(&self) -> usize {
        match self.glyphs {
            Glyphs::Unicode => 4,
            Glyphs::Ascii => 3,
        }
    }

    fn level(&self, value: Option<f64>, steps: usize) -> usize {
        let Some(value) = value.filter(|value| value.is_finite()) else { return 0 };
        let share = if self.top > 0.0 { (value / self.top).clamp(0.0, 1.0) } else { 0.0 };
        ((share * steps as f64).round() as usize).max(1)
    }

    /// One row of cells, `row` counted from the bottom; the limit is drawn where the curve leaves it free.
    fn row(&self, row: usize, levels: &[usize]) -> Line<'static> {
        let mut spans: Vec<Span<'static>> = Vec::new();
        let (mut run, mut run_is_limit) = (String::new(), false);
        let has_limit = self.limit_row() == Some(row);
        for cell in 0..self.cells {
            let curve = self.cell(cell, row, levels);
            let is_limit = has_limit && curve.is_none();
            if is_limit != run_is_limit {
                spans.push(self.span(std::mem::take(&mut run), run_is_limit));
                run_is_limit = is_limit;
            }
            match curve {
                Some(symbol) => run.push(symbol),
                None if is_limit => run.push(if self.glyphs == Glyphs::Unicode { '┄' } else { '-' }),
                None => run.push(' '),
            }
        }
        spans.push(self.span(run, run_is_limit));
        Line::from(spans)
    }

    const fn span(&self, text: String, is_limit: bool) -> Span<'static> {
        let style = if is_limit { self.limit_style } else { self.style };
        Span { style, content: std::borrow::Cow::Owned(text) }
    }

    fn limit_row(&self) -> Option<usize> {
        let limit = self.limit.filter(|limit| *limit > 0.0 && *limit <= self.top)?;
        let row = (limit / self.top * self.rows as f64).ceil() as usize;
        Some(row.saturating_sub(1).min(self.rows.saturating_sub(1)))
    }

    fn cell(&self, cell: usize, row: usize, levels: &[usize]) -> Option<char> {
        let filled = |bucket: usize| {
            let level = levels.get(bucket).copied().unwrap_or(0);
            level.saturating_sub(row * self.steps_per_row()).min(self.steps_per_row())
        };
        match self.glyphs {
            Glyphs::Ascii => FILLS.get(filled(cell)).filter(|fill| **fill != " ")?.chars().next(),
            Glyphs::Unicode => {
                let dots = [filled(cell * 2), filled(cell * 2 + 1)];
                let bits = dots.iter().zip(DOTS).fold(0u8, |bits, (count, column)| {
                    column.iter().take(*count).fold(bits, |bits, dot| bits | dot)
                });
                (bits != 0).then(|| char::from_u32(0x2800 + u32::from(bits))).flatten()
            }
        }
    }
}

/// A round value not below `most`, for the top of a chart; `binary` rounds sizes in bytes.
pub(in crate::view) fn ceiling(most: f64, binary: bool) -> f64 {
    let base: f64 = if binary { 1024.0 } else { 1000.0 };
    if !most.is_finite() || most <= 0.0 {
        return 1.0;
    }
    let mut unit = 1.0;
    while most / unit >= base && unit < 1e18 {
        unit *= base;
    }
    let scaled = most / unit;
    let steps = [1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0];
    let powers = [0.01, 0.1, 1.0, 10.0, 100.0];
    let rounded = powers.iter().flat_map(|power| steps.iter().map(move |step| power * step));
    unit * rounded.into_iter().find(|step| *step >= scaled).unwrap_or(base)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(glyphs: Glyphs, limit: Option<f64>) -> Chart {
        Chart { rows: 2, cells: 4, top: 8.0, limit, style: Style::new(), limit_style: Style::new(), glyphs }
    }

    fn drawn(chart: Chart, series: &[Option<f64>]) -> Vec<String> {
        chart.draw(series).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_gap_stays_a_gap_and_zero_is_a_dot() {
        let series = [Some(8.0), Some(4.0), None, None, Some(0.0), Some(0.0), None, Some(8.0)];
        assert_eq!(drawn(chart(Glyphs::Unicode, None), &series), ["⡇  ⢸", "⣿ ⣀⢸"]);
    }

    #[test]
    fn ascii_draws_the_same_shape() {
        let series = [Some(8.0), Some(4.0), None, Some(0.0)];
        assert_eq!(drawn(chart(Glyphs::Ascii, None), &series), ["#   ", "## ."]);
    }

    #[test]
    fn a_limit_runs_behind_the_curve() {
        let series = [Some(8.0), Some(8.0), None, None, Some(1.0), Some(1.0), None, None];
        assert_eq!(drawn(chart(Glyphs::Unicode, Some(7.0)), &series), ["⣿┄┄┄", "⣿ ⣀ "]);
    }

    #[test]
    fn the_top_is_a_round_value_not_below_the_most() {
        for most in [0.003, 0.7, 1.0, 38.1, 99.0, 101.0, 812e6, 1.7e12] {
            assert!(ceiling(most, false) >= most && ceiling(most, true) >= most, "{most}");
        }
        assert_eq!((ceiling(38.1, false), ceiling(0.0, false)), (40.0, 1.0));
    }
}
