//! Notices at once when somebody else makes, removes or renames containers of the service that is at work: `docker
//! compose up` as a rule, which would undo what is done here.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_util::StreamExt as _;
use tokio::time::sleep;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::{
    command::{observed::OPERATION, plan::Call},
    domain::{EngineEvent, EventKind, ServiceKey, Subject},
    engine::Engine,
};

/// Between a stream of events that ended and the next one; what happens meanwhile is seen between two phases.
const PAUSE: Duration = Duration::from_secs(1);

/// Who looks on while an operation is at work; it sees nothing unless it was begun. Clones are the same.
#[derive(Clone, Debug, Default)]
pub(super) struct Watch {
    seen: Arc<Mutex<Seen>>,
    _ends: Option<Arc<DropGuard>>,
}

#[derive(Debug, Default)]
struct Seen {
    /// The containers that the operation removes.
    removed: HashSet<String>,
    /// The names that it gives.
    given: HashSet<String>,
    stranger: Option<String>,
}

/// Whose events are of interest.
struct Subjects {
    stack: String,
    service: String,
    operation: String,
}

impl Watch {
    /// Looks on until the last clone is dropped. What happens after it returns is seen.
    pub(super) async fn begin(engine: &Engine, key: &ServiceKey, operation: &str) -> Self {
        let seen = Arc::new(Mutex::new(Seen::default()));
        let subjects = Subjects {
            stack: key.stack.as_ref().map(ToString::to_string).unwrap_or_default(),
            service: key.name.clone(),
            operation: operation.to_owned(),
        };
        let mut events = engine.events(None).await.ok();
        let (engine, ends, noted) = (engine.clone(), CancellationToken::new(), seen.clone());
        let looking = async move {
            loop {
                if let Some(mut events) = events.take() {
                    while let Some(Ok(event)) = events.next().await {
                        lock(&noted).hear(&event, &subjects);
                    }
                }
                sleep(PAUSE).await;
                events = engine.events(None).await.ok();
            }
        };
        tokio::spawn(ends.clone().run_until_cancelled_owned(looking));
        Self { seen, _ends: Some(Arc::new(ends.drop_guard())) }
    }

    /// A call is about to be made: what it does to names is not a stranger's work.
    pub(super) fn announce(&self, call: &Call) {
        let mut seen = lock(&self.seen);
        match call {
            Call::Rename { name, .. } => drop(seen.given.insert(name.clone())),
            Call::Remove { container } | Call::RemoveRunning { container } => {
                seen.removed.insert(container.clone());
            }
            _ => {}
        }
    }

    /// Whether a container of that name may be gone.
    pub(super) fn expects(&self, name: &str) -> bool {
        lock(&self.seen).removed.contains(name)
    }

    /// What somebody else has done, in a sentence without its end.
    pub(super) fn stranger(&self) -> Option<String> {
        lock(&self.seen).stranger.clone()
    }
}

impl Seen {
    fn hear(&mut self, event: &EngineEvent, subjects: &Subjects) {
        if self.stranger.is_some() || !subjects.include(event) {
            return;
        }
        let (deed, is_ours) = match &event.kind {
            EventKind::Create => ("made", event.attributes.get(OPERATION) == Some(&subjects.operation)),
            EventKind::Destroy => ("removed", self.removed.contains(&event.name)),
            EventKind::Other(word) if word == "rename" => {
                ("given another name to what is now", self.given.contains(&event.name))
            }
            _ => return,
        };
        self.stranger = (!is_ours).then(|| format!("somebody else has {deed} {} meanwhile", event.name));
    }
}

impl Subjects {
    /// A container of the service, which is not for one command only.
    fn include(&self, event: &EngineEvent) -> bool {
        let label = |name: &str| event.attributes.get(name).map_or("", String::as_str);
        let is_of_service = event.subject == Subject::Container
            && label("com.docker.compose.project") == self.stack
            && label("com.docker.compose.service") == self.service;
        let is_one_off = label("com.docker.compose.oneoff").eq_ignore_ascii_case("true");
        is_of_service && !is_one_off
    }
}

fn lock(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}
