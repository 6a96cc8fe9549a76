//! Durations and sizes as people write them in a world: `1m30s`, `-75s`, `256M`, `1.5G`.

use std::fmt;

use serde::Deserialize;

use crate::sim::clock::{Nanos, SECOND};

/// A duration in nanoseconds, written as numbers with units (`d h m s ms`), negative with a leading `-`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Span(pub(crate) Nanos);

/// A number of bytes, written with a binary unit (`K M G T`) or none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Size(pub(crate) u64);

/// What is wrong with a written quantity.
#[derive(Debug)]
pub(crate) struct Unreadable(String);

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Span {
    type Error = Unreadable;

    fn try_from(text: String) -> Result<Self, Unreadable> {
        let (sign, rest) = text.strip_prefix('-').map_or((1.0, text.as_str()), |rest| (-1.0, rest));
        let mut total = 0.0;
        for (number, unit) in quantities(rest) {
            total += number * seconds(&unit).ok_or_else(|| no_duration(&text))?;
        }
        if rest.is_empty() || quantities(rest).is_empty() {
            return Err(no_duration(&text));
        }
        Ok(Self((sign * total * SECOND as f64).round() as Nanos))
    }
}

impl TryFrom<String> for Size {
    type Error = Unreadable;

    fn try_from(text: String) -> Result<Self, Unreadable> {
        let wrong = || Unreadable(format!("`{text}` is no size (write 512M, 1.5G or a number of bytes)"));
        let parts = quantities(&text);
        let [(number, unit)] = parts.as_slice() else { return Err(wrong()) };
        let factor = match unit.to_ascii_uppercase().trim_end_matches('B') {
            "" => 0,
            "K" => 10,
            "M" => 20,
            "G" => 30,
            "T" => 40,
            _ => return Err(wrong()),
        };
        Ok(Self((number * (1u64 << factor) as f64).round() as u64))
    }
}

fn no_duration(text: &str) -> Unreadable {
    Unreadable(format!("`{text}` is no duration (write 30s, 1m30s, 500ms or 9d)"))
}

fn seconds(unit: &str) -> Option<f64> {
    Some(match unit {
        "d" => 86_400.0,
        "h" => 3_600.0,
        "m" => 60.0,
        "s" => 1.0,
        "ms" => 0.001,
        _ => return None,
    })
}

/// Splits `1m30s` into (1, "m") and (30, "s"). Text without a number at its front gives nothing.
fn quantities(text: &str) -> Vec<(f64, String)> {
    let mut parts: Vec<(String, String)> = Vec::new();
    for letter in text.trim().chars() {
        let digit = letter.is_ascii_digit() || letter == '.';
        match parts.last_mut() {
            Some((number, unit)) if digit && unit.is_empty() => number.push(letter),
            Some((_, unit)) if !digit => unit.push(letter),
            _ if digit => parts.push((letter.to_string(), String::new())),
            _ => return Vec::new(),
        }
    }
    parts.into_iter().map(|(number, unit)| (number.parse().unwrap_or(f64::NAN), unit)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_sizes_are_read_as_people_write_them() {
        assert_eq!(Span::try_from("1m30s".to_owned()).unwrap(), Span(90 * SECOND));
        assert_eq!(Span::try_from("-500ms".to_owned()).unwrap(), Span(-SECOND / 2));
        assert_eq!(Size::try_from("1.5G".to_owned()).unwrap(), Size(3 << 29));
        assert_eq!(Size::try_from("12".to_owned()).unwrap(), Size(12));
        assert!(Span::try_from("soon".to_owned()).is_err());
        assert!(Size::try_from("5 apples".to_owned()).is_err());
    }
}
