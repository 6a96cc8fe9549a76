use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::StreamExt as _;
use serde_json::json;
use stacktop::domain::{ContainerId, LogBatch, LogLine, LogQuery, LogSource, LogStream};
use stacktop::engine::{follow, read_text};
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use crate::fake::{Answer, Fake, json, no};

fn source(name: &str, tty: Option<bool>) -> LogSource {
    LogSource { container: ContainerId::new(name), name: name.to_owned(), tty, newest: None }
}

fn following() -> LogQuery {
    LogQuery { follow: true, ..LogQuery::default() }
}

/// A line of a terminal, written at this nanosecond.
fn line(at: u32, text: &str) -> String {
    format!("2026-08-20T10:00:00.{at:09}Z {text}\r\n")
}

async fn all(mut batches: tokio::sync::mpsc::Receiver<LogBatch>) -> LogBatch {
    let mut whole = LogBatch::default();
    while let Some(batch) = batches.recv().await {
        whole.lines.extend(batch.lines);
        whole.failures.extend(batch.failures);
    }
    whole
}

fn texts(lines: &[(usize, LogLine)]) -> Vec<(usize, &str)> {
    lines.iter().map(|(place, line)| (*place, line.text.as_str())).collect()
}

#[tokio::test]
async fn the_form_of_the_output_is_asked_from_the_engine_unless_it_is_known() {
    let fake = Fake::new("1.41", |path| match path {
        "/containers/a/json" => json(&json!({"Config": {"Tty": true}})),
        _ => Answer::Text(200, line(1, "hello")),
    });
    let engine = fake.engine().await;
    for tty in [None, Some(true)] {
        let lines = engine.logs(&ContainerId::new("a"), tty, &LogQuery::default()).await.unwrap();
        let lines: Vec<LogLine> = lines.map(Result::unwrap).collect().await;
        assert_eq!((lines[0].text.as_str(), lines[0].stream), ("hello", LogStream::Terminal));
    }
    assert_eq!(fake.count("/containers/a/json"), 1);
}

#[tokio::test]
async fn a_query_is_passed_on() {
    let fake = Fake::new("1.41", |_| Answer::Text(200, String::new()));
    let since = "1970-01-01T00:00:01Z".parse().ok();
    let query = LogQuery { follow: false, tail: Some(5), since, until: since };
    let lines = fake.engine().await.logs(&ContainerId::new("a"), Some(true), &query).await.unwrap();
    assert_eq!(lines.count().await, 0);
    let expected = "/containers/a/logs?stdout=1&stderr=1&timestamps=1&follow=0&tail=5&since=1.000000000&until=1.000000000";
    assert_eq!(fake.asked()[1], expected);
}

#[tokio::test]
async fn the_past_of_several_containers_is_merged_in_exact_order() {
    let fake = Fake::new("1.41", |path| match path {
        path if path.starts_with("/containers/a/") => {
            Answer::Text(200, (0..5000).map(|n| line(n * 3, &n.to_string())).collect())
        }
        path if path.starts_with("/containers/b/") => {
            Answer::Text(200, (0..5000).map(|n| line(n * 2 + 1, &n.to_string())).collect())
        }
        _ => no(404, "No such container: c"),
    });
    let sources = vec![source("a", Some(true)), source("b", Some(true)), source("c", Some(true))];
    let whole =
        all(follow(&fake.engine().await, sources, LogQuery::default(), CancellationToken::new())).await;
    assert_eq!(whole.lines.len(), 10_000);
    assert!(whole.lines.is_sorted_by_key(|(_, line)| line.at));
    assert_eq!(whole.failures.len(), 1);
    assert!(whole.failures[0].1.starts_with("cannot read the output of container c: No such container"));
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_breaks_is_taken_up_behind_its_last_line() {
    let tries = Arc::new(AtomicUsize::new(0));
    let counted = tries.clone();
    let fake = Fake::new("1.41", move |path| {
        if path.ends_with("/json") {
            let state = if counted.load(Ordering::Relaxed) < 3 { "running" } else { "exited" };
            return json(&json!({"State": {"Status": state}}));
        }
        match counted.fetch_add(1, Ordering::Relaxed) {
            0 => Answer::Cut(line(7, "one")),
            1 => Answer::Text(200, line(8, "two")),
            _ => Answer::Text(200, line(9, "three")),
        }
    });
    let batches =
        follow(&fake.engine().await, vec![source("a", Some(true))], following(), CancellationToken::new());
    let whole = all(batches).await;
    assert_eq!(texts(&whole.lines), [(0, "one"), (0, "two"), (0, "three")]);
    assert_eq!(whole.failures, []);
    let asked = fake.asked();
    let since: Vec<_> = asked.iter().filter_map(|path| path.split("since=").nth(1)).collect();
    assert_eq!(since, ["1787220000.000000008", "1787220000.000000009"]);
    assert!(asked[1].contains("tail=all"));
}

#[tokio::test(start_paused = true)]
async fn an_engine_that_goes_away_is_told_once_and_waited_for() {
    let fake = Fake::new("1.41", |path| match path {
        path if path.ends_with("/json") => json(&json!({"State": {"Status": "running"}})),
        _ => Answer::Cut(line(1, "one")),
    });
    let engine = fake.engine().await;
    fake.go_away(true);
    let token = CancellationToken::new();
    let mut batches = follow(&engine, vec![source("a", Some(true))], following(), token.clone());
    let failures = batches.recv().await.unwrap().failures;
    assert!(failures[0].1.ends_with("is dockerd running there?; trying again"), "{failures:?}");
    assert!(timeout(Duration::from_secs(120), batches.recv()).await.is_err());
    fake.go_away(false);
    assert_eq!(texts(&batches.recv().await.unwrap().lines), [(0, "one")]);
    token.cancel();
    while batches.recv().await.is_some() {}
}

#[tokio::test(start_paused = true)]
async fn the_past_of_followed_containers_comes_in_order_before_what_is_new() {
    let fake = Fake::new("1.41", |path| match path {
        path if path.ends_with("/json") => json(&json!({"State": {"Status": "exited"}})),
        path if path.contains("/a/") => Answer::Text(200, line(1, "a1") + &line(4, "a4")),
        _ => Answer::Text(200, line(2, "b2") + &line(3, "b3")),
    });
    let sources = vec![source("a", Some(true)), source("b", Some(true))];
    let before = Instant::now();
    let whole = all(follow(&fake.engine().await, sources, following(), CancellationToken::new())).await;
    assert_eq!(texts(&whole.lines), [(0, "a1"), (1, "b2"), (1, "b3"), (0, "a4")]);
    assert!(before.elapsed() < Duration::from_millis(500), "an ended container ends at once");
}

#[tokio::test(start_paused = true)]
async fn a_log_that_cannot_be_read_is_told_and_costs_nothing_else() {
    let fake = Fake::new("1.41", |path| match path {
        path if path.ends_with("/json") => json(&json!({"State": {"Status": "exited"}})),
        path if path.contains("/a/") => no(501, "configured logging driver does not support reading"),
        _ => Answer::Text(200, line(2, "b")),
    });
    let sources = vec![source("a", Some(true)), source("b", Some(true))];
    let whole = all(follow(&fake.engine().await, sources, following(), CancellationToken::new())).await;
    assert_eq!(texts(&whole.lines), [(1, "b")]);
    assert!(whole.failures[0].1.contains("driver does not support reading"));
}

#[tokio::test]
async fn without_sources_there_is_nothing_to_wait_for() {
    let fake = Fake::new("1.41", |_| Answer::Hang);
    for query in [LogQuery::default(), following()] {
        let whole = all(follow(&fake.engine().await, Vec::new(), query, CancellationToken::new())).await;
        assert_eq!(whole, LogBatch::default());
    }
}

/// A frame of standard output.
fn frame(payload: &str) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&[1, 0, 0, 0], &length[..], payload.as_bytes()].concat()
}

async fn pieces(
    mut received: tokio::sync::mpsc::Receiver<Result<String, String>>,
) -> Vec<Result<String, String>> {
    let mut all = Vec::new();
    while let Some(piece) = received.recv().await {
        all.push(piece);
    }
    all
}

#[tokio::test]
async fn an_engine_that_is_read_for_text_is_not_asked_for_moments() {
    let frames = [frame("one\n"), frame("\x1b[2Jtwo\n"), frame("three")].concat();
    let fake = Fake::new("1.41", move |_| Answer::Text(200, String::from_utf8(frames.clone()).unwrap()));
    let query = LogQuery { tail: Some(3), ..following() };
    let received =
        read_text(&fake.engine().await, source("a", Some(false)), &query, CancellationToken::new());
    assert_eq!(pieces(received).await, [Ok("one\ntwo\nthree\n".to_owned())]);
    assert_eq!(fake.asked()[1], "/containers/a/logs?stdout=1&stderr=1&timestamps=0&follow=0&tail=3");
}

#[tokio::test]
async fn a_text_that_breaks_off_is_told_behind_what_there_was_of_it() {
    let fake = Fake::new("1.41", |_| Answer::Cut("one\r\ntwo\r\nthr".to_owned()));
    let query = LogQuery::default();
    let received = read_text(&fake.engine().await, source("a", Some(true)), &query, CancellationToken::new());
    let told = pieces(received).await;
    let [Ok(text), Err(sentence)] = &told[..] else { panic!("{told:?}") };
    assert_eq!(text, "one\ntwo\n");
    assert!(
        sentence.starts_with("cannot read the output of container a: the answer broke off"),
        "{sentence}"
    );
}
