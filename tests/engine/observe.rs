use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use serde_json::json;
use stacktop::domain::{ContainerId, EventKind, Link, Observation};
use stacktop::engine::{ObserverHandle, observe};
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::fake::{Answer, Fake, json, listed, plain};

/// An observed engine with one running container `a`, whose events and readings the test sends.
struct Stage {
    fake: Fake,
    events: Arc<Mutex<Option<mpsc::UnboundedSender<Vec<u8>>>>>,
    hangs: Arc<AtomicBool>,
    watched: watch::Sender<Vec<ContainerId>>,
    observations: mpsc::Receiver<Observation>,
    handle: ObserverHandle,
    token: CancellationToken,
}

const READING: &str = r#"{"read":"2026-08-20T10:00:01Z","cpu_stats":{"cpu_usage":{"total_usage":7}}}"#;

impl Stage {
    fn new() -> Self {
        Self::with(|path| plain(path, &json!([listed("a", "running", "Up 1 second")])))
    }

    fn with(script: impl Fn(&str) -> Answer + Send + Sync + 'static) -> Self {
        let events: Arc<Mutex<Option<mpsc::UnboundedSender<_>>>> = Arc::default();
        let hangs: Arc<AtomicBool> = Arc::default();
        let (feed, hanging) = (events.clone(), hangs.clone());
        let fake = Fake::bare(move |path| match path {
            _ if hanging.load(Ordering::Relaxed) => Answer::Hang,
            "/_ping" => crate::fake::pong("1.41"),
            "/events" => {
                let (send, pieces) = mpsc::unbounded_channel();
                *feed.lock().unwrap() = Some(send);
                Answer::Pieces(pieces)
            }
            "/containers/a/json" => json(&json!({"State": {"Status": "running", "Pid": 7}})),
            path if path.starts_with("/containers/a/stats") => Answer::Text(200, READING.into()),
            path => script(path),
        });
        let (watched, watching) = watch::channel(Vec::new());
        let token = CancellationToken::new();
        let (observations, handle) = observe(fake.connector(), None, watching, token.clone());
        Self { fake, events, hangs, watched, observations, handle, token }
    }

    async fn next(&mut self) -> Observation {
        self.observations.recv().await.unwrap()
    }

    /// The next observation that is no sample.
    async fn telling(&mut self) -> Observation {
        loop {
            match self.next().await {
                Observation::Samples(_) => {}
                other => return other,
            }
        }
    }

    async fn link(&mut self) -> Link {
        loop {
            if let Observation::Link(link) = self.next().await {
                return link;
            }
        }
    }

    async fn live(&mut self) {
        while self.link().await != Link::Live {}
        assert!(matches!(self.next().await, Observation::Snapshot(_)));
    }

    fn happens(&self, action: &str, id: &str) {
        let event = json!({"Type": "container", "Action": action, "Actor": {"ID": id}});
        self.events.lock().unwrap().as_ref().unwrap().send(format!("{event}\n").into_bytes()).unwrap();
    }

    fn breaks(&self) {
        self.events.lock().unwrap().take();
    }
}

fn lost(link: &Link) -> (&str, u32, Duration) {
    match link {
        Link::Lost { cause, attempts, since, retry_at } => {
            (cause, *attempts, Duration::try_from(retry_at.duration_since(*since)).unwrap())
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn events_are_subscribed_before_the_list_is_taken() {
    let mut stage = Stage::new();
    assert!(stage.handle.engine().is_none());
    assert_eq!(stage.next().await, Observation::Link(Link::Connecting));
    stage.live().await;
    assert!(stage.handle.engine().is_some());
    let asked = stage.fake.asked();
    let place = |begin: &str| asked.iter().position(|path| path.starts_with(begin));
    assert!(place("/events") < place("/containers/json"), "{asked:?}");
}

#[tokio::test(start_paused = true)]
async fn a_burst_of_events_is_told_one_by_one_and_costs_one_snapshot() {
    let mut stage = Stage::new();
    stage.live().await;
    let before = Instant::now();
    ["kill", "die", "start", "exec_create: sh", "exec_die"]
        .iter()
        .for_each(|action| stage.happens(action, "a"));
    for _ in 0..3 {
        assert!(matches!(stage.telling().await, Observation::Event(_)));
    }
    assert!(matches!(stage.telling().await, Observation::Snapshot(_)));
    assert!(before.elapsed() < Duration::from_millis(300), "{:?}", before.elapsed());
    assert_eq!(stage.fake.count("/containers/json"), 2);
    assert_eq!(stage.fake.count("/containers/a/json"), 2, "the event named it");
}

#[tokio::test(start_paused = true)]
async fn without_any_event_a_snapshot_is_taken_every_ten_seconds() {
    let mut stage = Stage::new();
    stage.live().await;
    let before = Instant::now();
    assert!(matches!(stage.telling().await, Observation::Snapshot(_)));
    assert!((9..=11).contains(&before.elapsed().as_secs()));
    stage.handle.look_now();
    let before = Instant::now();
    assert!(matches!(stage.telling().await, Observation::Snapshot(_)));
    assert!(before.elapsed() < Duration::from_millis(100));
}

/// Many containers, of which one is watched; `inspected` answers for each.
fn many(inspected: fn() -> Answer) -> Stage {
    let names: Vec<String> = (0..40).map(|number| format!("c{number}")).collect();
    let list = json!(names.iter().map(|name| listed(name, "running", "Up 1 second")).collect::<Vec<_>>());
    let stage = Stage::with(move |path| match path {
        path if path.starts_with("/containers/c0/stats") => Answer::Text(200, READING.into()),
        path if path.starts_with("/containers/c") && path.ends_with("/json") => inspected(),
        path => plain(path, &list),
    });
    stage.watched.send_replace(vec![ContainerId::new("c0")]);
    stage
}

#[tokio::test(start_paused = true)]
async fn of_many_containers_none_is_measured_before_all_are_inspected() {
    let mut stage = many(|| json(&json!({"State": {"Status": "running", "Pid": 7}})));
    stage.live().await;
    while !matches!(stage.next().await, Observation::Samples(_)) {}
    let asked = stage.fake.asked();
    let last = asked.iter().rposition(|path| path.starts_with("/containers/c") && path.ends_with("/json"));
    let first = asked.iter().position(|path| path.contains("/stats"));
    assert!(last < first, "{asked:?}");
}

#[tokio::test(start_paused = true)]
async fn inspections_that_take_long_do_not_keep_containers_from_being_measured() {
    let mut stage = many(|| Answer::Hang);
    stage.live().await;
    let before = Instant::now();
    while !matches!(stage.next().await, Observation::Samples(_)) {}
    assert!(before.elapsed() < Duration::from_secs(2), "{:?}", before.elapsed());
}

#[tokio::test(start_paused = true)]
async fn inspections_that_break_off_do_not_keep_containers_from_being_measured() {
    let mut stage = many(|| Answer::Cut("{".to_owned()));
    stage.live().await;
    let before = Instant::now();
    while !matches!(stage.next().await, Observation::Samples(_)) {}
    assert!(before.elapsed() < Duration::from_secs(2), "{:?}", before.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_snapshot_in_which_nothing_changed_is_the_one_before() {
    let mut stage = Stage::new();
    stage.live().await;
    let mut taken = Vec::new();
    while taken.len() < 2 {
        if let Observation::Snapshot(snapshot) = stage.telling().await {
            taken.push(snapshot);
        }
    }
    assert!(Arc::ptr_eq(&taken[0], &taken[1]));
}

#[tokio::test(start_paused = true)]
async fn events_wait_for_a_slow_reader_and_none_is_dropped() {
    let mut stage = Stage::new();
    stage.live().await;
    (0..2000).for_each(|n| stage.happens(&format!("happening {n}"), "a"));
    tokio::time::sleep(Duration::from_secs(5)).await;
    let mut next = 0;
    while next < 2000 {
        if let Observation::Event(event) = stage.next().await {
            assert_eq!(event.kind, EventKind::Other(format!("happening {next}")));
            next += 1;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_engine_that_goes_away_is_found_again_with_growing_pauses() {
    let mut stage = Stage::new();
    stage.live().await;
    stage.fake.go_away(true);
    stage.breaks();
    let first = stage.link().await;
    let (cause, attempts, pause) = lost(&first);
    assert_eq!((cause, attempts), ("the engine closed the connection", 0));
    assert!(pause.as_millis().abs_diff(500) < 100, "{pause:?}");
    assert!(stage.handle.engine().is_none());
    for expected in 1..=6 {
        let link = stage.link().await;
        let (cause, attempts, _) = lost(&link);
        assert_eq!(
            (cause, attempts),
            ("the fake engine refuses connections; is dockerd running there?", expected)
        );
    }
    stage.fake.go_away(false);
    let before = Instant::now();
    stage.live().await;
    assert_eq!(before.elapsed().as_secs(), 10);
    assert_eq!(stage.fake.count("/info"), 2, "all is read anew");
}

#[tokio::test(start_paused = true)]
async fn a_new_try_can_be_made_at_once() {
    let mut stage = Stage::new();
    stage.fake.go_away(true);
    for _ in 0..8 {
        stage.link().await;
    }
    stage.fake.go_away(false);
    let before = Instant::now();
    stage.handle.retry_now();
    stage.live().await;
    assert!(before.elapsed() < Duration::from_millis(100), "{:?}", before.elapsed());
}

#[tokio::test(start_paused = true)]
async fn an_engine_that_hangs_is_noticed_by_its_silence() {
    let mut stage = Stage::new();
    stage.live().await;
    let before = Instant::now();
    stage.hangs.store(true, Ordering::Relaxed);
    let link = stage.link().await;
    let (cause, _, _) = lost(&link);
    assert!(cause.contains("no answer within"), "{cause}");
    assert!(before.elapsed() < Duration::from_secs(50), "{:?}", before.elapsed());
    stage.hangs.store(false, Ordering::Relaxed);
    stage.live().await;
}

#[tokio::test(start_paused = true)]
async fn an_engine_whose_list_fails_is_still_live() {
    let fails: Arc<AtomicBool> = Arc::default();
    let failing = fails.clone();
    let mut stage = Stage::with(move |path| match path {
        path if path.starts_with("/containers/json") && failing.load(Ordering::Relaxed) => {
            crate::fake::no(500, "database is locked")
        }
        path => plain(path, &json!([])),
    });
    stage.live().await;
    fails.store(true, Ordering::Relaxed);
    tokio::time::sleep(Duration::from_secs(60)).await;
    stage.happens("start", "b");
    assert!(matches!(stage.telling().await, Observation::Event(_)));
    fails.store(false, Ordering::Relaxed);
    assert!(matches!(stage.telling().await, Observation::Snapshot(_)));
}

#[tokio::test(start_paused = true)]
async fn a_swarm_is_looked_at_every_two_seconds_and_told_when_it_changed() {
    let state = Arc::new(Mutex::new("starting"));
    let told = state.clone();
    let mut stage = Stage::with(move |path| match path {
        "/info" => json(&json!({"Swarm": {"LocalNodeState": "active", "ControlAvailable": true}})),
        "/tasks" => json(&json!([{"ID": "t", "Status": {"State": *told.lock().unwrap()}}])),
        "/nodes" | "/services?status=true" => json(&json!([])),
        path => plain(path, &json!([])),
    });
    stage.live().await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    *state.lock().unwrap() = "running";
    let before = Instant::now();
    match stage.telling().await {
        Observation::Snapshot(snapshot) => assert_eq!(snapshot.tasks[0].state.word(), "running"),
        other => panic!("{other:?}"),
    }
    assert!(before.elapsed() <= Duration::from_secs(2));
    assert_eq!(stage.fake.count("/containers/json"), 1);
}

#[tokio::test(start_paused = true)]
async fn watched_containers_are_streamed_and_others_asked_now_and_then() {
    let mut stage = Stage::new();
    stage.live().await;
    match timeout(Duration::from_secs(3), stage.next()).await.unwrap() {
        Observation::Samples(samples) => assert_eq!(samples[0].1.cpu_ns, 7),
        other => panic!("{other:?}"),
    }
    assert!(stage.fake.asked().iter().any(|path| path.contains("one-shot=true")));
    stage.watched.send_replace(vec![ContainerId::new("a")]);
    while !stage.fake.asked().iter().any(|path| path.contains("stream=true")) {
        stage.next().await;
    }
}

#[tokio::test(start_paused = true)]
async fn others_are_asked_for_together_since_an_engine_may_measure_but_once_a_second() {
    let rows: Vec<_> =
        (0..30).map(|number| listed(&format!("b{number}"), "running", "Up 1 second")).collect();
    let is_measured = |path: &str| path.contains("one-shot=true");
    let mut stage = Stage::with(move |path| match path {
        path if is_measured(path) => Answer::Hang,
        path if path.starts_with("/containers/b") => json(&json!({"State": {"Status": "running", "Pid": 7}})),
        path => plain(path, &json!(rows)),
    });
    stage.live().await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(stage.fake.asked().iter().filter(|path| is_measured(path)).count(), 30);
}

#[tokio::test(start_paused = true)]
async fn a_container_that_is_passed_by_gets_no_stream() {
    let mut stage = Stage::new();
    stage.live().await;
    stage.watched.send_replace(vec![ContainerId::new("a")]);
    tokio::time::sleep(Duration::from_millis(100)).await;
    stage.watched.send_replace(Vec::new());
    while stage.fake.asked().iter().filter(|path| path.contains("one-shot=true")).count() < 2 {
        stage.next().await;
    }
    assert!(!stage.fake.asked().iter().any(|path| path.contains("stream=true")));
}

#[tokio::test(start_paused = true)]
async fn it_ends_when_it_is_told_to_and_not_before() {
    let mut stage = Stage::new();
    stage.fake.go_away(true);
    tokio::time::sleep(Duration::from_secs(3600)).await;
    assert!(matches!(stage.next().await, Observation::Link(Link::Connecting)));
    stage.token.cancel();
    while stage.observations.recv().await.is_some() {}
}
