//! What people and programs read: tables and JSON.

pub mod glyph;
pub mod json;
pub mod table;

pub use glyph::{Paint, finding_mark, mark, mark_as, paint};
pub use table::{Cell, Column, Table};

use crate::text;

/// What stands for a value that nobody reported. Never 0: that would be a value.
pub const NOT_REPORTED: &str = "–";

/// A value, or the sign that nobody reported it.
#[must_use]
pub fn or_dash(value: Option<String>) -> String {
    value.unwrap_or_else(|| NOT_REPORTED.to_owned())
}

/// Text of several lines, each made safe to print.
#[must_use]
pub fn lines(text: &str) -> String {
    text.lines().map(text::sanitize).collect::<Vec<_>>().join("\n")
}

/// How long ago `then` was.
#[must_use]
pub fn age(now: jiff::Timestamp, then: Option<jiff::Timestamp>) -> String {
    or_dash(then.map(|then| text::age(now.duration_since(then).as_secs())))
}
