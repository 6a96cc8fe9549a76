//! A picture of a screen, from the cells that the program drew.

mod shapes;

use std::fmt::Write as _;

use ratatui::{
    buffer::{Buffer, Cell},
    style::{Color, Modifier},
};

use crate::{
    text,
    theme::{ANSI, LEVELS},
};

/// The size of a cell and of the letters in it, in pixels.
const CELL: (f64, f64) = (8.43, 18.0);
const FONT: f64 = 14.0;

/// The bar with the title, and the room around the screen.
const BAR: f64 = 28.0;
const MARGIN: f64 = 10.0;

/// The terminal's own colours, as most dark terminals have them.
const FOREGROUND: (u8, u8, u8) = (0xc9, 0xd1, 0xd9);
const BACKGROUND: (u8, u8, u8) = (0x0d, 0x11, 0x17);

/// Draws `buffer` as an SVG: a window with `title`, and the screen as text on coloured cells. Lines, bars and
/// braille are drawn as shapes, so that they meet whatever the font. The same buffer always yields the same bytes.
#[must_use]
pub fn svg(buffer: &Buffer, title: &str) -> String {
    let width = f64::from(buffer.area.width) * CELL.0 + 2.0 * MARGIN;
    let height = f64::from(buffer.area.height) * CELL.1 + BAR + MARGIN;
    let mut out = String::new();
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" \
         height=\"{height:.0}\">\n<rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{}\"/>\n",
        hex(ground(buffer))
    );
    for (place, colour) in ["#ff5f57", "#febc2e", "#28c840"].iter().enumerate() {
        let x = 18.0 + 18.0 * place as f64;
        let _ = writeln!(out, "<circle cx=\"{x:.0}\" cy=\"14\" r=\"5\" fill=\"{colour}\"/>");
    }
    let _ = write!(
        out,
        "<g font-family=\"'DejaVu Sans Mono',Menlo,Consolas,'Liberation Mono',monospace\" font-size=\"{FONT}\" \
         xml:space=\"preserve\">\n<text x=\"{:.1}\" y=\"19\" fill=\"#8b949e\" text-anchor=\"middle\">{}</text>\n",
        width / 2.0,
        escaped(title)
    );
    for row in 0..buffer.area.height {
        draw_grounds(buffer, row, &mut out);
        draw_row(buffer, row, &mut out);
    }
    out.push_str("</g>\n</svg>\n");
    out
}

/// What the whole picture stands on: the colour behind its first cell.
fn ground(buffer: &Buffer) -> (u8, u8, u8) {
    buffer.content.first().map_or(BACKGROUND, |cell| Look::of(cell).bg)
}

/// Draws what is behind a row's cells, where that is not what the whole picture stands on.
fn draw_grounds(buffer: &Buffer, row: u16, out: &mut String) {
    let ground = ground(buffer);
    let grounds: Vec<_> =
        (0..buffer.area.width).filter_map(|column| Some(Look::of(cell(buffer, column, row)?).bg)).collect();
    let mut x = MARGIN;
    for run in grounds.chunk_by(|a, b| a == b) {
        let (y, width, height) = (BAR + f64::from(row) * CELL.1, run.len() as f64 * CELL.0, CELL.1);
        if let Some(colour) = run.first().filter(|colour| **colour != ground) {
            let fill = hex(*colour);
            let _ = writeln!(
                out,
                "<rect x=\"{x:.2}\" y=\"{y:.1}\" width=\"{width:.2}\" height=\"{height}\" fill=\"{fill}\"/>"
            );
        }
        x += width;
    }
}

/// What a run of cells is drawn as.
#[derive(Clone, Copy, PartialEq)]
enum Drawn {
    /// ASCII text, as one piece.
    Text,
    /// Shapes, as one path.
    Shape,
    /// Any other symbol, each in its own place: fonts disagree on their widths.
    Symbol,
}

/// How a run of cells looks.
#[derive(Clone, Copy, PartialEq)]
struct Look {
    fg: (u8, u8, u8),
    bg: (u8, u8, u8),
    modifier: Modifier,
    drawn: Drawn,
}

impl Look {
    fn of(cell: &Cell) -> Self {
        let modifier = cell.modifier;
        let (fg, bg) = (colour(cell.fg, FOREGROUND), colour(cell.bg, BACKGROUND));
        let (fg, bg) = if modifier.contains(Modifier::REVERSED) { (bg, fg) } else { (fg, bg) };
        let drawn = match cell.symbol() {
            symbol if symbol.is_ascii() => Drawn::Text,
            symbol if shapes::is_shape(symbol) => Drawn::Shape,
            _ => Drawn::Symbol,
        };
        Self { fg, bg, modifier, drawn }
    }

    fn attributes(self) -> String {
        let mut attributes = format!("fill=\"{}\"", hex(self.fg));
        for (modifier, attribute) in [
            (Modifier::BOLD, " font-weight=\"bold\""),
            (Modifier::DIM, " opacity=\"0.6\""),
            (Modifier::ITALIC, " font-style=\"italic\""),
            (Modifier::UNDERLINED, " text-decoration=\"underline\""),
        ] {
            if self.modifier.contains(modifier) {
                attributes.push_str(attribute);
            }
        }
        attributes
    }
}

/// A run of cells that look alike.
struct Run<'a> {
    symbols: Vec<&'a str>,
    look: Look,
    x: f64,
    y: f64,
    width: f64,
}

fn draw_row(buffer: &Buffer, row: u16, out: &mut String) {
    let (mut column, width) = (0, buffer.area.width);
    while let Some(first) = cell(buffer, column, row) {
        let look = Look::of(first);
        let (start, mut symbols) = (column, Vec::new());
        while let Some(cell) = cell(buffer, column, row).filter(|cell| Look::of(cell) == look) {
            symbols.push(cell.symbol());
            column += (text::width(cell.symbol()) as u16).max(1);
            if look.drawn == Drawn::Symbol {
                break;
            }
        }
        let x = MARGIN + f64::from(start) * CELL.0;
        let y = BAR + f64::from(row) * CELL.1;
        let run = Run { symbols, look, x, y, width: f64::from(column.min(width) - start) * CELL.0 };
        draw_run(&run, out);
    }
}

fn cell(buffer: &Buffer, column: u16, row: u16) -> Option<&Cell> {
    let (x, y) = (buffer.area.x + column, buffer.area.y + row);
    (column < buffer.area.width).then(|| buffer.cell((x, y))).flatten()
}

fn draw_run(run: &Run<'_>, out: &mut String) {
    let Run { symbols, look, x, y, width } = run;
    let attributes = look.attributes();

    if look.drawn == Drawn::Shape {
        let _ = writeln!(out, "<path {attributes} d=\"{}\"/>", shapes::path(symbols, *x, *y, CELL));
        return;
    }
    let run = symbols.concat();
    if !run.trim().is_empty() {
        let base = y + FONT;
        let length =
            if look.drawn == Drawn::Text { format!(" textLength=\"{width:.2}\"") } else { String::new() };
        let _ =
            writeln!(out, "<text x=\"{x:.2}\" y=\"{base:.1}\" {attributes}{length}>{}</text>", escaped(&run));
    }
}

fn colour(colour: Color, own: (u8, u8, u8)) -> (u8, u8, u8) {
    match colour {
        Color::Reset => own,
        Color::Rgb(red, green, blue) => (red, green, blue),
        Color::Indexed(index) => indexed(index),
        named => ANSI.iter().find(|(_, known, _)| *known == named).map_or(own, |(.., rgb)| *rgb),
    }
}

fn indexed(index: u8) -> (u8, u8, u8) {
    let of = |level: u8| LEVELS.get(usize::from(level)).copied().unwrap_or(0);
    match index {
        0..16 => ANSI.get(usize::from(index)).map_or(FOREGROUND, |(.., rgb)| *rgb),
        16..232 => {
            let cube = index - 16;
            (of(cube / 36), of(cube / 6 % 6), of(cube % 6))
        }
        grey => {
            let shade = 8 + 10 * (grey - 232);
            (shade, shade, shade)
        }
    }
}

fn hex((red, green, blue): (u8, u8, u8)) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use ratatui::{layout::Rect, style::Style};

    use super::*;

    #[test]
    fn text_is_escaped_and_the_same_screen_is_the_same_picture() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 20, 2));
        buffer.set_string(0, 0, "<a&b> \"日本\" ⣿▃╭─", Style::new().fg(Color::Red).bg(Color::Indexed(240)));
        let picture = svg(&buffer, "a < b");
        assert!(picture.contains("&lt;a&amp;b&gt;") && picture.contains("a &lt; b"), "{picture}");
        assert!(
            picture.contains("#cd3131") && picture.contains("#585858") && picture.contains("<path"),
            "{picture}"
        );
        assert_eq!(picture, svg(&buffer, "a < b"));
    }
}
