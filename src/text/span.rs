//! Spans of time as people type them.

use std::time::Duration;

/// A span of one or more parts: `90s`, `1h30m`, `7d`. The units are `ms`, `s`, `m`, `h`, `d` and `w`; `None` for
/// anything else, a number without a unit among it.
///
/// ```
/// assert_eq!(stacktop::text::span("1m30s"), Some(std::time::Duration::from_secs(90)));
/// ```
#[must_use]
pub fn span(text: &str) -> Option<Duration> {
    let mut rest = text;
    let mut whole = Duration::ZERO;
    while !rest.is_empty() {
        let (digits, tail) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit())?);
        let (unit, tail) = tail.split_at(tail.find(|c: char| c.is_ascii_digit()).unwrap_or(tail.len()));
        whole = whole.checked_add(part(digits.parse().ok()?, unit)?)?;
        rest = tail;
    }
    (!text.is_empty()).then_some(whole)
}

/// A span as [`span`] reads it, in whole seconds: `6h`, `1h30m`, `2d`.
///
/// ```
/// assert_eq!(stacktop::text::spelled(std::time::Duration::from_secs(5400)), "1h30m");
/// ```
#[must_use]
pub fn spelled(span: Duration) -> String {
    let mut left = span.as_secs();
    let mut text = String::new();
    for (unit, seconds) in [("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)] {
        if left >= seconds {
            text.push_str(&format!("{}{unit}", left / seconds));
            left %= seconds;
        }
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}

fn part(number: u64, unit: &str) -> Option<Duration> {
    let seconds = match unit {
        "ms" => return Some(Duration::from_millis(number)),
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        "w" => 7 * 86_400,
        _ => return None,
    };
    number.checked_mul(seconds).map(Duration::from_secs)
}
