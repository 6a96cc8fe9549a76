//! The stream of events.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use serde_json::{Value, json};
use tokio::sync::{broadcast, mpsc};

use super::{
    Outcome, answer,
    call::{Call, Query},
    logs::moment,
};
use crate::sim::{
    clock::{Clock, Nanos},
    state::Event,
};

/// `GET /events`
pub(super) fn events(call: &Call) -> Outcome {
    let clock = call.shared.clock.clone();
    let since = call.query.get("since").map(|text| moment(&clock, text)).transpose()?;
    let until = call.query.get("until").map(|text| moment(&clock, text)).transpose()?;
    let (sender, answer) = answer::stream(Some("application/json"));
    // Subscribed before the answer's head is sent: a client that has the head misses nothing.
    let (past, live) = call.shared.read(|state| state.events.subscribe());
    let query = Arc::clone(&call.query);
    let past: Vec<_> = past
        .into_iter()
        .filter(|event| {
            since.is_some_and(|since| event.at >= since) && until.is_none_or(|until| event.at <= until)
        })
        .collect();
    tokio::spawn(async move {
        for event in past {
            if !tell(&sender, &clock, &query, &event).await {
                return;
            }
        }
        let ends = until.map(|until| clock.instant(until));
        tokio::select! {
            () = forward(&sender, &clock, &query, live) => {}
            () = sender.closed() => {}
            () = tokio::time::sleep_until(ends.unwrap_or_else(far)), if ends.is_some() => {}
        }
    });
    Ok(answer)
}

fn far() -> tokio::time::Instant {
    tokio::time::Instant::now() + Duration::from_secs(1 << 31)
}

async fn forward(
    sender: &mpsc::Sender<Bytes>,
    clock: &Clock,
    query: &Query,
    mut live: broadcast::Receiver<Arc<Event>>,
) {
    loop {
        match live.recv().await {
            Ok(event) if tell(sender, clock, query, &event).await => {}
            // As with a real daemon, a slow listener loses events without being told.
            Err(broadcast::error::RecvError::Lagged(_)) => {}
            Ok(_) | Err(broadcast::error::RecvError::Closed) => return,
        }
    }
}

/// Tells an event that passes the filters; false when nobody listens any more.
async fn tell(sender: &mpsc::Sender<Bytes>, clock: &Clock, query: &Query, event: &Event) -> bool {
    if !passes(query, event) {
        return true;
    }
    sender.send(Bytes::from(format!("{}\n", render(clock, event)))).await.is_ok()
}

fn passes(query: &Query, event: &Event) -> bool {
    let is = |kind: &str, wanted: &str| {
        let named = event.attributes.get("name").is_some_and(|name| name == wanted);
        event.kind == kind && (named || (!wanted.is_empty() && event.actor.starts_with(wanted)))
    };
    let action = |wanted: &str| event.action == wanted || event.action.split(':').next() == Some(wanted);
    let kinds = ["container", "service", "network", "volume", "node", "secret", "config", "daemon"];
    query.passes("type", |kind| event.kind == kind)
        && query.passes("event", action)
        && query.passes("scope", |scope| event.scope == scope)
        && query.passes("image", |image| event.attributes.get("image").is_some_and(|own| own == image))
        && kinds.iter().all(|kind| query.passes(kind, |wanted| is(kind, wanted)))
        && query.labels(|name| event.attributes.get(name).map(String::as_str))
}

fn render(clock: &Clock, event: &Event) -> Value {
    let at: Nanos = event.at;
    let mut value = json!({
        "Type": event.kind, "Action": event.action,
        "Actor": {"ID": event.actor, "Attributes": event.attributes},
        "scope": event.scope, "time": clock.unix(at), "timeNano": clock.unix_nanos(at),
    });
    if let Some(fields) = value.as_object_mut().filter(|_| event.kind == "container") {
        fields.insert("status".to_owned(), json!(event.action));
        fields.insert("id".to_owned(), json!(event.actor));
        fields.insert("from".to_owned(), json!(event.attributes.get("image")));
    }
    value
}
