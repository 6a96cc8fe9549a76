//! Lines of several containers, merged by time.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, VecDeque},
    time::Duration,
};

use jiff::Timestamp;
use tokio::{
    sync::mpsc::{self, error::TryRecvError},
    time::{Instant, timeout, timeout_at},
};

use super::reader::Told;
use crate::domain::{LogBatch, LogLine};

/// Lines in a batch, about.
const LINES: usize = 2000;
/// How long lines that are ready may wait for others of the past: engines send them one by one.
const LINGER: Duration = Duration::from_millis(20);
/// How long lines are gathered to be put in order.
const GATHER: Duration = Duration::from_millis(75);
/// How long the past is gathered that comes before the first line that is new.
const PAST: Duration = Duration::from_secs(1);
const PAST_LINES: usize = 20_000;

/// Merges what is over: exact order, each container read as fast as its lines are wanted.
pub(super) async fn past(sources: Vec<mpsc::Receiver<(usize, Told)>>, out: mpsc::Sender<LogBatch>) {
    let mut merge =
        Merge { sources: sources.into_iter().map(Source::new).collect(), out, batch: LogBatch::default() };
    merge.run().await;
}

struct Source {
    told: mpsc::Receiver<(usize, Told)>,
    lines: VecDeque<LogLine>,
}

impl Source {
    const fn new(told: mpsc::Receiver<(usize, Told)>) -> Self {
        Self { told, lines: VecDeque::new() }
    }
}

struct Merge {
    sources: Vec<Source>,
    out: mpsc::Sender<LogBatch>,
    batch: LogBatch,
}

impl Merge {
    /// Of the first lines of all containers, takes the oldest, again and again.
    async fn run(&mut self) -> Option<()> {
        let mut firsts: BinaryHeap<Reverse<(Option<Timestamp>, usize)>> = BinaryHeap::new();
        for place in 0..self.sources.len() {
            if let Some(at) = self.first(place).await? {
                firsts.push(Reverse((at, place)));
            }
        }
        while let Some(Reverse((_, place))) = firsts.pop() {
            if let Some(line) = self.sources.get_mut(place).and_then(|source| source.lines.pop_front()) {
                self.batch.lines.push((place, line));
            }
            if self.batch.lines.len() >= LINES {
                self.send().await?;
            }
            if let Some(at) = self.first(place).await? {
                firsts.push(Reverse((at, place)));
            }
        }
        self.send().await
    }

    /// The moment of a container's next line; the inner `None` at its end. The outer: nobody listens any more.
    /// What is ready is sent before anything is waited for longer than [`LINGER`].
    async fn first(&mut self, place: usize) -> Option<Option<Option<Timestamp>>> {
        loop {
            let Some(source) = self.sources.get_mut(place) else { return Some(None) };
            if let Some(line) = source.lines.front() {
                return Some(Some(line.at));
            }
            let told = match source.told.try_recv() {
                Ok(told) => Some(told),
                Err(TryRecvError::Disconnected) => None,
                Err(TryRecvError::Empty) => match timeout(LINGER, source.told.recv()).await {
                    Ok(told) => told,
                    Err(_) => {
                        self.send().await?;
                        self.sources.get_mut(place)?.told.recv().await
                    }
                },
            };
            match told {
                None => return Some(None),
                Some((_, Told::Lines(lines))) => self.sources.get_mut(place)?.lines.extend(lines),
                Some((_, Told::Failed(cause))) => self.batch.failures.push((place, cause)),
            }
        }
    }

    async fn send(&mut self) -> Option<()> {
        if self.batch.lines.is_empty() && self.batch.failures.is_empty() {
            return Some(());
        }
        self.out.send(std::mem::take(&mut self.batch)).await.ok()
    }
}

/// Merges what is still to come: lines are gathered for a moment and put in order; the past that comes first is
/// gathered until a moment passes without a line.
pub(super) async fn live(mut told: mpsc::Receiver<(usize, Told)>, out: mpsc::Sender<LogBatch>) {
    let mut is_past = true;
    while let Some(first) = told.recv().await {
        let mut batch = LogBatch::default();
        add(&mut batch, first);
        let most = if is_past { PAST_LINES } else { LINES };
        let begun = Instant::now();
        let mut until = begun + GATHER;
        while batch.lines.len() < most
            && let Ok(Some(next)) = timeout_at(until, told.recv()).await
        {
            add(&mut batch, next);
            if is_past {
                until = (Instant::now() + GATHER).min(begun + PAST);
            }
        }
        is_past = false;
        batch.lines.sort_by_key(|(_, line)| line.at);
        if out.send(batch).await.is_err() {
            return;
        }
    }
}

fn add(batch: &mut LogBatch, (place, told): (usize, Told)) {
    match told {
        Told::Lines(lines) => batch.lines.extend(lines.into_iter().map(|line| (place, line))),
        Told::Failed(cause) => batch.failures.push((place, cause)),
    }
}
