//! The time as the state knows it: that of the newest message.

use std::time::Duration;

use jiff::Timestamp;

/// Two clocks: one for people, one for spans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// Wall time, for ages and display. It may jump.
    pub wall: Timestamp,
    /// Time since the program's start, for spans. It never goes back.
    pub running: Duration,
}

impl Clock {
    /// Seconds from `then` to now, not below 0.
    #[must_use]
    pub fn seconds_since(&self, then: Timestamp) -> i64 {
        (self.wall.as_second() - then.as_second()).max(0)
    }
}
