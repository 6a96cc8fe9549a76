//! Logs, events and stats as streams.

use http_body_util::BodyExt;

use crate::ask::{SMALL, builtin, bytes, epoch_plus, events, get, pass, send, world};

/// The frames of a log: stream and text.
fn frames(mut rest: &[u8]) -> Vec<(u8, String)> {
    let mut frames = Vec::new();
    while let [kind, 0, 0, 0, a, b, c, d, tail @ ..] = rest {
        let (text, after) = tail.split_at(u32::from_be_bytes([*a, *b, *c, *d]) as usize);
        frames.push((*kind, String::from_utf8(text.to_vec()).unwrap()));
        rest = after;
    }
    assert!(rest.is_empty(), "the rest is no frame");
    frames
}

#[tokio::test(start_paused = true)]
async fn a_log_has_a_past_at_the_first_moment() {
    let sim = world(SMALL);
    let log = frames(&bytes(&sim, "/containers/shop-web-1/logs?stdout=1&stderr=1&tail=100").await);
    assert_eq!(log.len(), 100);
    assert!(log.iter().all(|(_, text)| text.ends_with('\n')));
    assert!(log.iter().any(|(_, text)| text.contains("HTTP/")));
}

#[tokio::test(start_paused = true)]
async fn since_a_timestamp_plus_one_nanosecond_repeats_nothing() {
    let sim = world(SMALL);
    let log =
        frames(&bytes(&sim, "/containers/shop-web-1/logs?stdout=1&stderr=1&tail=10&timestamps=1").await);
    let dates: Vec<jiff::Timestamp> =
        log.iter().map(|(_, text)| text.split(' ').next().unwrap().parse().unwrap()).collect();
    assert!(dates.is_sorted());
    let (at, after) = (dates[4], dates[4] + jiff::SignedDuration::from_nanos(1));
    for (date, expected) in [(at, 6), (after, 5)] {
        let since = format!("{}.{:09}", date.as_second(), date.subsec_nanosecond());
        let path =
            format!("/containers/shop-web-1/logs?stdout=1&stderr=1&since={since}&until={}", epoch_plus(0));
        assert_eq!(frames(&bytes(&sim, &path).await).len(), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_followed_log_goes_on_and_ends_with_its_container() {
    let sim = world(SMALL);
    let path = "/containers/shop-web-1/logs?stdout=1&stderr=1&follow=1&tail=0";
    let mut answer = send(&sim, "GET", path, "").await;
    assert_eq!(answer.headers()["content-type"], "application/vnd.docker.multiplexed-stream");
    let first = answer.body_mut().frame().await.unwrap().unwrap().into_data().unwrap();
    assert!(frames(&first)[0].1.contains("HTTP/"));
    let _ = send(&sim, "POST", "/containers/shop-web-1/stop", "").await;
    let rest = answer.into_body().collect().await.unwrap().to_bytes();
    assert!(frames(&rest).last().unwrap().1.contains("exiting"));
}

#[tokio::test(start_paused = true)]
async fn a_terminal_gives_raw_bytes_and_old_clients_get_no_content_type() {
    let sim = builtin();
    let answer = send(&sim, "GET", "/v1.41/containers/watcher/logs?stdout=1&stderr=1&tail=3", "").await;
    assert!(answer.headers().get("content-type").is_none());
    let text = answer.into_body().collect().await.unwrap().to_bytes();
    assert!(text.starts_with(b"\x1b[") || text.starts_with(b"blob"));
}

#[tokio::test(start_paused = true)]
async fn a_long_line_comes_in_pieces_with_the_same_timestamp() {
    let yaml = "containers: {a: {image: x, age: 1h, logs: {flavour: watcher, rate: 1}}}";
    let log = frames(&bytes(&world(yaml), "/containers/a/logs?stdout=1&stderr=1&timestamps=1&tail=60").await);
    let index = log.iter().position(|(_, text)| !text.ends_with('\n')).unwrap();
    let date = |index: usize| log[index].1.split(' ').next().unwrap().to_owned();
    assert_eq!(date(index), date(index + 1));
    assert!(log[index + 1].1.ends_with('\n'));
}

#[tokio::test(start_paused = true)]
async fn no_stream_at_all_is_a_bad_wish() {
    assert_eq!(send(&world(SMALL), "GET", "/containers/shop-db-1/logs", "").await.status(), 400);
}

#[tokio::test(start_paused = true)]
async fn probes_are_told_as_execs_on_their_schedule() {
    let sim = world(SMALL);
    let query = format!("until={}&filters=%7B%22container%22:[%22shop-web-1%22]%7D", epoch_plus(41));
    let told = events(&sim, &query).await;
    let count =
        |front: &str| told.iter().filter(|e| e["Action"].as_str().unwrap().starts_with(front)).count();
    assert_eq!(count("exec_create: nginx -t"), 4);
    assert_eq!(count("exec_start: nginx -t"), 4);
    assert_eq!(count("exec_die"), 4);
    assert_eq!(told[0]["Actor"]["Attributes"]["com.docker.compose.service"], "web");
    assert_eq!(told[0]["scope"], "local");
}

#[tokio::test(start_paused = true)]
async fn remembered_events_are_told_again_from_since_on() {
    let sim = world(SMALL);
    pass(30).await;
    let query = |since: String| format!("since={since}&until={}", epoch_plus(30));
    let all = events(&sim, &query(epoch_plus(0).to_string())).await;
    let nano = all[2]["timeNano"].as_i64().unwrap();
    let at = |nano: i64| format!("{}.{:09}", nano / 1_000_000_000, nano % 1_000_000_000);
    let inclusive = events(&sim, &query(at(nano))).await;
    let exclusive = events(&sim, &query(at(nano + 1))).await;
    assert!(inclusive.iter().any(|event| event["timeNano"] == nano));
    assert!(exclusive.iter().all(|event| event["timeNano"].as_i64().unwrap() > nano));
}

#[tokio::test(start_paused = true)]
async fn streamed_stats_come_each_second_with_the_sample_before() {
    let sim = world(SMALL);
    let mut answer = send(&sim, "GET", "/containers/shop-web-1/stats", "").await;
    let mut rows = Vec::new();
    while rows.len() < 3 {
        let frame = answer.body_mut().frame().await.unwrap().unwrap().into_data().unwrap();
        rows.push(serde_json::from_slice::<serde_json::Value>(&frame).unwrap());
    }
    assert_eq!(rows[0]["preread"], "0001-01-01T00:00:00Z");
    assert_eq!(rows[2]["preread"], rows[1]["read"]);
    assert!(crate::containers::cpu_percent(&rows[2]) > 1.0);
}

#[tokio::test(start_paused = true)]
async fn a_stopped_container_has_a_row_of_nothing() {
    let sim = world(SMALL);
    let _ = send(&sim, "POST", "/containers/shop-db-1/stop", "").await;
    let row = get(&sim, "/containers/shop-db-1/stats?stream=false&one-shot=1").await;
    assert_eq!(row["read"], "0001-01-01T00:00:00Z");
    assert_eq!(row["memory_stats"], serde_json::json!({}));
}
