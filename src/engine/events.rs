//! What an engine reports as it happens.

use std::time::Duration;

use futures_util::{StreamExt as _, stream, stream::BoxStream};
use jiff::Timestamp;

use super::{Call, Engine, EngineError, body::JsonLines, convert::event::Told};
use crate::domain::EngineEvent;

/// Events as they happen. An error is the last item; the end means that the engine closed the stream.
pub type EventStream = BoxStream<'static, Result<EngineEvent, EngineError>>;

/// How long the past may take to be read.
const HISTORY: Duration = Duration::from_secs(30);

impl Engine {
    /// Subscribes to all events, beginning with those since a moment, inclusive, as far as the engine still has
    /// them: it keeps 256. An engine drops events that are not read within a tenth of a second once a thousand
    /// wait, so the stream wants to be polled.
    ///
    /// # Errors
    /// An [`EngineError`] if the engine does not answer.
    pub async fn events(&self, since: Option<Timestamp>) -> Result<EventStream, EngineError> {
        let call = Call::get("subscribe to events", "/events");
        let call = match since {
            Some(since) => call.query("since", &stamp(since)),
            None => call,
        };
        Ok(decode(self.json_lines(call, None).await?))
    }

    /// The events of a span of the past, as far as the engine still has them.
    ///
    /// # Errors
    /// An [`EngineError`] if the engine does not answer or the stream breaks.
    pub async fn events_between(
        &self,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<EngineEvent>, EngineError> {
        let call = Call::get("read past events", "/events")
            .query("since", &stamp(since))
            .query("until", &stamp(until));
        let events = decode(self.json_lines(call, Some(HISTORY)).await?);
        events.collect::<Vec<_>>().await.into_iter().collect()
    }
}

fn decode(lines: JsonLines) -> EventStream {
    let events = stream::unfold(Some(lines), |lines| async move {
        let mut lines = lines?;
        match lines.next::<Told>().await {
            Ok(Some(told)) => Some((Ok(told.event()), Some(lines))),
            Ok(None) => None,
            Err(error) => Some((Err(error), None)),
        }
    });
    events.boxed()
}

/// A moment as the engine takes it: seconds and nine digits of nanoseconds.
pub(super) fn stamp(at: Timestamp) -> String {
    let nanoseconds = at.as_nanosecond();
    format!("{}.{:09}", nanoseconds.div_euclid(1_000_000_000), nanoseconds.rem_euclid(1_000_000_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_told_to_the_nanosecond() {
        assert_eq!(stamp("2026-08-20T10:00:00.000000012Z".parse().unwrap()), "1787220000.000000012");
    }
}
