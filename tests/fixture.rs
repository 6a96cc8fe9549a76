//! The program inside test containers does on a real engine what the other tests rely on.

mod support;

use serde_json::Value;
use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;
use support::Spec;

#[tokio::test]
async fn a_server_becomes_healthy_and_names_its_version() {
    let Some(bed) = support::engine("a_server_becomes_healthy_and_names_its_version") else { return };
    let web = bed.run(bed.server("1.2")).await;
    web.wait_healthy().await;
    assert!(web.ask("/").await.starts_with("version 1.2 request"));
}

#[tokio::test]
async fn a_server_is_reached_from_this_host_at_its_address_and_at_its_published_port() {
    let Some(bed) = support::engine("a_server_is_reached_from_this_host") else { return };
    let web = bed.run(bed.server("1.2").port(8080)).await;
    web.wait_log("listens").await;
    for address in [web.address().await, format!("127.0.0.1:{}", web.published(8080).await)] {
        let answer = get(&address).expect("the server can be reached from this host");
        assert!(answer.contains("X-Version: 1.2"), "{address}: {answer}");
    }
}

#[tokio::test]
async fn a_server_becomes_unhealthy_after_so_many_requests() {
    let Some(bed) = support::engine("a_server_becomes_unhealthy_after_so_many_requests") else { return };
    let web = bed.run(bed.server("1").env("UNHEALTHY_AFTER_REQUESTS", 2)).await;
    web.wait_health("unhealthy").await;
    let log = &web.inspect().await["State"]["Health"]["Log"];
    let last = log.as_array().and_then(|log| log.last()).cloned().unwrap_or_default();
    assert_eq!(last["Output"], "unhealthy: more than 2 requests\n");
    assert_eq!(last["ExitCode"], 1);
}

#[tokio::test]
async fn a_server_is_broken_and_mended_on_request() {
    let Some(bed) = support::engine("a_server_is_broken_and_mended_on_request") else { return };
    let web = bed.run(bed.server("1")).await;
    web.wait_healthy().await;
    web.ask("/break").await;
    web.wait_health("unhealthy").await;
    web.ask("/mend").await;
    web.wait_healthy().await;
}

#[tokio::test]
async fn a_server_ends_with_the_code_it_was_told() {
    let Some(bed) = support::engine("a_server_ends_with_the_code_it_was_told") else { return };
    let web = bed.run(bed.server("1").env("EXIT_AFTER_MS", 1).env("EXIT_CODE", 7)).await;
    assert_eq!(web.wait_exit().await, 7);
}

#[tokio::test]
async fn a_stop_is_obeyed_drained_or_ignored() {
    let Some(bed) = support::engine("a_stop_is_obeyed_drained_or_ignored") else { return };
    for (on_term, code) in [("exit", 0), ("drain", 0), ("ignore", 137)] {
        let spec = Spec::new(bed.image("1")).name(on_term).env("ON_TERM", on_term).env("DRAIN_MS", 200);
        let web = bed.run(spec).await;
        web.wait_log("listens").await;
        web.stop(1).await;
        assert_eq!(web.wait_exit().await, code, "{on_term}");
        assert_eq!(String::from_utf8_lossy(&web.logs().await).contains("drains"), on_term == "drain");
    }
}

#[tokio::test]
async fn a_server_takes_the_memory_and_the_processor_time_it_is_told() {
    let Some(bed) = support::engine("a_server_takes_the_memory_and_the_processor_time") else { return };
    let spec = Spec::new(bed.image("1")).env("MEMORY_MIB", 48).env("CPU_PERCENT", 50);
    let busy = bed.run(spec).await;
    let stats = format!("/containers/{}/stats?stream=false&one-shot=true", busy.id);
    bed.wait_until(Duration::from_secs(20), "48 MiB and 0.2 s", async || {
        let stats = bed.engine().get(&stats).await.json();
        let memory = stats["memory_stats"]["usage"].as_u64().unwrap_or(0);
        let nanoseconds = stats["cpu_stats"]["cpu_usage"]["total_usage"].as_u64().unwrap_or(0);
        let taken = memory >= 48 << 20 && nanoseconds > 200_000_000;
        if taken { Ok(()) } else { Err(format!("{memory} bytes, {nanoseconds} ns")) }
    })
    .await;
}

#[tokio::test]
async fn a_server_that_takes_more_than_its_limit_is_killed() {
    let Some(bed) = support::engine("a_server_that_takes_more_than_its_limit_is_killed") else { return };
    let greedy = bed.run(Spec::new(bed.image("1")).memory_mib(16).env("MEMORY_MIB", 64)).await;
    assert_eq!(greedy.wait_exit().await, 137);
    assert_eq!(greedy.inspect().await["State"]["OOMKilled"], true);
}

#[tokio::test]
async fn the_load_generator_counts_answers_failures_and_versions() {
    let Some(bed) = support::engine("the_load_generator_counts_answers_failures_and_versions") else {
        return;
    };
    let network = bed.network("net", Value::Null).await;
    for version in ["1", "2"] {
        let web =
            bed.run(bed.server(version).name(version.repeat(2).as_str()).network(&network, &["web"])).await;
        web.wait_log("listens").await;
    }
    let load = ["load", "web:8080,127.0.0.1:9", "--requests", "30"];
    let load = bed.run(Spec::new(bed.image("1")).name("load").cmd(load).network(&network, &[])).await;
    assert_eq!(load.wait_exit().await, 0);
    let summary: Value = serde_json::from_slice(&load.logs().await).expect("the summary is JSON");
    // The name stands for both servers, and the third address refuses: ten requests each.
    assert_eq!((&summary["ok"], &summary["failed"]), (&20.into(), &10.into()), "{summary}");
    assert_eq!((&summary["versions"]["1"], &summary["versions"]["2"]), (&10.into(), &10.into()), "{summary}");
    assert_eq!(summary["errors"]["connection refused"], 10);
}

#[tokio::test]
async fn hostile_lines_pass_the_engine_with_and_without_a_terminal() {
    let Some(bed) = support::engine("hostile_lines_pass_the_engine") else { return };
    let spec = Spec::new(bed.image("1")).cmd(["log", "--log-kind", "hostile", "--log-lines", "14"]);
    let piped = bed.run(spec.clone().name("piped")).await;
    let terminal = bed.run(spec.name("terminal").tty()).await;
    for container in [piped, terminal] {
        assert_eq!(container.wait_exit().await, 0);
        let log = container.logs().await;
        let contains = |part: &[u8]| log.windows(part.len()).any(|window| window == part);
        assert!(contains(b"line 0 \x1b]0;owned\x07") && contains(b"line 13"));
        // The engine keeps its log as JSON, so it replaces bytes that are no text, and lets everything else pass.
        assert!(contains("\u{fffd}\u{fffd}\u{fffd}( after".as_bytes()), "{}", log.escape_ascii());
    }
}

#[tokio::test]
async fn no_line_of_a_burst_is_lost() {
    let Some(bed) = support::engine("no_line_of_a_burst_is_lost") else { return };
    let spec = Spec::new(bed.image("1")).cmd(["log", "--log-kind", "mixed", "--log-lines", "600"]);
    let burst = bed.run(spec).await;
    burst.wait_exit().await;
    let log = String::from_utf8_lossy(&burst.logs().await).into_owned();
    let numbers: BTreeSet<u64> = log.split("line ").filter_map(|rest| digits(rest).parse().ok()).collect();
    assert_eq!(numbers, (0..600).collect());
}

#[tokio::test]
async fn a_volume_keeps_its_digest_over_containers() {
    let Some(bed) = support::engine("a_volume_keeps_its_digest_over_containers") else { return };
    let volume = bed.volume("data", Value::Null).await;
    let spec = Spec::new(bed.image("1")).volume(&volume, "/data");
    let fill = bed.run(spec.clone().name("fill").cmd(["fill", "/data", "--files", "7"])).await;
    assert_eq!(fill.wait_exit().await, 0);
    let mut digests = BTreeSet::new();
    for name in ["first", "second"] {
        let digest = bed.run(spec.clone().name(name).cmd(["digest", "/data"])).await;
        digest.wait_exit().await;
        digests.insert(String::from_utf8_lossy(&digest.logs().await).into_owned());
    }
    assert_eq!(digests.len(), 1);
    assert!(digests.iter().all(|digest| digest.starts_with("7 files")), "{digests:?}");
}

/// Asks a server from this host.
fn get(address: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    stream.write_all(b"GET / HTTP/1.0\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

fn digits(text: &str) -> &str {
    text.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default()
}
