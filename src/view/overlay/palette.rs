//! Actions by name, over the line in which the name is typed.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::Line,
    widgets::{Clear, Widget},
};

use crate::{
    action::{Action, Context},
    model::{Offer, Palette},
    theme::Role,
    view::{
        scene::Scene,
        widgets::{pane, pencil::Pencil},
    },
};

/// Actions that are visible at once. The list is always as high: it does not move while a name is typed.
const ROWS: u16 = 10;

const WIDEST: u16 = 110;

/// Cells for names and for keys.
const NAME: u16 = 24;
const KEY: u16 = 10;

/// Draws the actions at the lower edge of `area`.
pub(in crate::view) fn render(scene: Scene<'_>, area: Rect, buffer: &mut Buffer, palette: &Palette) {
    let height = (ROWS + 2).min(area.height);
    let outer = Rect { y: area.bottom() - height, height, width: area.width.min(WIDEST), ..area };
    Clear.render(outer, buffer);
    buffer.set_style(outer, scene.style(Role::Screen));
    let inner = pane::frame(scene, outer, buffer, &Line::from(scene.span("Actions", Role::Title)), true);
    let offers = palette.offers(scene.model);
    if offers.is_empty() {
        pane::sentence(scene, inner, buffer, "no action that applies here is called that", "");
        return;
    }
    let rows = usize::from(inner.height);
    let start = (palette.selected + 1).saturating_sub(rows);
    for (y, (place, offer)) in (inner.y..inner.bottom()).zip(offers.iter().enumerate().skip(start)) {
        let row = Rect { y, height: 1, ..inner };
        line(scene, offer, place == palette.selected, &mut Pencil::on(buffer, row));
        if place == palette.selected {
            buffer.set_style(row, scene.style(Role::Selected));
        }
    }
    if let Some(place) = pane::place(scene, start, inner.height, offers.len()) {
        pane::remark(outer, buffer, &place);
    }
}

fn line(scene: Scene<'_>, offer: &Offer, selected: bool, pencil: &mut Pencil<'_>) {
    let name = match &offer.argument {
        Some(argument) => format!("{} {argument}", offer.action.id()),
        None => offer.action.id().to_owned(),
    };
    pencil.write(if selected { "› " } else { "  " }, scene.style(Role::Strong));
    pencil.left(&name, NAME, scene.style(Role::Strong)).skip(1);
    pencil.left(&key(scene, offer.action), KEY, scene.style(Role::HintKey)).skip(1);
    pencil.write(offer.action.doc(), scene.style(Role::Text));
}

/// The first key that does the same without the palette.
fn key(scene: Scene<'_>, action: Action) -> String {
    let contexts: &[Context] = scene.model.pane_contexts();
    scene.key_in(contexts, action).unwrap_or_default()
}
