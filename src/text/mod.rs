//! Text that people read: made safe, measured in cells, cut to fit, and numbers in few cells.
//!
//! Names, labels, log lines and probe outputs come from programs nobody vouches for. They pass [`sanitize()`]
//! once, where they enter stacktop; everything behind that point may print them. Widths are measured in
//! terminal cells on graphemes, never in bytes or `char`s.

mod fit;
mod sanitize;
mod span;
mod units;

pub use fit::{fit, fit_end, width, wrap};
pub use sanitize::{MAX_LINE, sanitize, sanitize_bytes, sanitize_onto, sanitized};
pub use span::{span, spelled};
pub use units::{age, bytes, count, long_span, percent, rate};
