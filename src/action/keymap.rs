//! Which key does what where. The shipped map is `assets/keymap.yaml`.

use std::collections::BTreeMap;

use serde::Deserialize;
use thiserror::Error;

use super::{Action, Context, Key};

const DEFAULT: &str = include_str!("../../assets/keymap.yaml");

/// Keys by context.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keymap {
    bindings: Vec<Binding>,
}

/// One key that does one thing in one context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// Where it applies.
    pub context: Context,
    /// The key.
    pub key: Key,
    /// What it does.
    pub action: Action,
}

/// What a key press means where it was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolved {
    /// An action.
    Action(Action),
    /// Nothing here.
    Nothing,
}

/// Why a keymap is refused.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum KeymapError {
    /// It is not YAML of the expected form.
    #[error("the keymap cannot be read: {0}")]
    Syntax(String),
    /// A section is no context.
    #[error("the keymap has a section `{0}`, which is no part of the screen; there are {1}")]
    Context(String, String),
    /// It names an action that does not exist.
    #[error("the keymap's section `{0}` names the action `{1}`, which does not exist")]
    Action(String, String),
    /// It names a key that does not exist.
    #[error("the keymap's section `{0}`, action `{1}`: {2}")]
    Key(String, String, super::KeyError),
    /// One key does two things in one place.
    #[error("the keymap's section `{0}` gives the key `{1}` two actions, `{2}` and `{3}`")]
    Duplicate(String, Key, &'static str, &'static str),
}

/// Keys as they are written: by section, then by action.
pub type Sections = BTreeMap<String, BTreeMap<String, Vec<String>>>;

#[derive(Deserialize)]
#[serde(transparent)]
struct File(Sections);

impl Keymap {
    /// The shipped map. A map that is broken would be caught by a test; it would leave no keys but `ctrl-c`.
    #[must_use]
    pub fn shipped() -> Self {
        Self::from_yaml(DEFAULT).unwrap_or_default()
    }

    /// Reads a map: sections named like [`Context::title`], in each the actions with their keys.
    ///
    /// # Errors
    /// [`KeymapError`] on the first thing that is wrong, with its place.
    pub fn from_yaml(text: &str) -> Result<Self, KeymapError> {
        let file: File =
            serde_yaml::from_str(text).map_err(|error| KeymapError::Syntax(error.to_string()))?;
        Self::from_bindings(bindings(&file.0)?)
    }

    /// This map with other keys: they replace those that the actions have in these sections, and are taken from the
    /// actions that had them.
    ///
    /// # Errors
    /// [`KeymapError`] on the first thing that is wrong with them.
    pub fn with(&self, sections: &Sections) -> Result<Self, KeymapError> {
        let mut changed = Self::from_bindings(bindings(sections)?)?;
        let is_told = |binding: &Binding| {
            let actions = sections.get(binding.context.title());
            actions.is_some_and(|actions| actions.contains_key(binding.action.id()))
        };
        for binding in self.bindings.iter().filter(|binding| !is_told(binding)) {
            if changed.find(binding.context, binding.key).is_none() {
                changed.bindings.push(binding.clone());
            }
        }
        Ok(changed)
    }

    fn from_bindings(bindings: Vec<Binding>) -> Result<Self, KeymapError> {
        let mut map = Self::default();
        bindings.into_iter().try_for_each(|binding| map.bind(binding))?;
        Ok(map)
    }

    fn bind(&mut self, binding: Binding) -> Result<(), KeymapError> {
        if let Some(other) = self.find(binding.context, binding.key) {
            let section = binding.context.title().to_owned();
            return Err(KeymapError::Duplicate(section, binding.key, other.id(), binding.action.id()));
        }
        self.bindings.push(binding);
        Ok(())
    }

    fn find(&self, context: Context, key: Key) -> Option<Action> {
        self.bindings.iter().find(|b| b.context == context && b.key == key).map(|binding| binding.action)
    }

    /// What `key` means in `contexts`, the innermost first.
    #[must_use]
    pub fn resolve(&self, contexts: &[Context], key: Key) -> Resolved {
        contexts
            .iter()
            .find_map(|context| self.find(*context, key))
            .map_or(Resolved::Nothing, Resolved::Action)
    }

    /// The keys that do `action` in `context`, in the order of the map.
    pub fn keys(&self, context: Context, action: Action) -> impl Iterator<Item = Key> {
        self.bindings.iter().filter(move |b| b.context == context && b.action == action).map(|b| b.key)
    }

    /// All bindings.
    #[must_use]
    pub fn bindings(&self) -> &[Binding] {
        &self.bindings
    }
}

fn bindings(sections: &Sections) -> Result<Vec<Binding>, KeymapError> {
    let mut bindings = Vec::new();
    for (section, actions) in sections {
        let context = context(section)?;
        for (id, keys) in actions {
            let unknown = || KeymapError::Action(section.clone(), id.clone());
            let action = Action::from_id(id).ok_or_else(unknown)?;
            for key in keys {
                let key = key.parse().map_err(|e| KeymapError::Key(section.clone(), id.clone(), e))?;
                bindings.push(Binding { context, key, action });
            }
        }
    }
    Ok(bindings)
}

fn context(section: &str) -> Result<Context, KeymapError> {
    Context::ALL.into_iter().find(|context| context.title() == section).ok_or_else(|| {
        let known = Context::ALL.map(Context::title).join(", ");
        KeymapError::Context(section.to_owned(), known)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_map_is_sound_and_reaches_every_action() {
        let map = Keymap::from_yaml(DEFAULT).unwrap();
        for action in Action::ALL {
            assert!(map.bindings().iter().any(|b| b.action == *action), "no key does {}", action.id());
        }
    }

    #[test]
    fn the_inner_context_wins_over_the_outer() {
        let map = Keymap::from_yaml("everywhere: {quit: [x]}\nlogs: {wrap: [x]}").unwrap();
        let key = "x".parse().unwrap();
        assert_eq!(map.resolve(&[Context::Logs, Context::Global], key), Resolved::Action(Action::Wrap));
        assert_eq!(map.resolve(&[Context::Tree, Context::Global], key), Resolved::Action(Action::Quit));
    }

    #[test]
    fn a_key_with_two_meanings_in_one_place_is_refused() {
        let error = Keymap::from_yaml("logs: {wrap: [x], timestamps: [x]}").unwrap_err();
        assert!(error.to_string().contains("gives the key `x` two actions"), "{error}");
    }

    #[test]
    fn an_unknown_action_and_an_unknown_section_are_named() {
        let action = Keymap::from_yaml("logs: {fly: [x]}").unwrap_err().to_string();
        let section = Keymap::from_yaml("cellar: {quit: [x]}").unwrap_err().to_string();
        assert!(action.contains("`fly`") && section.contains("`cellar`"), "{action} {section}");
    }
}
