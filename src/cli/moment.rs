//! Points in time as people type them: `10m` ago, or an RFC 3339 date and time.

use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};

use crate::text;

/// A point in time, relative to now or absolute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// So long before now.
    Ago(SignedDuration),
    /// So long after now.
    Ahead(SignedDuration),
    /// This very moment.
    At(Timestamp),
}

impl Moment {
    /// The moment on the clock.
    #[must_use]
    pub fn on(self, now: Timestamp) -> Timestamp {
        match self {
            Self::Ago(span) => now.checked_sub(span).unwrap_or(Timestamp::MIN),
            Self::Ahead(span) => now.checked_add(span).unwrap_or(Timestamp::MAX),
            Self::At(moment) => moment,
        }
    }
}

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(span) = text.strip_prefix('+').and_then(span) {
            return Ok(Self::Ahead(span));
        }
        if let Some(span) = span(text) {
            return Ok(Self::Ago(span));
        }
        text.parse().map(Self::At).map_err(|_| {
            format!("`{text}` is no time; write a span such as 90s, 10m, 2h, 1h30m, 7d, or RFC 3339 such as 2026-01-31T12:00:00Z")
        })
    }
}

/// A span of one or more parts: `90s`, `1h30m`.
pub(super) fn span(text: &str) -> Option<SignedDuration> {
    SignedDuration::try_from(text::span(text)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(text: &str) -> i64 {
        let now = Timestamp::from_second(1_000_000).unwrap();
        text.parse::<Moment>().unwrap().on(now).as_second() - 1_000_000
    }

    #[test]
    fn a_span_is_counted_back_from_now() {
        let spans = ["90s", "10m", "2h", "1h30m", "7d", "1w", "0s", "2000ms"].map(seconds);
        assert_eq!(spans, [-90, -600, -7200, -5400, -604_800, -604_800, 0, -2]);
    }

    #[test]
    fn a_plus_counts_ahead() {
        assert_eq!(seconds("+30s"), 30);
    }

    #[test]
    fn a_date_and_time_needs_its_offset() {
        assert_eq!(seconds("1970-01-12T13:46:41Z"), 1);
        assert_eq!(seconds("1970-01-12T15:46:41+02:00"), 1);
        assert!("1970-01-12T13:46:41".parse::<Moment>().is_err());
    }

    #[test]
    fn what_is_no_time_is_explained() {
        for bad in [
            "",
            "10",
            "m",
            "10x",
            "-5m",
            "1h-5m",
            "yesterday",
            "99999999999999999999s",
            "9223372036854775807w",
        ] {
            let error = bad.parse::<Moment>().unwrap_err();
            assert!(error.contains("10m") && error.contains("RFC 3339"), "{bad}: {error}");
        }
    }

    #[test]
    fn the_largest_span_stays_on_the_clock() {
        assert_eq!(
            "9223372036854775807s".parse::<Moment>().unwrap().on(Timestamp::UNIX_EPOCH),
            Timestamp::MIN
        );
    }
}
