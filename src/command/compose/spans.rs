//! Spans as Compose writes them: `10s`, `1m30s`, `1.5h`.

use std::time::Duration;

/// Units, each with its length in nanoseconds.
const UNITS: [(&str, f64); 7] =
    [("ns", 1.0), ("us", 1e3), ("µs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 6e10), ("h", 3.6e12)];

/// Longer spans make no sense between two containers: a year.
const LONGEST: f64 = 365.0 * 24.0 * 3.6e12;

/// Reads a span; `None` for what is none.
pub(super) fn span(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    if rest == "0" {
        return Some(Duration::ZERO);
    }
    let mut nanos = 0.0;
    while !rest.is_empty() {
        let end = rest.find(|c: char| c != '.' && !c.is_ascii_digit())?;
        let (number, behind) = rest.split_at_checked(end)?;
        let end = behind.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(behind.len());
        let (unit, behind) = behind.split_at_checked(end)?;
        let (_, length) = UNITS.iter().find(|(name, _)| *name == unit)?;
        nanos += number.parse::<f64>().ok()? * length;
        rest = behind;
    }
    let is_span = !text.trim().is_empty() && (0.0..=LONGEST).contains(&nanos);
    is_span.then(|| Duration::from_nanos(nanos as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_as_compose_writes_them() {
        for (text, millis) in [
            ("10s", 10_000),
            ("1m30s", 90_000),
            ("1.5s", 1500),
            ("250ms", 250),
            ("0", 0),
            ("1h5m", 3_900_000),
        ] {
            assert_eq!(span(text), Some(Duration::from_millis(millis)), "{text}");
        }
        for text in ["", "10", "s", "-5s", "5 s", "1x", "1..2s", "999999999h", "ü5s"] {
            assert_eq!(span(text), None, "{text}");
        }
    }
}
