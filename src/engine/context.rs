//! Docker contexts, as the Docker CLI keeps them on disk.
//!
//! A context's folder is named after the SHA-256 of its name: `contexts/meta/<hash>/meta.json` holds the address,
//! `contexts/tls/<hash>/docker/{ca,cert,key}.pem` the certificates.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::ConnectError;

/// The context that means "none": variables and default sockets decide.
pub(super) const DEFAULT: &str = "default";

/// An address from a context.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Context {
    pub(super) host: String,
    pub(super) skip_verify: bool,
    /// The folder of its certificates, if it has one.
    pub(super) certificates: Option<PathBuf>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Meta {
    #[serde(default)]
    name: String,
    #[serde(default)]
    endpoints: Endpoints,
}

#[derive(Default, Deserialize)]
struct Endpoints {
    docker: Option<Docker>,
}

#[derive(Deserialize)]
struct Docker {
    #[serde(rename = "Host", default)]
    host: String,
    #[serde(rename = "SkipTLSVerify", default)]
    skip_verify: bool,
}

/// The context that `docker context use` chose, unless it is the default one.
pub(super) fn current(folder: &Path) -> Result<Option<String>, ConnectError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Config {
        #[serde(default)]
        current_context: String,
    }
    let path = folder.join("config.json");
    let text = match fs::read(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(&path, &error)),
    };
    let config: Config = serde_json::from_slice(&text).map_err(|error| unreadable(&path, &error))?;
    Ok(Some(config.current_context).filter(|name| !name.is_empty() && name != DEFAULT))
}

/// Reads the context called `name`.
pub(super) fn read(folder: &Path, name: &str) -> Result<Context, ConnectError> {
    let hash = hash(name);
    let path = folder.join("contexts/meta").join(&hash).join("meta.json");
    let text = match fs::read(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(ConnectError::UnknownContext { name: name.to_owned(), known: known(folder) });
        }
        Err(error) => return Err(unreadable(&path, &error)),
    };
    let meta: Meta = serde_json::from_slice(&text).map_err(|error| unreadable(&path, &error))?;
    let docker = meta.endpoints.docker.filter(|docker| !docker.host.is_empty());
    let docker = docker.ok_or_else(|| unreadable(&path, &"it names no Docker engine"))?;
    let certificates =
        Some(folder.join("contexts/tls").join(&hash).join("docker")).filter(|dir| dir.is_dir());
    Ok(Context { host: docker.host, skip_verify: docker.skip_verify, certificates })
}

/// The names of all contexts.
fn known(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder.join("contexts/meta")).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .filter_map(|entry| fs::read(entry.path().join("meta.json")).ok())
        .filter_map(|text| serde_json::from_slice::<Meta>(&text).ok())
        .map(|meta| crate::text::sanitize(&meta.name))
        .collect();
    names.push(DEFAULT.to_owned());
    names.sort();
    names
}

fn hash(name: &str) -> String {
    Sha256::digest(name.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unreadable(path: &Path, cause: &dyn std::fmt::Display) -> ConnectError {
    ConnectError::BadFile { path: path.display().to_string(), cause: cause.to_string() }
}
