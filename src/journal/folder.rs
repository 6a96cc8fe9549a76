//! Where journals are.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
};

/// The folder of all engines' journals, from the values of `XDG_STATE_HOME` and `HOME`: `…/stacktop/ops`. `None` if
/// both are missing.
#[must_use]
pub fn state_folder(xdg_state_home: Option<&OsStr>, home: Option<&OsStr>) -> Option<PathBuf> {
    // The specification has relative paths ignored.
    let absolute = |path: Option<&OsStr>| path.map(PathBuf::from).filter(|path| path.is_absolute());
    let state = absolute(xdg_state_home).or_else(|| Some(absolute(home)?.join(".local/state")))?;
    Some(state.join("stacktop/ops"))
}

/// The folder of one engine's journals in there, by the engine's id.
#[must_use]
pub fn engine_folder(state: &Path, engine: &str) -> PathBuf {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '-' | '_' | '.');
    let name: String = engine.chars().take(200).map(|c| if allowed(c) { c } else { '_' }).collect();
    // Neither hidden nor the folder above.
    state.join(if name.is_empty() || name.starts_with('.') { format!("_{name}") } else { name })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_specification_of_state_folders_is_followed() {
        let folder = |xdg: Option<&str>, home: Option<&str>| {
            state_folder(xdg.map(OsStr::new), home.map(OsStr::new)).map(|path| path.display().to_string())
        };
        assert_eq!(folder(Some("/s"), Some("/h")).unwrap(), "/s/stacktop/ops");
        assert_eq!(folder(None, Some("/h")).unwrap(), "/h/.local/state/stacktop/ops");
        assert_eq!(folder(Some("relative"), Some("/h")).unwrap(), "/h/.local/state/stacktop/ops");
        assert_eq!(folder(Some(""), None), None);
    }

    #[test]
    fn an_engines_id_cannot_leave_the_folder() {
        let folder = |id: &str| engine_folder(Path::new("/s"), id).display().to_string();
        assert_eq!(folder("ABCD:EFGH:IJKL"), "/s/ABCD:EFGH:IJKL");
        assert_eq!(folder("../../etc"), "/s/_.._.._etc");
        assert_eq!(folder(""), "/s/_");
    }
}
