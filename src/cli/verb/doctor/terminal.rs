//! The terminal: what it is, what it can show.

use std::{
    env,
    io::{IsTerminal, stdin, stdout},
};

use super::Check;
use crate::cli::surface::{self, Colour, Glyphs, Surface};
use crate::text;

/// The smallest terminal that the dashboard fits.
const SMALLEST: (usize, usize) = (60, 15);

pub(super) fn look(surface: &Surface) -> Vec<Check> {
    vec![terminal(), size(), colours(surface), characters(surface)]
}

fn terminal() -> Check {
    let term = variable("TERM");
    match (stdin().is_terminal() && stdout().is_terminal(), term.as_str()) {
        (false, _) => {
            Check::warn("terminal", "input or output is no terminal: the verbs work, the dashboard does not")
        }
        (true, "" | "dumb") => {
            Check::warn("terminal", format!("TERM is `{term}`: the dashboard needs a terminal with a cursor"))
        }
        (true, _) => Check::ok("terminal", format!("TERM is {term}")),
    }
}

fn size() -> Check {
    match surface::size() {
        None => Check::ok("size", "unknown, as the output is no terminal"),
        Some((columns, rows)) if columns < SMALLEST.0 || rows < SMALLEST.1 => Check::warn(
            "size",
            format!("{columns}x{rows}: the dashboard needs {}x{}", SMALLEST.0, SMALLEST.1),
        ),
        Some((columns, rows)) => Check::ok("size", format!("{columns}x{rows}")),
    }
}

fn colours(surface: &Surface) -> Check {
    let reason = match (surface.colour, variable("COLORTERM").as_str()) {
        (Colour::On, "truecolor" | "24bit") => "on, 24 bit".to_owned(),
        (Colour::On, _) if variable("TERM").contains("256color") => "on, 256".to_owned(),
        (Colour::On, _) => "on, 16".to_owned(),
        (Colour::Off, _) if surface::is_set("NO_COLOR") => "off: NO_COLOR is set".to_owned(),
        (Colour::Off, _) => "off".to_owned(),
    };
    Check::ok("colours", reason)
}

fn characters(surface: &Surface) -> Check {
    let locale =
        surface::locale().map_or_else(|| "none, which is C".to_owned(), |name| text::sanitize(&name));
    match surface.glyphs {
        Glyphs::Unicode => Check::ok("locale", format!("{locale}: Unicode")),
        Glyphs::Ascii if surface::is_utf8(surface::locale().as_deref()) => {
            Check::ok("locale", format!("{locale}: ASCII, as asked for"))
        }
        Glyphs::Ascii => {
            Check::warn("locale", format!("{locale}: ASCII; a UTF-8 locale such as C.UTF-8 shows more"))
        }
    }
}

fn variable(name: &str) -> String {
    text::sanitize(&env::var(name).unwrap_or_default())
}
