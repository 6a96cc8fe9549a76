//! Takes everything but ASCII off a finished screen.

use ratatui::buffer::Buffer;

use crate::theme::Glyphs;

/// Replaces every symbol that is not printable ASCII, whoever wrote it. A wide one leaves its second cell blank.
pub(in crate::view) fn fold(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        if !cell.symbol().is_ascii() {
            let plain = Glyphs::plain(cell.symbol());
            cell.set_symbol(plain);
        }
    }
}
