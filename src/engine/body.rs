//! Bodies of answers, as they arrive.

use std::{
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use futures_util::FutureExt as _;
use hyper::body::{Body as _, Frame, Incoming};
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use super::{
    EngineError, convert::list::Elements, dial::innermost, requests::unreadable, transport::Carrier,
};

/// The most that one answer may hold, and one line of a stream of JSON.
const MOST: usize = 256 << 20;
const LONGEST_LINE: usize = 16 << 20;

/// The pieces of an answer's body.
pub struct Chunks {
    body: Incoming,
    /// What moves the bytes, where nothing else does.
    carrier: Option<Carrier>,
    attempt: String,
    idle: Option<Duration>,
}

impl Chunks {
    /// Pieces that are waited for at most `idle` each; without it for ever, as streams of events want it.
    pub(super) const fn new(body: Incoming, attempt: String, idle: Option<Duration>) -> Self {
        Self { body, carrier: None, attempt, idle }
    }

    /// The same, moving the bytes by itself.
    pub(super) fn carried(self, carrier: Carrier) -> Self {
        Self { carrier: Some(carrier), ..self }
    }

    /// The same with another patience.
    pub(super) fn within(self, idle: Duration) -> Self {
        Self { idle: Some(idle), ..self }
    }

    /// What the answer is to.
    pub(super) fn attempt(&self) -> &str {
        &self.attempt
    }

    /// The next piece, `None` at the body's end.
    ///
    /// # Errors
    /// [`EngineError::Lost`] if the stream broke, [`EngineError::Silent`] if nothing came in time.
    pub async fn next(&mut self) -> Result<Option<Bytes>, EngineError> {
        // A piece that is there is taken without a look at the clock.
        if let Some(next) = self.ready() {
            return next;
        }
        let Some(idle) = self.idle else { return self.arrive().await };
        let next = timeout(idle, self.arrive()).await;
        next.unwrap_or_else(|_| Err(EngineError::Silent { attempt: self.attempt.clone(), after: idle }))
    }

    /// The next piece, whenever that is: for who has a patience of his own.
    pub(super) async fn arrive(&mut self) -> Result<Option<Bytes>, EngineError> {
        poll_fn(|cx| self.poll_next(cx)).await
    }

    /// What [`Self::next`] would return at once. It has to be asked again by that before anybody waits.
    pub(super) fn ready(&mut self) -> Option<Result<Option<Bytes>, EngineError>> {
        poll_fn(|cx| self.poll_next(cx)).now_or_never()
    }

    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, EngineError>> {
        loop {
            match self.poll_frame(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(None) => return Poll::Ready(Ok(None)),
                Poll::Ready(Some(Err(error))) => {
                    let cause = format!("the answer broke off: {}", innermost(&error));
                    return Poll::Ready(Err(self.lost(&cause)));
                }
                Poll::Ready(Some(Ok(frame))) => {
                    if let Ok(piece) = frame.into_data() {
                        return Poll::Ready(Ok(Some(piece)));
                    }
                }
            }
        }
    }

    /// Looks for a frame, moves bytes if there is none, and looks again.
    fn poll_frame(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let seen = Pin::new(&mut self.body).poll_frame(cx);
        let Some(carrier) = self.carrier.as_mut().filter(|_| seen.is_pending()) else { return seen };
        if carrier.poll_unpin(cx).is_ready() {
            self.carrier = None;
        }
        Pin::new(&mut self.body).poll_frame(cx)
    }

    /// All of it.
    pub(super) async fn all(mut self) -> Result<Vec<u8>, EngineError> {
        let mut whole = Vec::new();
        while let Some(piece) = self.next().await? {
            self.bound(whole.len() + piece.len())?;
            whole.extend_from_slice(&piece);
        }
        Ok(whole)
    }

    /// The list that it is: what becomes of its elements, as they arrive. What is none is left out.
    pub(super) async fn list<T: DeserializeOwned, U>(
        mut self,
        mut become_of: impl FnMut(T) -> Option<U>,
    ) -> Result<Vec<U>, EngineError> {
        let (mut elements, mut list) = (Elements::default(), Vec::new());
        let mut take = |element| list.extend(become_of(element));
        let mut length = 0;
        while let Some(piece) = self.next().await? {
            length += piece.len();
            self.bound(length)?;
            elements.push(&piece, &mut take).map_err(|error| self.unreadable(&error.to_string()))?;
        }
        elements.finish(take).map_err(|error| self.unreadable(&error.to_string()))?;
        Ok(list)
    }

    fn bound(&self, length: usize) -> Result<(), EngineError> {
        if length > MOST {
            return Err(self.unreadable(&format!("it is larger than {} MiB", MOST >> 20)));
        }
        Ok(())
    }

    fn lost(&self, cause: &str) -> EngineError {
        EngineError::Lost { attempt: self.attempt.clone(), cause: cause.to_owned() }
    }

    fn unreadable(&self, cause: &str) -> EngineError {
        unreadable(self.attempt.clone(), &cause)
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
