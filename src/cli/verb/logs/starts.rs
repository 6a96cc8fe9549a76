//! Containers that are started while output is followed.

use std::{collections::HashMap, time::Duration};

use futures_util::StreamExt;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::mpsc;

use crate::cli::{filter::Filter, scope::Scope, session::Observed};
use crate::domain::{EngineEvent, EventKind, Snapshot, Subject};
use crate::engine::{Engine, EngineError, Inspections};

/// Between two tries to hear of events again.
const RETRY: Duration = Duration::from_secs(1);

/// Starts that wait to be looked at.
const WAITING: usize = 64;

/// How long after a start the event tells of it, at most.
const LATE: SignedDuration = SignedDuration::from_secs(1);

/// Hears of containers in scope that are started.
pub(super) struct Starts {
    scope: Scope,
    events: mpsc::Receiver<EngineEvent>,
    known: Inspections,
    engine: Engine,
}

impl Starts {
    /// Listens for starts from the moment `since` on, other than those that `observed` has seen.
    pub(super) fn new(engine: &Engine, observed: Observed, scope: Scope, since: Timestamp) -> Self {
        let (told, events) = mpsc::channel(WAITING);
        let hearer = Hearer {
            filter: Filter::new(&observed.fleet, &scope, false),
            started: started(observed.snapshot),
            last: since.checked_sub(LATE).ok(),
            told,
        };
        tokio::spawn(hearer.hear(engine.clone()));
        Self { scope, events, known: Inspections::default(), engine: engine.clone() }
    }

    /// The next start.
    pub(super) async fn next(&mut self) -> Option<EngineEvent> {
        self.events.recv().await
    }

    pub(super) const fn scope(&self) -> &Scope {
        &self.scope
    }

    /// What the engine runs now.
    pub(super) async fn observe(&mut self) -> Result<Observed, EngineError> {
        let snapshot: Snapshot = self.engine.snapshot(&mut self.known).await?;
        Ok(Observed::of(snapshot))
    }
}

/// Listens to events.
struct Hearer {
    filter: Filter,
    /// When containers were started that are read already.
    started: HashMap<String, Timestamp>,
    last: Option<Timestamp>,
    told: mpsc::Sender<EngineEvent>,
}

impl Hearer {
    /// Sends starts in scope for as long as anyone listens; after a loss of the engine, those missed as well.
    async fn hear(mut self, engine: Engine) {
        loop {
            if let Ok(mut events) = engine.events(self.last).await {
                while let Some(Ok(event)) = events.next().await {
                    if self.is_news(&event) && self.told.send(event).await.is_err() {
                        return;
                    }
                }
            }
            tokio::select! {
                () = self.told.closed() => return,
                () = tokio::time::sleep(RETRY) => {}
            }
        }
    }

    fn is_news(&mut self, event: &EngineEvent) -> bool {
        let is_new = self.last.is_none_or(|last| event.at > last);
        self.last = self.last.max(Some(event.at));
        let is_read = self.started.get(&event.id).is_some_and(|&at| event.at.duration_since(at) < LATE);
        is_new && !is_read && is_start(event) && self.filter.admits(event)
    }
}

fn started(snapshot: Snapshot) -> HashMap<String, Timestamp> {
    let containers = snapshot.containers.into_iter();
    containers.filter_map(|container| Some((container.id.to_string(), container.started_at?))).collect()
}

fn is_start(event: &EngineEvent) -> bool {
    event.subject == Subject::Container && event.kind == EventKind::Start
}
