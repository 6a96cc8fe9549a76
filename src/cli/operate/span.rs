//! Spans as people type them: `60s`, `1m30s`, or `0`.

use std::time::Duration;

use crate::cli::moment;

/// Reads a span.
///
/// # Errors
/// A sentence for what is none.
pub fn span(text: &str) -> Result<Duration, String> {
    let span = if text == "0" { Some(jiff::SignedDuration::ZERO) } else { moment::span(text) };
    span.and_then(|span| Duration::try_from(span).ok())
        .ok_or_else(|| format!("`{text}` is no span; write 500ms, 60s or 1m30s"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_units() {
        assert_eq!(span("1m30s"), Ok(Duration::from_secs(90)));
        assert_eq!(span("0"), Ok(Duration::ZERO));
        assert!(span("60").is_err_and(|why| why.contains("60s")));
    }
}
