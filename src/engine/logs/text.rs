//! What one container has written, as text.

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::lines::Stamps;
use crate::{
    domain::{LogQuery, LogSource},
    engine::{Engine, EngineError},
};

/// Pieces of text that may wait to be fetched.
const PIECES: usize = 4;

/// Reads what a container has written up to now: lines, each with a newline at its end, many in one piece; or the reason
/// why there are no more of them, as a sentence. It is what [`follow()`](super::follow()) brings of a single source, for
/// who needs neither the moments of lines nor their streams: an engine puts a line together in less time if it need not
/// tell its moment.
#[must_use]
pub fn read_text(
    engine: &Engine,
    source: LogSource,
    query: &LogQuery,
    token: CancellationToken,
) -> mpsc::Receiver<Result<String, String>> {
    let (out, pieces) = mpsc::channel(PIECES);
    let engine = engine.clone();
    let query = LogQuery { follow: false, ..query.clone() };
    tokio::spawn(async move {
        let reading = read(&engine, &source, &query, &out);
        if let Some(Err(error)) = token.run_until_cancelled(reading).await {
            // Nobody may listen any more.
            let _ = out.send(Err(error.to_string())).await;
        }
    });
    pieces
}

async fn read(
    engine: &Engine,
    source: &LogSource,
    query: &LogQuery,
    out: &mpsc::Sender<Result<String, String>>,
) -> Result<(), EngineError> {
    let mut pieces = engine.log_pieces(&source.container, source.tty, query, Stamps::Unwanted).await?;
    while let Some(text) = pieces.next_many::<String>().await? {
        if out.send(Ok(text)).await.is_err() {
            break;
        }
    }
    Ok(())
}
