//! Reads the file.

use std::path::Path;

use serde::Deserialize;
use serde_yaml::{Error, Location, Spanned};

use super::{EndpointRule, Settings, SettingsError, backups, nearest::nearest};
use crate::{
    action::{Keymap, Sections},
    text::sanitize,
};

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    theme: Option<String>,
    ascii: Option<bool>,
    endpoints: Vec<Spanned<Rule>>,
    keys: Option<Spanned<Sections>>,
    backups: backups::File,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    #[serde(rename = "match")]
    pattern: String,
    read_only: bool,
}

pub(super) fn read(text: &str, path: &Path) -> Result<Settings, SettingsError> {
    // A file of remarks alone is one that says nothing.
    let file: Option<File> = serde_yaml::from_str(text).map_err(|error| refused(&error, path))?;
    let file = file.unwrap_or_default();
    let keymap = file.keys.map(|keys| {
        let map = Keymap::shipped().with(&keys.value);
        map.map_err(|error| at(path, Some(keys.referenced), error.to_string()))
    });
    let backups =
        file.backups.read().map_err(|(place, problem)| at(path, Some(place), sanitize(&problem)))?;
    let rule = |rule: Spanned<Rule>| EndpointRule {
        line: rule.referenced.line(),
        pattern: rule.value.pattern,
        read_only: rule.value.read_only,
    };
    Ok(Settings {
        theme: file.theme,
        ascii: file.ascii,
        endpoints: file.endpoints.into_iter().map(rule).collect(),
        keymap: keymap.transpose()?,
        backups,
        path: path.to_owned(),
    })
}

fn at(path: &Path, place: Option<Location>, problem: String) -> SettingsError {
    let (line, column) = place.map_or((0, 0), |place| (place.line(), place.column()));
    SettingsError::Value { path: path.to_owned(), line, column, problem }
}

fn refused(error: &Error, path: &Path) -> SettingsError {
    let error = error.without_snippet();
    let problem = match error {
        Error::SerdeUnknownField { field, expected, .. } => unknown(field, expected),
        other => other.to_string().lines().next().unwrap_or_default().to_owned(),
    };
    at(path, error.location(), sanitize(&problem))
}

fn unknown(field: &str, known: &[&str]) -> String {
    match nearest(field, known) {
        Some(meant) => format!("there is no setting `{field}`; did you mean `{meant}`?"),
        None => format!("there is no setting `{field}`; there are {}", known.join(", ")),
    }
}
