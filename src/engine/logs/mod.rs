//! Output of containers and of tasks.
//!
//! [`Decoder`] turns the bytes of a log answer into lines; [`follow()`] reads several containers at
//! once and merges them in time order, resuming where a stream broke.

mod decode;
mod follow;
pub(super) mod frames;
mod lines;
mod merge;
mod reader;

use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt as _, stream, stream::BoxStream};
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use self::decode::Decoder;
pub use self::follow::follow;
use super::{Call, Chunks, Engine, EngineError, call::segment, events::stamp};
use crate::domain::{ContainerId, LogLine, LogQuery};

/// Lines of one container in the order in which they were written. An error is the last item.
pub type LogLines = BoxStream<'static, Result<LogLine, EngineError>>;

/// Lines that are handed on at once, about, and how long they are waited for where nobody is in a hurry.
const MOST: usize = 2000;
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
        Ok(lines(self.log_pieces(id, tty, query).await?))
    }

    /// Reads the output of a task of Swarm, on whatever node it is: the manager fetches it from there.
    ///
    /// # Errors
    /// An [`EngineError`]: 404 if there is no such task, [`is_not_a_manager`](EngineError::is_not_a_manager).
    pub async fn task_logs(&self, task: &str, tty: bool, query: &LogQuery) -> Result<LogLines, EngineError> {
        let short = task.get(..12).unwrap_or(task);
        let attempt = format!("read the output of task {short}");
        let asked = call(attempt, format!("/tasks/{}/logs", segment(task)), query);
        let chunks = self.stream(asked, (!query.follow).then_some(IDLE)).await?;
        Ok(lines(LogPieces::new(chunks, tty)))
    }

    /// The output of a container, many lines at a time.
    pub(super) async fn log_pieces(
        &self,
        id: &ContainerId,
        tty: Option<bool>,
        query: &LogQuery,
    ) -> Result<LogPieces, EngineError> {
        let tty = match tty {
            Some(tty) => tty,
            None => self.is_tty(id).await?,
        };
        let idle = (!query.follow).then_some(IDLE);
        let attempt = format!("read the output of container {}", id.short());
        let asked = call(attempt, format!("/containers/{}/logs", segment(id.as_str())), query);
        let chunks = self.stream(asked, idle).await?;
        Ok(LogPieces::new(chunks, tty))
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
        match pieces.next().await {
            Ok(Some(lines)) => Some((lines.into_iter().map(Ok).collect(), Some(pieces))),
            Ok(None) => None,
            Err(error) => Some((vec![Err(error)], None)),
        }
    });
    pieces.flat_map(stream::iter).boxed()
}

fn call(attempt: String, path: String, query: &LogQuery) -> Call {
    let tail = query.tail.map_or_else(|| "all".to_owned(), |lines| lines.to_string());
    let call = Call::get(attempt, path)
        .query("stdout", "1")
        .query("stderr", "1")
        .query("timestamps", "1")
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
pub(super) struct LogPieces {
    chunks: Option<Chunks>,
    decoder: Decoder,
    /// Why there is no more behind the lines that were handed on.
    broken: Option<EngineError>,
}

impl LogPieces {
    fn new(chunks: Chunks, tty: bool) -> Self {
        Self { chunks: Some(chunks), decoder: Decoder::new(tty), broken: None }
    }

    /// The next lines, never none of them: all that are there already, up to [`MOST`]. `None` at the end.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<LogLine>>, EngineError> {
        if let Some(error) = self.broken.take() {
            return Err(error);
        }
        let mut lines = Vec::new();
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
    pub(super) async fn next_many(&mut self) -> Result<Option<Vec<LogLine>>, EngineError> {
        let Some(mut lines) = self.next().await? else { return Ok(None) };
        let end = Instant::now() + LINGER;
        while lines.len() < MOST
            && let Some(chunks) = &mut self.chunks
            && let Ok(next) = timeout_at(end, chunks.next()).await
        {
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
    fn gather(&mut self, lines: &mut Vec<LogLine>) {
        while lines.len() < MOST
            && let Some(next) = self.chunks.as_mut().and_then(Chunks::ready)
        {
            match next {
                Ok(next) => self.take(next, lines),
                Err(error) => self.fail(error),
            }
        }
    }

    fn take(&mut self, next: Option<Bytes>, lines: &mut Vec<LogLine>) {
        match next {
            Some(bytes) => self.decoder.push(&bytes, lines),
            None => {
                self.chunks = None;
                self.decoder.finish(lines);
            }
        }
    }
}
