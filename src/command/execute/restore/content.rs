//! Bytes on their way to the engine: read on a thread that may block, followed as they pass, and ended with an error
//! where they are not what they should be, so that the engine never takes a part for the whole.

use std::io::{self, BufWriter, Read, Write};

use bytes::Bytes;
use futures_util::{Stream, stream};
use tokio::{
    sync::mpsc,
    task::{JoinHandle, spawn_blocking},
};

use super::reroot::reroot;
use crate::{
    backup::{BackupError, Contents, PartReader, Scan},
    command::restore::Reading,
    engine::{Engine, EngineError},
};

/// Pieces that wait between the disk and the engine.
const WAITING: usize = 16;

/// Bytes that are handed over at once.
const PIECE: usize = 128 << 10;

/// Something that is being read.
pub(super) struct Content {
    pieces: mpsc::Receiver<io::Result<Bytes>>,
    reading: JoinHandle<Result<Passed, BackupError>>,
}

/// The end of it, once nobody takes more.
pub(super) struct Ending {
    reading: JoinHandle<Result<Passed, BackupError>>,
    moving: Option<JoinHandle<io::Result<()>>>,
}

/// What has passed by.
#[derive(Debug, Default)]
pub(super) struct Passed {
    /// What an archive holds.
    pub(super) contents: Option<Contents>,
    /// Whether somebody took all of it.
    pub(super) whole: bool,
}

impl Content {
    /// A part of a set.
    pub(super) fn of_part(reading: Reading) -> Self {
        let (sender, pieces) = mpsc::channel(WAITING);
        let reading = spawn_blocking(move || {
            let read = read(&reading, &sender);
            if let Err(error) = &read {
                // Whoever takes the pieces must not take this for the end.
                let _gone = sender.blocking_send(Err(io::Error::other(error.to_string())));
            }
            read
        });
        Self { pieces, reading }
    }

    /// A folder of a container.
    pub(super) fn of_container(engine: Engine, container: String, path: String) -> Self {
        let (sender, pieces) = mpsc::channel(WAITING);
        let reading = tokio::spawn(async move {
            let copied = copy(&engine, &container, &path, &sender).await;
            if let Err(error) = &copied {
                let _gone = sender.send(Err(io::Error::other(error.to_string()))).await;
            }
            copied
        });
        Self { pieces, reading }
    }

    /// The next piece; `None` at the end.
    pub(super) async fn piece(&mut self) -> Option<io::Result<Bytes>> {
        self.pieces.recv().await
    }

    /// The pieces, and how it ended.
    pub(super) fn split(self) -> (impl Stream<Item = io::Result<Bytes>> + Send + 'static, Ending) {
        (streamed(self.pieces), Ending { reading: self.reading, moving: None })
    }

    /// The pieces of an archive under another root, and how it ended.
    pub(super) fn below(
        self,
        root: &str,
    ) -> (impl Stream<Item = io::Result<Bytes>> + Send + 'static, Ending) {
        let ((sender, moved), root) = (mpsc::channel(WAITING), root.to_owned());
        let pieces = Pieces { pieces: self.pieces, piece: Bytes::new() };
        let moving = spawn_blocking(move || {
            let mut sink = BufWriter::with_capacity(PIECE, Sink(sender.clone()));
            let copied = reroot(pieces, &root, &mut sink).and_then(|()| sink.flush());
            if let Err(error) = &copied {
                let _gone = sender.blocking_send(Err(io::Error::other(error.to_string())));
            }
            // What it still holds must not be sent behind an error.
            drop(sink.into_parts());
            copied
        });
        (streamed(moved), Ending { reading: self.reading, moving: Some(moving) })
    }

    /// How it ended.
    pub(super) async fn end(self) -> Result<Passed, BackupError> {
        drop(self.pieces);
        Ending { reading: self.reading, moving: None }.wait().await
    }
}

impl Ending {
    /// How it ended: what was wrong with the reading counts more than what came of that.
    pub(super) async fn wait(self) -> Result<Passed, BackupError> {
        let died = |error| BackupError::Source(format!("reading died: {error}"));
        let passed = self.reading.await.map_err(died)??;
        if let Some(moving) = self.moving {
            let moved = moving.await.map_err(died)?;
            let gone = |error: &io::Error| error.kind() == io::ErrorKind::BrokenPipe;
            if let Err(error) = moved.as_ref().map_err(|error| (!gone(error)).then(|| error.to_string()))
                && let Some(why) = error
            {
                return Err(BackupError::Source(format!("the archive cannot be read: {why}")));
            }
        }
        Ok(passed)
    }
}

fn streamed(
    pieces: mpsc::Receiver<io::Result<Bytes>>,
) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    stream::unfold(pieces, async |mut pieces| Some((pieces.recv().await?, pieces)))
}

/// Pieces as something to read from, on a thread that may block.
struct Pieces {
    pieces: mpsc::Receiver<io::Result<Bytes>>,
    piece: Bytes,
}

impl Read for Pieces {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() {
            match self.pieces.blocking_recv() {
                Some(piece) => self.piece = piece?,
                None => return Ok(0),
            }
        }
        let length = self.piece.len().min(into.len());
        let taken = self.piece.split_to(length);
        if let Some(into) = into.get_mut(..length) {
            into.copy_from_slice(&taken);
        }
        Ok(length)
    }
}

/// Where pieces go.
struct Sink(mpsc::Sender<io::Result<Bytes>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let sent = self.0.blocking_send(Ok(Bytes::copy_from_slice(bytes)));
        sent.map(|()| bytes.len()).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Reads a part to its end and compares it with what the manifest says.
fn read(reading: &Reading, to: &mpsc::Sender<io::Result<Bytes>>) -> Result<Passed, BackupError> {
    let part = &reading.part;
    let mut reader = PartReader::open(&reading.folder, part, &reading.keys)?;
    let damaged = |why: String| {
        let path = reading.folder.join(&part.file).display().to_string();
        BackupError::Damaged { path, why }
    };
    let (mut scan, mut bytes) = (part.contents.is_some().then(Scan::default), 0);
    while let Some(piece) = reader.piece()? {
        bytes += piece.len() as u64;
        if let Some(scan) = &mut scan {
            scan.push(&piece).map_err(|broken| damaged(broken.to_string()))?;
        }
        if to.blocking_send(Ok(Bytes::from(piece))).is_err() {
            return Ok(Passed::default());
        }
    }
    let contents = scan.map(Scan::finish).transpose().map_err(|broken| damaged(broken.to_string()))?;
    if bytes != part.raw_bytes || contents != part.contents {
        return Err(damaged("its content is not what the manifest says".to_owned()));
    }
    Ok(Passed { contents, whole: true })
}

async fn copy(
    engine: &Engine,
    container: &str,
    path: &str,
    to: &mpsc::Sender<io::Result<Bytes>>,
) -> Result<Passed, BackupError> {
    let told = |error: EngineError| BackupError::Source(error.to_string());
    let broken = |broken| BackupError::Broken { called: container.to_owned(), broken };
    let mut archive = engine.archive_get(container, path).await.map_err(told)?;
    let mut scan = Scan::default();
    while let Some(piece) = archive.next().await.map_err(told)? {
        scan.push(&piece).map_err(broken)?;
        if to.send(Ok(piece)).await.is_err() {
            return Ok(Passed::default());
        }
    }
    Ok(Passed { contents: Some(scan.finish().map_err(broken)?), whole: true })
}
