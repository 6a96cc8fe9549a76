//! One link while it is live: events as they come, snapshots when something changed, pings in between.

use std::{sync::Arc, time::Duration};

use futures_util::{
    FutureExt as _, StreamExt as _,
    future::{BoxFuture, OptionFuture},
};
use tokio::{
    sync::{Notify, mpsc, watch},
    time::{Instant, sleep, sleep_until},
};

use super::sampler::Sampler;
use crate::{
    domain::{
        Container, ContainerId, EngineEvent, EventKind, Link, Observation, Snapshot, Subject, SwarmRole,
    },
    engine::{Engine, EngineError, EventStream, Inspections, snapshot::SwarmView},
};

/// How long a burst of events is waited out before the snapshot that shows its effect.
const BURST: Duration = Duration::from_millis(200);
/// A snapshot is taken this often, even if no event asks for one.
const REGULAR: Duration = Duration::from_secs(10);
/// So many containers are inspected before anything is reported.
const FEW: usize = 32;
/// How long measuring waits for inspections, which tell whom the kernel's files can measure: streams for them would be
/// opened and closed again.
const AIMS_WITHIN: Duration = Duration::from_millis(500);
/// How long it is waited before other containers are watched: a person who pages through thousands of rows passes by most
/// of them.
const WATCHES_AFTER: Duration = Duration::from_millis(200);
/// Swarm tasks emit no events: they are asked for this often.
const SWARM: Duration = Duration::from_secs(2);
/// A ping is sent this often, and so many may stay without an answer.
const PING: Duration = Duration::from_secs(5);
const MISSED: u32 = 3;

/// Why a session ended.
pub(super) enum Ending {
    /// The link is lost, for this reason.
    Lost(String),
    /// Nobody fetches observations any more.
    Unheard,
}

/// A live link.
pub(super) struct Session {
    engine: Engine,
    out: mpsc::Sender<Observation>,
    watched: watch::Receiver<Vec<ContainerId>>,
    events: EventStream,
    sampler: Sampler,
    /// The last snapshot, for changes of the swarm alone.
    last: Arc<Snapshot>,
    /// What inspections told; with the snapshot that is being taken, if one is.
    known: Option<Inspections>,
    /// Containers that events named while a snapshot was being taken.
    named: Vec<ContainerId>,
    facts_changed: bool,
    reading: Option<BoxFuture<'static, Reading>>,
    snapshot_due: Instant,
    swarm_due: Instant,
    /// When measuring begins at the latest, while it waits for inspections.
    aims_at: Option<Instant>,
    /// When those are measured that are watched by then, while that is put off.
    watches_at: Option<Instant>,
}

/// A reading that is complete.
enum Reading {
    Whole(Result<Box<Snapshot>, EngineError>, Box<Inspections>),
    Swarm(Result<SwarmView, EngineError>),
}

/// What happened next in a session.
enum Next {
    Event(Option<Result<EngineEvent, EngineError>>),
    Silence(String),
    Read(Reading),
    SnapshotDue,
    SwarmDue,
    AimDue,
    WatchedChanged,
    WatchDue,
}

impl Session {
    /// Subscribes to events, then takes the first snapshot: of many containers an outline, which is completed while a
    /// person looks at it already. Reports nothing yet.
    pub(super) async fn open(
        engine: Engine,
        out: mpsc::Sender<Observation>,
        watched: watch::Receiver<Vec<ContainerId>>,
    ) -> Result<Self, Ending> {
        let lost = |error: EngineError| Ending::Lost(error.to_string());
        let events = engine.events(None).await.map_err(lost)?;
        let mut known = Inspections::default();
        let mut last = engine.outline(&mut known).await.map_err(lost)?;
        let completes = known.unknown(&last.containers) > FEW;
        if !completes {
            last = engine.completed(last, &mut known).await.map_err(lost)?;
        }
        let sampler = Sampler::start(engine.clone(), out.clone());
        let now = Instant::now();
        let mut session = Self {
            engine,
            out,
            watched,
            events,
            sampler,
            last: Arc::new(last),
            known: Some(known),
            named: Vec::new(),
            facts_changed: false,
            reading: None,
            snapshot_due: now + REGULAR,
            swarm_due: now + SWARM,
            aims_at: completes.then(|| now + AIMS_WITHIN),
            watches_at: None,
        };
        if completes {
            session.begin_completion();
        }
        Ok(session)
    }

    fn begin_completion(&mut self) {
        let (engine, outline) = (self.engine.clone(), self.last.clone());
        let mut known = self.known.take().unwrap_or_default();
        let reading = async move {
            // Not before the outline is on its way to who looks at it.
            let outline = Snapshot::clone(&outline);
            let snapshot = engine.completed(outline, &mut known).await.map(Box::new);
            Reading::Whole(snapshot, Box::new(known))
        };
        self.reading = Some(reading.boxed());
    }

    /// Reports the link and the first snapshot, and stays with the engine until the link is lost.
    pub(super) async fn stay(mut self, look: &Notify) -> Ending {
        if let Err(ending) = self.begin().await {
            return ending;
        }
        let mut watchdog = watch_over(self.engine.clone()).boxed();
        loop {
            let next = self.next(&mut watchdog, look).await;
            if let Err(ending) = self.take(next).await {
                return ending;
            }
        }
    }

    async fn begin(&mut self) -> Result<(), Ending> {
        self.report(Observation::Link(Link::Live)).await?;
        self.report_snapshot().await
    }

    async fn next(&mut self, watchdog: &mut BoxFuture<'static, String>, look: &Notify) -> Next {
        let is_idle = self.reading.is_none();
        let manages = self.last.engine.swarm.role == SwarmRole::Manager;
        let has_watcher = self.watched.has_changed().is_ok();
        tokio::select! {
            event = self.events.next() => Next::Event(event),
            cause = watchdog => Next::Silence(cause),
            Some(reading) = OptionFuture::from(self.reading.as_mut()) => Next::Read(reading),
            () = sleep_until(self.snapshot_due), if is_idle => Next::SnapshotDue,
            () = look.notified(), if is_idle => Next::SnapshotDue,
            () = sleep_until(self.swarm_due), if is_idle && manages => Next::SwarmDue,
            Some(()) = OptionFuture::from(self.aims_at.map(sleep_until)) => Next::AimDue,
            Some(()) = OptionFuture::from(self.watches_at.map(sleep_until)) => Next::WatchDue,
            Ok(()) = self.watched.changed(), if has_watcher => Next::WatchedChanged,
        }
    }

    async fn take(&mut self, next: Next) -> Result<(), Ending> {
        match next {
            Next::Event(Some(Ok(event))) => self.event(event).await,
            Next::Event(Some(Err(error))) => Err(Ending::Lost(error.to_string())),
            Next::Event(None) => Err(Ending::Lost("the engine closed the connection".to_owned())),
            Next::Silence(cause) => Err(Ending::Lost(cause)),
            Next::Read(reading) => {
                self.reading = None;
                self.read(reading).await
            }
            Next::SnapshotDue => {
                self.begin_snapshot();
                Ok(())
            }
            Next::SwarmDue => {
                let engine = self.engine.clone();
                self.reading = Some(async move { Reading::Swarm(engine.swarm().await) }.boxed());
                Ok(())
            }
            Next::AimDue => {
                self.aims_at = None;
                self.aim();
                Ok(())
            }
            Next::WatchedChanged => {
                self.watched.borrow_and_update();
                self.watches_at.get_or_insert_with(|| Instant::now() + WATCHES_AFTER);
                Ok(())
            }
            Next::WatchDue => {
                self.watches_at = None;
                self.sampler.watch(&self.watched.borrow_and_update());
                Ok(())
            }
        }
    }

    async fn event(&mut self, event: EngineEvent) -> Result<(), Ending> {
        if event.kind.is_exec() {
            return Ok(());
        }
        if changes_something(&event) {
            self.snapshot_due = self.snapshot_due.min(Instant::now() + BURST);
            match event.subject {
                Subject::Container => self.named.push(ContainerId::new(event.id.as_str())),
                Subject::Node | Subject::Daemon => self.facts_changed = true,
                _ => {}
            }
        }
        self.report(Observation::Event(event)).await
    }

    fn begin_snapshot(&mut self) {
        let mut known = self.known.take().unwrap_or_default();
        self.named.drain(..).for_each(|id| known.touch(id));
        if std::mem::take(&mut self.facts_changed) {
            known.touch_facts();
        }
        self.snapshot_due = Instant::now() + REGULAR;
        let engine = self.engine.clone();
        let reading = async move {
            let snapshot = engine.snapshot(&mut known).await.map(Box::new);
            Reading::Whole(snapshot, Box::new(known))
        };
        self.reading = Some(reading.boxed());
    }

    async fn read(&mut self, reading: Reading) -> Result<(), Ending> {
        self.swarm_due = Instant::now() + SWARM;
        match reading {
            Reading::Whole(Ok(snapshot), known) => {
                self.known = Some(*known);
                self.aims_at = None;
                // Where nothing has changed, what was shared stays shared.
                if *snapshot != *self.last {
                    self.last = Arc::from(snapshot);
                }
                self.report_snapshot().await
            }
            Reading::Whole(Err(error), known) => {
                self.known = Some(*known);
                self.doubt(&error).await
            }
            Reading::Swarm(Ok(view)) => self.swarm(view).await,
            Reading::Swarm(Err(error)) => self.doubt(&error).await,
        }
    }

    /// Reports a snapshot if the swarm changed.
    async fn swarm(&mut self, view: SwarmView) -> Result<(), Ending> {
        let SwarmView { services, tasks, nodes, locks } = view;
        let last = &self.last;
        let is_same = last.tasks == tasks && last.services == services && last.nodes == nodes;
        if is_same && last.locks == locks {
            return Ok(());
        }
        let last = Arc::make_mut(&mut self.last);
        (last.services, last.tasks, last.nodes, last.locks) = (services, tasks, nodes, locks);
        self.report_snapshot().await
    }

    /// A reading failed: if the engine does not answer a ping either, the link is lost.
    async fn doubt(&mut self, error: &EngineError) -> Result<(), Ending> {
        log::warn!("{error}");
        match self.engine.ping().await {
            Err(ping) if ping.is_link_lost() => Err(Ending::Lost(error.to_string())),
            _ => Ok(()),
        }
    }

    async fn report_snapshot(&mut self) -> Result<(), Ending> {
        self.report(Observation::Snapshot(self.last.clone())).await?;
        self.aim();
        Ok(())
    }

    /// Has the sampler measure what runs now and is watched now.
    fn aim(&mut self) {
        if self.aims_at.is_some() {
            return;
        }
        let running = self.last.containers.iter().filter(|container| container.state.is_up());
        let running: Vec<&Container> = running.collect();
        self.sampler.aim(&running, &self.watched.borrow());
    }

    async fn report(&mut self, observation: Observation) -> Result<(), Ending> {
        self.out.send(observation).await.map_err(|_| Ending::Unheard)
    }
}

/// Whether an event can show in the next snapshot.
fn changes_something(event: &EngineEvent) -> bool {
    const LOOKING: [&str; 9] =
        ["attach", "detach", "resize", "top", "copy", "export", "commit", "archive-path", "extract-to-dir"];
    match event.subject {
        Subject::Container => match &event.kind {
            EventKind::Kill(_) => false,
            EventKind::Other(word) => !event.kind.is_exec() && !LOOKING.contains(&word.as_str()),
            _ => true,
        },
        Subject::Network => matches!(&event.kind, EventKind::Other(word) if word.ends_with("connect")),
        Subject::Service | Subject::Node | Subject::Daemon => true,
        Subject::Image | Subject::Volume | Subject::Other(_) => false,
    }
}

/// Pings until too many in a row stay without an answer; returns why.
async fn watch_over(engine: Engine) -> String {
    let mut missed = 0;
    loop {
        sleep(PING).await;
        match engine.ping().await {
            Ok(()) => missed = 0,
            Err(error) => {
                missed += 1;
                log::debug!("ping {missed} of {MISSED}: {error}");
                if missed >= MISSED {
                    return error.to_string();
                }
            }
        }
    }
}
