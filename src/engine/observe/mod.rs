//! Keeps one engine in view: the one owner of the link.
//!
//! A single task connects, subscribes to events, then takes a snapshot (in this order, so that nothing falls
//! between), and stays with that until the link is lost: the event stream ends, or three pings in a row get no
//! answer. Then it tries again, after half a second, one, two … ten, and begins anew with a whole snapshot. It
//! ends only when its token is cancelled or nobody listens any more.
//!
//! [`Session`] is what happens while the link is live; `sampler` measures containers on the side.

mod sampler;
mod session;

use std::{sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Notify, mpsc, watch};
use tokio_util::sync::CancellationToken;

use self::session::{Ending, Session};
use super::{Connector, Engine};
use crate::domain::{ContainerId, Link, Observation};

/// Observations that may wait to be fetched; the observer waits once so many do.
const WAITING: usize = 256;
/// The pause before the first new try; it doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Access to a running observer. Clones share it.
#[derive(Clone, Debug)]
pub struct ObserverHandle {
    engine: watch::Receiver<Option<Engine>>,
    wishes: Arc<Wishes>,
}

/// What somebody may want from the observer.
#[derive(Debug, Default)]
struct Wishes {
    retry: Notify,
    look: Notify,
}

impl ObserverHandle {
    /// The engine, while the link is live.
    #[must_use]
    pub fn engine(&self) -> Option<Engine> {
        self.engine.borrow().clone()
    }

    /// The same as it changes.
    #[must_use]
    pub fn engine_changes(&self) -> watch::Receiver<Option<Engine>> {
        self.engine.clone()
    }

    /// Tries to reach a lost engine now instead of when the pause is over.
    pub fn retry_now(&self) {
        self.wishes.retry.notify_one();
    }

    /// Takes a snapshot now instead of when the next is due.
    pub fn look_now(&self) {
        self.wishes.look.notify_one();
    }
}

/// Begins to observe an engine and returns what it observes, and access to it. Who has reached it already hands over
/// what was reached, so that it is not greeted twice.
///
/// The containers in `watched` are measured once a second, at most 64 of them; the other running ones every ten
/// seconds or less often. Events and snapshots are never dropped: while nobody fetches them, the observer waits.
/// Samples are: only the newest of each container is delivered.
#[must_use]
pub fn observe(
    connector: Connector,
    reached: Option<Engine>,
    watched: watch::Receiver<Vec<ContainerId>>,
    token: CancellationToken,
) -> (mpsc::Receiver<Observation>, ObserverHandle) {
    let (out, observations) = mpsc::channel(WAITING);
    let (live, engine) = watch::channel(None);
    let wishes = Arc::new(Wishes::default());
    let handle = ObserverHandle { engine, wishes: wishes.clone() };
    let observer = Observer { connector, watched, out, live, wishes };
    tokio::spawn(async move { token.run_until_cancelled(observer.run(reached)).await });
    (observations, handle)
}

/// The supervisor of one link.
struct Observer {
    connector: Connector,
    watched: watch::Receiver<Vec<ContainerId>>,
    out: mpsc::Sender<Observation>,
    live: watch::Sender<Option<Engine>>,
    wishes: Arc<Wishes>,
}

/// A time without a link.
#[derive(Clone, Copy)]
struct Outage {
    since: Timestamp,
    attempts: u32,
}

impl Observer {
    async fn run(self, mut reached: Option<Engine>) {
        let mut outage: Option<Outage> = None;
        if self.out.send(Observation::Link(Link::Connecting)).await.is_err() {
            return;
        }
        loop {
            let (was_live, ending) = self.one_link(reached.take()).await;
            self.live.send_replace(None);
            let Ending::Lost(cause) = ending else { return };
            outage = Some(match outage {
                Some(before) if !was_live => Outage { attempts: before.attempts + 1, ..before },
                _ => Outage { since: Timestamp::now(), attempts: u32::from(!was_live) },
            });
            if let Some(outage) = outage
                && !self.wait(outage, cause).await
            {
                return;
            }
        }
    }

    /// Connects, unless that is done, and stays until the link is lost. Tells whether it was ever live.
    async fn one_link(&self, reached: Option<Engine>) -> (bool, Ending) {
        let engine = match reached {
            Some(engine) => engine,
            None => match self.connector.connect().await {
                Ok(engine) => engine,
                Err(error) => return (false, Ending::Lost(error.to_string())),
            },
        };
        let session = Session::open(engine.clone(), self.out.clone(), self.watched.clone()).await;
        match session {
            Err(ending) => (false, ending),
            Ok(session) => {
                log::info!("{} answers, in version {} of the API", engine.endpoint(), engine.api_version());
                self.live.send_replace(Some(engine));
                (true, session.stay(&self.wishes.look).await)
            }
        }
    }

    /// Reports the outage and waits until the next try is due or wanted; false if nobody listens any more.
    async fn wait(&self, outage: Outage, cause: String) -> bool {
        let pause = pause(outage.attempts);
        let retry_at = Timestamp::now() + SignedDuration::try_from(pause).unwrap_or_default();
        let Outage { since, attempts } = outage;
        log::warn!("the link is lost: {cause}");
        let lost = Link::Lost { since, cause, attempts, retry_at };
        if self.out.send(Observation::Link(lost)).await.is_err() {
            return false;
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => true,
            () = self.wishes.retry.notified() => true,
            () = self.out.closed() => false,
        }
    }
}

/// The pause after so many vain tries.
fn pause(attempts: u32) -> Duration {
    FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(attempts)).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_from_half_a_second_to_ten() {
        let pauses: Vec<_> = (0..7).map(|attempts| pause(attempts).as_millis()).collect();
        assert_eq!(pauses, [500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
        assert_eq!(pause(u32::MAX), LONGEST_PAUSE);
    }
}
