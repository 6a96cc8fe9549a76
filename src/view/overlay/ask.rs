//! What a command still has to be told: a number, an image.

use ratatui::{buffer::Buffer, layout::Rect, text::Line};

use super::window;
use crate::{
    action::Action,
    model::{Ask, Wish},
    theme::Role,
    view::{
        scene::Scene,
        widgets::{pane, pencil::Pencil},
    },
};

/// Wide enough for the reference of an image.
const WIDEST: u16 = 78;

/// Draws the question over `area`; returns where the cursor is.
pub(in crate::view) fn render(scene: Scene<'_>, area: Rect, buffer: &mut Buffer, ask: &Ask) -> (u16, u16) {
    let (title, label) = match ask.wish {
        Wish::Scale => (format!("Scale {}", ask.service), "replicas"),
        Wish::Update => (format!("Rolling update of {}", ask.service), "image"),
    };
    let window = window::open(scene, area, buffer, &title, (WIDEST, 3));
    let row = |place: u16| Rect { y: window.inner.y + place, height: 1, ..window.inner };
    Pencil::on(buffer, row(0)).write(&ask.now, scene.style(Role::Muted));
    let cursor = window::field(scene, row(1), buffer, label, &ask.answer);
    if let Some(error) = &ask.answer.error {
        Pencil::on(buffer, row(2)).write(&format!("✖ {error}"), scene.style(Role::PromptError));
    }
    let key = |action| scene.key(action).unwrap_or_default();
    let keys = format!("{} shows the plan   {} closes", key(Action::Open), key(Action::Back));
    pane::remark(window.outer, buffer, &Line::from(scene.span(keys, Role::HintText)));
    cursor
}
