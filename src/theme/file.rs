//! Reads themes.

use std::collections::BTreeMap;

use ratatui::style::{Modifier, Style};
use serde::Deserialize;
use serde_yaml::Spanned;
use thiserror::Error;

use super::{
    Colours, Role,
    colour::{self, Hue},
};

/// Why a theme is refused.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ThemeError {
    /// No theme of this name is shipped.
    #[error("no theme is called `{name}`; there are {}", known.join(", "))]
    Name {
        /// The name as asked for.
        name: String,
        /// The names that there are.
        known: Vec<String>,
    },
    /// It is not YAML of the expected form; the reader tells the place.
    #[error("the theme cannot be read: {0}")]
    Syntax(String),
    /// A value means nothing.
    #[error("the theme's line {line}, column {column}: {problem}")]
    Value {
        /// The line, from 1.
        line: u64,
        /// The column, from 1.
        column: u64,
        /// What is wrong.
        problem: String,
    },
    /// A role has no style.
    #[error("the theme says nothing of the role `{0}`")]
    Missing(&'static str),
}

impl ThemeError {
    pub(super) fn name<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Self {
        Self::Name { name: name.to_owned(), known: known.map(str::to_owned).collect() }
    }

    fn at<T>(place: &Spanned<T>, problem: String) -> Self {
        Self::Value { line: place.referenced.line(), column: place.referenced.column(), problem }
    }
}

/// How a role looks, before the terminal is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spec {
    fg: Option<Hue>,
    fg16: Option<Hue>,
    bg: Option<Hue>,
    style: Modifier,
    mono: Modifier,
}

impl Spec {
    /// The style on a terminal with these colours.
    pub(super) fn style(&self, colours: Colours) -> Style {
        let mut style = Style::new();
        let fg = if colours == Colours::Sixteen { self.fg16.or(self.fg) } else { self.fg };
        style.fg = fg.and_then(|hue| hue.on(colours));
        style.bg = self.bg.and_then(|hue| hue.on(colours));
        style.add_modifier(if colours == Colours::None { self.mono } else { self.style })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "about")]
    _about: String,
    #[serde(default)]
    palette: BTreeMap<String, Spanned<PaletteEntry>>,
    roles: BTreeMap<String, Spanned<RoleEntry>>,
}

/// A colour: `#rrggbb`, the name of one of the 16, or both.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PaletteEntry {
    rgb: Option<String>,
    ansi: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RoleEntry {
    fg: Option<String>,
    /// What takes the place of `fg` where there are 16 colours: they are few enough to clash.
    fg16: Option<String>,
    bg: Option<String>,
    #[serde(default)]
    style: Vec<String>,
    /// What takes the place of `style` where there is no colour.
    mono: Option<Vec<String>>,
}

/// Reads a theme: one spec a role, in the order of [`Role::ALL`].
pub(super) fn read(yaml: &str) -> Result<Vec<Spec>, ThemeError> {
    let file: File = serde_yaml::from_str(yaml).map_err(|error| ThemeError::Syntax(error.to_string()))?;
    let palette = palette(&file.palette)?;
    if let Some((id, place)) = file.roles.iter().find(|(id, _)| Role::from_id(id).is_none()) {
        return Err(ThemeError::at(place, format!("`{id}` is no role")));
    }
    let spec = |role: &Role| {
        let entry = file.roles.get(role.id()).ok_or_else(|| ThemeError::Missing(role.id()))?;
        spec(entry, &palette)
    };
    Role::ALL.iter().map(spec).collect()
}

fn palette(entries: &BTreeMap<String, Spanned<PaletteEntry>>) -> Result<BTreeMap<&str, Hue>, ThemeError> {
    entries.iter().map(|(name, place)| Ok((name.as_str(), hue(place)?))).collect()
}

fn hue(place: &Spanned<PaletteEntry>) -> Result<Hue, ThemeError> {
    let bad = |text: &str, wanted: &str| ThemeError::at(place, format!("`{text}` is no colour; {wanted}"));
    let rgb =
        place.value.rgb.as_ref().map(|text| {
            colour::hex(text).ok_or_else(|| bad(text, "write six hexadecimal digits: `#1e90ff`"))
        });
    let ansi = place.value.ansi.as_ref().map(|text| {
        let known = colour::ANSI.map(|(name, ..)| name).join(", ");
        colour::ansi(text).ok_or_else(|| bad(text, &format!("the sixteen are {known}")))
    });
    Ok(Hue { rgb: rgb.transpose()?, ansi: ansi.transpose()? })
}

fn spec(place: &Spanned<RoleEntry>, palette: &BTreeMap<&str, Hue>) -> Result<Spec, ThemeError> {
    let entry = &place.value;
    let colour = |name: &Option<String>| -> Result<Option<Hue>, ThemeError> {
        let Some(name) = name else { return Ok(None) };
        let known = if name == "own" { Some(Hue::OWN) } else { palette.get(name.as_str()).copied() };
        let unknown = || ThemeError::at(place, format!("`{name}` is no colour of the theme's palette"));
        known.ok_or_else(unknown).map(Some)
    };
    let style = modifiers(place, &entry.style)?;
    let mono = entry.mono.as_ref().map_or(Ok(style), |words| modifiers(place, words))?;
    let (fg, fg16, bg) = (colour(&entry.fg)?, colour(&entry.fg16)?, colour(&entry.bg)?);
    Ok(Spec { fg, fg16, bg, style, mono })
}

fn modifiers(place: &Spanned<RoleEntry>, words: &[String]) -> Result<Modifier, ThemeError> {
    words.iter().try_fold(Modifier::empty(), |all, word| {
        let modifier = match word.as_str() {
            "bold" => Modifier::BOLD,
            "dim" => Modifier::DIM,
            "italic" => Modifier::ITALIC,
            "underlined" => Modifier::UNDERLINED,
            "reversed" => Modifier::REVERSED,
            other => {
                let known = "bold, dim, italic, underlined and reversed";
                return Err(ThemeError::at(place, format!("`{other}` is no style; there are {known}")));
            }
        };
        Ok(all | modifier)
    })
}
