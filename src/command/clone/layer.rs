//! Files that Compose copied into a container before it started.
//!
//! Compose mounts secrets and configs that are files, but copies those whose content comes from the environment or
//! from the compose file itself. A new container does not have them unless they are copied again.

use std::collections::BTreeSet;

use serde_json::Value;

use super::json::text;

const SECRETS: &str = "/run/secrets/";
/// Docker's mark of a path that the image does not have.
const ADDED: u64 = 1;

/// The files to copy, given `GET /containers/{id}/changes`: all secrets, and what was added at the targets of configs.
#[must_use]
pub fn copied_files(layer: &Value, config_targets: &[String]) -> Vec<String> {
    let entries = layer.as_array().map(Vec::as_slice).unwrap_or_default();
    let added = |entry: &&Value| entry.get("Kind").and_then(Value::as_u64) == Some(ADDED);
    let paths: BTreeSet<&str> = entries.iter().filter(added).map(|entry| text(entry, "/Path")).collect();
    let is_folder = |path: &str| {
        paths.iter().any(|other| other.strip_prefix(path).is_some_and(|rest| rest.starts_with('/')))
    };
    let wanted = |path: &str| path.starts_with(SECRETS) || config_targets.iter().any(|target| target == path);
    paths.iter().filter(|path| wanted(path) && !is_folder(path)).map(|path| (*path).to_owned()).collect()
}
