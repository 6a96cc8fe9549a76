//! Symbols that must meet their neighbours: lines, bars, braille.

use std::fmt::Write as _;

/// How thick a line is, and how large a dot, in pixels.
const LINE: f64 = 1.2;
const DOT: f64 = 2.1;

/// Sides of a cell that a line reaches: left, right, up, down.
type Sides = (bool, bool, bool, bool);

/// Whether `symbol` is drawn as a shape.
pub(super) fn is_shape(symbol: &str) -> bool {
    sides(symbol).is_some() || bar(symbol).is_some() || dots(symbol).is_some()
}

/// The path of a run of shapes that begins at (`x`, `y`).
pub(super) fn path(symbols: &[&str], x: f64, y: f64, (width, height): (f64, f64)) -> String {
    let mut path = String::new();
    let mut x = x;
    for symbol in symbols {
        if let Some(sides) = sides(symbol) {
            lines(&mut path, sides, (x, y), (width, height));
        } else if let Some(eighths) = bar(symbol) {
            let filled = height * f64::from(eighths) / 8.0;
            rect(&mut path, (x, y + height - filled), (width * 0.9, filled));
        } else if let Some(dots) = dots(symbol) {
            braille(&mut path, dots, (x, y), (width, height));
        }
        x += width;
    }
    path
}

fn sides(symbol: &str) -> Option<Sides> {
    match symbol {
        "─" => Some((true, true, false, false)),
        "│" => Some((false, false, true, true)),
        "╭" => Some((false, true, false, true)),
        "╮" => Some((true, false, false, true)),
        "╰" => Some((false, true, true, false)),
        "╯" => Some((true, false, true, false)),
        "┤" => Some((true, false, true, true)),
        _ => None,
    }
}

/// Eighths of the height.
fn bar(symbol: &str) -> Option<u32> {
    let c = symbol.chars().next().filter(|c| ('▁'..='█').contains(c))?;
    Some(u32::from(c) - u32::from('▁') + 1)
}

fn dots(symbol: &str) -> Option<u32> {
    let c = symbol.chars().next().filter(|c| ('\u{2800}'..='\u{28ff}').contains(c))?;
    Some(u32::from(c) - 0x2800)
}

fn rect(path: &mut String, (x, y): (f64, f64), (width, height): (f64, f64)) {
    let _ = write!(path, "M{x:.1} {y:.1}h{width:.1}v{height:.1}h-{width:.1}z");
}

fn lines(path: &mut String, (left, right, up, down): Sides, (x, y): (f64, f64), (width, height): (f64, f64)) {
    let (middle_x, middle_y) = (x + (width - LINE) / 2.0, y + (height - LINE) / 2.0);
    if left || right {
        let start = if left { x } else { middle_x };
        let end = if right { x + width } else { middle_x + LINE };
        rect(path, (start, middle_y), (end - start, LINE));
    }
    if up || down {
        let start = if up { y } else { middle_y };
        let end = if down { y + height } else { middle_y + LINE };
        rect(path, (middle_x, start), (LINE, end - start));
    }
}

/// The bits of braille: the left column from the top is 0, 1, 2, 6, the right one 3, 4, 5, 7.
fn braille(path: &mut String, dots: u32, (x, y): (f64, f64), (width, height): (f64, f64)) {
    const PLACES: [(u8, u8); 8] = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3)];
    for (bit, (column, row)) in PLACES.iter().enumerate() {
        if dots & (1 << bit) != 0 {
            let at_x = x + width * (0.25 + 0.5 * f64::from(*column)) - DOT / 2.0;
            let at_y = y + height * (0.125 + 0.25 * f64::from(*row)) - DOT / 2.0;
            rect(path, (at_x, at_y), (DOT, DOT));
        }
    }
}
