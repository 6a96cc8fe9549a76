//! Reads several containers at once.

use tokio::sync::mpsc;
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};

use super::{
    merge,
    reader::{Out, Reader},
};
use crate::{
    domain::{LogBatch, LogQuery, LogSource},
    engine::Engine,
};

/// Batches that may wait to be fetched.
const BATCHES: usize = 8;
/// Pieces of output that may wait to be merged: few for each container, where order is waited for.
const PIECES_EACH: usize = 4;
const PIECES: usize = 64;

/// Reads the output of several containers and merges it in time order: exactly if the query asks for the past, as
/// far as lines come within a moment of each other if it follows.
///
/// No line is dropped: while nobody fetches batches, the engine waits. A stream that breaks is taken up again
/// behind its last line, for as long as its container runs; while the engine cannot be reached, the source is
/// reported as failed once and tried again. The channel ends when all sources have, or when `token` is cancelled.
#[must_use]
pub fn follow(
    engine: &Engine,
    sources: Vec<LogSource>,
    query: LogQuery,
    token: CancellationToken,
) -> mpsc::Receiver<LogBatch> {
    let (out, batches) = mpsc::channel(BATCHES);
    let engine = engine.clone();
    tokio::spawn(async move { token.run_until_cancelled(read(engine, sources, query, out)).await });
    batches
}

async fn read(engine: Engine, sources: Vec<LogSource>, query: LogQuery, out: mpsc::Sender<LogBatch>) {
    let begin = |(place, source): (usize, LogSource), told: Out| {
        let reader = Reader::new(engine.clone(), source, place, query.clone(), told);
        AbortOnDropHandle::new(tokio::spawn(reader.run()))
    };
    let sources = sources.into_iter().enumerate();
    if query.follow {
        let (told, pieces) = mpsc::channel(PIECES);
        let _readers: Vec<_> = sources.map(|source| begin(source, told.clone())).collect();
        drop(told);
        merge::live(pieces, out).await;
    } else {
        let (_readers, pieces): (Vec<_>, Vec<_>) = sources
            .map(|source| {
                let (told, pieces) = mpsc::channel(PIECES_EACH);
                (begin(source, told), pieces)
            })
            .unzip();
        merge::past(pieces, out).await;
    }
}
