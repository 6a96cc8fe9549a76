//! The world's time.
//!
//! Everything in the simulated world is dated in [`Nanos`] since the world's start, so a world can be built
//! with a past (negative dates) and can run faster than the wall. Only answers to clients are in wall time.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

/// World time in nanoseconds since the world's start; negative before it.
pub(crate) type Nanos = i64;

/// One second of world time.
pub(crate) const SECOND: Nanos = 1_000_000_000;
/// One millisecond of world time.
pub(crate) const MILLI: Nanos = 1_000_000;

/// Maps tokio's clock to world time and world time to wall time.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    start: Instant,
    speed: f64,
    epoch: Timestamp,
    jumped: Arc<AtomicI64>,
}

impl Clock {
    /// A clock that starts now. A speed that is not a positive number counts as real time.
    pub(crate) fn new(speed: f64, epoch: Timestamp) -> Self {
        let speed = if speed.is_finite() && speed > 0.0 { speed } else { 1.0 };
        Self { start: Instant::now(), speed, epoch, jumped: Arc::default() }
    }

    /// The world's present.
    pub(crate) fn now(&self) -> Nanos {
        (self.start.elapsed().as_secs_f64() * self.speed * SECOND as f64).round() as Nanos
    }

    /// The moment of tokio's clock at which the world reaches `at`. It is rounded up by a microsecond, so
    /// that a sleeper never wakes before the event that it waits for.
    pub(crate) fn instant(&self, at: Nanos) -> Instant {
        let seconds = (at.max(0) as f64) / SECOND as f64 / self.speed;
        self.start + Duration::from_secs_f64(seconds) + Duration::from_micros(1)
    }

    /// The wall clock jumps; the world's time goes on as before.
    pub(crate) fn jump(&self, by: Nanos) {
        self.jumped.fetch_add(by, Ordering::Relaxed);
    }

    /// The wall time of a moment, as clients see it.
    pub(crate) fn wall(&self, at: Nanos) -> Timestamp {
        let jumped = self.jumped.load(Ordering::Relaxed);
        self.epoch.checked_add(SignedDuration::from_nanos(at.saturating_add(jumped))).unwrap_or(self.epoch)
    }

    /// RFC 3339 with exactly nine digits, as the engine writes dates and log timestamps.
    pub(crate) fn rfc3339(&self, at: Nanos) -> String {
        format!("{:.9}", self.wall(at))
    }

    /// Seconds since 1970.
    pub(crate) fn unix(&self, at: Nanos) -> i64 {
        self.wall(at).as_second()
    }

    /// Nanoseconds since 1970.
    pub(crate) fn unix_nanos(&self, at: Nanos) -> i64 {
        i64::try_from(self.wall(at).as_nanosecond()).unwrap_or(i64::MAX)
    }

    /// World time of a wall time in nanoseconds since 1970.
    pub(crate) fn at_unix_nanos(&self, nanos: i128) -> Nanos {
        let jumped = i128::from(self.jumped.load(Ordering::Relaxed));
        let nanos = nanos - self.epoch.as_nanosecond() - jumped;
        Nanos::try_from(nanos).unwrap_or(if nanos < 0 { Nanos::MIN / 4 } else { Nanos::MAX / 4 })
    }
}
