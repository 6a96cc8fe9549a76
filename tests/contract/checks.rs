//! The checks. Each takes the parts it needs.

use std::time::Duration;

use futures_util::StreamExt as _;
use stacktop::{
    domain::{
        ContainerId, ContainerState, EngineEvent, EventKind, Health, Link, LogLine, LogQuery, LogSource,
        LogStream, Membership, Observation, SwarmRole, Usage,
    },
    engine::{EventStream, Inspections, follow, observe},
};
use tokio::{sync::watch, time::timeout};
use tokio_util::sync::CancellationToken;

use crate::ground::Ground;

const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) async fn an_engine_tells_what_it_is(ground: Ground) {
    let facts = ground.engine().await.facts().await.unwrap();
    assert!(!facts.name.is_empty() && !facts.version.is_empty() && !facts.kernel.is_empty(), "{facts:?}");
    assert!(facts.cpus > 0 && facts.memory > 1 << 20, "{facts:?}");
    let (oldest, newest) = ground.engine().await.api_versions().await.unwrap();
    assert!(oldest.starts_with("1.") && newest.starts_with("1."), "{oldest} {newest}");
    assert!(matches!(facts.cgroup_version.as_str(), "1" | "2"), "{facts:?}");
    ground.engine().await.ping().await.unwrap();
}

pub(crate) async fn a_container_is_known_by_its_stack_its_limits_and_its_health(ground: Ground) {
    let id = ground.part("web").await;
    let web = ground.wait("web", |web| web.health == Health::Healthy).await;
    assert_eq!((web.id, &web.state), (id, &ContainerState::Running));
    assert!(
        matches!(&web.membership, Membership::Compose { service, number: 1, one_off: false, .. } if service == "web")
    );
    let limits = web.limits.unwrap();
    assert_eq!((limits.memory.unwrap(), limits.cpus.unwrap()), Ground::ceilings());
    assert!(!web.name.is_empty() && !web.name.contains('/') && web.image.contains("fixture"), "{}", web.name);
    assert!(web.image_id.as_str().starts_with("sha256:"));
    assert!(web.started_at.unwrap() >= web.created_at);
    assert_eq!((web.tty, web.exit, web.restarts), (Some(false), None, Some(0)));
    assert!(web.probes.last().unwrap().passed());
    assert!(!web.networks.is_empty());
}

pub(crate) async fn a_failing_check_tells_what_its_probes_printed(ground: Ground) {
    ground.part("sick").await;
    let sick = ground.wait("sick", |sick| sick.health == Health::Unhealthy).await;
    let probe = sick.probes.last().unwrap();
    assert!(!probe.passed() && !probe.verdict().is_empty(), "{probe:?}");
    assert!(probe.started_at.is_some() && probe.took_ms.is_some(), "{probe:?}");
}

pub(crate) async fn a_container_that_ended_tells_its_exit_code(ground: Ground) {
    ground.part("over").await;
    let over = ground.wait("over", |over| over.state == ContainerState::Exited).await;
    let exit = over.exit.unwrap();
    assert_eq!((exit.code, exit.oom_killed, exit.error), (3, false, None));
    assert!(exit.finished_at.unwrap() >= over.created_at && over.started_at.is_some());
    assert_eq!(over.pid, None);
}

/// The next events of one container, until each of these kinds was among them.
async fn until(
    events: &mut EventStream,
    id: &ContainerId,
    kinds: &[fn(&EventKind) -> bool],
) -> Vec<EngineEvent> {
    let mut seen: Vec<EngineEvent> = Vec::new();
    while !kinds.iter().all(|is_kind| seen.iter().any(|event| is_kind(&event.kind))) {
        let event = timeout(PATIENCE, events.next()).await.unwrap().unwrap().unwrap();
        if event.id == id.as_str() && !event.kind.is_exec() {
            seen.push(event);
        }
    }
    seen
}

pub(crate) async fn stopping_and_starting_is_told_as_it_happens_and_afterwards(ground: Ground) {
    let id = ground.part("talk").await;
    let engine = ground.engine().await;
    let mut events = engine.events(None).await.unwrap();
    ground.act(&id, "stop").await;
    // Which of the two comes first differs between releases.
    let ended: [fn(&EventKind) -> bool; 2] =
        [|kind| matches!(kind, EventKind::Die(_)), |kind| *kind == EventKind::Stop];
    let seen = until(&mut events, &id, &ended).await;
    assert_eq!(seen.len(), 3, "{seen:?}");
    assert!(matches!(&seen[0].kind, EventKind::Kill(signal) if signal == "15"), "{seen:?}");
    assert!(seen.iter().all(|event| !event.name.is_empty()));
    assert_eq!(ground.wait("talk", |talk| talk.state == ContainerState::Exited).await.pid, None);
    ground.act(&id, "start").await;
    let started = until(&mut events, &id, &[|kind| *kind == EventKind::Start]).await.pop().unwrap();
    let (first, last) = (seen.first().unwrap().at, started.at);
    let afterwards = engine.events_between(first, last + Duration::from_millis(1)).await.unwrap();
    let again: Vec<_> = afterwards.into_iter().filter(|event| event.id == id.as_str()).collect();
    assert_eq!(again, [seen, vec![started]].concat());
    ground.wait("talk", |talk| talk.state == ContainerState::Running).await;
}

pub(crate) async fn freezing_is_told_and_shown(ground: Ground) {
    let id = ground.part("talk").await;
    let mut events = ground.engine().await.events(None).await.unwrap();
    ground.act(&id, "pause").await;
    until(&mut events, &id, &[|kind| *kind == EventKind::Pause]).await;
    ground.wait("talk", |talk| talk.state == ContainerState::Paused).await;
    ground.act(&id, "unpause").await;
    until(&mut events, &id, &[|kind| *kind == EventKind::Unpause]).await;
    ground.wait("talk", |talk| talk.state == ContainerState::Running).await;
}

pub(crate) async fn an_act_that_is_done_already_is_no_failure(ground: Ground) {
    let id = ground.part("talk").await;
    ground.act(&id, "start").await;
    ground.act(&id, "stop").await;
    ground.act(&id, "stop").await;
}

pub(crate) async fn what_does_not_exist_is_not_found(ground: Ground) {
    let engine = ground.engine().await;
    let nothing = ContainerId::new("nothing-like-it");
    let error = engine.inspect_container("nothing-like-it").await.unwrap_err();
    let expected = "cannot inspect container nothing-like-it: No such container: nothing-like-it";
    assert!(error.is_not_found() && error.to_string().starts_with(expected), "{error}");
    assert!(engine.samples(&nothing).await.err().unwrap().is_not_found());
    assert!(engine.logs(&nothing, Some(false), &LogQuery::default()).await.err().unwrap().is_not_found());
    assert!(engine.inspect_image("nothing/like:it").await.unwrap_err().is_not_found());
}

pub(crate) async fn an_engine_outside_a_swarm_has_no_services_and_says_so(ground: Ground) {
    let snapshot = ground.snapshot().await;
    if snapshot.engine.swarm.role != SwarmRole::None {
        return;
    }
    assert!(snapshot.services.is_empty() && snapshot.tasks.is_empty() && snapshot.nodes.is_empty());
    let error = ground.engine().await.inspect_service("web").await.unwrap_err();
    assert_eq!(error.status(), Some(503));
    assert!(error.to_string().contains("This node is not a swarm manager"), "{error}");
}

/// Follows a container until it has written so many lines.
async fn lines(ground: &Ground, id: &ContainerId, tty: Option<bool>, number: usize) -> Vec<LogLine> {
    let query = LogQuery { follow: true, ..LogQuery::default() };
    let lines = ground.engine().await.logs(id, tty, &query).await.unwrap();
    let lines = timeout(PATIENCE, lines.take(number).collect::<Vec<_>>()).await.unwrap();
    lines.into_iter().map(Result::unwrap).collect()
}

pub(crate) async fn output_comes_line_by_line_from_both_streams_with_its_moments(ground: Ground) {
    let id = ground.part("talk").await;
    let lines = lines(&ground, &id, None, 60).await;
    for stream in [LogStream::Stdout, LogStream::Stderr] {
        let of_stream: Vec<_> = lines.iter().filter(|line| line.stream == stream).collect();
        assert!(!of_stream.is_empty(), "nothing on {stream:?}");
        assert!(of_stream.is_sorted_by_key(|line| line.at.unwrap()));
        assert!(of_stream.iter().all(|line| !line.text.is_empty() && !line.text.contains(char::is_control)));
    }
}

pub(crate) async fn output_can_be_asked_for_in_parts(ground: Ground) {
    let id = ground.part("talk").await;
    let known = lines(&ground, &id, Some(false), 40).await;
    ground.act(&id, "stop").await;
    let engine = ground.engine().await;
    let read = async |query: LogQuery| -> Vec<LogLine> {
        let lines = engine.logs(&id, Some(false), &query).await.unwrap();
        lines.map(Result::unwrap).collect().await
    };
    let all = read(LogQuery::default()).await;
    assert!(all.len() >= known.len());
    assert_eq!(read(LogQuery { tail: Some(3), ..LogQuery::default() }).await, all[all.len() - 3..]);
    let middle = all[all.len() / 2].at;
    let since = read(LogQuery { since: middle, ..LogQuery::default() }).await;
    assert!(since.first().unwrap().at >= middle && since.len() < all.len());
    assert!(all.ends_with(&since), "since is inclusive and leaves nothing out");
    let next = middle.map(|at| at + Duration::from_nanos(1));
    let behind = read(LogQuery { since: next, ..LogQuery::default() }).await;
    assert!(behind.len() < since.len() && behind.iter().all(|line| line.at > middle));
}

pub(crate) async fn output_of_a_terminal_is_one_stream_without_carriage_returns(ground: Ground) {
    let id = ground.part("terminal").await;
    let lines = lines(&ground, &id, None, 30).await;
    assert!(lines.iter().all(|line| line.stream == LogStream::Terminal && line.at.is_some()));
    assert!(lines.iter().all(|line| !line.text.contains(char::is_control)), "{lines:?}");
    assert_eq!(ground.wait("terminal", |_| true).await.tty, Some(true));
}

pub(crate) async fn output_is_followed_across_a_restart(ground: Ground) {
    let id = ground.part("talk").await;
    let source = LogSource { container: id.clone(), name: "talk".into(), tty: None, newest: None };
    let query = LogQuery { follow: true, tail: Some(0), ..LogQuery::default() };
    let token = CancellationToken::new();
    let mut batches = follow(&ground.engine().await, vec![source], query, token.clone());
    timeout(PATIENCE, batches.recv()).await.unwrap().unwrap();
    ground.act(&id, "restart").await;
    let restarted = ground.wait("talk", |talk| talk.state == ContainerState::Running).await.started_at;
    let mut newest = None;
    while newest < restarted {
        let batch = timeout(PATIENCE, batches.recv()).await.unwrap().unwrap();
        assert_eq!(batch.failures, []);
        newest = batch.lines.last().and_then(|(_, line)| line.at);
    }
    token.cancel();
}

pub(crate) async fn samples_advance(ground: Ground) {
    let id = ground.part("web").await;
    let samples = ground.engine().await.samples(&id).await.unwrap();
    let samples = timeout(PATIENCE, samples.take(3).collect::<Vec<_>>()).await.unwrap();
    let samples: Vec<_> = samples.into_iter().map(Result::unwrap).collect();
    assert!(samples.is_sorted_by(|a, b| a.at < b.at && a.cpu_ns <= b.cpu_ns), "{samples:?}");
    let last = samples.last().unwrap();
    assert_eq!(last.memory.limit, Ground::ceilings().0);
    assert!(last.memory.used > 0 && last.cpus > 0 && last.pids.unwrap() > 0, "{last:?}");
    assert!(last.network.is_some() && last.block.is_some(), "{last:?}");
    let usage = Usage::between(samples.get(1), last);
    assert!(usage.cpu_percent.is_some_and(|percent| (0.0..400.0).contains(&percent)), "{usage:?}");
}

pub(crate) async fn one_answer_is_enough_for_a_rate(ground: Ground) {
    let id = ground.part("web").await;
    let (before, now) = ground.engine().await.sample_pair(&id).await.unwrap();
    assert!(before.as_ref().is_some_and(|before| before.at < now.at), "{before:?} {now:?}");
    assert!(Usage::between(before.as_ref(), &now).cpu_percent.is_some());
}

pub(crate) async fn an_observer_sees_what_happens(ground: Ground) {
    let id = ground.part("talk").await;
    let (_watched, watching) = watch::channel(vec![id.clone()]);
    let token = CancellationToken::new();
    let (mut observations, handle) = observe(ground.connector.clone(), None, watching, token.clone());
    let (mut live, mut sampled, mut ended) = (false, false, false);
    let mut told = false;
    while !(live && sampled && ended && told) {
        let observation = timeout(PATIENCE, observations.recv()).await.unwrap().unwrap();
        match observation {
            Observation::Link(link) => live |= link == Link::Live,
            Observation::Samples(samples) if !sampled && samples.iter().any(|(of, _)| *of == id) => {
                sampled = true;
                ground.act(&id, "stop").await;
            }
            Observation::Samples(_) => {}
            Observation::Event(event) => {
                told |= event.id == id.as_str() && matches!(event.kind, EventKind::Die(_));
            }
            Observation::Snapshot(snapshot) => {
                ended |= ground.find(&snapshot, "talk").state == ContainerState::Exited;
            }
        }
    }
    let engine = handle.engine().unwrap();
    engine.snapshot(&mut Inspections::default()).await.unwrap();
    token.cancel();
}
