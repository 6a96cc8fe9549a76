//! Breaks styled text into lines.

use ratatui::{
    style::Style,
    text::{Line, Span},
};

use crate::text;

/// Breaks a line after `width` cells; lines from the second on begin with `indent` blank cells.
pub(in crate::view) fn spans(line: &Line<'_>, width: usize, indent: usize) -> Vec<Line<'static>> {
    let indent = if indent * 2 > width { 0 } else { indent };
    let mut lines: Vec<Vec<Span<'static>>> = vec![Vec::new()];
    let (mut run, mut run_style, mut used) = (String::new(), Style::new(), 0);
    for grapheme in line.styled_graphemes(Style::new()) {
        let needed = text::width(grapheme.symbol);
        if needed == 0 || needed > width {
            continue;
        }
        let full = used + needed > width;
        if full || grapheme.style != run_style {
            flush(&mut lines, &mut run, run_style);
            run_style = grapheme.style;
        }
        if full {
            lines.push(vec![Span::raw(" ".repeat(indent))]);
            used = indent;
        }
        run.push_str(grapheme.symbol);
        used += needed;
    }
    flush(&mut lines, &mut run, run_style);
    lines.into_iter().map(Line::from).collect()
}

fn flush(lines: &mut [Vec<Span<'static>>], run: &mut String, style: Style) {
    if let Some(line) = lines.last_mut().filter(|_| !run.is_empty()) {
        line.push(Span::styled(std::mem::take(run), style));
    }
}
