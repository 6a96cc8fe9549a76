//! What can go wrong with the files of a set.

use std::{io, path::Path};

use thiserror::Error;

use super::scan::Broken;

/// Why a part or a set cannot be written or read.
#[derive(Debug, Error)]
pub enum BackupError {
    /// The disk says no.
    #[error("could not {attempt} {path}: {source}{hint}")]
    Disk {
        /// What was attempted.
        attempt: &'static str,
        /// The file or folder.
        path: String,
        /// What the system said.
        source: io::Error,
        /// What to do next, behind a semicolon, if anything is to be said.
        hint: &'static str,
    },
    /// What is read does not come to its end.
    #[error("{0}")]
    Source(String),
    /// The archive of a volume is not whole.
    #[error("{called}: {broken}")]
    Broken {
        /// What was read.
        called: String,
        /// What is wrong with it.
        broken: Broken,
    },
    /// The program that encrypts or decrypts failed.
    #[error("{program} failed on {path}: {said}")]
    Cipher {
        /// The program.
        program: &'static str,
        /// The part.
        path: String,
        /// What it wrote to its standard error.
        said: String,
    },
    /// A file is not what the manifest says.
    #[error("{path} is damaged: {why}")]
    Damaged {
        /// The file.
        path: String,
        /// How that was seen.
        why: String,
    },
    /// There is too little room for another set.
    #[error(
        "{folder} has {} free and this set is about to need {}, by the size of the last one; nothing was stopped: \
         `stacktop backup prune` removes old sets, --to chooses another folder",
        crate::text::bytes(*free), crate::text::bytes(*needed)
    )]
    NoRoom {
        /// The folder of sets.
        folder: String,
        /// Bytes that are free.
        free: u64,
        /// Bytes that it needs.
        needed: u64,
    },
    /// There is no such set.
    #[error("{0}")]
    NoSet(String),
}

impl BackupError {
    /// The disk said no to something about `path`.
    pub(crate) fn disk(attempt: &'static str, path: &Path, source: io::Error) -> Self {
        let hint = match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                "; nothing was removed to make room: `stacktop backup prune` removes old sets"
            }
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                "; choose another folder with --to"
            }
            _ => "",
        };
        Self::Disk { attempt, path: path.display().to_string(), source, hint }
    }
}
