//! Backups at work: bytes from the engine to the disk, and what is known of them beside each part until the set's
//! manifest is written.
//!
//! A part and its record are on the disk before the next step begins, so a set that was left half-way is seen for what
//! it is, and a part that is there is whole.

mod again;
mod dump;
mod flow;
mod look;
mod mount;
mod record;
mod volume;

use std::path::Path;

use bytes::Bytes;
use jiff::Timestamp;
use tokio::{
    sync::mpsc,
    task::{JoinHandle, spawn_blocking},
};

pub(super) use flow::Attendant;
pub use look::{Looked, survey};
pub(super) use look::{described, look};
pub(super) use mount::{FOLDER, LABEL as MOUNT, Role, VolumeContainer, empty_image, name as mount_name};
pub(super) use record::close;

use crate::{
    backup::{self, BackupError, Form, Leftover, Mode, Part, Stored, store as write},
    command::backup::{Origin, Storing},
    engine::Engine,
};

/// Pieces that wait between the engine and the disk: the faster of the two is held back.
const WAITING: usize = 16;

/// Stores a part, and its record beside it.
pub(super) async fn store(
    engine: &Engine,
    storing: &Storing,
    attendant: Attendant<'_>,
) -> Result<String, BackupError> {
    let began = Timestamp::now();
    let (stored, mode, remark) = match &storing.origin {
        Origin::Volume(name) => again::store(engine, storing, name, attendant).await?,
        Origin::Command { container, words, env } => {
            let stored = dump::store(engine, storing, (container, words, env), attendant).await?;
            (stored, storing.mode, String::new())
        }
    };
    let said = format!(
        "{} of {}{remark}",
        crate::text::bytes(stored.stored_bytes),
        crate::text::bytes(stored.raw_bytes)
    );
    record::put(storing, &part(storing, mode, stored, began))?;
    Ok(said)
}

/// Takes away what is left of the set of an operation; one that is whole stays.
pub(super) fn clear(folder: &Path, operation: &str) -> Result<String, BackupError> {
    let said = match backup::clear(folder, operation)? {
        Leftover::Whole => "the set is whole and stays",
        Leftover::Cleared => "done",
        Leftover::Nothing => "it is gone already",
    };
    Ok(said.to_owned())
}

fn part(storing: &Storing, mode: Mode, stored: Stored, began: Timestamp) -> Part {
    Part {
        file: storing.file.clone(),
        source: storing.source.clone(),
        mode,
        raw_bytes: stored.raw_bytes,
        stored_bytes: stored.stored_bytes,
        sha256: stored.sha256,
        raw_sha256: stored.raw_sha256,
        codecs: ["zstd"].into_iter().chain(storing.cipher.program()).map(str::to_owned).collect(),
        recipients: storing.cipher.recipients().to_vec(),
        contents: stored.contents,
        began,
        finished: Timestamp::now(),
    }
}

/// The way of a part to the disk. The thread that may block is begun by the first piece: none waits for a program that
/// has yet to say something.
struct Pipeline<'a> {
    storing: &'a Storing,
    form: Form,
    writing: Option<Writing>,
}

/// The thread, and how pieces get there.
struct Writing {
    pieces: mpsc::Sender<Result<Bytes, String>>,
    thread: JoinHandle<Result<Stored, BackupError>>,
}

impl<'a> Pipeline<'a> {
    const fn open(storing: &'a Storing, form: Form) -> Self {
        Self { storing, form, writing: None }
    }

    /// Hands a piece on; `false` once nobody takes any more: [`Self::close`] tells why.
    async fn push(&mut self, piece: Result<Bytes, String>) -> bool {
        let begin = || Writing::begin(self.storing, self.form);
        self.writing.get_or_insert_with(begin).pieces.send(piece).await.is_ok()
    }

    /// All was handed on.
    async fn close(self) -> Result<Stored, BackupError> {
        let Writing { pieces, thread } =
            self.writing.unwrap_or_else(|| Writing::begin(self.storing, self.form));
        drop(pieces);
        let lost =
            |error: tokio::task::JoinError| BackupError::Source(format!("writing a part died: {error}"));
        thread.await.map_err(lost)?
    }
}

impl Writing {
    fn begin(storing: &Storing, form: Form) -> Self {
        let (pieces, mut taken) = mpsc::channel(WAITING);
        let (path, called) = (storing.folder.join(&storing.file), storing.source.called());
        let cipher = storing.cipher.clone();
        let thread = spawn_blocking(move || {
            let taken = std::iter::from_fn(|| taken.blocking_recv());
            write(&path, &called, form, &cipher, taken)
        });
        Self { pieces, thread }
    }
}
