//! Patience with an engine that is away for a moment: its daemon restarts, a tunnel breaks, a connection is cut.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::engine::EngineError;

/// An engine that is away for longer than this is away.
const PATIENCE: Duration = Duration::from_secs(30);

/// The first pause; each next one is twice as long, up to [`LONGEST`].
const PAUSE: Duration = Duration::from_millis(250);
const LONGEST: Duration = Duration::from_secs(4);

/// Asks again as long as no answer comes, for a while; only for what may be asked twice.
pub(super) async fn patiently<T, A>(mut ask: impl FnMut() -> A) -> Result<T, EngineError>
where
    A: Future<Output = Result<T, EngineError>>,
{
    let mut pauses = Pauses::new();
    loop {
        match ask().await {
            Err(error) if error.is_link_lost() && pauses.rest().await => {}
            other => return other,
        }
    }
}

/// The pauses between attempts.
pub(super) struct Pauses {
    until: Instant,
    next: Duration,
}

impl Pauses {
    pub(super) fn new() -> Self {
        Self { until: Instant::now() + PATIENCE, next: PAUSE }
    }

    /// Waits before the next attempt; false when it has been long enough.
    pub(super) async fn rest(&mut self) -> bool {
        let goes_on = Instant::now() < self.until;
        if goes_on {
            sleep(self.next).await;
            self.next = (self.next * 2).min(LONGEST);
        }
        goes_on
    }
}
