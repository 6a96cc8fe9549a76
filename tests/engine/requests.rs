use futures_util::StreamExt as _;
use serde_json::json;
use stacktop::domain::{ContainerId, EngineEvent, EventKind};
use stacktop::engine::EngineError;
use tokio::sync::mpsc;

use crate::fake::{Answer, Fake, json, no};

#[tokio::test]
async fn a_refusal_says_what_was_attempted_and_what_the_engine_said() {
    let fake = Fake::new("1.41", |_| no(500, "driver failed\u{1b}[31m badly"));
    let error = fake.engine().await.inspect_container("web").await.unwrap_err();
    assert_eq!(error.to_string(), "cannot inspect container web: driver failed badly");
    assert_eq!((error.status(), error.is_link_lost()), (Some(500), false));
}

#[tokio::test]
async fn a_refusal_without_words_tells_its_status() {
    let fake = Fake::new("1.41", |_| Answer::Text(502, String::new()));
    let error = fake.engine().await.inspect_container("web").await.unwrap_err();
    assert_eq!(error.to_string(), "cannot inspect container web: 502 Bad Gateway");
}

#[tokio::test]
async fn a_missing_object_says_what_may_have_happened() {
    let fake = Fake::new("1.41", |_| no(404, "No such container: web"));
    let error = fake.engine().await.inspect_container("web").await.unwrap_err();
    assert!(error.is_not_found());
    assert!(error.to_string().ends_with("it may have been removed or replaced since"), "{error}");
}

#[tokio::test]
async fn names_from_outside_stay_within_their_place() {
    let fake = Fake::new("1.41", |_| json(&json!({})));
    let engine = fake.engine().await;
    engine.inspect_container("../../info?x=1").await.unwrap();
    engine.inspect_image("registry:5000/team/app:1").await.unwrap();
    let asked = fake.asked();
    assert_eq!(asked[1], "/containers/..%2F..%2Finfo%3Fx%3D1/json");
    assert_eq!(asked[2], "/images/registry%3A5000/team/app%3A1/json");
}

#[tokio::test(start_paused = true)]
async fn an_engine_that_does_not_answer_is_given_up_and_counts_as_lost() {
    let fake = Fake::new("1.41", |_| Answer::Hang);
    let error = fake.engine().await.inspect_container("web").await.unwrap_err();
    assert_eq!(error.to_string(), "cannot inspect container web: no answer within 10 s");
    assert!(error.is_link_lost());
}

#[tokio::test]
async fn an_answer_that_breaks_off_counts_as_lost() {
    let fake = Fake::new("1.41", |_| Answer::Cut("{\"Id\":".into()));
    let error = fake.engine().await.inspect_container("web").await.unwrap_err();
    assert!(error.is_link_lost() && error.to_string().contains("the answer broke off"), "{error}");
}

#[tokio::test]
async fn an_answer_that_is_no_json_is_told() {
    let fake = Fake::new("1.41", |_| Answer::Text(200, "<html>".into()));
    let error = fake.engine().await.inspect_container("web").await.unwrap_err();
    assert!(matches!(error, EngineError::Unreadable { .. }), "{error}");
    assert!(!error.is_link_lost());
}

#[tokio::test]
async fn failures_of_typed_calls_are_worded_alike() {
    let fake = Fake::new("1.41", |_| no(503, "this node is not a swarm manager"));
    let engine = fake.engine().await;
    let failure = engine.bollard().inspect_swarm().await.unwrap_err();
    let error = EngineError::of_bollard("inspect the swarm", &failure).to_string();
    assert!(
        error.starts_with("cannot inspect the swarm: this node is not a swarm manager; name a manager"),
        "{error}"
    );
    fake.go_away(true);
    let failure = engine.bollard().version().await.unwrap_err();
    let error = EngineError::of_bollard("read the version", &failure);
    assert!(error.is_link_lost() && error.to_string().contains("refuses connections"), "{error}");
}

fn events(lines: &[&str]) -> (mpsc::UnboundedSender<Vec<u8>>, Answer) {
    let (send, pieces) = mpsc::unbounded_channel();
    lines.iter().for_each(|line| send.send(line.as_bytes().to_vec()).unwrap());
    (send, Answer::Pieces(pieces))
}

#[tokio::test]
async fn events_are_read_however_their_bytes_arrive() {
    let fake = Fake::new("1.41", |_| {
        events(&[
            "{\"Type\":\"container\",\"Action\":\"sta",
            "rt\",\"time\":5}\r\n{\"Type\":\"warp\",\"Action\":\"engage\"}\nnonsense\n[1]\n{}\n{\"Action\":\"die\",",
            "\"Actor\":{\"Attributes\":{\"exitCode\":\"3\"}}}",
        ])
        .1
    });
    let events = fake.engine().await.events(None).await.unwrap();
    let events: Vec<EngineEvent> = events.map(Result::unwrap).collect().await;
    let kinds: Vec<_> = events.iter().map(|event| event.kind.clone()).collect();
    let other = |word: &str| EventKind::Other(word.into());
    assert_eq!(kinds.first(), Some(&EventKind::Start));
    assert!(kinds.contains(&other("engage")), "{kinds:?}");
    assert_eq!(kinds.last(), Some(&EventKind::Die(3)));
}

#[tokio::test]
async fn a_stream_of_events_that_breaks_ends_with_the_reason() {
    let fake = Fake::new("1.41", |_| Answer::Cut("{\"Action\":\"start\"}\n".into()));
    let events: Vec<_> = fake.engine().await.events(None).await.unwrap().collect().await;
    assert!(events[0].is_ok() && events.len() == 2);
    assert!(events[1].as_ref().unwrap_err().is_link_lost());
}

#[tokio::test]
async fn the_past_is_asked_for_by_the_nanosecond() {
    let fake = Fake::new("1.41", |_| Answer::Text(200, String::new()));
    let (since, until) =
        ("1970-01-01T00:00:05.25Z".parse().unwrap(), "1970-01-01T00:00:06Z".parse().unwrap());
    assert!(fake.engine().await.events_between(since, until).await.unwrap().is_empty());
    assert_eq!(fake.asked()[1], "/events?since=5.250000000&until=6.000000000");
}

const READING: &str = r#"{"read":"2026-08-20T10:00:01Z","cpu_stats":{"cpu_usage":{"total_usage":7}}}"#;
const NOTHING: &str = r#"{"read":"0001-01-01T00:00:00Z"}"#;

#[tokio::test]
async fn a_container_that_does_not_run_yields_no_samples_until_it_does() {
    let lines = format!("{NOTHING}\n{READING}\n");
    let fake = Fake::new("1.41", move |_| Answer::Text(200, lines.clone()));
    let samples = fake.engine().await.samples(&ContainerId::new("c")).await.unwrap();
    let samples: Vec<_> = samples.map(|sample| sample.unwrap().cpu_ns).collect().await;
    assert_eq!(samples, [7]);
}

#[tokio::test(start_paused = true)]
async fn samples_that_stop_arriving_end_the_stream() {
    let keep: std::sync::Arc<std::sync::Mutex<Vec<_>>> = std::sync::Arc::default();
    let fake = Fake::new("1.41", move |_| {
        let (send, answer) = events(&[READING, "\n"]);
        keep.lock().unwrap().push(send);
        answer
    });
    let samples: Vec<_> = fake.engine().await.samples(&ContainerId::new("c")).await.unwrap().collect().await;
    assert!(samples[0].is_ok());
    assert!(samples[1].as_ref().unwrap_err().is_link_lost());
}

#[tokio::test]
async fn measuring_what_does_not_run_says_so() {
    let fake = Fake::new("1.41", |_| Answer::Text(200, NOTHING.into()));
    let error = fake.engine().await.sample_pair(&ContainerId::new("c")).await.unwrap_err();
    assert_eq!(error.to_string(), "cannot measure container c: it is not running");
}
