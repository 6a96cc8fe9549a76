//! Marks and colours of states: a glyph, a word and a colour, never a colour alone.

use crate::cli::surface::{Colour, Glyphs, Surface};
use crate::domain::{Finding, Severity, Status};

/// A colour or weight of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// Fails.
    Red,
    /// Needs a look.
    Yellow,
    /// Is well.
    Green,
    /// Is on its way.
    Cyan,
    /// Is set aside.
    Blue,
    /// Is not understood.
    Magenta,
    /// Does not matter now.
    Dim,
    /// A heading.
    Bold,
    /// One of the colours that tell names apart.
    Hue(u8),
}

/// The colours that tell names apart.
const HUES: [&str; 10] = ["36", "33", "32", "35", "34", "96", "93", "92", "95", "94"];

impl Paint {
    fn code(self) -> &'static str {
        match self {
            Self::Hue(hue) => HUES.get(usize::from(hue)).copied().unwrap_or("0"),
            Self::Red => "31",
            Self::Yellow => "33",
            Self::Green => "32",
            Self::Cyan => "36",
            Self::Blue => "34",
            Self::Magenta => "35",
            Self::Dim => "2",
            Self::Bold => "1",
        }
    }

    /// The colour of a status.
    #[must_use]
    pub const fn of(status: Status) -> Self {
        match status {
            Status::Down | Status::Restarting => Self::Red,
            Status::Unhealthy => Self::Yellow,
            Status::Rolling | Status::Starting => Self::Cyan,
            Status::Paused => Self::Blue,
            Status::Unknown => Self::Magenta,
            Status::Healthy | Status::Running => Self::Green,
            Status::Stopped => Self::Dim,
        }
    }

    /// A colour for a name, the same whenever and wherever it is printed; neighbours in number differ.
    #[must_use]
    pub fn of_name(name: &str) -> Self {
        let mixed = name.bytes().fold(0_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)));
        Self::Hue((mixed % HUES.len() as u64) as u8)
    }

    /// The colour of a finding.
    #[must_use]
    pub const fn of_severity(severity: Severity) -> Self {
        match severity {
            Severity::Critical => Self::Red,
            Severity::Warning => Self::Yellow,
        }
    }
}

/// `text` in a colour, if the surface takes colours.
#[must_use]
pub fn paint(surface: &Surface, paint: Paint, text: &str) -> String {
    match surface.colour {
        Colour::On => format!("\x1b[{}m{text}\x1b[0m", paint.code()),
        Colour::Off => text.to_owned(),
    }
}

/// The glyph and the word of a status: `● healthy`.
#[must_use]
pub fn mark(surface: &Surface, status: Status) -> String {
    mark_as(surface, status, status.word())
}

/// The same with another word, for what is no service: `✖ overdue`.
#[must_use]
pub fn mark_as(surface: &Surface, status: Status, word: &str) -> String {
    format!("{} {word}", glyph(surface.glyphs, status))
}

/// The same for a finding, whose word may be another: `▲ overdue`.
#[must_use]
pub fn finding_mark(surface: &Surface, finding: &Finding) -> String {
    format!("{} {}", glyph(surface.glyphs, finding.status), finding.word())
}

const fn glyph(glyphs: Glyphs, status: Status) -> char {
    let (unicode, ascii) = match status {
        Status::Healthy | Status::Running => ('●', '*'),
        Status::Starting => ('◐', 'o'),
        Status::Unhealthy => ('▲', '^'),
        Status::Down => ('✖', 'x'),
        Status::Stopped => ('○', '-'),
        Status::Paused => ('‖', '='),
        Status::Restarting => ('↻', '@'),
        Status::Rolling => ('⟳', '>'),
        Status::Unknown => ('?', '?'),
    };
    match glyphs {
        Glyphs::Unicode => unicode,
        Glyphs::Ascii => ascii,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_is_a_glyph_of_one_cell_and_a_word() {
        let poor = Surface { glyphs: Glyphs::Ascii, ..Surface::PLAIN };
        for status in Status::ALL {
            let (rich, plain) = (mark(&Surface::PLAIN, status), mark(&poor, status));
            assert_eq!(crate::text::width(&rich), 2 + status.word().len(), "{rich}");
            assert!(plain.is_ascii() && plain.len() == crate::text::width(&rich), "{plain}");
        }
    }

    #[test]
    fn replicas_of_one_service_differ_in_colour() {
        let hues: Vec<Paint> = (1..=9).map(|number| Paint::of_name(&format!("web-{number}"))).collect();
        assert!(hues.iter().enumerate().all(|(index, hue)| !hues[..index].contains(hue)), "{hues:?}");
    }

    #[test]
    fn colour_is_only_written_where_it_is_taken() {
        let colourful = Surface { colour: Colour::On, ..Surface::PLAIN };
        assert_eq!(paint(&colourful, Paint::Red, "down"), "\x1b[31mdown\x1b[0m");
        assert_eq!(paint(&Surface::PLAIN, Paint::Red, "down"), "down");
    }
}
