//! Reads containers and prints what they write; begins with those that are started meanwhile.

use std::{collections::HashMap, time::Duration};

use futures_util::{FutureExt, Stream, StreamExt, stream, stream::BoxStream, stream::SelectAll};
use tokio::sync::mpsc;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::{Printer, Sources, Starts};
use crate::cli::{
    exit::Failure,
    session::{Out, remark},
};
use crate::domain::{ContainerId, EngineEvent, LogBatch, LogQuery, LogSource};
use crate::engine::{self, Engine};

/// How long before its start event a container may have written its first line.
const HEAD_START: Duration = Duration::from_secs(2);

/// Containers being read.
pub(super) struct Reading {
    engine: Engine,
    printer: Printer,
    /// Batches, each with the index of the first source of those that are read together.
    batches: SelectAll<BoxStream<'static, (usize, Brought)>>,
    starts: Option<Starts>,
    /// Ends the reading of a container when it is begun anew, and all of it in the end.
    guards: HashMap<Option<ContainerId>, DropGuard>,
    failed: bool,
}

/// What came of sources that are read together.
enum Brought {
    Lines(LogBatch),
    /// Of the only source, as text; or why there is no more of it.
    Text(Result<String, String>),
}

/// What there is to do next.
enum Next {
    Print(usize, Brought),
    Begin(EngineEvent),
    End,
}

impl Reading {
    pub(super) fn new(engine: Engine, printer: Printer, starts: Option<Starts>) -> Self {
        Self { engine, printer, batches: SelectAll::new(), starts, guards: HashMap::new(), failed: false }
    }

    /// Begins to read.
    pub(super) fn begin(&mut self, sources: Sources, query: LogQuery) {
        if query.until.is_some() {
            self.starts = None;
        }
        self.read(None, sources, query);
    }

    fn read(&mut self, container: Option<ContainerId>, sources: Sources, query: LogQuery) {
        let first = self.printer.add(&sources);
        let end = CancellationToken::new();
        self.guards.insert(container, end.clone().drop_guard());
        self.batches.push(
            match single(&sources.list).filter(|_| !query.follow && !self.printer.needs_moments()) {
                Some(source) => {
                    let pieces = engine::read_text(&self.engine, source.clone(), &query, end);
                    numbered(first, pieces, Brought::Text).boxed()
                }
                None => {
                    let batches = engine::follow(&self.engine, sources.list, query, end);
                    numbered(first, batches, Brought::Lines).boxed()
                }
            },
        );
    }

    /// Prints to the end; tells whether output of some source could not be read.
    pub(super) async fn print(&mut self, out: &mut Out) -> Result<bool, Failure> {
        loop {
            match self.next(out).await? {
                Next::Print(first, Brought::Lines(batch)) => self.print_batch(out, first, &batch)?,
                Next::Print(first, Brought::Text(Ok(text))) => self.printer.print_text(out, first, &text)?,
                Next::Print(first, Brought::Text(Err(sentence))) => self.fail(first, &sentence),
                Next::Begin(event) => self.begin_anew(event).await?,
                Next::End => return Ok(self.failed),
            }
        }
    }

    /// What comes next; what was printed is handed over whenever that is not there yet.
    async fn next(&mut self, out: &mut Out) -> Result<Next, Failure> {
        if let Some(Some((first, batch))) = self.batches.next().now_or_never() {
            return Ok(Next::Print(first, batch));
        }
        out.flush()?;
        let Self { batches, starts, .. } = self;
        Ok(tokio::select! {
            biased;
            Some((first, batch)) = batches.next() => Next::Print(first, batch),
            Some(event) = start(starts) => Next::Begin(event),
            else => Next::End,
        })
    }

    fn print_batch(&mut self, out: &mut Out, first: usize, batch: &LogBatch) -> Result<(), Failure> {
        for (source, line) in &batch.lines {
            self.printer.print(out, first + source, line)?;
        }
        for (source, sentence) in &batch.failures {
            self.fail(first + source, sentence);
        }
        Ok(())
    }

    fn fail(&mut self, source: usize, sentence: &str) {
        self.failed = true;
        remark(&format!("{}: {sentence}", self.printer.target(source)));
    }

    /// Reads a container that was started, from where its lines were printed.
    async fn begin_anew(&mut self, event: EngineEvent) -> Result<(), Failure> {
        let Some(starts) = &mut self.starts else { return Ok(()) };
        // Without an answer there will be more events to tell.
        let Ok(observed) = starts.observe().await else { return Ok(()) };
        let with_stack = self.printer.has_stacks();
        let Some(sources) = Sources::of_one(&observed, starts.scope(), &event.id, with_stack) else {
            return Ok(());
        };
        let container = ContainerId::new(event.id);
        let since = self.printer.newest(&container).or_else(|| event.at.checked_sub(HEAD_START).ok());
        self.read(Some(container), sources, LogQuery { follow: true, since, ..LogQuery::default() });
        Ok(())
    }
}

/// The next start; none ever where nobody listens for them.
async fn start(starts: &mut Option<Starts>) -> Option<EngineEvent> {
    match starts {
        Some(starts) => starts.next().await,
        None => None,
    }
}

/// The source, if there is but one.
fn single(sources: &[LogSource]) -> Option<&LogSource> {
    if let [source] = sources { Some(source) } else { None }
}

fn numbered<T: Send + 'static>(
    first: usize,
    received: mpsc::Receiver<T>,
    brought: fn(T) -> Brought,
) -> impl Stream<Item = (usize, Brought)> {
    stream::unfold(received, move |mut received| async move {
        received.recv().await.map(|next| ((first, brought(next)), received))
    })
}
