//! Numbers in at most five cells, so that columns stay where they are.

/// A span in seconds as its largest unit: `45s`, `12m`, `7h`, `3d`, `2y`.
#[must_use]
pub fn age(seconds: i64) -> String {
    const MINUTE: i64 = 60;
    const HOUR: i64 = 60 * MINUTE;
    const DAY: i64 = 24 * HOUR;
    const YEAR: i64 = 365 * DAY;
    match seconds.max(0) {
        s if s < MINUTE => format!("{s}s"),
        s if s < HOUR => format!("{}m", s / MINUTE),
        s if s < DAY => format!("{}h", s / HOUR),
        s if s < 1000 * DAY => format!("{}d", s / DAY),
        s => format!("{}y", s / YEAR),
    }
}

/// A span as its largest whole unit in words: `40 s`, `90 min`, `6 h`, `7 d`.
#[must_use]
pub fn long_span(span: std::time::Duration) -> String {
    let seconds = span.as_secs();
    for (unit, name) in [(86_400, "d"), (3600, "h"), (60, "min")] {
        if seconds >= unit && seconds.is_multiple_of(unit) {
            return format!("{} {name}", seconds / unit);
        }
    }
    match seconds {
        0..=119 => format!("{seconds} s"),
        120..=7199 => format!("{} min", seconds / 60),
        7200..=172_799 => format!("{} h", seconds / 3600),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// A size in bytes with binary units, three digits at most: `0B`, `38M`, `1.2G`.
///
/// ```
/// assert_eq!(stacktop::text::bytes(512 << 20), "512M");
/// ```
#[must_use]
pub fn bytes(value: u64) -> String {
    scaled(value, 1024.0, ["B", "K", "M", "G", "T", "P", "E"])
}

/// A count with decimal units: `7`, `1.2k`, `10M`.
#[must_use]
pub fn count(value: u64) -> String {
    scaled(value, 1000.0, ["", "k", "M", "G", "T", "P", "E"])
}

/// A rate in bytes per second: `12k/s`.
#[must_use]
pub fn rate(bytes_per_second: f64) -> String {
    let whole = if bytes_per_second.is_finite() { bytes_per_second.max(0.0).round() as u64 } else { 0 };
    format!("{}/s", scaled(whole, 1000.0, ["", "k", "M", "G", "T", "P", "E"]))
}

/// A percentage: one digit behind the point below 100, none from there on.
#[must_use]
pub fn percent(value: f64) -> String {
    if value.is_finite() && value < 99.95 { format!("{value:.1}%") } else { format!("{value:.0}%") }
}

fn scaled(value: u64, base: f64, units: [&str; 7]) -> String {
    let [first, larger @ ..] = units;
    let mut scaled = value as f64;
    let mut unit = first;
    for next in larger {
        if scaled < base && scaled < 999.5 {
            break;
        }
        scaled /= base;
        unit = next;
    }
    if unit == first || scaled >= 9.95 { format!("{scaled:.0}{unit}") } else { format!("{scaled:.1}{unit}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_take_at_most_five_cells_from_nothing_to_the_largest() {
        for exponent in 0..64 {
            for value in [1u64 << exponent, (1u64 << exponent) - 1, (1u64 << exponent) / 10 * 9] {
                assert!(bytes(value).len() <= 5, "{value}: {}", bytes(value));
                assert!(count(value).len() <= 5, "{value}: {}", count(value));
            }
        }
    }

    #[test]
    fn sizes_are_rounded_to_what_a_person_compares() {
        let shown: Vec<_> = [0, 999, 1023, 1536, 10 << 20, 2_254_857_830].map(bytes).into();
        assert_eq!(shown, ["0B", "999B", "1.0K", "1.5K", "10M", "2.1G"]);
    }

    #[test]
    fn ages_use_their_largest_unit() {
        let shown: Vec<_> = [-5, 45, 3599, 86_399, 86_400 * 40, 86_400 * 1200].map(age).into();
        assert_eq!(shown, ["0s", "45s", "59m", "23h", "40d", "3y"]);
    }

    #[test]
    fn percentages_of_several_cores_drop_the_decimal() {
        assert_eq!(
            (percent(12.44), percent(99.96), percent(380.2)),
            ("12.4%".into(), "100%".into(), "380%".into())
        );
    }
}
