//! How the screen looks: a style for each [`Role`], and the glyphs.
//!
//! The panes name roles, never colours. A [`Theme`] gives each role a style for what the terminal can show: all
//! colours, 256, 16 or none.
//!
//! Themes are YAML files; those in `themes/` are shipped. `about` says what a theme is for. `palette` names its
//! colours: `rgb` is the exact value, `ansi` what stands for it where there are 16 colours (the nearest, if it is
//! left out). `roles` gives every role its `fg` and `bg` from the palette and its `style` (`bold`, `dim`, `italic`,
//! `underlined`, `reversed`); `mono` is the style where there is no colour, `fg16` the foreground where there are 16.

mod colour;
mod file;
mod glyphs;
mod role;

pub use colour::Colours;
pub(crate) use colour::{ANSI, LEVELS};
pub use file::ThemeError;
pub use glyphs::Glyphs;
pub use role::Role;

use file::Spec;
use ratatui::style::{Modifier, Style};

const SHIPPED: [(&str, &str); 5] = [
    ("default", include_str!("../../themes/default.yaml")),
    ("light", include_str!("../../themes/light.yaml")),
    ("high-contrast", include_str!("../../themes/high-contrast.yaml")),
    ("deuteranopia", include_str!("../../themes/deuteranopia.yaml")),
    ("mono", include_str!("../../themes/mono.yaml")),
];

/// A style for each role, made for one kind of terminal.
#[derive(Clone, Debug)]
pub struct Theme {
    /// The shapes that stand for things.
    pub glyphs: Glyphs,
    colours: Colours,
    specs: Vec<Spec>,
    styles: Vec<Style>,
}

impl Theme {
    /// Reads a theme, for a terminal that shows all colours.
    ///
    /// # Errors
    /// [`ThemeError`] on the first thing that is wrong, with its place.
    pub fn load(yaml: &str) -> Result<Self, ThemeError> {
        let specs = file::read(yaml)?;
        let theme = Self { glyphs: Glyphs::Unicode, colours: Colours::True, specs, styles: Vec::new() };
        Ok(theme.with_colours(Colours::True))
    }

    /// The names of the shipped themes.
    pub fn names() -> impl Iterator<Item = &'static str> {
        SHIPPED.iter().map(|(name, _)| *name)
    }

    /// The shipped theme of this name.
    ///
    /// # Errors
    /// [`ThemeError::Name`] if there is none.
    pub fn shipped(name: &str) -> Result<Self, ThemeError> {
        let (_, yaml) = SHIPPED
            .iter()
            .find(|(shipped, _)| *shipped == name)
            .ok_or_else(|| ThemeError::name(name, Self::names()))?;
        Self::load(yaml)
    }

    /// The shipped theme of this name, in the colours that the terminal has.
    ///
    /// # Errors
    /// [`ThemeError::Name`] if there is none.
    pub fn for_terminal(colours: Colours, name: &str) -> Result<Self, ThemeError> {
        Ok(Self::shipped(name)?.with_colours(colours))
    }

    /// The same theme in other colours.
    #[must_use]
    pub fn with_colours(mut self, colours: Colours) -> Self {
        self.colours = colours;
        self.styles = self.specs.iter().map(|spec| spec.style(colours)).collect();
        self
    }

    /// The same theme with other glyphs.
    #[must_use]
    pub const fn with_glyphs(mut self, glyphs: Glyphs) -> Self {
        self.glyphs = glyphs;
        self
    }

    /// What the terminal is taken to show.
    #[must_use]
    pub const fn colours(&self) -> Colours {
        self.colours
    }

    /// The style of a role.
    #[must_use]
    pub fn style(&self, role: Role) -> Style {
        self.styles.get(role.index()).copied().unwrap_or_default()
    }

    /// A theme without any colour: what remains when nothing can be read.
    #[must_use]
    pub fn plain() -> Self {
        let mut styles = vec![Style::new(); Role::ALL.len()];
        if let Some(selected) = styles.get_mut(Role::Selected.index()) {
            *selected = selected.add_modifier(Modifier::REVERSED);
        }
        Self { glyphs: Glyphs::Unicode, colours: Colours::None, specs: Vec::new(), styles }
    }
}

impl Default for Theme {
    /// The shipped default. That it can be read is tested; without it the screen would be plain.
    fn default() -> Self {
        Self::shipped("default").unwrap_or_else(|_| Self::plain())
    }
}

#[cfg(test)]
mod tests;
