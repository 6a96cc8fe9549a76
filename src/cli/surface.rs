//! Where the output goes, and what may be written there.

use std::io::{IsTerminal, stdout};

/// The place that output goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Surface {
    /// Cells a line; `None` where lines are never cut.
    pub width: Option<usize>,
    /// Whether colours are written.
    pub colour: Colour,
    /// The characters that status marks are made of.
    pub glyphs: Glyphs,
}

/// Whether colours are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// They are.
    On,
    /// They are not.
    Off,
}

/// The characters that marks are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glyphs {
    /// Symbols such as `●`.
    Unicode,
    /// ASCII alone.
    Ascii,
}

impl Surface {
    /// What a file or a pipe gets: whole lines without colours.
    pub const PLAIN: Self = Self { width: None, colour: Colour::Off, glyphs: Glyphs::Unicode };

    /// Standard output as it is, with what a person asked for on top.
    #[must_use]
    pub fn stdout(no_color: bool, ascii: bool) -> Self {
        let terminal = stdout().is_terminal();
        let colour = terminal && !no_color && !is_set("NO_COLOR") && !is_dumb();
        Self {
            width: terminal.then(columns).flatten(),
            colour: if colour { Colour::On } else { Colour::Off },
            glyphs: if ascii || !is_utf8(locale().as_deref()) { Glyphs::Ascii } else { Glyphs::Unicode },
        }
    }

    /// The text as this place can show it: without Unicode, marks of stacktop's own become ASCII of the same width.
    #[must_use]
    pub fn adapt(&self, text: String) -> String {
        match self.glyphs {
            Glyphs::Unicode => text,
            Glyphs::Ascii if text.is_ascii() => text,
            Glyphs::Ascii => text.chars().map(ascii).collect(),
        }
    }
}

fn ascii(c: char) -> char {
    match c {
        '…' => '~',
        '×' => 'x',
        '→' => '>',
        '–' => '-',
        '•' => '*',
        other => other,
    }
}

/// Columns of the terminal on standard output.
#[must_use]
pub fn columns() -> Option<usize> {
    size().map(|(columns, _)| columns)
}

/// Columns and rows of the terminal on standard output.
#[must_use]
pub fn size() -> Option<(usize, usize)> {
    let size = rustix::termios::tcgetwinsize(stdout()).ok()?;
    (size.ws_col > 0).then(|| (usize::from(size.ws_col), usize::from(size.ws_row)))
}

/// The locale that decides on characters, as C programs find it; `None` is the plain C locale.
#[must_use]
pub fn locale() -> Option<String> {
    ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|v| !v.is_empty())
}

/// Whether a locale's characters are UTF-8.
#[must_use]
pub fn is_utf8(locale: Option<&str>) -> bool {
    let name = locale.unwrap_or_default().to_ascii_lowercase();
    name.contains("utf-8") || name.contains("utf8")
}

/// Whether an environment variable has a value that is not empty.
#[must_use]
pub fn is_set(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|value| !value.is_empty())
}

fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf8_is_known_by_the_locales_name() {
        let known =
            [Some("en_US.UTF-8"), Some("C.utf8"), Some("C"), Some("de_DE.ISO-8859-1"), None].map(is_utf8);
        assert_eq!(known, [true, true, false, false, false]);
    }

    #[test]
    fn ascii_keeps_widths() {
        let poor = Surface { glyphs: Glyphs::Ascii, ..Surface::PLAIN };
        assert_eq!(poor.adapt("8080→80 probe ×3 po…".into()), "8080>80 probe x3 po~");
    }
}
