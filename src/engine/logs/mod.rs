//! Output of containers and of tasks.
//!
//! [`Decoder`] turns the bytes of a log answer into lines; [`follow()`] reads several containers at
//! once and merges them in time order, resuming where a stream broke; [`read_text()`] reads what one has written and
//! asks for no moments.

mod decode;
mod follow;
pub(super) mod frames;
mod lines;
mod merge;
mod reader;
mod sink;
mod text;

use std::{pin::pin, time::Duration};

use bytes::Bytes;
use futures_util::{StreamExt as _, stream, stream::BoxStream};
use serde_json::Value;
use tokio::time::sleep;

use self::{decode::Decoder, lines::Stamps, sink::Sink};
pub use self::{follow::follow, text::read_text};
use super::{Call, Chunks, Engine, EngineError, call::segment, events::stamp};
use crate::domain::{ContainerId, LogLine, LogQuery};

/// Lines of one container in the order in which they were written. An error is the last item.
pub type LogLines = BoxStream<'static, Result<LogLine, EngineError>>;

/// How long more lines are waited for where nobody is in a hurry.
const LINGER: Duration = Duration::from_millis(20);

/// How long a piece of the past may take.
const IDLE: Duration = Duration::from_secs(60);

impl Engine {
    /// Reads the output of a container. Whether that is a terminal's is asked from the engine unless `tty` tells.
    ///
    /// # Errors
    /// An [`EngineError`]: 404 if there is no such container, 500 or 501 if its log driver cannot be read.
    pub async fn logs(
        &self,
        id: &ContainerId,
        tty: Option<bool>,
        query: &LogQuery,
    ) -> Result<LogLines, EngineError> {
        Ok(lines(self.log_pieces(id, tty, query, Stamps::Wanted).await?))
    }

    /// Reads the output of a task of Swarm, on whatever node it is: the manager fetches it from there.
    ///
    /// # Errors
    /// An [`EngineError`]: 404 if there is no such task, [`is_not_a_manager`](EngineError::is_not_a_manager).
    pub async fn task_logs(&self, task: &str, tty: bool, query: &LogQuery) -> Result<LogLines, EngineError> {
        let short = task.get(..12).unwrap_or(task);
        let attempt = format!("read the output of task {short}");
        let path = format!("/tasks/{}/logs", segment(task));
        let chunks = self.stream(call(attempt, path, query, Stamps::Wanted), idle(query)).await?;
        Ok(lines(LogPieces::new(chunks, Decoder::new(tty, Stamps::Wanted))))
    }

    /// The output of a container, many lines at a time.
    async fn log_pieces(
        &self,
        id: &ContainerId,
        tty: Option<bool>,
        query: &LogQuery,
        stamps: Stamps,
    ) -> Result<LogPieces, EngineError> {
        let tty = match tty {
            Some(tty) => tty,
            None => self.is_tty(id).await?,
        };
        let attempt = format!("read the output of container {}", id.short());
        let path = format!("/containers/{}/logs", segment(id.as_str()));
        let chunks = self.stream(call(attempt, path, query, stamps), idle(query)).await?;
        Ok(LogPieces::new(chunks, Decoder::new(tty, stamps)))
    }

    async fn is_tty(&self, id: &ContainerId) -> Result<bool, EngineError> {
        let told = self.inspect_container(id.as_str()).await?;
        Ok(told.pointer("/Config/Tty").and_then(Value::as_bool).unwrap_or(false))
    }
}

/// The lines one by one.
fn lines(pieces: LogPieces) -> LogLines {
    let pieces = stream::unfold(Some(pieces), |pieces| async move {
        let mut pieces = pieces?;
        match pieces.next::<Vec<LogLine>>().await {
            Ok(Some(lines)) => Some((lines.into_iter().map(Ok).collect(), Some(pieces))),
            Ok(None) => None,
            Err(error) => Some((vec![Err(error)], None)),
        }
    });
    pieces.flat_map(stream::iter).boxed()
}

/// What is still to be written may be long in coming; what was written is not.
fn idle(query: &LogQuery) -> Option<Duration> {
    (!query.follow).then_some(IDLE)
}

fn call(attempt: String, path: String, query: &LogQuery, stamps: Stamps) -> Call {
    let tail = query.tail.map_or_else(|| "all".to_owned(), |lines| lines.to_string());
    let call = Call::get(attempt, path)
        .query("stdout", "1")
        .query("stderr", "1")
        .query("timestamps", if stamps == Stamps::Wanted { "1" } else { "0" })
        .query("follow", if query.follow { "1" } else { "0" })
        .query("tail", &tail)
        .within(super::LIST_DEADLINE);
    let call = match query.since {
        Some(since) => call.query("since", &stamp(since)),
        None => call,
    };
    match query.until {
        Some(until) => call.query("until", &stamp(until)),
        None => call,
    }
}

/// Lines of one container as they arrive, some at a time.
struct LogPieces {
    chunks: Option<Chunks>,
    decoder: Decoder,
    /// Why there is no more behind the lines that were handed on.
    broken: Option<EngineError>,
}

impl LogPieces {
    const fn new(chunks: Chunks, decoder: Decoder) -> Self {
        Self { chunks: Some(chunks), decoder, broken: None }
    }

    /// The next lines, never none of them: all that are there already, until they are enough. `None` at the end.
    async fn next<S: Sink>(&mut self) -> Result<Option<S>, EngineError> {
        if let Some(error) = self.broken.take() {
            return Err(error);
        }
        let mut lines = S::default();
        while let Some(chunks) = &mut self.chunks {
            let next = chunks.next().await?;
            self.take(next, &mut lines);
            self.gather(&mut lines);
            if !lines.is_empty() {
                return Ok(Some(lines));
            }
        }
        self.broken.take().map_or(Ok(None), Err)
    }

    /// The same for who is in no hurry: of what comes within [`LINGER`] as much as is handed on at once. Who reads them
    /// then wakes for hundreds of lines instead of for a few.
    async fn next_many<S: Sink>(&mut self) -> Result<Option<S>, EngineError> {
        let Some(mut lines) = self.next::<S>().await? else { return Ok(None) };
        let mut end = pin!(sleep(LINGER));
        while !lines.is_full()
            && let Some(chunks) = &mut self.chunks
        {
            let next = tokio::select! {
                biased;
                next = chunks.arrive() => next,
                () = &mut end => break,
            };
            match next {
                Ok(next) => self.take(next, &mut lines),
                Err(error) => self.fail(error),
            }
            self.gather(&mut lines);
        }
        Ok(Some(lines))
    }

    /// There is no more behind the lines that are handed on.
    fn fail(&mut self, error: EngineError) {
        self.broken = Some(error);
        self.chunks = None;
    }

    /// Adds what is there already: engines send line by line, and handing on each by itself costs more than reading it.
    fn gather(&mut self, lines: &mut impl Sink) {
        while !lines.is_full()
            && let Some(next) = self.chunks.as_mut().and_then(Chunks::ready)
        {
            match next {
                Ok(next) => self.take(next, lines),
                Err(error) => self.fail(error),
            }
        }
    }

    fn take(&mut self, next: Option<Bytes>, lines: &mut impl Sink) {
        match next {
            Some(bytes) => self.decoder.push(&bytes, lines),
            None => {
                self.chunks = None;
                self.decoder.finish(lines);
            }
        }
    }
}
