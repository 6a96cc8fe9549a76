//! Dumps that are looked at without a server.

use std::io::{self, BufReader, Read};

use serde::de::IgnoredAny;
use tokio::task::spawn_blocking;

use crate::{
    backup::{BackupError, PartReader},
    command::{
        backup::Proof,
        restore::{Proving, Reading},
    },
};

/// Looks at a dump.
pub(super) async fn prove(proving: &Proving) -> Result<String, BackupError> {
    let (reading, proof) = (proving.from.clone(), proving.proof);
    let looked = spawn_blocking(move || look(&reading, proof)).await;
    looked.map_err(|error| BackupError::Source(format!("reading died: {error}")))?
}

/// Compares a part with what the manifest says of it.
pub(super) async fn verify(reading: &Reading) -> Result<String, BackupError> {
    let reading = reading.clone();
    let verified =
        spawn_blocking(move || crate::backup::verify(&reading.folder, &reading.part, &reading.keys));
    let verified = verified.await.map_err(|error| BackupError::Source(format!("reading died: {error}")))?;
    verified.map(|()| "its checksums are right".to_owned())
}

fn look(reading: &Reading, proof: Proof) -> Result<String, BackupError> {
    let damaged = |why: String| {
        let path = reading.folder.join(&reading.part.file).display().to_string();
        BackupError::Damaged { path, why }
    };
    let reader = PartReader::open(&reading.folder, &reading.part, &reading.keys)?;
    let mut pieces = Pieces { reader, piece: Vec::new(), at: 0 };
    match proof {
        Proof::Server => Ok("only a server can tell".to_owned()),
        Proof::Begins(wanted) => {
            let mut begun = vec![0; wanted.len()];
            let read = pieces.read_exact(&mut begun);
            let word = String::from_utf8_lossy(wanted).into_owned();
            match read {
                Ok(()) if begun == wanted => Ok(format!("it begins with {word}")),
                Ok(()) => Err(damaged(format!("it does not begin with {word}"))),
                Err(error) => Err(damaged(error.to_string())),
            }
        }
        Proof::Json => {
            let parsed = serde_json::from_reader::<_, IgnoredAny>(BufReader::new(pieces));
            parsed.map(|_| "it is JSON to its end".to_owned()).map_err(|error| damaged(error.to_string()))
        }
    }
}

/// A part as something to read from.
struct Pieces {
    reader: PartReader,
    piece: Vec<u8>,
    at: usize,
}

impl Read for Pieces {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.at == self.piece.len() {
            self.piece = self.reader.piece().map_err(io::Error::other)?.unwrap_or_default();
            self.at = 0;
        }
        let rest = self.piece.get(self.at..).unwrap_or_default();
        let length = rest.len().min(into.len());
        if let (Some(into), Some(rest)) = (into.get_mut(..length), rest.get(..length)) {
            into.copy_from_slice(rest);
        }
        self.at += length;
        Ok(length)
    }
}
