//! The only place where the dashboard reads a clock.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use tokio::time::Instant;

use crate::model::Clock;

/// Reads wall time and running time together.
#[derive(Clone, Copy, Debug)]
pub struct Clocks {
    start: Instant,
    wall: Wall,
}

/// Where wall time comes from.
#[derive(Clone, Copy, Debug)]
enum Wall {
    System,
    /// The time of a simulated world: where it began, and how many of its seconds pass in one of ours.
    World {
        epoch: Timestamp,
        speed: f64,
    },
}

impl Clocks {
    /// The system's clocks.
    #[must_use]
    pub fn system() -> Self {
        Self { start: Instant::now(), wall: Wall::System }
    }

    /// The clock of a simulated world that began now at `epoch` and passes `speed` times as fast.
    #[must_use]
    pub fn world(epoch: Timestamp, speed: f64) -> Self {
        Self { start: Instant::now(), wall: Wall::World { epoch, speed } }
    }

    /// The zone in which times of day are told: this system's; a world that began at a given moment is told in UTC,
    /// so that it looks the same everywhere.
    #[must_use]
    pub fn zone(&self) -> TimeZone {
        match self.wall {
            Wall::System => TimeZone::system(),
            Wall::World { .. } => TimeZone::UTC,
        }
    }

    /// How long a span of this clock lasts for those who wait for it.
    #[must_use]
    pub fn wait(&self, span: Duration) -> Duration {
        match self.wall {
            Wall::System => span,
            Wall::World { speed, .. } => {
                Duration::try_from_secs_f64(span.as_secs_f64() / speed).unwrap_or(span)
            }
        }
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Clock {
        let running = self.start.elapsed();
        let wall = match self.wall {
            Wall::System => Timestamp::now(),
            Wall::World { epoch, speed } => later(epoch, running.mul_f64(speed)),
        };
        Clock { wall, running }
    }
}

fn later(epoch: Timestamp, by: Duration) -> Timestamp {
    SignedDuration::try_from(by).ok().and_then(|by| epoch.checked_add(by).ok()).unwrap_or(epoch)
}
