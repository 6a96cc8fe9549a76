//! stacktop's own messages.

use ratatui::{buffer::Buffer, layout::Rect, text::Line, widgets::Widget};
use tui_logger::TuiLoggerWidget;

use super::{scene::Scene, widgets::pane};
use crate::theme::Role;

/// Draws the newest messages. They are kept by the logger, not by the model: nothing may depend on them.
pub(super) fn render(scene: Scene<'_>, area: Rect, buffer: &mut Buffer) {
    let title = Line::from(scene.span("stacktop's own messages", Role::Title));
    let inner = pane::frame(scene, area, buffer, &title, false);
    TuiLoggerWidget::default()
        .style(scene.style(Role::Text))
        .style_error(scene.style(Role::LogError))
        .style_warn(scene.style(Role::LogWarn))
        .style_info(scene.style(Role::LogInfo))
        .style_debug(scene.style(Role::LogDebug))
        .style_trace(scene.style(Role::LogDebug))
        .output_file(false)
        .output_line(false)
        .render(inner, buffer);
}
