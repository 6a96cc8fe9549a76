//! The program inside test containers does on a real engine what the other tests rely on.

mod support;

use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;
use support::pty::key_bytes;
use support::swarm::{service_spec, with_command};
use support::{PtyBuilder, Service, Spec};

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

#[tokio::test]
async fn a_compose_project_carries_the_labels_of_compose() {
    let Some(bed) = support::engine("a_compose_project_carries_the_labels_of_compose") else { return };
    let database = Service::new("db", bed.server("1")).volume("data", "/data");
    let web = Service::new("web", bed.server("1")).replicas(2).depends_on("db", "service_healthy");
    let project = bed.compose_project("shop", &[database, web]).await;
    project.wait_healthy().await;
    let label = format!("com.docker.compose.project={}", project.name);
    assert_eq!(bed.containers_with(&label).await.len(), 3);
    let labels = &project.replica_of("web", 2).inspect().await["Config"]["Labels"];
    assert_eq!(labels["com.docker.compose.container-number"], "2");
    assert_eq!(labels["com.docker.compose.depends_on"], "db:service_healthy:false");
    assert_eq!(project.replica_of("web", 1).exec(&["load", "db:8080", "--requests", "3"]).await.exit_code, 0);
}

#[tokio::test]
async fn compose_itself_puts_the_same_labels_on_its_containers() {
    let test = "compose_itself_puts_the_same_labels_on_its_containers";
    let (Some(bed), Some(compose)) = (support::engine(test), support::compose_v2(test)) else { return };
    let (image, mut labels) = (bed.image("1"), Value::Null);
    bed.mark(&mut labels);
    let service = json!({ "image": image, "labels": labels });
    let network = json!({ "default": { "labels": labels } });
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("compose.yaml");
    // JSON is YAML.
    std::fs::write(&file, json!({ "services": { "web": service }, "networks": network }).to_string())
        .unwrap();
    let theirs = bed.unique("theirs");
    let mut command = Command::new(compose);
    command.env("DOCKER_HOST", bed.engine().host()).args(["--project-name", &theirs, "--file"]).arg(&file);
    let output = command.args(["up", "--detach"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let ours = bed.compose_project("ours", &[Service::new("web", Spec::new(image))]).await;

    let of_theirs = label_names(&bed.containers_with(&format!("com.docker.compose.project={theirs}")).await);
    let of_ours =
        label_names(&bed.containers_with(&format!("com.docker.compose.project={}", ours.name)).await);
    assert!(of_ours.contains("com.docker.compose.config-hash"), "{of_ours:?}");
    assert_eq!(of_ours, of_theirs);
}

fn label_names(containers: &[Value]) -> BTreeSet<String> {
    let labels = containers.iter().filter_map(|container| container["Labels"].as_object());
    labels.flat_map(|labels| labels.keys().cloned()).collect()
}

#[tokio::test]
async fn nothing_of_a_test_outlives_it() {
    let Some(bed) = support::engine("nothing_of_a_test_outlives_it") else { return };
    let (engine, label) = (bed.engine().clone(), bed.label());
    let network = bed.network("net", Value::Null).await;
    let volume = bed.volume("data", Value::Null).await;
    let spec = Spec::new(bed.image("1")).network(&network, &[]).volume(&volume, "/data");
    bed.run(spec.restart("always")).await;
    assert_eq!(bed.containers_with(&label).await.len(), 1);
    let panicked = std::thread::spawn(move || {
        let _bed = bed;
        std::panic::resume_unwind(Box::new("a failed test"));
    });
    assert!(panicked.join().is_err());
    let filter = support::blocking::label_filter(&label);
    assert_eq!(engine.get(&format!("/containers/json?all=1&filters={filter}")).await.text().trim(), "[]");
    assert_eq!(engine.get(&format!("/networks?filters={filter}")).await.text().trim(), "[]");
    assert_eq!(engine.get(&format!("/networks/{network}")).await.status, 404);
    assert_eq!(engine.get(&format!("/volumes/{volume}")).await.status, 404);
}

#[tokio::test]
async fn what_a_killed_test_left_is_swept_and_what_a_running_one_made_is_not() {
    let Some(bed) = support::engine("what_a_killed_test_left_is_swept") else { return };
    let kept = bed.volume("kept", Value::Null).await;
    let namespace = std::fs::read_link("/proc/self/ns/pid").unwrap().display().to_string();
    let left = bed.unique("left");
    // No process has ever had this number and this start time.
    let labels = json!({ "stacktop.test": bed.id(), "stacktop.test.pid": format!("1/1/{namespace}") });
    bed.engine().post("/volumes/create", json!({ "Name": left, "Labels": labels })).await.json();
    support::sandbox::sweep(bed.engine().socket());
    assert_eq!(bed.engine().get(&format!("/volumes/{left}")).await.status, 404);
    assert_eq!(bed.engine().get(&format!("/volumes/{kept}")).await.status, 200);
}

#[tokio::test]
async fn a_stack_on_the_newer_engine_runs_and_its_services_reach_each_other() {
    let Some(bed) = support::newer_engine("a_stack_on_the_newer_engine_runs") else { return };
    bed.ensure_swarm().await;
    let (stack, image) = (bed.unique("shop"), bed.image("1"));
    let network = bed.overlay(&stack, "default").await;
    let web = bed.service(service_spec(&stack, "web", &image, 2), Some((&network, "web"))).await;
    bed.wait_running(&web, 2).await;
    let load =
        with_command(service_spec(&stack, "load", &image, 1), &["load", "web:8080", "--requests", "20"]);
    let load = bed.service(load, Some((&network, "load"))).await;
    bed.wait_until(Duration::from_secs(30), "the summary of the load", async || {
        let log = bed.engine().get(&format!("/services/{load}/logs?stdout=1")).await.text();
        if log.contains(r#""ok":20,"failed":0"#) { Ok(()) } else { Err(log) }
    })
    .await;
}

#[tokio::test]
async fn the_newer_engine_speaks_a_newer_version() {
    let Some(bed) = support::newer_engine("the_newer_engine_speaks_a_newer_version") else { return };
    let version = bed.engine().get("/version").await.json();
    assert!(version["ApiVersion"].as_str().is_some_and(|version| version > "1.41"), "{version}");
    let web = bed.run(bed.server("3")).await;
    web.wait_healthy().await;
    assert!(web.ask("/").await.starts_with("version 3"));
}

#[test]
fn a_program_in_a_terminal_is_driven_by_keys() {
    let shell = PtyBuilder::of(&program()).args(["shell"]).size(10, 40).start();
    shell.wait_for("$");
    shell.keys("tty<enter>");
    shell.wait_for("a terminal\n$");
    shell.resize(5, 20);
    shell.keys("echo wx<backspace>ide<enter>");
    let screen = shell.wait_for("\nwide\n$");
    assert!(screen.lines().all(|line| line.len() <= 20), "{screen}");
    shell.keys("exit 3<enter>");
    let exit = shell.wait_exit();
    assert_eq!((exit.code, exit.signal), (3, None));
    assert_eq!(exit.attributes, shell.attributes_before());
    assert!(shell.wrote("a terminal\r\n"));
}

#[test]
fn a_program_in_a_terminal_is_ended_by_a_signal() {
    let shell = PtyBuilder::of(&program()).args(["shell"]).start();
    shell.wait_for("$");
    shell.signal(rustix::process::Signal::TERM);
    assert_eq!(shell.wait_exit().signal.as_deref(), Some("Terminated"));
}

#[test]
fn keys_are_written_as_a_terminal_sends_them() {
    assert_eq!(key_bytes("a<lt>ü<c-c><up><enter><esc>"), "a<ü\x03\x1b[A\r\x1b".as_bytes());
    assert!(std::panic::catch_unwind(|| key_bytes("<esc>j")).is_err(), "that would be Alt-j");
    assert!(std::panic::catch_unwind(|| key_bytes("<entre>")).is_err());
}

fn program() -> String {
    support::image::program().display().to_string()
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
