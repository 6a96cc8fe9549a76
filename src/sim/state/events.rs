//! What the daemon tells its listeners.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use tokio::sync::broadcast;

use crate::sim::clock::Nanos;

/// How many events a daemon remembers.
const RING: usize = 256;
/// How many events a slow listener may be behind before it loses some.
const BEHIND: usize = 1_024;

/// One event.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    /// When it happened.
    pub(crate) at: Nanos,
    /// `container`, `network`, `service`...
    pub(crate) kind: &'static str,
    /// `start`, `die`, `health_status: healthy`...
    pub(crate) action: String,
    /// The object's id.
    pub(crate) actor: String,
    /// Facts of the object.
    pub(crate) attributes: BTreeMap<String, String>,
    /// `local` or `swarm`.
    pub(crate) scope: &'static str,
}

/// The daemon's memory of events and its listeners.
#[derive(Debug)]
pub(crate) struct Events {
    ring: VecDeque<Arc<Event>>,
    listeners: broadcast::Sender<Arc<Event>>,
}

impl Events {
    /// No events yet.
    pub(crate) fn new() -> Self {
        Self { ring: VecDeque::new(), listeners: broadcast::Sender::new(BEHIND) }
    }

    /// Remembers an event and tells it.
    pub(crate) fn publish(&mut self, event: Event) {
        let event = Arc::new(event);
        if self.ring.len() == RING {
            self.ring.pop_front();
        }
        self.ring.push_back(Arc::clone(&event));
        // Nobody listens: that is no error.
        let _ = self.listeners.send(event);
    }

    /// What is remembered, and all that follows, without a gap between them.
    pub(crate) fn subscribe(&self) -> (Vec<Arc<Event>>, broadcast::Receiver<Arc<Event>>) {
        (self.ring.iter().cloned().collect(), self.listeners.subscribe())
    }

    /// How many listen.
    pub(crate) fn listeners(&self) -> usize {
        self.listeners.receiver_count()
    }

    /// A daemon that starts again remembers nothing.
    pub(crate) fn forget(&mut self) {
        self.ring.clear();
    }
}
