//! Which folder of backups is meant: the one that is named, else the one that is settled, else that of this user.

use std::{
    env,
    ffi::OsStr,
    path::{Path, PathBuf},
};

use super::{args::Options, exit::Failure, settle::Settled};
use crate::{backup::Shelf, runtime::Shelving, settings::default_folder};

/// The option of verbs that look at sets that are there.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct From {
    /// Folder of backups, instead of the settled one or ~/.local/share/stacktop/backups
    #[arg(long, visible_alias = "to", value_name = "DIR", env = "STACKTOP_BACKUPS")]
    pub from: Option<PathBuf>,
}

impl From {
    /// The shelf that is meant.
    ///
    /// # Errors
    /// As [`shelf`].
    pub fn shelf(&self, settled: &Settled) -> Result<Shelf, Failure> {
        shelf(self.from.as_deref(), settled)
    }
}

/// The shelf in the folder that an option or a variable names, or the settings, or where programs keep what is a
/// user's.
///
/// # Errors
/// [`Failure::Usage`] if nothing names one.
pub fn shelf(named: Option<&Path>, settled: &Settled) -> Result<Shelf, Failure> {
    let of_user = default_folder(env::var_os("XDG_DATA_HOME").as_deref(), env::var_os("HOME").as_deref());
    let folder = first(named, settled.backups.folder.as_deref(), of_user);
    let folder = folder.ok_or_else(|| {
        Failure::Usage(
            "there is no place for backups: name a folder with --to, the variable STACKTOP_BACKUPS or `folder` in the \
             settings"
                .to_owned(),
        )
    })?;
    // Plans and messages name it; they are read elsewhere.
    Ok(Shelf::at(std::path::absolute(&folder).unwrap_or(folder)))
}

/// Where backups stand for who names no folder, and what was settled about them; the demo has nothing of this user's.
#[must_use]
pub fn shelving(options: &Options) -> Option<Shelving> {
    let named = env::var_os("STACKTOP_BACKUPS").map(PathBuf::from);
    let shelf = shelf(named.as_deref(), &options.settled).ok().filter(|_| !options.demo)?;
    Some(Shelving { shelf, settled: options.settled.backups.clone(), furniture: None })
}

/// A variable that is empty says nothing.
fn first(named: Option<&Path>, settled: Option<&Path>, of_user: Option<PathBuf>) -> Option<PathBuf> {
    let says = |path: &&Path| path.as_os_str() != OsStr::new("");
    named.filter(says).or(settled).map(Path::to_owned).or(of_user)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_named_goes_before_what_is_settled_and_that_before_the_users_own() {
        let of_user = || Some(PathBuf::from("/home/ops/backups"));
        let chosen = |named: Option<&str>, settled: Option<&str>| {
            first(named.map(Path::new), settled.map(Path::new), of_user())
        };
        assert_eq!(chosen(Some("/a"), Some("/b")), Some("/a".into()));
        assert_eq!(chosen(None, Some("/b")), Some("/b".into()));
        assert_eq!(chosen(None, None), of_user());
        assert_eq!(chosen(Some(""), None), of_user(), "an empty variable is none");
        assert_eq!(first(None, None, None), None);
    }
}
