//! Keys in stacktop's own words, so that nothing but the terminal layer depends on a terminal library.

use std::{fmt, str::FromStr};

use thiserror::Error;

/// A key press.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// Which key. A letter carries its case; there is no separate shift.
    pub code: Code,
    /// Whether Ctrl was held.
    pub ctrl: bool,
    /// Whether Alt was held.
    pub alt: bool,
}

/// A key without modifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Code {
    /// A character.
    Char(char),
    /// A function key.
    Function(u8),
    /// Enter.
    Enter,
    /// Escape.
    Esc,
    /// Tab.
    Tab,
    /// Shift and Tab.
    BackTab,
    /// Backspace.
    Backspace,
    /// Delete.
    Delete,
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// Arrow left.
    Left,
    /// Arrow right.
    Right,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
}

/// Why a key's name is none.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error(
    "`{0}` is no key; keys are written like `q`, `G`, `ctrl-c`, `alt-x`, `f1`, `enter`, `space`, `page-up`"
)]
pub struct KeyError(String);

const NAMES: [(&str, Code); 16] = [
    ("enter", Code::Enter),
    ("esc", Code::Esc),
    ("tab", Code::Tab),
    ("shift-tab", Code::BackTab),
    ("backspace", Code::Backspace),
    ("delete", Code::Delete),
    ("up", Code::Up),
    ("down", Code::Down),
    ("left", Code::Left),
    ("right", Code::Right),
    ("home", Code::Home),
    ("end", Code::End),
    ("page-up", Code::PageUp),
    ("page-down", Code::PageDown),
    ("space", Code::Char(' ')),
    ("minus", Code::Char('-')),
];

impl Key {
    /// A key without modifiers.
    #[must_use]
    pub const fn plain(code: Code) -> Self {
        Self { code, ctrl: false, alt: false }
    }

    /// A character with Ctrl.
    #[must_use]
    pub const fn ctrl(c: char) -> Self {
        Self { code: Code::Char(c), ctrl: true, alt: false }
    }
}

impl FromStr for Key {
    type Err = KeyError;

    fn from_str(name: &str) -> Result<Self, KeyError> {
        let bad = || KeyError(name.to_owned());
        let (ctrl, rest) = name.strip_prefix("ctrl-").map_or((false, name), |rest| (true, rest));
        let (alt, rest) = rest.strip_prefix("alt-").map_or((false, rest), |rest| (true, rest));
        let code = code(rest).ok_or_else(bad)?;
        Ok(Self { code, ctrl, alt })
    }
}

fn code(name: &str) -> Option<Code> {
    if let Some((_, code)) = NAMES.iter().find(|(known, _)| *known == name) {
        return Some(*code);
    }
    let mut chars = name.chars();
    match (chars.next(), chars.as_str()) {
        (Some(c), "") => Some(Code::Char(c)),
        (Some('f'), number) => {
            number.parse().ok().filter(|number| (1..=24).contains(number)).map(Code::Function)
        }
        _ => None,
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ctrl {
            f.write_str("ctrl-")?;
        }
        if self.alt {
            f.write_str("alt-")?;
        }
        match (self.code, NAMES.iter().find(|(_, code)| *code == self.code)) {
            (_, Some((name, _))) => f.write_str(name),
            (Code::Char(c), None) => write!(f, "{c}"),
            (Code::Function(number), None) => write!(f, "f{number}"),
            (_, None) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_read_back_as_it_is_written() {
        for name in [
            "q",
            "G",
            "ctrl-c",
            "alt-x",
            "f12",
            "enter",
            "shift-tab",
            "space",
            "minus",
            "<",
            "?",
            "ctrl-alt-a",
        ] {
            assert_eq!(name.parse::<Key>().unwrap().to_string(), name);
        }
    }

    #[test]
    fn what_is_no_key_is_named_in_the_error() {
        let error = "hyper-q".parse::<Key>().unwrap_err().to_string();
        assert!(error.starts_with("`hyper-q` is no key"), "{error}");
        assert!("f99".parse::<Key>().is_err());
    }
}
