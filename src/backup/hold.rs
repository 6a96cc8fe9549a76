//! A set in use is not removed: a lock on a file in its folder, which the system takes back when the process ends,
//! however it ends.

use std::{
    fs::{File, OpenOptions},
    io,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use rustix::{
    fs::{FlockOperation, flock},
    io::Errno,
};

use super::BackupError;

/// The file that is locked.
pub(super) const LOCK: &str = ".lock";

/// A set that is in use, until this is dropped or the process ends.
#[derive(Debug)]
pub struct Hold {
    /// `None` where the shelf takes no locks: nobody can be kept away then.
    _lock: Option<File>,
}

impl Hold {
    /// Holds the set in this folder to read it, together with others who read it; `None` if somebody writes or removes
    /// it.
    ///
    /// # Errors
    /// [`BackupError::Disk`].
    pub fn shared(folder: &Path) -> Result<Option<Self>, BackupError> {
        Self::take(folder, FlockOperation::NonBlockingLockShared)
    }

    /// Holds the set in this folder to write or to remove it; `None` if somebody else uses it.
    ///
    /// # Errors
    /// [`BackupError::Disk`].
    pub fn alone(folder: &Path) -> Result<Option<Self>, BackupError> {
        Self::take(folder, FlockOperation::NonBlockingLockExclusive)
    }

    fn take(folder: &Path, how: FlockOperation) -> Result<Option<Self>, BackupError> {
        let path = folder.join(LOCK);
        let file = match open(&path) {
            Ok(file) => file,
            // Where nothing can be written, nothing can be removed either.
            Err(error) if is_read_only(&error) => return Ok(Some(Self { _lock: None })),
            Err(error) => return Err(BackupError::disk("lock", &path, error)),
        };
        match flock(&file, how) {
            Ok(()) => Ok(Some(Self { _lock: Some(file) })),
            Err(Errno::WOULDBLOCK) => Ok(None),
            Err(error) => {
                log::debug!("{} takes no lock: {error}", path.display());
                Ok(Some(Self { _lock: None }))
            }
        }
    }
}

/// Over a network, only a file that may be written to can be locked against all others.
fn open(path: &PathBuf) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)
}

fn is_read_only(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_who_read_share_a_set_and_whoever_writes_it_has_it_alone() {
        let folder = tempfile::tempdir().unwrap();
        let shared = || Hold::shared(folder.path()).unwrap();
        let alone = || Hold::alone(folder.path()).unwrap();
        let (one, other) = (shared(), shared());
        assert!(one.is_some() && other.is_some() && alone().is_none());
        drop((one, other));
        let writer = alone();
        assert!(writer.is_some() && shared().is_none() && alone().is_none());
        drop(writer);
        assert!(shared().is_some());
    }

    #[test]
    fn a_set_that_is_gone_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let why = Hold::alone(&folder.path().join("gone")).unwrap_err().to_string();
        assert!(why.starts_with("could not lock") && why.contains("/gone/.lock"), "{why}");
    }
}
