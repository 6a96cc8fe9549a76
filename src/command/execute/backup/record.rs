//! What is known of a part, beside it until the manifest has it.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use jiff::Timestamp;

use crate::{
    backup::{BackupError, Manifest, OpenSet, Part, SCHEMA},
    command::backup::{Closing, Storing},
    engine::{Call, Engine},
};

const ENDING: &str = "record";

fn beside(folder: &Path, file: &str) -> PathBuf {
    folder.join(format!("{file}.{ENDING}"))
}

/// Keeps what is known of a part that was stored.
pub(super) fn put(storing: &Storing, part: &Part) -> Result<(), BackupError> {
    let path = beside(&storing.folder, &storing.file);
    let written = serde_json::to_vec(part).map_err(io::Error::from).and_then(|text| fs::write(&path, text));
    written.map_err(|error| BackupError::disk("write", &path, error))
}

/// Writes the manifest of all parts that have a record, and takes the records away.
pub(in crate::command::execute) async fn close(
    engine: &Engine,
    closing: &Closing,
) -> Result<String, BackupError> {
    let parts = records(&closing.folder)?;
    let told = engine.json::<serde_json::Value>(Call::get("ask for the engine's id", "/info")).await;
    let facts = told.map_err(|error| BackupError::Source(error.to_string()))?;
    let fact =
        |name: &str| facts.get(name).and_then(serde_json::Value::as_str).unwrap_or("unknown").to_owned();
    let now = Timestamp::now();
    let manifest = Manifest {
        schema: SCHEMA,
        id: closing.id.clone(),
        stack: closing.stack.clone(),
        engine: fact("ID"),
        engine_version: fact("ServerVersion"),
        scope: closing.scope,
        service: closing.service.clone(),
        began: parts.iter().map(|part| part.began).min().unwrap_or(now),
        finished: parts.iter().map(|part| part.finished).max().unwrap_or(now),
        services: closing.services.clone(),
        parts,
        warnings: closing.warnings.clone(),
    };
    let said = format!("{} parts, {}", manifest.parts.len(), crate::text::bytes(manifest.stored_bytes()));
    OpenSet { id: closing.id.clone(), folder: closing.folder.clone() }.close(&manifest)?;
    for part in &manifest.parts {
        let path = beside(&closing.folder, &part.file);
        fs::remove_file(&path).map_err(|error| BackupError::disk("remove", &path, error))?;
    }
    Ok(said)
}

fn records(folder: &Path) -> Result<Vec<Part>, BackupError> {
    let disk = |error| BackupError::disk("read the folder", folder, error);
    let mut parts = Vec::new();
    for entry in fs::read_dir(folder).map_err(disk)? {
        let path = entry.map_err(disk)?.path();
        if path.extension().is_some_and(|ending| ending == ENDING) {
            let read =
                fs::read(&path).and_then(|text| serde_json::from_slice(&text).map_err(io::Error::from));
            parts.push(read.map_err(|error| BackupError::disk("read", &path, error))?);
        }
    }
    parts.sort_by(|a: &Part, b| a.file.cmp(&b.file));
    Ok(parts)
}
