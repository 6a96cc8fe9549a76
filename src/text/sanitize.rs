//! Makes text from outside safe to print.

use std::fmt::Write as _;

use vte::{Parser, Perform};

/// The longest line, in bytes, that is kept; what is cut is replaced by its size.
pub const MAX_LINE: usize = 16 * 1024;

/// Columns between tab stops, as terminals have them.
const TAB: usize = 8;

/// Returns `raw` as one printable line: escape sequences are removed whole, tabs become spaces, other control
/// characters, bidirectional overrides and zero-width characters are dropped, and a line over [`MAX_LINE`] is
/// cut with a note of what is missing.
///
/// ```
/// assert_eq!(stacktop::text::sanitize("\x1b[31mred\x1b[0m\r\n"), "red");
/// assert_eq!(stacktop::text::sanitize("\x1b]0;title\x07name"), "name");
/// ```
#[must_use]
pub fn sanitize(raw: &str) -> String {
    sanitize_bytes(raw.as_bytes())
}

/// Like [`sanitize`], for text that is given away: what needs no change is not copied.
#[must_use]
pub fn sanitized(raw: String) -> String {
    if raw.len() <= MAX_LINE && is_plain(raw.as_bytes()) { raw } else { sanitize(&raw) }
}

/// Like [`sanitize`], for bytes that need not be UTF-8: what is not becomes U+FFFD.
#[must_use]
pub fn sanitize_bytes(raw: &[u8]) -> String {
    let mut text = String::with_capacity(raw.len().min(MAX_LINE));
    sanitize_onto(&mut text, raw);
    text
}

/// Like [`sanitize_bytes`], at the end of `text`.
pub fn sanitize_onto(text: &mut String, raw: &[u8]) {
    let kept = raw.get(..MAX_LINE).unwrap_or(raw);
    match std::str::from_utf8(kept) {
        Ok(plain) if is_plain(kept) => text.push_str(plain),
        _ => Parser::new().advance(&mut Line { begin: text.len(), text }, kept),
    }
    let missing = raw.len() - kept.len();
    if missing > 0 {
        // Writing to a string cannot fail.
        let _ = write!(text, " … {missing} more bytes");
    }
}

/// Most lines are printable ASCII; they need no parser. Eight bytes are looked at in the time of one.
fn is_plain(raw: &[u8]) -> bool {
    let (words, rest) = raw.as_chunks();
    words.iter().all(|word| is_plain_word(u64::from_ne_bytes(*word)))
        && rest.iter().all(|byte| matches!(byte, b' '..=b'~'))
}

/// Whether all of eight bytes are printable ASCII: those beyond have their highest bit set, those below get it by the
/// subtraction, DEL by the addition. Neither touches a byte's neighbour before there is a byte that is not printable.
const fn is_plain_word(word: u64) -> bool {
    const EACH: u64 = u64::from_ne_bytes([1; 8]);
    let odd = word | word.wrapping_sub(EACH * b' ' as u64) | word.wrapping_add(EACH);
    odd & (EACH << 7) == 0
}

/// A line at the end of a text.
struct Line<'a> {
    text: &'a mut String,
    begin: usize,
}

impl Perform for Line<'_> {
    fn print(&mut self, c: char) {
        if is_visible(c) {
            self.text.push(c);
        }
    }

    fn execute(&mut self, byte: u8) {
        if byte == b'\t' {
            let column = super::width(self.text.get(self.begin..).unwrap_or_default());
            self.text.extend(std::iter::repeat_n(' ', TAB - column % TAB));
        }
    }
}

/// Whether `c` may reach a terminal: not a control character, not one that reorders or hides its neighbours.
const fn is_visible(c: char) -> bool {
    !matches!(c,
        '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}'
        | '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn colours_titles_and_cursor_moves_are_removed_whole() {
        assert_eq!(sanitize("\x1b[1;31mfail\x1b[0m \x1b[2J\x1b[10;10Hnow"), "fail now");
        assert_eq!(sanitize("\x1b]52;c;cm0gLXJm\x07clip"), "clip");
        assert_eq!(sanitize("\x1bP+q544e\x1b\\dcs"), "dcs");
    }

    #[test]
    fn carriage_returns_nul_and_backspace_do_not_survive() {
        assert_eq!(sanitize("100%\r\0\x08done"), "100%done");
    }

    #[test]
    fn bidirectional_overrides_and_zero_width_characters_are_dropped() {
        assert_eq!(sanitize("a\u{202e}b\u{200b}c\u{2066}d\u{feff}"), "abcd");
    }

    #[test]
    fn a_tab_reaches_the_next_stop() {
        assert_eq!(sanitize("ab\tc"), "ab      c");
    }

    #[test]
    fn a_tab_in_a_line_behind_others_counts_from_its_own_beginning() {
        let mut text = "12345".to_owned();
        sanitize_onto(&mut text, b"ab\tc");
        assert_eq!(text, "12345ab      c");
    }

    #[test]
    fn bytes_that_are_not_utf8_become_replacement_characters() {
        assert_eq!(sanitize_bytes(b"ok \xff\xfe"), "ok \u{fffd}\u{fffd}");
    }

    #[test]
    fn a_line_of_one_mebibyte_is_cut_and_says_so() {
        let line = sanitize(&"x".repeat(1 << 20));
        assert!(line.len() < MAX_LINE + 64);
        assert!(line.ends_with("more bytes"), "{}", line.len());
    }

    proptest! {
        #[test]
        fn only_printable_ascii_needs_no_parser(
            mut raw in proptest::collection::vec(b' '..=b'~', 1..40),
            odd in proptest::collection::vec((any::<usize>(), any::<u8>()), 0..4),
        ) {
            for (place, byte) in odd {
                let place = place % raw.len();
                raw[place] = byte;
            }
            prop_assert_eq!(is_plain(&raw), raw.iter().all(|byte| matches!(byte, b' '..=b'~')));
        }

        #[test]
        fn no_byte_string_yields_a_control_character(raw in proptest::collection::vec(any::<u8>(), 0..2000)) {
            let line = sanitize_bytes(&raw);
            prop_assert!(line.chars().all(|c| !c.is_control() && is_visible(c)), "{line:?}");
        }

        #[test]
        fn cleaning_twice_changes_nothing_more(raw in "\\PC{0,80}(\x1b\\[[0-9;]{0,6}[a-zA-Z])?[\\s\\S]{0,40}") {
            let once = sanitize(&raw);
            prop_assert_eq!(sanitize(&once), once);
        }
    }
}
