//! What every pane draws from.

use jiff::Timestamp;
use ratatui::{style::Style, text::Span};

use crate::{
    action::{Action, Context},
    domain::{Link, Status},
    model::{Model, Pane},
    text,
    theme::{Role, Theme},
};

/// The state and its looks.
#[derive(Clone, Copy)]
pub(super) struct Scene<'a> {
    pub(super) model: &'a Model,
    pub(super) theme: &'a Theme,
}

impl<'a> Scene<'a> {
    pub(super) fn style(self, role: Role) -> Style {
        self.theme.style(role)
    }

    /// Text in a role's style.
    pub(super) fn span<'t>(self, text: impl Into<std::borrow::Cow<'t, str>>, role: Role) -> Span<'t> {
        Span::styled(text, self.style(role))
    }

    /// A status as shape and words, in its colour.
    pub(super) fn status(self, status: Status, words: &str) -> Span<'static> {
        let glyph = self.theme.glyphs.glyph(status);
        self.span(format!("{glyph} {words}"), Role::of_status(status))
    }

    /// Whether what is known may no longer be so.
    pub(super) fn is_stale(self) -> bool {
        self.model.known.taken_at.is_some() && self.model.link != Link::Live
    }

    /// Whether the pane has the keys.
    pub(super) fn has_focus(self, pane: Pane) -> bool {
        self.model.focus.pane == pane && self.model.focus.overlay.is_none()
    }

    /// A moment as the time of day.
    pub(super) fn time(self, at: Timestamp) -> String {
        at.to_zoned(self.model.zone.clone()).strftime("%H:%M:%S").to_string()
    }

    /// A moment as the day and the time of day.
    pub(super) fn moment(self, at: Timestamp) -> String {
        at.to_zoned(self.model.zone.clone()).strftime("%m-%d %H:%M:%S").to_string()
    }

    /// A moment as the time of day, to the millisecond.
    pub(super) fn precise_time(self, at: Timestamp) -> String {
        at.to_zoned(self.model.zone.clone()).strftime("%H:%M:%S%.3f").to_string()
    }

    /// How long ago something was.
    pub(super) fn age(self, at: Timestamp) -> String {
        text::age(self.model.clock.seconds_since(at))
    }

    /// The first key that does `action` now; none if no key does, or an inner part of the screen takes it.
    pub(super) fn key(self, action: Action) -> Option<String> {
        self.key_in(self.model.contexts(), action)
    }

    /// The first key that does `action` in `contexts`.
    pub(super) fn key_in(self, contexts: &[Context], action: Action) -> Option<String> {
        let keymap = &self.model.keymap;
        let does = |key| keymap.resolve(contexts, key) == crate::action::Resolved::Action(action);
        let contexts = if self.model.offers(action) { contexts } else { &[] };
        contexts
            .iter()
            .flat_map(|context| keymap.keys(*context, action))
            .find(|key| does(*key))
            .map(|key| key.to_string())
    }
}
