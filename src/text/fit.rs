//! Widths in terminal cells, cutting and wrapping on graphemes.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

const ELLIPSIS: &str = "…";

/// How many terminal cells `text` takes.
#[must_use]
pub fn width(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// Cuts `text` to at most `cells` cells, marking a cut at its end with `…`.
///
/// ```
/// assert_eq!(stacktop::text::fit("postgres", 5), "post…");
/// ```
#[must_use]
pub fn fit(text: &str, cells: usize) -> String {
    if width(text) <= cells {
        return text.to_owned();
    }
    let mut kept = take(text.graphemes(true), cells.saturating_sub(1)).concat();
    if cells > 0 {
        kept.push_str(ELLIPSIS);
    }
    kept
}

/// Cuts `text` to at most `cells` cells keeping its end, where names of images and containers differ.
#[must_use]
pub fn fit_end(text: &str, cells: usize) -> String {
    if width(text) <= cells {
        return text.to_owned();
    }
    let mut tail = take(text.graphemes(true).rev(), cells.saturating_sub(1));
    tail.reverse();
    let mark = if cells > 0 { ELLIPSIS } else { "" };
    format!("{mark}{}", tail.concat())
}

/// Breaks `text` into lines of at most `cells` cells; a width of 0 yields no line.
#[must_use]
pub fn wrap(text: &str, cells: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let (mut line, mut used) = (String::new(), 0);
    for grapheme in text.graphemes(true) {
        let needed = width(grapheme);
        if used + needed > cells && !line.is_empty() {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        if needed <= cells {
            line.push_str(grapheme);
            used += needed;
        }
    }
    if cells > 0 {
        lines.push(line);
    }
    lines
}

fn take<'a>(graphemes: impl Iterator<Item = &'a str>, cells: usize) -> Vec<&'a str> {
    let mut used = 0;
    graphemes
        .take_while(|grapheme| {
            used += width(grapheme);
            used <= cells
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn wide_characters_are_never_cut_in_half() {
        assert_eq!(fit("日本語", 4), "日…");
        assert_eq!(fit_end("日本語", 4), "…語");
        assert_eq!(wrap("日本語", 3), ["日", "本", "語"]);
    }

    #[test]
    fn no_room_leaves_nothing() {
        assert_eq!(fit("name", 0), "");
        assert_eq!(fit_end("name", 0), "");
        assert!(wrap("name", 0).is_empty());
    }

    proptest! {
        #[test]
        fn what_was_cut_fits(text in "\\PC{0,60}", cells in 0usize..40) {
            prop_assert!(width(&fit(&text, cells)) <= cells);
            prop_assert!(width(&fit_end(&text, cells)) <= cells);
        }

        #[test]
        fn wrapped_lines_fit(text in "\\PC{0,60}", cells in 1usize..40) {
            prop_assert!(wrap(&text, cells).iter().all(|line| width(line) <= cells));
        }
    }
}
