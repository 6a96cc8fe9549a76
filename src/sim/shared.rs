//! What the server's tasks and the driver share: the state behind its lock, and the signals around it.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::{Notify, watch};

use super::{
    clock::{Clock, Nanos},
    faults::Ambush,
    state::State,
};

/// The running world.
#[derive(Debug)]
pub(crate) struct Shared {
    state: Mutex<State>,
    /// The world's clock.
    pub(crate) clock: Clock,
    /// What is to go wrong, and the requests so far.
    pub(crate) ambush: Ambush,
    changed: watch::Sender<u64>,
    outages: watch::Sender<u64>,
    planned: Arc<Notify>,
}

impl Shared {
    /// A world that nobody moves yet.
    pub(crate) fn new(state: State, clock: Clock) -> Self {
        let outages = watch::Sender::new(state.outages);
        Self {
            state: Mutex::new(state),
            clock,
            ambush: Ambush::default(),
            changed: watch::Sender::new(0),
            outages,
            planned: Arc::default(),
        }
    }

    /// Looks at the world as it is now.
    pub(crate) fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        self.move_on(&mut state);
        look(&state)
    }

    /// Changes the world as it is now.
    pub(crate) fn change<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        self.move_on(&mut state);
        let result = act(&mut state);
        self.tell_outages(&state);
        drop(state);
        self.changed.send_modify(|count| *count += 1);
        self.planned.notify_one();
        result
    }

    /// Moves the world to the present and says when it wants to be moved again.
    fn move_on(&self, state: &mut State) -> Option<Nanos> {
        let now = self.clock.now();
        if state.due().is_some_and(|due| due <= now) {
            state.advance(now);
            self.changed.send_modify(|count| *count += 1);
            self.tell_outages(state);
        } else {
            state.advance(now);
        }
        state.due()
    }

    fn tell_outages(&self, state: &State) {
        let outages = state.outages;
        self.outages.send_if_modified(|seen| std::mem::replace(seen, outages) != outages);
    }

    /// Waits until something in the world makes `look` give a value.
    pub(crate) async fn wait_for<T>(&self, look: impl Fn(&State) -> Option<T>) -> Option<T> {
        let mut changed = self.changed.subscribe();
        loop {
            if let Some(found) = self.read(&look) {
                return Some(found);
            }
            changed.changed().await.ok()?;
        }
    }

    /// Changes when the daemon goes away.
    pub(crate) fn cut(&self) -> watch::Receiver<u64> {
        self.outages.subscribe()
    }

    /// Waits for the daemon, if it is away.
    pub(crate) async fn daemon_back(&self) {
        self.wait_for(|state| state.outage.is_none().then_some(())).await;
    }
}

/// Moves a world when something is due, as long as anybody holds it.
pub(crate) async fn drive(world: Weak<Shared>) {
    while let Some(shared) = world.upgrade() {
        let due = {
            let mut state = shared.state.lock().unwrap_or_else(PoisonError::into_inner);
            shared.move_on(&mut state)
        };
        let alarm = due.map(|due| shared.clock.instant(due));
        let planned = Arc::clone(&shared.planned);
        drop(shared);
        match alarm {
            Some(alarm) => tokio::select! {
                () = tokio::time::sleep_until(alarm) => {}
                () = planned.notified() => {}
            },
            None => planned.notified().await,
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // The driver sleeps without holding the world; this lets it see the end.
        self.planned.notify_one();
    }
}
