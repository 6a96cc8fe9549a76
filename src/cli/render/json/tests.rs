//! `assets/json.md` and the types agree on every field.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::*;
use crate::backup::{self, Keys};
use crate::cli::fixture;
use crate::command::execute::{
    lock::Errand,
    operation::{Life, Unfinished},
};
use crate::domain::{self, Snapshot};

const DOCUMENTED: &str = include_str!("../../../../assets/json.md");

/// The fields in the table under `## verb`.
fn documented(verb: &str) -> BTreeSet<String> {
    let heading = format!("\n## {verb}\n");
    let section = DOCUMENTED.split_once(&heading).unwrap_or_else(|| panic!("no section {verb}")).1;
    let section = section.split("\n## ").next().unwrap();
    section
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .map(str::to_owned)
        .collect()
}

/// The fields of a value with dots and `[]`; a map whose keys are free is one field.
fn printed(value: &Value, path: &str, fields: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                fields.insert(path.clone());
                if name != "attributes" {
                    printed(member, &path, fields);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| printed(item, &format!("{path}[]"), fields)),
        _ => {}
    }
}

fn drill() -> Value {
    let part = crate::command::restore::drill::Tried {
        part: "volume shop_data".to_owned(),
        checked: vec!["7 entries".to_owned()],
        seconds: 1.0,
        failure: None,
    };
    json!(crate::command::restore::drill::Report {
        set: "S".to_owned(),
        began: fixture::now(),
        seconds: 2.0,
        rto_seconds: None,
        parts: vec![part],
    })
}

/// One value for each verb, with something in every list.
fn examples() -> Vec<(&'static str, Value)> {
    let (snapshot, fleet) = fixture::observed();
    let replica = fleet.replicas().next().unwrap();
    let line = domain::LogLine { at: None, stream: domain::LogStream::Stderr, text: "a".into() };
    vec![
        ("ls", json!(Stack::from(&fleet.stacks[0]))),
        ("ps", json!(Replica::of(replica, snapshot.containers.first()))),
        ("stats", json!(Stats::of(replica, "a", fixture::now(), &fixture::usage()))),
        ("logs", json!(LogLine::of("a", "b", &line))),
        ("events", json!(Event::from(&fixture::event()))),
        ("health", json!(health(&snapshot, &fleet))),
        ("nodes", json!(Node::from(&fixture::node()))),
        (
            "doctor",
            json!(Doctor { level: "ok", checks: vec![Check { name: "a", level: "ok", text: "b".into() }] }),
        ),
        ("plan", json!(plans())),
        ("progress", json!(Progress::of(fixture::now(), &progress()))),
        ("verdict", json!(verdict())),
        ("ops", json!(Operation::of(&unfinished()))),
        ("drill", drill()),
        ("journal", json!(ShownJournal::of(&journal(), "open"))),
        ("backup ls", json!(backup_standing())),
        (
            "backup show",
            json!(ShownBackup::of(backup_set(), backup().manifest.as_ref().ok(), &Keys::default())),
        ),
        ("backup verify", json!(backup_check())),
        ("backup prune", json!(backup_fate())),
        ("version", json!(Version { version: "0", dashboard: true, os: "a", arch: "b" })),
    ]
}

fn journal() -> crate::journal::Entry {
    let op = crate::journal::OpId::new(0, [0; 10]);
    let header = json!({
        "at": "2026-05-04T12:00:00Z", "kind": "header", "op": op.as_str(), "command": ["scale"], "target": "shop/web",
        "holder": { "user": "a", "host": "b", "pid": 1, "started": 1 }, "endpoint": "c", "engine": "d", "plan": ["e"],
    });
    crate::journal::Entry::parse(op, format!("{header}\n").as_bytes())
}

/// A set of one part, whose restore was tried.
fn backup() -> backup::Set {
    let at = fixture::now();
    let manifest = json!({
        "schema": 1, "id": "a", "stack": "b", "engine": "c", "engine_version": "d", "began": at, "finished": at,
        "services": [{ "name": "e", "image": "f", "image_id": "g", "labels": {} }],
        "parts": [{
            "file": "h", "kind": "dump", "service": "e", "recipe": "redis", "mode": "dump", "raw_bytes": 1,
            "stored_bytes": 1, "sha256": "i", "raw_sha256": "j", "codecs": ["zstd"], "began": at, "finished": at,
        }],
    });
    backup::Set {
        id: "a".to_owned(),
        folder: "/a".into(),
        began: at,
        manifest: Ok(serde_json::from_value(manifest).unwrap()),
        amiss: Vec::new(),
        drill: Some(backup::Drill { at, took_ms: 1, failed: None }),
    }
}

fn backup_set() -> BackupSet {
    BackupSet::of("b", &backup(), "valid", None)
}

fn backup_standing() -> BackupStanding {
    let sets = [backup()];
    let standing = backup::standings(&sets, &backup::Promise::default(), fixture::now()).remove(0);
    BackupStanding::of("b", &standing, &sets, None)
}

fn backup_check() -> BackupCheck {
    let (set, state) = ("a".to_owned(), "ok");
    BackupCheck { set, file: None, state, why: None, stored_bytes: None, took_ms: None }
}

fn backup_fate() -> BackupFate {
    let (stack, set, began_at) = ("b".to_owned(), "a".to_owned(), At(fixture::now()));
    BackupFate { stack, set, began_at, fate: "goes", why: None, stored_bytes: None }
}

#[test]
fn sets_of_a_stack_are_told_by_the_documented_fields() {
    let mut fields = BTreeSet::new();
    printed(&json!(backup_set()), "", &mut fields);
    assert!(fields.is_subset(&documented("backup show")), "{fields:?}");
}

fn plans() -> Plans {
    let names = ["a".to_owned()];
    let mut plan = crate::command::simple::plan(
        &crate::command::simple::Verb::Pause,
        "a",
        &names,
        std::time::Duration::ZERO,
    );
    plan.notes.push("a".to_owned());
    Plans { plans: vec![Plan::of("01", &plan)] }
}

fn progress() -> crate::command::Progress {
    crate::command::Progress {
        operation: "01".to_owned(),
        sequence: 1,
        phase: "slot 1".to_owned(),
        slot: Some(1),
        target: "a".to_owned(),
        state: "gate".to_owned(),
        stage: crate::command::Stage::Waits,
        detail: "b".to_owned(),
        elapsed: std::time::Duration::from_millis(1500),
        deadline: Some(std::time::Duration::from_secs(60)),
        left: None,
    }
}

fn verdict() -> Verdict {
    let ts = At(fixture::now());
    Verdict {
        ts,
        op: "01".into(),
        verdict: "done",
        exit: 0,
        why: None,
        evidence: vec!["a".into()],
        next: None,
    }
}

fn unfinished() -> Unfinished {
    let errand: Errand = serde_json::from_value(json!({
        "operation": "01", "kind": { "kind": "scale", "from": 1, "to": 2 }, "stack": "a", "service": "b",
        "user": "c", "host": "d", "pid": 1, "began": "2026-01-31T12:00:00Z",
    }))
    .unwrap();
    Unfinished { holder: errand.begun_by(), errand, life: Life::Elsewhere }
}

#[test]
fn an_operation_tells_what_it_does_and_where() {
    let printed = json!(Operation::of(&unfinished()));
    let facts = ["kind", "what", "process"].map(|field| printed[field].clone());
    assert_eq!(facts, [json!("scale"), json!("scale from 1 to 2"), json!("on another host")]);
}

fn health(snapshot: &Snapshot, fleet: &domain::Fleet) -> Health {
    let replica = fleet.replicas().next().unwrap();
    Health {
        findings: domain::findings(snapshot, fleet, jiff::Timestamp::UNIX_EPOCH)
            .iter()
            .map(Finding::from)
            .collect(),
        replicas: vec![ReplicaHealth::of(replica, &snapshot.containers[0])],
    }
}

#[test]
fn every_field_is_documented_and_every_documented_field_is_printed() {
    for (verb, value) in examples() {
        let mut fields = BTreeSet::new();
        printed(&value, "", &mut fields);
        assert_eq!(documented(verb), fields, "{verb}");
    }
}

#[test]
fn a_killed_container_tells_how_it_ended() {
    let (snapshot, fleet) = fixture::observed();
    let replica = fleet.replicas().find(|replica| replica.key.service.name == "search").unwrap();
    let printed = json!(Replica::of(replica, Some(&snapshot.containers[2])));
    let facts = ["target", "status", "state", "exit_code", "oom_killed"].map(|field| printed[field].clone());
    assert_eq!(facts, [json!("shop/search/1"), json!("down"), json!("exited"), json!(137), json!(true)]);
}

#[test]
fn what_nobody_reported_is_null() {
    let (_, fleet) = fixture::observed();
    let printed = json!(Replica::of(fleet.replicas().next().unwrap(), None));
    assert_eq!((&printed["state"], &printed["limits"]), (&Value::Null, &Value::Null));
}

#[test]
fn an_events_secrets_are_masked() {
    let printed = json!(Event::from(&fixture::event()));
    assert_eq!(printed["attributes"]["api_token"], domain::MASK);
    assert_eq!((&printed["event"], &printed["exit_code"]), (&json!("die"), &json!(137)));
}
