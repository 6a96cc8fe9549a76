//! Commands around dumps. What is to be run after them is noted in the set's folder before anything is run, and struck out
//! once it was run.

use std::{fs, io, path::Path};

use super::feed::feed;
use crate::{
    backup::BackupError,
    command::restore::{Feeding, Hook},
    engine::Engine,
};

/// Notes what is to be run after the dumps, then runs what is to be run before them.
pub(super) async fn before(engine: &Engine, hook: &Hook) -> Result<String, BackupError> {
    let path = hook.note();
    let written = serde_json::to_vec(hook).map_err(io::Error::from).and_then(|text| fs::write(&path, text));
    written.map_err(|error| BackupError::disk("write", &path, error))?;
    if hook.before.is_empty() {
        return Ok("done".to_owned());
    }
    feed(engine, &feeding(hook, "run the hook before the dumps", &hook.before)).await
}

/// Runs what is to be run after the dumps. A container that is gone has nothing to undo.
pub(super) async fn after(engine: &Engine, hook: &Hook) -> Result<String, BackupError> {
    let said = match engine.inspect_container(&hook.container).await {
        Err(error) if error.is_not_found() => "its container is gone".to_owned(),
        Ok(_) | Err(_) => feed(engine, &feeding(hook, "run the hook after the dumps", &hook.after)).await?,
    };
    let path = hook.note();
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(BackupError::disk("remove", &path, error))
        }
        Ok(()) | Err(_) => Ok(said),
    }
}

/// The hooks that are still to be run, as noted in a set's folder.
pub(in crate::command::execute) fn noted(folder: &Path) -> Vec<Hook> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let notes = entries.filter(|path| path.extension().is_some_and(|ending| ending == Hook::ENDING));
    let read = |path: &Path| serde_json::from_slice(&fs::read(path).ok()?).ok();
    let mut hooks: Vec<Hook> = notes.filter_map(|path| read(&path)).collect();
    hooks.sort_by(|a, b| a.service.cmp(&b.service));
    hooks
}

fn feeding(hook: &Hook, called: &str, words: &[String]) -> Feeding {
    Feeding {
        container: hook.container.clone(),
        called: called.to_owned(),
        words: words.to_vec(),
        env: Vec::new(),
        from: None,
    }
}
