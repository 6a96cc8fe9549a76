//! Waiting for something to become true.

use super::{Engine, blocking};
use http_body_util::BodyExt;
use hyper::Method;
use hyper::body::Bytes;
use serde_json::json;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

/// How often a condition is looked at that changes without an event: a log, an answer, an address.
const BEAT: Duration = Duration::from_millis(100);

/// Looks at a condition at once, after every event of the stream at `events`, and at a slow beat between.
/// A condition that does not hold says what it saw instead; past the deadline, the last of these is the failure.
pub async fn wait_until<T>(
    engine: &Engine,
    events: &str,
    deadline: Duration,
    what: &str,
    mut condition: impl AsyncFnMut() -> Result<T, String>,
) -> T {
    let end = Instant::now() + deadline;
    // Subscribed before the first look, so that nothing falls between the two.
    let mut stream = engine.send(Method::GET, events, "application/json", Bytes::new()).await.into_body();
    loop {
        let seen = match condition().await {
            Ok(found) => return found,
            Err(seen) => seen,
        };
        assert!(Instant::now() < end, "waited {deadline:?} for {what}, but saw: {seen}");
        match timeout(BEAT, stream.frame()).await {
            Ok(Some(Ok(_))) | Err(_) => {}
            // The stream is gone; a private engine may have been killed by the test.
            Ok(_) => sleep(BEAT).await,
        }
    }
}

/// The `filters` value for the events of one container.
pub fn container_filter(id: &str) -> String {
    blocking::encode(&json!({ "container": [id] }).to_string())
}
