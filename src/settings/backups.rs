//! What a person has settled about backups: where sets stand, how long they are kept, for whom they are encrypted, how
//! old the last one may be, and when each stack's next one is due.
//!
//! ```yaml
//! backups:
//!   keep: {last: 3, daily: 7}
//!   rpo: 6h
//!   stacks:
//!     shop: {schedule: every 6h}
//! ```

mod file;

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    path::{Path, PathBuf},
    time::Duration,
};

pub(super) use self::file::File;
use crate::backup::{Cipher, Keys, Retention, Schedule, Scope};

/// What a person has settled about backups. The default is nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Backups {
    /// The folder of all sets.
    pub folder: Option<PathBuf>,
    /// How parts are encrypted.
    pub cipher: Cipher,
    /// What it takes to read them.
    pub keys: Keys,
    /// What holds for every stack that says nothing else.
    common: StackBackups,
    stacks: BTreeMap<String, StackBackups>,
}

/// What holds for the backups of one stack.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StackBackups {
    /// When a set of each scope is due; none where backups are left to people.
    pub schedules: Vec<(Scope, Schedule)>,
    /// Which sets stay; `None` where nothing was settled, so that nothing is removed unasked.
    pub keep: Option<Retention>,
    /// How old the last good set may be at most: what may be lost.
    pub rpo: Option<Duration>,
    /// How long a restore may take at most.
    pub rto: Option<Duration>,
}

impl Backups {
    /// What holds for a stack: what is said of it, and for the rest what is said of all.
    #[must_use]
    pub fn for_stack(&self, name: &str) -> StackBackups {
        let own = self.stacks.get(name).cloned().unwrap_or_default();
        StackBackups {
            schedules: own.schedules,
            keep: own.keep.or(self.common.keep),
            rpo: own.rpo.or(self.common.rpo),
            rto: own.rto.or(self.common.rto),
        }
    }

    /// Says what holds for the backups of a stack.
    pub fn settle(&mut self, stack: &str, backups: StackBackups) {
        self.stacks.insert(stack.to_owned(), backups);
    }

    /// The stacks that something is said of, by name.
    pub fn stacks(&self) -> impl Iterator<Item = &str> {
        self.stacks.keys().map(String::as_str)
    }

    /// The same with the paths that begin with `~/` put under a home. Without a home they stay as they are.
    #[must_use]
    pub fn at_home(mut self, home: Option<&OsStr>) -> Self {
        let Some(home) = home.map(Path::new) else { return self };
        let put =
            |path: &Path| path.strip_prefix("~").map_or_else(|_| path.to_owned(), |rest| home.join(rest));
        self.folder = self.folder.as_deref().map(put);
        self.keys.identity = self.keys.identity.as_deref().map(put);
        if let Cipher::Age(recipients) | Cipher::Gpg(recipients) = &mut self.cipher {
            for recipient in recipients.iter_mut().filter(|recipient| recipient.starts_with("~/")) {
                *recipient = put(Path::new(recipient)).display().to_string();
            }
        }
        self
    }
}

/// The folder of all sets where none is named, from the values of `XDG_DATA_HOME` and `HOME`: `…/stacktop/backups`.
/// `None` if both are missing.
#[must_use]
pub fn default_folder(xdg_data_home: Option<&OsStr>, home: Option<&OsStr>) -> Option<PathBuf> {
    let data =
        super::absolute(xdg_data_home).or_else(|| Some(super::absolute(home)?.join(".local/share")))?;
    Some(data.join("stacktop/backups"))
}

#[cfg(test)]
mod tests;
