//! Bodies of answers, as they arrive.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use serde::de::DeserializeOwned;

use super::{EngineError, dial::innermost};

/// The most that one answer may hold, and one line of a stream of JSON.
const MOST: usize = 256 << 20;
const LONGEST_LINE: usize = 16 << 20;

/// The pieces of an answer's body.
pub struct Chunks {
    body: Incoming,
    attempt: String,
    idle: Option<Duration>,
}

impl Chunks {
    /// Pieces that are waited for at most `idle` each; without it for ever, as streams of events want it.
    pub(super) const fn new(body: Incoming, attempt: String, idle: Option<Duration>) -> Self {
        Self { body, attempt, idle }
    }

    /// The next piece, `None` at the body's end.
    ///
    /// # Errors
    /// [`EngineError::Lost`] if the stream broke, [`EngineError::Silent`] if nothing came in time.
    pub async fn next(&mut self) -> Result<Option<Bytes>, EngineError> {
        loop {
            let frame = match self.idle {
                None => self.body.frame().await,
                Some(idle) => tokio::time::timeout(idle, self.body.frame())
                    .await
                    .map_err(|_| EngineError::Silent { attempt: self.attempt.clone(), after: idle })?,
            };
            match frame {
                None => return Ok(None),
                Some(Ok(frame)) => {
                    if let Ok(piece) = frame.into_data() {
                        return Ok(Some(piece));
                    }
                }
                Some(Err(error)) => {
                    return Err(self.lost(&format!("the answer broke off: {}", innermost(&error))));
                }
            }
        }
    }

    /// All of it.
    pub(super) async fn all(mut self) -> Result<Vec<u8>, EngineError> {
        let mut whole = Vec::new();
        while let Some(piece) = self.next().await? {
            if whole.len() + piece.len() > MOST {
                return Err(self.unreadable(&format!("it is larger than {} MiB", MOST >> 20)));
            }
            whole.extend_from_slice(&piece);
        }
        Ok(whole)
    }

    fn lost(&self, cause: &str) -> EngineError {
        EngineError::Lost { attempt: self.attempt.clone(), cause: cause.to_owned() }
    }

    fn unreadable(&self, cause: &str) -> EngineError {
        EngineError::Unreadable { attempt: self.attempt.clone(), cause: cause.to_owned() }
    }
}

/// A body of one JSON object a line.
pub(super) struct JsonLines {
    chunks: Chunks,
    buffer: BytesMut,
    searched: usize,
}

impl JsonLines {
    pub(super) fn new(chunks: Chunks) -> Self {
        Self { chunks, buffer: BytesMut::new(), searched: 0 }
    }

    /// The next object, `None` at the end. What cannot be read is reported in the log and left out.
    pub(super) async fn next<T: DeserializeOwned>(&mut self) -> Result<Option<T>, EngineError> {
        loop {
            while let Some(line) = self.line() {
                if let Some(object) = read(&line) {
                    return Ok(Some(object));
                }
            }
            match self.chunks.next().await? {
                Some(piece) => self.buffer.extend_from_slice(&piece),
                None => return Ok(read(&std::mem::take(&mut self.buffer))),
            }
            if self.buffer.len() > LONGEST_LINE {
                return Err(self.chunks.unreadable("one line of it has no end"));
            }
        }
    }

    /// The next whole line in the buffer.
    fn line(&mut self) -> Option<BytesMut> {
        let found = self.buffer.get(self.searched..)?.iter().position(|byte| *byte == b'\n');
        let Some(found) = found else {
            self.searched = self.buffer.len();
            return None;
        };
        let line = self.buffer.split_to(self.searched + found + 1);
        self.searched = 0;
        Some(line)
    }
}

fn read<T: DeserializeOwned>(line: &[u8]) -> Option<T> {
    let line = line.trim_ascii();
    if line.is_empty() {
        return None;
    }
    serde_json::from_slice(line)
        .inspect_err(|error| log::warn!("left out a line of a stream that is no such object: {error}"))
        .ok()
}
