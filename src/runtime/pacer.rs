//! When to draw: at once after a key, else not more often than the eye needs.

use std::time::Duration;

use tokio::time::Instant;

/// The least time between two frames that no key asked for.
const GAP: Duration = Duration::from_millis(33);

/// Keeps frames apart.
#[derive(Debug, Default)]
pub(super) struct Pacer {
    last: Option<Instant>,
}

impl Pacer {
    /// When the next frame may be drawn.
    pub(super) fn due_at(&self) -> Instant {
        self.last.map_or_else(Instant::now, |last| last + GAP)
    }

    /// A frame was drawn.
    pub(super) fn drew(&mut self) {
        self.last = Some(Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn frames_keep_their_distance() {
        let mut pacer = Pacer::default();
        assert_eq!(pacer.due_at(), Instant::now());
        pacer.drew();
        assert_eq!(pacer.due_at(), Instant::now() + GAP);
    }
}
