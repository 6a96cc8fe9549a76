//! Bytes as they flow: what is told of them, and that they may be stopped.

use std::time::Duration;

use tokio::time::Instant;

use crate::{
    backup::BackupError,
    command::execute::{Halt, Wish},
    text,
};

/// How often is told how far it is.
const OFTEN: Duration = Duration::from_secs(1);

/// Who waits for a part to be stored.
#[derive(Clone, Copy)]
pub(in crate::command::execute) struct Attendant<'a> {
    /// Is told how far it is.
    pub(in crate::command::execute) told: &'a (dyn Fn(String) + Sync),
    /// May ask to stop: a part that is stopped is given up, as no other has a use for the half of it.
    pub(in crate::command::execute) halt: &'a Halt,
}

/// A flow of bytes of one part.
pub(super) struct Flow<'a> {
    attendant: Attendant<'a>,
    expected: Option<u64>,
    began: Instant,
    last: Instant,
    bytes: u64,
}

impl<'a> Flow<'a> {
    pub(super) fn begin(attendant: Attendant<'a>, expected: Option<u64>) -> Self {
        let now = Instant::now();
        Self { attendant, expected, began: now, last: now, bytes: 0 }
    }

    /// So many bytes more; tells how far it is now and then.
    ///
    /// # Errors
    /// [`BackupError::Source`] if it was asked to stop.
    pub(super) fn more(&mut self, bytes: usize) -> Result<(), BackupError> {
        if self.attendant.halt.wish() != Wish::End {
            return Err(BackupError::Source("it was stopped".to_owned()));
        }
        self.bytes += bytes as u64;
        let now = Instant::now();
        if now.duration_since(self.last) >= OFTEN {
            self.last = now;
            (self.attendant.told)(sentence(self.bytes, self.expected, now.duration_since(self.began)));
        }
        Ok(())
    }

    /// Resolves when it is asked to stop.
    pub(super) async fn stopped(&self) {
        self.attendant.halt.asked().await;
    }
}

/// `1.2G of about 4G, 95M/s, 30 s left`.
fn sentence(bytes: u64, expected: Option<u64>, spent: Duration) -> String {
    let rate = (bytes as f64 / spent.as_secs_f64().max(0.001)) as u64;
    let (done, said) = (text::bytes(bytes), text::rate(rate as f64));
    match expected.filter(|expected| *expected > bytes) {
        Some(expected) => {
            let left = (expected - bytes) / rate.max(1);
            format!("{done} of about {}, {said}, {left} s left", text::bytes(expected))
        }
        None => format!("{done}, {said}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_far_it_is_is_said_with_rate_and_time_where_the_last_set_tells_how_much_there_is() {
        let spent = Duration::from_secs(10);
        assert_eq!(
            sentence(1_000_000_000, Some(4_000_000_000), spent),
            "954M of about 3.7G, 100M/s, 30 s left"
        );
        assert_eq!(sentence(5_000_000_000, Some(4_000_000_000), spent), "4.7G, 500M/s");
    }
}
