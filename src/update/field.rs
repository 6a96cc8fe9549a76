//! Text that is being typed: into the line at the bottom, or into an overlay.

use crate::{
    action::{Code, Key},
    text::sanitize,
};

/// Longer text is not typed, it is pasted by mistake.
const LONGEST: usize = 256;

/// Takes a key in; false if it is no letter and nothing changed.
pub(super) fn typed(text: &mut String, key: Key) -> bool {
    match key {
        Key { code: Code::Char('u'), ctrl: true, .. } => text.clear(),
        Key { code: Code::Char(c), ctrl: false, alt: false } if text.len() < LONGEST => text.push(c),
        Key { code: Code::Backspace, .. } => drop(text.pop()),
        _ => return false,
    }
    true
}

/// Takes pasted text in, so far as there is room.
pub(super) fn paste(text: &mut String, pasted: &str) {
    let room = LONGEST.saturating_sub(text.len());
    text.extend(sanitize(pasted).chars().take(room));
}
