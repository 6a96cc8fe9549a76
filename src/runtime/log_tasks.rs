//! Reads the logs that the state asks for, until it asks for others.

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::{
    engine::{self, Engine},
    update::{LogRequest, Msg},
};

/// The logs being read.
#[derive(Debug)]
pub(super) struct LogTasks {
    messages: mpsc::Sender<Msg>,
    token: CancellationToken,
}

impl LogTasks {
    pub(super) fn new(messages: mpsc::Sender<Msg>) -> Self {
        Self { messages, token: CancellationToken::new() }
    }

    /// Ends what is being read and reads what is requested.
    pub(super) fn replace(&mut self, engine: &Engine, generation: u64, request: LogRequest) {
        self.token.cancel();
        self.token = CancellationToken::new();
        let lines = engine::follow(engine, request.sources, request.query, self.token.clone());
        tokio::spawn(deliver(lines, request.indices, generation, self.messages.clone()));
    }
}

impl Drop for LogTasks {
    fn drop(&mut self) {
        self.token.cancel();
    }
}

async fn deliver(
    mut lines: mpsc::Receiver<crate::domain::LogBatch>,
    indices: Vec<usize>,
    generation: u64,
    messages: mpsc::Sender<Msg>,
) {
    let index = |source: usize| indices.get(source).copied().unwrap_or_default();
    while let Some(mut batch) = lines.recv().await {
        batch.lines.iter_mut().for_each(|(source, _)| *source = index(*source));
        batch.failures.iter_mut().for_each(|(source, _)| *source = index(*source));
        if messages.send(Msg::Logs { generation, batch }).await.is_err() {
            return;
        }
    }
}
