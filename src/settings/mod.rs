//! What a person has settled once: looks, keys, backups, and which engines are not to be changed.
//!
//! ```yaml
//! # ~/.config/stacktop/settings.yaml
//! theme: high-contrast
//! endpoints:
//!   - match: "prod*"
//!     read_only: true
//! ```
//!
//! Everything in it is optional, and so is the file. What is wrong with it is told with its place, `file:line:column`,
//! and ends the program: settings that are only half heeded could leave an engine open that is to be guarded.

mod backups;
mod file;
mod nearest;
mod pattern;

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
};

use thiserror::Error;

pub use self::backups::{Backups, StackBackups, default_folder};
use self::pattern::fits;
use crate::action::Keymap;

/// What a person has settled. The default is nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The name of a theme.
    pub theme: Option<String>,
    /// Whether states are marked in ASCII.
    pub ascii: Option<bool>,
    /// What holds for some engines.
    pub endpoints: Vec<EndpointRule>,
    /// The shipped keys with the changes of the file, if it has some.
    pub keymap: Option<Keymap>,
    /// How stacks are backed up.
    pub backups: Backups,
    /// The file.
    path: PathBuf,
}

/// What holds for the engines whose address or context fits a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointRule {
    /// The pattern; `*` stands for anything.
    pub pattern: String,
    /// Whether nothing may be changed there.
    pub read_only: bool,
    /// The line of the file that says so.
    pub line: u64,
}

/// Why settings are refused.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum SettingsError {
    /// The file cannot be read.
    #[error("the settings {} cannot be read: {cause}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's words.
        cause: String,
    },
    /// Something in it means nothing.
    #[error("the settings {}:{line}:{column}: {problem}", path.display())]
    Value {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// The column, from 1.
        column: u64,
        /// What is wrong, and what is right.
        problem: String,
    },
}

/// The file that is read where none is named, from the values of `XDG_CONFIG_HOME` and `HOME`:
/// `…/stacktop/settings.yaml`. `None` if both are missing.
#[must_use]
pub fn default_path(xdg_config_home: Option<&OsStr>, home: Option<&OsStr>) -> Option<PathBuf> {
    let config = absolute(xdg_config_home).or_else(|| Some(absolute(home)?.join(".config")))?;
    Some(config.join("stacktop/settings.yaml"))
}

/// A path of the environment; the specification has relative ones ignored.
fn absolute(path: Option<&OsStr>) -> Option<PathBuf> {
    path.map(PathBuf::from).filter(|path| path.is_absolute())
}

impl Settings {
    /// Reads the text of a file.
    ///
    /// # Errors
    /// [`SettingsError::Value`] on the first thing that is wrong, with its place.
    pub fn from_yaml(text: &str, path: &Path) -> Result<Self, SettingsError> {
        file::read(text, path)
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`SettingsError`] if it cannot be read, or something in it means nothing.
    pub fn load(path: &Path) -> Result<Self, SettingsError> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| SettingsError::Io { path: path.to_owned(), cause: error.to_string() })?;
        Self::from_yaml(&text, path)
    }

    /// Why nothing may be changed on an engine with one of these names, in a sentence; `None` if it may. The first rule
    /// that fits decides.
    #[must_use]
    pub fn guard(&self, names: &[&str]) -> Option<String> {
        let is_meant = |rule: &&EndpointRule| names.iter().any(|name| fits(&rule.pattern, name));
        let rule = self.endpoints.iter().find(is_meant).filter(|rule| rule.read_only)?;
        let (file, EndpointRule { pattern, line, .. }) = (self.path.display(), rule);
        Some(format!("the settings {file}, line {line}, make `{pattern}` read-only"))
    }
}

#[cfg(test)]
mod tests;
