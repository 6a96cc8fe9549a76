//! Every verb on a real engine.

use super::program::{Ended, command, ended, wait};
use super::support::{self, ComposeProject, Service, Spec, TestEngine};
use serde_json::Value;
use std::io::{BufRead, BufReader};

/// The program with words of its own, on the test's engine.
fn run(bed: &TestEngine, words: &[&str]) -> Ended {
    let output = command("").env("DOCKER_HOST", bed.engine().host()).args(words).output().unwrap();
    ended(output)
}

#[track_caller]
fn json(bed: &TestEngine, words: &[&str]) -> Value {
    let words = [words, &["--json"]].concat();
    let ended = run(bed, &words);
    serde_json::from_str(&ended.out).unwrap_or_else(|error| panic!("{words:?}: {error}: {ended:?}"))
}

/// Two healthy web servers and a job that failed.
async fn shop(bed: &TestEngine) -> ComposeProject {
    let web = Service::new("web", bed.server("1").memory_mib(64).port(8080)).replicas(2);
    let job = Service::new("job", Spec::new(bed.image("1")).cmd(["exit", "7"]));
    let project = bed.compose_project("shop", &[web, job]).await;
    for container in &project.services["web"] {
        container.wait_healthy().await;
    }
    project.replica_of("job", 1).wait_exit().await;
    project
}

#[tokio::test]
async fn a_compose_project_is_a_stack_of_services_of_replicas() {
    let Some(bed) = support::engine("a_compose_project_is_a_stack") else { return };
    let project = shop(&bed).await;
    let stack = &json(&bed, &["ls", &project.name])[0];
    assert_eq!((&stack["kind"], &stack["status"]), (&"compose".into(), &"down".into()), "{stack}");
    assert_eq!((&stack["running"], &stack["desired"]), (&2.into(), &3.into()), "{stack}");
    let replicas = json(&bed, &["ps", &project.name]);
    let job = &replicas[0];
    assert_eq!((&job["exit_code"], &job["oom_killed"]), (&7.into(), &false.into()), "{job}");
    assert_eq!(replicas[2]["target"], format!("{}/web/2", project.name));
    assert_eq!(replicas[2]["networks"][0], project.network.as_str());
}

#[tokio::test]
async fn a_failed_job_is_a_finding_and_healthy_servers_are_none() {
    let Some(bed) = support::engine("a_failed_job_is_a_finding") else { return };
    let project = shop(&bed).await;
    let report = run(&bed, &["health", &project.name]);
    assert_eq!(report.code, 1, "{report:?}");
    assert!(report.out.contains("exited 7"), "{}", report.out);
    let well = run(&bed, &["health", &format!("{}/web", project.name)]);
    assert_eq!(well.code, 0, "{well:?}");
    let probes = json(&bed, &["health", &format!("{}/web", project.name)]);
    assert_eq!(probes["replicas"][0]["probes"][0]["exit_code"], 0, "{probes}");
}

#[tokio::test]
async fn no_line_of_a_large_log_is_lost_or_out_of_order() {
    let Some(bed) = support::engine("no_line_of_a_large_log_is_lost") else { return };
    let log = serde_json::json!({"Type": "json-file", "Config": {}});
    let spec = Spec::new(bed.image("1")).cmd(["log"]).env("LOG_LINES", 20_000).host("LogConfig", log);
    let speaker = bed.run(spec.name("speaker")).await;
    speaker.wait_exit().await;
    let printed = run(&bed, &["logs", "--no-prefix", &speaker.name]);
    assert_eq!((printed.code, printed.err.as_str()), (0, ""));
    let expected = String::from_utf8(speaker.logs().await).unwrap();
    assert!(printed.out == expected, "{} of {} bytes", printed.out.len(), expected.len());
    let tail = run(&bed, &["logs", "--no-prefix", "--tail", "3", &speaker.name]);
    assert_eq!(
        tail.out.lines().collect::<Vec<_>>(),
        expected.lines().rev().take(3).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn lines_are_the_same_with_their_times_and_without() {
    let Some(bed) = support::engine("lines_are_the_same_with_their_times") else { return };
    let spec = Spec::new(bed.image("1")).cmd(["log"]).env("LOG_KIND", "mixed").env("LOG_LINES", 60);
    let speaker = bed.run(spec.name("mixed")).await;
    speaker.wait_exit().await;
    let printed = run(&bed, &["logs", "--no-prefix", &speaker.name]);
    let dated = run(&bed, &["logs", "--no-prefix", "--timestamps", &speaker.name]);
    let without = dated.out.lines().map(|line| line.split_once(' ').map_or("", |(_, line)| line));
    assert_eq!(printed.out.lines().collect::<Vec<_>>(), without.collect::<Vec<_>>());
}

#[tokio::test]
async fn hostile_output_reaches_no_terminal() {
    let Some(bed) = support::engine("hostile_output_reaches_no_terminal") else { return };
    let spec = Spec::new(bed.image("1")).cmd(["log"]).env("LOG_KIND", "hostile").env("LOG_LINES", 100);
    let speaker = bed.run(spec.name("hostile")).await;
    speaker.wait_exit().await;
    for words in
        [&["logs", &speaker.name][..], &["logs", &speaker.name, "--json"], &["inspect", &speaker.name]]
    {
        let printed = run(&bed, words);
        assert_eq!(printed.code, 0, "{}", printed.err);
        let bad =
            |c: char| c != '\n' && (c.is_control() || matches!(c, '\u{202e}' | '\u{200b}' | '\u{200d}'));
        assert!(!printed.out.contains(bad), "{words:?}");
        assert!(printed.out.lines().count() >= 100, "{words:?}");
    }
}

#[tokio::test]
async fn lines_of_several_replicas_carry_their_names() {
    let Some(bed) = support::engine("lines_of_several_replicas_carry_their_names") else { return };
    let project = shop(&bed).await;
    let printed = run(&bed, &["logs", &format!("{}/web", project.name), "--grep", "listens"]);
    let mut lines: Vec<&str> = printed.out.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, ["web-1  | version 1 listens", "web-2  | version 1 listens"], "{printed:?}");
}

#[tokio::test]
async fn followed_lines_arrive_as_they_are_written() {
    let Some(bed) = support::engine("followed_lines_arrive_as_they_are_written") else { return };
    let web = bed.run(bed.server("1")).await;
    web.wait_healthy().await;
    let mut child = command("logs -f --no-prefix --tail 0")
        .arg(&web.name)
        .env("DOCKER_HOST", bed.engine().host())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let asking = tokio::spawn(async move {
        for number in 0.. {
            web.ask(&format!("/log?text=line-{number}")).await;
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    });
    let seen =
        tokio::task::spawn_blocking(move || lines.map_while(Result::ok).find(|line| line.contains("line-")));
    let seen = tokio::time::timeout(std::time::Duration::from_secs(15), seen).await;
    asking.abort();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(matches!(seen, Ok(Ok(Some(_)))), "{seen:?}");
}

#[tokio::test]
async fn followed_output_goes_on_through_restarts_and_with_new_replicas() {
    let Some(bed) = support::engine("followed_output_goes_on_through_restarts") else { return };
    let service = Service::new("web", bed.server("1"));
    let project = bed.compose_project("shop", std::slice::from_ref(&service)).await;
    let first = project.replica_of("web", 1);
    first.wait_log("listens").await;
    let mut child =
        command("logs -f").arg(&project.name).env("DOCKER_HOST", bed.engine().host()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert_eq!(lines.next().unwrap(), "web-1  | version 1 listens");
    let rest = tokio::task::spawn_blocking(move || lines.take(3).collect::<Vec<_>>());
    first.act("restart?t=0").await;
    first
        .wait_for("to run again", async |seen| {
            if seen["State"]["Running"] == true { Ok(()) } else { Err(seen["State"].to_string()) }
        })
        .await;
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    first.act("restart?t=0").await;
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    bed.run(project.replica(&service, 2)).await;
    let rest = tokio::time::timeout(std::time::Duration::from_secs(15), rest).await;
    child.kill().unwrap();
    child.wait().unwrap();
    let expected = ["web-1  | version 1 listens", "web-1  | version 1 listens", "web-2  | version 1 listens"];
    assert_eq!(rest.unwrap().unwrap(), expected);
}

#[tokio::test]
async fn what_happens_to_a_service_is_told_and_to_others_not() {
    let Some(bed) = support::engine("what_happens_to_a_service_is_told") else { return };
    let project = shop(&bed).await;
    let target = format!("{}/web", project.name);
    let mut child =
        command("events --json").arg(&target).env("DOCKER_HOST", bed.engine().host()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let web = project.replica_of("web", 1).clone();
    let other = project.replica_of("job", 1).clone();
    let acting = tokio::spawn(async move {
        loop {
            other.start().await;
            web.act("restart?t=0").await;
        }
    });
    let seen = tokio::task::spawn_blocking(move || lines.map_while(Result::ok).take(5).collect::<Vec<_>>());
    let seen = tokio::time::timeout(std::time::Duration::from_secs(15), seen).await;
    acting.abort();
    child.kill().unwrap();
    child.wait().unwrap();
    for line in seen.unwrap().unwrap() {
        let event: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(event["service"], "web", "{line}");
    }
}

#[tokio::test]
async fn the_doctor_sees_the_engine() {
    let Some(bed) = support::engine("the_doctor_sees_the_engine") else { return };
    let report = json(&bed, &["doctor"]);
    let version = bed.engine().get("/version").await.json();
    let check = |name: &str| {
        let checks = report["checks"].as_array().unwrap();
        checks
            .iter()
            .find(|check| check["name"] == name)
            .map(|check| check["text"].as_str().unwrap().to_owned())
            .unwrap()
    };
    assert!(check("engine").starts_with(version["Version"].as_str().unwrap()), "{report}");
    assert!(check("endpoint").ends_with("chosen by DOCKER_HOST"), "{report}");
    assert!(check("socket").contains("mode"), "{report}");
}

#[tokio::test]
async fn a_watched_container_that_goes_ends_no_watch() {
    let Some(bed) = support::engine("a_watched_container_that_goes_ends_no_watch") else { return };
    let (stays, goes) =
        (bed.run(bed.server("1").name("stays")).await, bed.run(bed.server("1").name("goes")).await);
    let mut child = command("stats --watch --json")
        .args([&stays.name, &goes.name])
        .env("DOCKER_HOST", bed.engine().host())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let name = |line: &str| serde_json::from_str::<Value>(line).unwrap()["name"].as_str().unwrap().to_owned();
    assert_eq!(
        [name(&lines.next().unwrap()), name(&lines.next().unwrap())],
        [stays.name.clone(), goes.name.clone()]
    );
    goes.kill("KILL").await;
    let later: Vec<String> = lines.by_ref().take(4).map(|line| name(&line)).collect();
    assert!(later.ends_with(&[stays.name.clone(), stays.name.clone()]), "{later:?}");
    std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    drop(lines);
    assert!([0, 130].contains(&wait(&mut child)));
}
