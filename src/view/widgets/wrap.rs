//! Breaks styled text into lines.

use ratatui::{
    style::Style,
    text::{Line, Span},
};

use crate::text;

/// One grapheme: what it is, how it looks, how many cells it takes.
type Piece<'a> = (&'a str, Style, usize);

/// Breaks a line after `width` cells, between words where that leaves no line half empty. Lines from the second on
/// begin with `indent` blank cells.
pub(in crate::view) fn spans(line: &Line<'_>, width: usize, indent: usize) -> Vec<Line<'static>> {
    let indent = indent.min(width / 2).min(width.saturating_sub(2));
    let pieces: Vec<Piece<'_>> = line
        .styled_graphemes(Style::new())
        .map(|grapheme| (grapheme.symbol, grapheme.style, text::width(grapheme.symbol)))
        .filter(|(_, _, cells)| (1..=width).contains(cells))
        .collect();
    let mut rest = pieces.as_slice();
    let mut lines = Vec::new();
    loop {
        let lead = if lines.is_empty() { 0 } else { indent };
        let (this, next) = rest.split_at_checked(end(rest, width - lead)).unwrap_or((rest, &[]));
        lines.push(joined(this, lead));
        rest = next;
        while let [(" ", ..), after @ ..] = rest {
            rest = after;
        }
        if rest.is_empty() {
            return lines;
        }
    }
}

/// How many pieces stand on a line of `room` cells: at least one, however wide it is.
fn end(pieces: &[Piece<'_>], room: usize) -> usize {
    let (mut used, mut word) = (0, None);
    for (place, (symbol, _, cells)) in pieces.iter().enumerate() {
        if used + cells > room {
            let here = place.max(1);
            return word.unwrap_or(here);
        }
        used += cells;
        if *symbol == " " && used > room / 2 {
            word = Some(place + 1);
        }
    }
    pieces.len()
}

/// Pieces as spans, one a style.
fn joined(pieces: &[Piece<'_>], lead: usize) -> Line<'static> {
    let mut spans: Vec<Span<'static>> = Vec::new();
    if lead > 0 {
        spans.push(Span::raw(" ".repeat(lead)));
    }
    for run in pieces.chunk_by(|(_, a, _), (_, b, _)| a == b) {
        let style = run.first().map(|(_, style, _)| *style).unwrap_or_default();
        spans.push(Span::styled(run.iter().map(|(symbol, ..)| *symbol).collect::<String>(), style));
    }
    Line::from(spans)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn wrapped(text: &str, width: usize, indent: usize) -> Vec<String> {
        spans(&Line::from(text), width, indent).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn lines_break_between_words_and_go_on_indented() {
        assert_eq!(wrapped("one two three", 8, 2), ["one two ", "  three"]);
    }

    #[test]
    fn a_long_word_is_broken_where_the_line_ends() {
        assert_eq!(wrapped("abcdefgh", 3, 1), ["abc", " de", " fg", " h"]);
    }

    #[test]
    fn nothing_is_one_empty_line() {
        assert_eq!(wrapped("", 5, 0), [""]);
        assert_eq!(wrapped("x", 0, 0), [""]);
    }

    proptest! {
        #[test]
        fn nothing_but_blanks_is_lost(text in "[a-z日 ]{0,80}", width in 2usize..30, indent in 0usize..10) {
            let all = |text: &str| text.chars().filter(|c| *c != ' ').collect::<String>();
            prop_assert_eq!(all(&wrapped(&text, width, indent).concat()), all(&text));
        }
    }
}
