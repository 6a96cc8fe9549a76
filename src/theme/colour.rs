//! Colours, and what stands for them where a terminal has fewer.

use ratatui::style::Color;

/// What a terminal can show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Colours {
    /// No colour, or none is wanted (`NO_COLOR`); bold, dim and reverse remain.
    None,
    /// The 16 colours that the terminal's own settings define.
    Sixteen,
    /// The 256 colours of xterm.
    Indexed256,
    /// All of them.
    #[default]
    True,
}

/// A colour of a palette.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hue {
    /// Its exact value; `None` is the terminal's own.
    pub(super) rgb: Option<(u8, u8, u8)>,
    /// What stands for it among the 16, if the palette says so.
    pub(super) ansi: Option<Color>,
}

impl Hue {
    /// The terminal's own colour.
    pub(super) const OWN: Self = Self { rgb: None, ansi: None };

    /// The colour for a terminal; `None` where it has none.
    pub(super) fn on(self, colours: Colours) -> Option<Color> {
        let Some(rgb) = self.rgb else { return self.ansi.filter(|_| colours != Colours::None) };
        match colours {
            Colours::None => None,
            Colours::Sixteen => Some(self.ansi.unwrap_or_else(|| nearest(rgb))),
            Colours::Indexed256 => Some(Color::Indexed(indexed(rgb))),
            Colours::True => Some(Color::Rgb(rgb.0, rgb.1, rgb.2)),
        }
    }
}

/// The 16 colours with the values that most terminals give them.
pub(crate) const ANSI: [(&str, Color, (u8, u8, u8)); 16] = [
    ("black", Color::Black, (0, 0, 0)),
    ("red", Color::Red, (205, 49, 49)),
    ("green", Color::Green, (13, 188, 121)),
    ("yellow", Color::Yellow, (229, 229, 16)),
    ("blue", Color::Blue, (36, 114, 200)),
    ("magenta", Color::Magenta, (188, 63, 188)),
    ("cyan", Color::Cyan, (17, 168, 205)),
    ("gray", Color::Gray, (200, 200, 200)),
    ("dark-gray", Color::DarkGray, (102, 102, 102)),
    ("bright-red", Color::LightRed, (241, 76, 76)),
    ("bright-green", Color::LightGreen, (35, 209, 139)),
    ("bright-yellow", Color::LightYellow, (245, 245, 67)),
    ("bright-blue", Color::LightBlue, (59, 142, 234)),
    ("bright-magenta", Color::LightMagenta, (214, 112, 214)),
    ("bright-cyan", Color::LightCyan, (41, 184, 219)),
    ("white", Color::White, (255, 255, 255)),
];

/// One of the 16 by its name.
pub(super) fn ansi(name: &str) -> Option<Color> {
    ANSI.iter().find(|(known, ..)| *known == name).map(|(_, colour, _)| *colour)
}

/// Reads `#rrggbb`.
pub(super) fn hex(text: &str) -> Option<(u8, u8, u8)> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
    let value = u32::from_str_radix(digits, 16).ok()?;
    let [_, red, green, blue] = value.to_be_bytes();
    Some((red, green, blue))
}

fn nearest(rgb: (u8, u8, u8)) -> Color {
    ANSI.iter()
        .min_by_key(|(_, _, known)| distance(rgb, *known))
        .map_or(Color::Reset, |(_, colour, _)| *colour)
}

fn distance(a: (u8, u8, u8), b: (u8, u8, u8)) -> u32 {
    let square = |a: u8, b: u8| u32::from(a.abs_diff(b)).pow(2);
    square(a.0, b.0) + square(a.1, b.1) + square(a.2, b.2)
}

/// The levels of a channel in xterm's cube of 6 × 6 × 6.
pub(crate) const LEVELS: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// The nearest of xterm's cube and grey ramp.
fn indexed(rgb: (u8, u8, u8)) -> u8 {
    let level = |value: u8| {
        (0..6u8)
            .min_by_key(|i| LEVELS.get(usize::from(*i)).map_or(u8::MAX, |l| l.abs_diff(value)))
            .unwrap_or(0)
    };
    let (red, green, blue) = (level(rgb.0), level(rgb.1), level(rgb.2));
    let mean = (u32::from(rgb.0) + u32::from(rgb.1) + u32::from(rgb.2)) / 3;
    let grey = (mean.saturating_sub(3) / 10).min(23) as u8;
    let of = |i: u8| LEVELS.get(usize::from(i)).copied().unwrap_or(0);
    let shade = 8 + 10 * grey;
    if distance(rgb, (shade, shade, shade)) < distance(rgb, (of(red), of(green), of(blue))) {
        232 + grey
    } else {
        16 + 36 * red + 6 * green + blue
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_fall_back_to_what_the_terminal_has() {
        let red = Hue { rgb: Some((240, 80, 80)), ansi: None };
        assert_eq!(red.on(Colours::True), Some(Color::Rgb(240, 80, 80)));
        assert_eq!(red.on(Colours::Indexed256), Some(Color::Indexed(203)));
        assert_eq!(red.on(Colours::Sixteen), Some(Color::LightRed));
        assert_eq!(red.on(Colours::None), None);
    }

    #[test]
    fn what_a_palette_says_of_the_sixteen_wins_over_the_nearest() {
        let hue = Hue { rgb: Some((240, 80, 80)), ansi: Some(Color::Magenta) };
        assert_eq!(hue.on(Colours::Sixteen), Some(Color::Magenta));
    }

    #[test]
    fn greys_use_the_grey_ramp() {
        assert_eq!(indexed((128, 128, 128)), 244);
        assert_eq!(indexed((255, 255, 255)), 231);
        assert_eq!(indexed((0, 0, 0)), 16);
    }
}
