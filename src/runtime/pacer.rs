//! When to draw: at once after a key or a rest, else not more often than the eye needs.

use std::time::Duration;

use tokio::time::Instant;

/// The least time between frames that no key asked for, in the long run.
const GAP: Duration = Duration::from_millis(33);

/// So many frames may follow each other at once after a rest: at the start, rows come a moment after the first frame.
const BURST: u32 = 3;

/// Keeps frames apart.
#[derive(Debug, Default)]
pub(super) struct Pacer {
    /// When the frames drawn so far are used up, at one a gap.
    used_up_at: Option<Instant>,
}

impl Pacer {
    /// When the next frame may be drawn.
    pub(super) fn due_at(&self) -> Instant {
        let due_at = self.used_up_at.and_then(|at| at.checked_sub(GAP * (BURST - 1)));
        due_at.unwrap_or_else(Instant::now)
    }

    /// A frame was drawn.
    pub(super) fn drew(&mut self) {
        let now = Instant::now();
        self.used_up_at = Some(self.used_up_at.map_or(now, |at| at.max(now)) + GAP);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_first_frames_after_a_rest_follow_at_once() {
        let mut pacer = Pacer::default();
        for _ in 0..BURST {
            assert!(pacer.due_at() <= Instant::now());
            pacer.drew();
        }
        assert_eq!(pacer.due_at(), Instant::now() + GAP);
    }

    #[tokio::test(start_paused = true)]
    async fn in_the_long_run_frames_keep_their_distance() {
        let (mut pacer, began) = (Pacer::default(), Instant::now());
        for _ in 0..BURST + 30 {
            tokio::time::sleep_until(pacer.due_at()).await;
            pacer.drew();
        }
        assert_eq!(began.elapsed(), GAP * 30);
    }
}
