//! What a command still has to be told: a number, an image.

use ratatui::{buffer::Buffer, layout::Rect, text::Line};

use super::window;
use crate::{
    action::Action,
    model::{Ask, Extent, Wish},
    theme::Role,
    view::{
        scene::Scene,
        widgets::{pane, pencil::Pencil, wrap},
    },
};

/// Wide enough for the reference of an image.
const WIDEST: u16 = 78;

/// Draws the question over `area`; returns where the cursor is.
pub(in crate::view) fn render(scene: Scene<'_>, area: Rect, buffer: &mut Buffer, ask: &Ask) -> (u16, u16) {
    let (title, label) = match (ask.wish, &ask.extent) {
        (Wish::Scale, Extent::Service { key, .. }) => (format!("Scale {key}"), "replicas"),
        (Wish::Update, Extent::Service { key, .. }) => (format!("Rolling update of {key}"), "image"),
        (_, Extent::Set { stack, service, .. }) => {
            let service = service.as_ref().map(|service| format!("/{service}")).unwrap_or_default();
            (format!("Restore {stack}{service}"), "into (fresh, in-place)")
        }
        (_, Extent::Project(stack)) => {
            (format!("Rolling update of all of {stack}"), "fetch the images first (yes, no)")
        }
    };
    let now = Line::from(scene.span(ask.now.as_str(), Role::Muted));
    let now = wrap::spans(&now, window::room(area, WIDEST), 0);
    let window = window::open(scene, area, buffer, &title, (WIDEST, now.len() + 2));
    let row = |place: u16| Rect { y: window.inner.y + place, height: 1, ..window.inner };
    pane::scrolled(window.inner, buffer, &now, 0);
    let field = (now.len() as u16).min(window.inner.height.saturating_sub(2));
    let cursor = window::field(scene, row(field), buffer, label, &ask.answer);
    if let Some(error) = &ask.answer.error {
        Pencil::on(buffer, row(field + 1)).write(&format!("✖ {error}"), scene.style(Role::PromptError));
    }
    let key = |action| scene.key(action).unwrap_or_default();
    let keys = format!("{} shows the plan   {} closes", key(Action::Open), key(Action::Back));
    pane::remark(window.outer, buffer, &Line::from(scene.span(keys, Role::HintText)));
    cursor
}
