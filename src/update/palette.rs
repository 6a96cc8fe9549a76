//! Actions by name.

use crate::model::{Model, Offer, Overlay, Palette};

pub(super) fn begin(model: &mut Model) {
    model.focus.overlay = Some(Overlay::Palette(Palette::default()));
}

/// Enter: closes the palette and returns what was chosen; nothing happens where nothing is.
pub(super) fn chosen(model: &mut Model) -> Option<Offer> {
    let Some(Overlay::Palette(palette)) = &model.focus.overlay else { return None };
    let offer = palette.chosen(model)?;
    model.focus.overlay = None;
    Some(offer)
}
