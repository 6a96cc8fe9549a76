//! The shapes that stand for things, for terminals with and without Unicode.

use ratatui::symbols::border;

use crate::domain::Status;

/// Which shapes a terminal can show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Glyphs {
    /// Single-width symbols, box drawing and braille.
    #[default]
    Unicode,
    /// Nothing but printable ASCII.
    Ascii,
}

/// Cells of growing height.
const BARS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
const ASCII_BARS: [&str; 8] = ["_", "_", ".", ":", "-", "=", "#", "#"];

impl Glyphs {
    /// The shape of a status. Each differs from the others, so that colour is never needed.
    #[must_use]
    pub const fn glyph(self, status: Status) -> &'static str {
        match (self, status) {
            (Self::Unicode, Status::Down) => "✖",
            (Self::Unicode, Status::Unhealthy) => "▲",
            (Self::Unicode, Status::Restarting) => "↻",
            (Self::Unicode, Status::Rolling) => "⟳",
            (Self::Unicode, Status::Starting) => "◐",
            (Self::Unicode, Status::Paused) => "‖",
            (Self::Unicode, Status::Healthy | Status::Running) => "●",
            (Self::Unicode, Status::Stopped) => "○",
            (Self::Ascii, Status::Down) => "X",
            (Self::Ascii, Status::Unhealthy) => "!",
            (Self::Ascii, Status::Restarting) => "@",
            (Self::Ascii, Status::Rolling) => "~",
            (Self::Ascii, Status::Starting) => "/",
            (Self::Ascii, Status::Paused) => "=",
            (Self::Ascii, Status::Healthy | Status::Running) => "*",
            (Self::Ascii, Status::Stopped) => "-",
            (_, Status::Unknown) => "?",
        }
    }

    /// The corners and edges of a pane.
    #[must_use]
    pub const fn border(self) -> border::Set<'static> {
        match self {
            Self::Unicode => border::ROUNDED,
            Self::Ascii => border::Set {
                top_left: "+",
                top_right: "+",
                bottom_left: "+",
                bottom_right: "+",
                vertical_left: "|",
                vertical_right: "|",
                horizontal_top: "-",
                horizontal_bottom: "-",
            },
        }
    }

    /// A cell filled to `share` of its height, 0 to 1.
    #[must_use]
    pub fn bar(self, share: f64) -> &'static str {
        let bars = match self {
            Self::Unicode => &BARS,
            Self::Ascii => &ASCII_BARS,
        };
        let place = if share.is_finite() { (share.clamp(0.0, 1.0) * 7.0).round() as usize } else { 0 };
        bars.get(place).copied().unwrap_or(" ")
    }

    /// The ASCII character that stands for a symbol of the screen; `?` for one that has none.
    #[must_use]
    pub(crate) fn plain(symbol: &str) -> &'static str {
        match symbol {
            "…" | "·" | "┆" => ".",
            "–" | "─" | "━" => "-",
            "│" | "┃" | "┤" => "|",
            "→" | "›" | "▸" => ">",
            "◆" => "+",
            "←" | "‹" => "<",
            "↑" | "▲" => "^",
            "↓" | "▼" | "▾" => "v",
            "↻" => "@",
            "×" => "x",
            "✖" => "X",
            "●" | "•" => "*",
            "○" => "-",

            "┬" | "┴" | "└" => "+",
            _ => "?",
        }
    }
}

#[cfg(test)]
mod tests {
    use ratatui::text::Span;

    use super::*;

    #[test]
    fn every_shape_takes_one_cell() {
        for glyphs in [Glyphs::Unicode, Glyphs::Ascii] {
            for status in Status::ALL {
                assert_eq!(Span::raw(glyphs.glyph(status)).width(), 1);
            }
            for eighth in 0..=8 {
                assert_eq!(Span::raw(glyphs.bar(f64::from(eighth) / 8.0)).width(), 1);
            }
        }
    }

    #[test]
    fn statuses_differ_without_colour_but_for_the_two_good_ones() {
        for glyphs in [Glyphs::Unicode, Glyphs::Ascii] {
            let shapes: std::collections::BTreeSet<_> = Status::ALL.map(|s| glyphs.glyph(s)).into();
            assert_eq!(shapes.len(), Status::ALL.len() - 1);
        }
    }
}
