//! Measures containers: all of them each second where the kernel's files can be read, else a stream for each that is
//! watched and a slow round over the others.
//!
//! A stream costs an engine about three milliseconds a second and container, so only what is on screen gets one.
//! Samples wait in a map with one place a container, which is handed over a few times a second; if nobody fetches
//! it, newer samples take the older ones' places.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures_util::{StreamExt as _, stream::FuturesUnordered};
use tokio::{
    sync::{Notify, mpsc, watch},
    task::spawn_blocking,
    time::{Instant, MissedTickBehavior, interval, sleep, sleep_until},
};
use tokio_util::task::AbortOnDropHandle;

use crate::{
    domain::{Container, ContainerId, Observation, Sample},
    engine::{Engine, cgroup::LocalCounters},
};

/// Streams at once.
const STREAMS: usize = 64;
/// The pause before a stream that ended is opened again.
const AGAIN: Duration = Duration::from_secs(2);
/// How long samples are waited for that come with the first: each delivery is a frame.
const HAND_OVER: Duration = Duration::from_millis(250);
/// How long a container that is not watched goes unmeasured, at least, and how many are measured in a second at most. Those
/// of one second are asked for at once: an engine measures whoever is asked for together once a second, and before 25.0
/// each such round costs it as much as ten containers.
const ROUND: Duration = Duration::from_secs(10);
const FIRST_RATE: Duration = Duration::from_secs(2);
const A_SECOND: usize = 2;
/// As many measurements are made that many times as fast: a person looks at the numbers of a few dozen containers soon
/// after the start, and thousands would cost the engine dearly.
const AT_FIRST: usize = 512;
const FASTER: usize = 16;
/// How often the kernel's files are read.
const SWEEP: Duration = Duration::from_secs(1);
/// How often the round looks for containers that are due.
const LOOK: Duration = Duration::from_secs(1);

/// The newest sample of each container that nobody has fetched yet.
#[derive(Clone, Default)]
struct Latest(Arc<Slots>);

#[derive(Default)]
struct Slots {
    samples: Mutex<HashMap<ContainerId, Sample>>,
    filled: Notify,
}

impl Latest {
    fn put(&self, samples: impl IntoIterator<Item = (ContainerId, Sample)>) {
        self.0.samples.lock().unwrap_or_else(PoisonError::into_inner).extend(samples);
        self.0.filled.notify_one();
    }

    /// Waits until there is something to take.
    async fn filled(&self) {
        self.0.filled.notified().await;
    }

    fn take(&self) -> Vec<(ContainerId, Sample)> {
        self.0.samples.lock().unwrap_or_else(PoisonError::into_inner).drain().collect()
    }
}

/// The running containers that only the engine can measure.
#[derive(Clone, Default)]
struct Asked {
    all: Arc<HashSet<ContainerId>>,
    /// Those of them that have a stream.
    streamed: HashSet<ContainerId>,
}

impl Asked {
    /// Those that are measured in turns.
    fn in_turns(&self) -> impl Iterator<Item = &ContainerId> {
        self.all.iter().filter(|id| !self.streamed.contains(*id))
    }

    fn is_in_turns(&self, id: &ContainerId) -> bool {
        self.all.contains(id) && !self.streamed.contains(id)
    }
}

/// Measures containers of one engine until it is dropped.
pub(super) struct Sampler {
    engine: Engine,
    latest: Latest,
    streams: HashMap<ContainerId, AbortOnDropHandle<()>>,
    asked: watch::Sender<Asked>,
    local: Option<Arc<Mutex<LocalCounters>>>,
    _sweep: Option<AbortOnDropHandle<()>>,
    _round: AbortOnDropHandle<()>,
    _hand_over: AbortOnDropHandle<()>,
}

impl Sampler {
    /// Begins without anything to measure.
    pub(super) fn start(engine: Engine, out: mpsc::Sender<Observation>) -> Self {
        let latest = Latest::default();
        let (asked, turns) = watch::channel(Asked::default());
        let round = tokio::spawn(round(engine.clone(), turns, latest.clone()));
        let hand_over = tokio::spawn(hand_over(latest.clone(), out));
        let local = LocalCounters::of_this_host().map(|counters| Arc::new(Mutex::new(counters)));
        let sweep = local.clone().map(|local| tokio::spawn(sweep(local, latest.clone())));
        Self {
            local,
            _sweep: sweep.map(AbortOnDropHandle::new),
            engine,
            latest,
            streams: HashMap::new(),
            asked,
            _round: AbortOnDropHandle::new(round),
            _hand_over: AbortOnDropHandle::new(hand_over),
        }
    }

    /// Measures these running containers from now on. Those that only the engine can measure are measured once a second if
    /// they are watched.
    pub(super) fn aim(&mut self, running: &[&Container], watched: &[ContainerId]) {
        let all = self.left_to_the_engine(running);
        self.asked.send_if_modified(|asked| {
            let differs = *asked.all != all;
            asked.all = Arc::new(all);
            differs
        });
        self.watch(watched);
    }

    /// Measures other ones of them once a second from now on. Of thousands few are watched: the others are not looked at.
    pub(super) fn watch(&mut self, watched: &[ContainerId]) {
        let all = self.asked.borrow().all.clone();
        let streamed: HashSet<_> =
            watched.iter().filter(|id| all.contains(*id)).take(STREAMS).cloned().collect();
        self.streams.retain(|id, _| streamed.contains(id));
        for id in &streamed {
            if !self.streams.contains_key(id) {
                let stream = stream_one(self.engine.clone(), id.clone(), self.latest.clone());
                self.streams.insert(id.clone(), AbortOnDropHandle::new(tokio::spawn(stream)));
            }
        }
        self.asked.send_if_modified(|asked| {
            let differs = asked.streamed != streamed;
            asked.streamed = streamed;
            differs
        });
    }

    /// Hands to the sweep what it can measure.
    fn left_to_the_engine(&self, running: &[&Container]) -> HashSet<ContainerId> {
        let mut left: HashSet<ContainerId> = running.iter().map(|container| container.id.clone()).collect();
        let Some(local) = &self.local else { return left };
        let mut local = local.lock().unwrap_or_else(PoisonError::into_inner);
        local.retain(|id| left.contains(id));
        for container in running {
            if local.has(container) {
                left.remove(&container.id);
            }
        }
        left
    }
}

/// Reads the kernel's files over and over, on a thread that may wait.
async fn sweep(local: Arc<Mutex<LocalCounters>>, latest: Latest) {
    let mut beat = interval(SWEEP);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        beat.tick().await;
        if local.lock().unwrap_or_else(PoisonError::into_inner).is_empty() {
            continue;
        }
        let local = local.clone();
        let swept = spawn_blocking(move || local.lock().unwrap_or_else(PoisonError::into_inner).sweep());
        latest.put(swept.await.unwrap_or_default());
    }
}

/// Follows one container, opening its stream again whenever it ends.
async fn stream_one(engine: Engine, id: ContainerId, latest: Latest) {
    loop {
        match engine.samples(&id).await {
            Ok(mut samples) => {
                while let Some(Ok(sample)) = samples.next().await {
                    latest.put([(id.clone(), sample)]);
                }
            }
            Err(error) => log::debug!("{error}"),
        }
        sleep(AGAIN).await;
    }
}

/// When a container is to be measured next. The second time follows soon: one sample gives no rate.
struct Due(Instant);

impl Due {
    fn soon() -> Self {
        Self(Instant::now() + FIRST_RATE)
    }

    fn again(&mut self) {
        self.0 = Instant::now() + ROUND;
    }
}

/// Measures the containers that are not watched, few of them a second, however many there are: those first that were
/// measured longest ago.
async fn round(engine: Engine, mut turns: watch::Receiver<Asked>, latest: Latest) {
    let mut measured: HashMap<ContainerId, Due> = HashMap::new();
    let mut at_first = AT_FIRST;
    loop {
        let next = Instant::now() + LOOK;
        let asked = turns.borrow_and_update().clone();
        if asked.in_turns().next().is_none() {
            if turns.changed().await.is_err() {
                return;
            }
            continue;
        }
        measured.retain(|id, _| asked.is_in_turns(id));
        let pace = if at_first > 0 { FASTER } else { 1 };
        let due = due(asked.in_turns(), &measured, A_SECOND * pace);
        at_first = at_first.saturating_sub(due.len());
        let mut answers: FuturesUnordered<_> =
            due.into_iter().map(async |id| (engine.sample(&id).await, id)).collect();
        while let Some((answer, id)) = answers.next().await {
            match answer {
                Ok(sample) => latest.put([(id.clone(), sample)]),
                Err(error) => log::debug!("{error}"),
            }
            measured.entry(id).and_modify(Due::again).or_insert_with(Due::soon);
        }
        sleep_until(next).await;
    }
}

/// Those to be measured in this second, at most so many.
fn due<'a>(
    in_turns: impl Iterator<Item = &'a ContainerId>,
    measured: &HashMap<ContainerId, Due>,
    most: usize,
) -> Vec<ContainerId> {
    let now = Instant::now();
    let when = |id: &ContainerId| measured.get(id).map(|due| due.0);
    let timed = in_turns.map(|id| (when(id), id));
    let mut due: Vec<_> = timed.filter(|(when, _)| when.is_none_or(|when| when <= now)).collect();
    // Never measured before comes first.
    due.sort();
    due.into_iter().take(most).map(|(_, id)| id.clone()).collect()
}

/// Hands the newest samples over, as long as there is room for them. Nothing is done while there are none.
async fn hand_over(latest: Latest, out: mpsc::Sender<Observation>) {
    loop {
        latest.filled().await;
        sleep(HAND_OVER).await;
        let Ok(place) = out.reserve().await else { return };
        let samples = latest.take();
        if !samples.is_empty() {
            place.send(Observation::Samples(samples));
        }
    }
}
