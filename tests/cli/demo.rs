//! Every verb on the simulated engine.

use serde_json::Value;

use super::program::{fine, json, json_lines, run};

fn fields<'a>(list: &'a Value, field: &str) -> Vec<&'a str> {
    list.as_array().unwrap().iter().filter_map(|item| item[field].as_str()).collect()
}

#[test]
fn stacks_are_listed_with_how_they_are() {
    let table = fine("--demo ls");
    let xorb = table.lines().find(|line| line.starts_with("xorb")).unwrap();
    assert!(xorb.contains("compose  ▲ unhealthy"), "{table}");
    let stacks = json("--demo ls --json", 0);
    assert_eq!(fields(&stacks, "name"), ["codecave", "medianest", "mundo-tango", "negative-space", "xorb"]);
    assert_eq!(stacks[1]["kind"], "swarm");
}

#[test]
fn a_stacks_services_are_listed() {
    let table = fine("--demo ls medianest");
    assert!(table.lines().any(|line| line.starts_with("medianest/traefik")), "{table}");
    assert_eq!(json("--demo ls medianest --json", 0).as_array().unwrap().len(), 1);
}

#[test]
fn replicas_are_listed_by_stack_service_and_number() {
    let table = fine("--demo ps xorb/api-prod");
    assert_eq!(table.lines().count(), 4, "{table}");
    let replicas = json("--demo ps xorb/api-prod --json", 0);
    assert_eq!(fields(&replicas, "target"), ["xorb/api-prod/1", "xorb/api-prod/2", "xorb/api-prod/3"]);
    assert_eq!((&replicas[0]["status"], &replicas[0]["state"]), (&"unhealthy".into(), &"running".into()));
    assert_eq!(json("--demo ps xorb/api-prod/2 --json", 0)[0]["slot"], 2);
}

#[test]
fn what_is_stopped_is_listed_on_request() {
    let count = |line: &str| json(line, 0).as_array().unwrap().len();
    assert!(count("--demo ps -a --json") > count("--demo ps --json"));
}

#[test]
fn every_running_container_is_measured() {
    let stats = json("--demo stats xorb/api-prod --json", 0);
    assert_eq!(fields(&stats, "target").len(), 3);
    for one in stats.as_array().unwrap() {
        assert!(one["cpu_percent"].as_f64().is_some_and(|cpu| cpu > 0.0), "{one}");
        assert!(one["memory_used"].as_u64() < one["memory_limit"].as_u64(), "{one}");
    }
    assert_eq!(fine("--demo stats xorb/api-prod").lines().count(), 4);
}

#[test]
fn findings_are_told_with_the_probe_and_code_1() {
    let ended = run("--demo health xorb");
    assert_eq!(ended.code, 1, "{}", ended.err);
    assert!(ended.out.contains("▲ unhealthy  xorb/api-prod"), "{}", ended.out);
    assert!(ended.out.contains("xorb/api-prod/1: the probe failed, exit 28"), "{}", ended.out);
    let report = json("--demo health xorb --json", 1);
    assert_eq!(report["findings"][0]["service"], "api-prod");
    assert_eq!(report["replicas"][0]["target"], "xorb/api-prod/1", "the worst is first");
}

#[test]
fn a_stack_without_findings_ends_with_code_0() {
    let out = fine("--demo health mundo-tango");
    assert!(out.starts_with("nothing is wrong\n"), "{out}");
    assert_eq!(json("--demo health mundo-tango --json", 0)["findings"], Value::Array(vec![]));
}

#[test]
fn an_inspection_is_the_engines_own_words_with_secrets_masked() {
    let found = json("--demo inspect codecave/api/1", 0);
    assert_eq!(found[0]["State"]["Status"], "running");
    let environment = found[0]["Config"]["Env"].to_string();
    assert!(environment.contains("JWT_SECRET=••••••"), "{environment}");
    assert!(environment.contains("postgres://codecave:••••••@db.internal"), "{environment}");
    assert_eq!(json("--demo inspect medianest/redis", 0)[0]["Spec"]["Name"], "medianest_redis");
    assert_eq!(json("--demo inspect node-a", 0)[0]["Description"]["Hostname"], "node-a");
}

#[test]
fn nodes_are_listed() {
    assert!(fine("--demo nodes").contains("manager, leader"));
    assert_eq!(json("--demo nodes --json", 0).as_array().unwrap().len(), 3);
}

#[test]
fn events_end_where_they_were_told_to() {
    let events = json_lines("--demo --speed 60 events --until +100s --json");
    assert!(events.iter().any(|event| event["event"] == "die" && event["exit_code"] == 137), "{events:?}");
    assert!(events.iter().all(|event| !event["event"].as_str().unwrap().starts_with("exec_")));
}

#[test]
fn events_of_one_stack_are_told_apart() {
    let events = json_lines("--demo --speed 60 events codecave --until +100s --json");
    assert!(!events.is_empty());
    assert!(events.iter().all(|event| event["name"].as_str().unwrap().starts_with("codecave")), "{events:?}");
}

#[test]
fn the_doctor_is_content_with_the_demo() {
    let report = json("--demo doctor --json", 0);
    let checks = fields(&report["checks"], "name");
    for name in [
        "stacktop", "host", "endpoint", "engine", "swarm", "storage", "cgroup", "terminal", "size",
        "colours", "locale",
    ] {
        assert!(checks.contains(&name), "{name}: {checks:?}");
    }
}

#[test]
fn the_same_seed_gives_the_same_world() {
    let ids = |seed| fields(&json(&format!("--demo --seed {seed} ps --json"), 0), "id").join(" ");
    assert_eq!(ids(7), ids(7));
    assert_ne!(ids(7), ids(8));
}

#[test]
fn nothing_in_a_pipe_is_coloured_and_nothing_is_cut() {
    for verb in ["ls", "ps -a", "stats", "nodes", "doctor"] {
        let out = fine(&format!("--demo {verb}"));
        assert!(!out.contains('\x1b') && !out.contains('…'), "{verb}: {out}");
    }
}

#[test]
fn without_unicode_marks_are_ascii() {
    for (line, locale) in [("--demo ls", "C"), ("--demo --ascii ls", "C.UTF-8")] {
        let out = super::program::command(line).env("LANG", locale).output().unwrap().stdout;
        let out = String::from_utf8(out).unwrap();
        assert!(out.is_ascii() && out.contains("^ unhealthy"), "{out}");
    }
}
