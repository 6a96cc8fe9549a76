//! The message over the hints line. It lies over the row that is there: nothing moves for it.

use ratatui::{buffer::Buffer, layout::Rect};

use super::{scene::Scene, widgets::pencil::Pencil};
use crate::{action::Action, model::NoticeLevel, text, theme::Role};

/// Cells of an error's row that are not its text nor the key.
const FIXED: usize = 16;

/// Draws the message that is to be shown now, if there is one.
pub(super) fn render(scene: Scene<'_>, area: Rect, buffer: &mut Buffer) {
    let Some(notice) = scene.model.notices.current(scene.model.clock.running) else { return };
    let (role, text) = match notice.level {
        NoticeLevel::Note => (Role::NoticeNote, format!(" {} ", notice.text)),
        NoticeLevel::Error => {
            let key = scene.key(Action::Back).unwrap_or_default();
            let room = usize::from(area.width).saturating_sub(text::width(&key) + FIXED);
            (Role::NoticeError, format!(" ✖ {}   {key} closes ", text::fit(&notice.text, room)))
        }
    };
    let row = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
    Pencil::on(buffer, row).write(&text, scene.style(role));
}
