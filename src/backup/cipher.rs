//! Encryption by programs that people trust and have keys for, as a pipe.

use std::{
    ffi::OsString,
    io::{self, Read as _},
    path::{Path, PathBuf},
    process::{Child, ChildStderr, Command, Stdio},
    thread,
};

use serde::{Deserialize, Serialize};

/// How parts are encrypted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Cipher {
    /// Not at all.
    #[default]
    None,
    /// By `age`, for these recipients: public keys, or files of them.
    Age(Vec<String>),
    /// By `gpg`, for these keys of its ring, or files of them.
    Gpg(Vec<String>),
}

/// What it takes to read encrypted parts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keys {
    /// The file with `age`'s identity; `gpg` has its own ring.
    pub identity: Option<PathBuf>,
}

impl Cipher {
    /// The name of the program, which is the codec's, too.
    #[must_use]
    pub const fn program(&self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Age(_) => Some("age"),
            Self::Gpg(_) => Some("gpg"),
        }
    }

    /// For whom it encrypts.
    #[must_use]
    pub fn recipients(&self) -> &[String] {
        match self {
            Self::None => &[],
            Self::Age(recipients) | Self::Gpg(recipients) => recipients,
        }
    }

    /// Encrypts nothing, to learn now what would fail later: no program, no such key.
    ///
    /// # Errors
    /// A sentence.
    pub fn check(&self) -> Result<(), String> {
        let Some(program) = self.program() else { return Ok(()) };
        let failed = |why: String| {
            format!(
                "backups cannot be encrypted: {why}; give keys that `{program}` takes, or leave encryption out"
            )
        };
        if self.recipients().is_empty() {
            return Err(failed("no recipient is named".to_owned()));
        }
        let mut child = self.spawn().map_err(|error| failed(missing(program, &error)))?;
        drop(child.stdin.take());
        let output = child.wait_with_output().map_err(|error| failed(error.to_string()))?;
        if output.status.success() { Ok(()) } else { Err(failed(last_words(&output.stderr))) }
    }

    /// The program, with pipes on all sides.
    pub(super) fn spawn(&self) -> io::Result<Child> {
        match self {
            Self::None => Err(io::Error::other("there is nothing to encrypt with")),
            Self::Age(recipients) => {
                let named = recipients.iter().flat_map(|one| {
                    let option = if Path::new(one).is_file() { "-R" } else { "-r" };
                    [OsString::from(option), OsString::from(one)]
                });
                piped("age", ["--encrypt".into()].into_iter().chain(named))
            }
            Self::Gpg(recipients) => {
                let fixed = ["--batch", "--trust-model", "always", "--compress-algo", "none", "--encrypt"];
                let named = recipients.iter().flat_map(|one| {
                    let option = if Path::new(one).is_file() { "-f" } else { "-r" };
                    [OsString::from(option), OsString::from(one)]
                });
                piped("gpg", fixed.into_iter().map(OsString::from).chain(named))
            }
        }
    }
}

/// The program that undoes a codec, with pipes on all sides; `None` for a codec that is not encryption.
pub(super) fn decipher(codec: &str, keys: &Keys) -> Option<io::Result<Child>> {
    match codec {
        "age" => {
            let identity = keys.identity.iter().flat_map(|file| [OsString::from("-i"), file.into()]);
            Some(piped("age", ["--decrypt".into()].into_iter().chain(identity)))
        }
        "gpg" => Some(piped("gpg", ["--batch", "--decrypt"].into_iter().map(OsString::from))),
        _ => None,
    }
}

fn piped(program: &str, arguments: impl IntoIterator<Item = OsString>) -> io::Result<Child> {
    let pipe = Stdio::piped;
    Command::new(program).args(arguments).stdin(pipe()).stdout(pipe()).stderr(pipe()).spawn()
}

/// Collects what a program complains of, so that it never waits for a reader.
pub(super) fn complaints(stderr: Option<ChildStderr>) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut said = Vec::new();
        if let Some(mut stderr) = stderr {
            // What can be read is told; more is not needed.
            let _ = stderr.read_to_end(&mut said);
        }
        last_words(&said)
    })
}

/// Why a program did not start.
pub(super) fn missing(program: &str, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => format!("there is no program `{program}`"),
        _ => format!("`{program}` does not start: {error}"),
    }
}

fn last_words(said: &[u8]) -> String {
    let said = String::from_utf8_lossy(said);
    let lines: Vec<String> =
        said.lines().map(crate::text::sanitize).filter(|line| !line.trim().is_empty()).collect();
    let start = lines.len().saturating_sub(3);
    lines.get(start..).unwrap_or_default().join("; ")
}
