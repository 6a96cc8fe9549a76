//! What is written down of operations, and how it is read again.

use std::{fs::OpenOptions, io::Write as _, path::Path};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use stacktop::journal::{
    GateState, Header, Holder, Journal, OpId, Outcome, Record, StepResult, engine_folder,
};

use super::program::{Ended, command, ended};

const EPOCH: &str = "2026-05-04T12:00:00Z";

fn at(second: i64) -> Timestamp {
    EPOCH.parse::<Timestamp>().unwrap() + SignedDuration::from_secs(second)
}

/// Journals of two engines in a folder of the test's own.
struct Shelf {
    state: tempfile::TempDir,
}

impl Shelf {
    /// An update by ada that was rolled back, a scaling by bob, and one on another engine that was killed.
    fn filled() -> Self {
        let shelf = Self { state: tempfile::tempdir().unwrap() };
        let verdict = |outcome, text: &str| Record::Verdict { outcome, text: text.to_owned() };
        let gate = Record::Gate {
            target: "shop-web-1".to_owned(),
            state: GateState::Failed,
            text: "not ready".to_owned(),
        };
        shelf.write((0, "ada", "rollout", "E1"), vec![gate, verdict(Outcome::RolledBack, "not ready")]);
        shelf.write((100, "bob", "scale", "E1"), vec![verdict(Outcome::Succeeded, "")]);
        shelf.write((200, "ada", "rollout", "E2"), Vec::new());
        shelf
    }

    fn folder(&self) -> std::path::PathBuf {
        self.state.path().join("stacktop/ops")
    }

    fn op(second: i64) -> OpId {
        OpId::new(u64::try_from(at(second).as_millisecond()).unwrap(), [7; 10])
    }

    fn write(&self, (second, user, kind, engine): (i64, &str, &str, &str), records: Vec<Record>) {
        let holder = Holder { pid: 1, started: 1, ..Holder::of_this_process(user) };
        let header = Header {
            op: Self::op(second),
            command: vec![format!("{kind} of shop/web")],
            target: "shop/web".to_owned(),
            holder,
            endpoint: format!("unix:///{engine}.sock"),
            engine: engine.to_owned(),
            plan: vec!["start shop-web-1".to_owned()],
            details: json!({ "kind": { "kind": kind } }),
        };
        let mut journal = Journal::create(&self.folder(), at(second), header).unwrap();
        let intent = Record::Intent {
            seq: 1,
            step: "it serves".to_owned(),
            call: "start shop-web-1".to_owned(),
            target: "shop-web-1".to_owned(),
            undo: Value::Null,
        };
        let done = Record::Done { seq: 1, result: StepResult::Made { object: None } };
        for record in [intent, done].into_iter().chain(records) {
            journal.append(at(second + 8), record).unwrap();
        }
    }

    fn run(&self, line: &str) -> Ended {
        let mut command = command(line);
        command.env("XDG_STATE_HOME", self.state.path()).env("DOCKER_HOST", "unix:///E1.sock");
        ended(command.output().unwrap())
    }

    /// The ids of the operations that are listed.
    fn ops(&self, options: &str) -> Vec<String> {
        let listed = self.run(&format!("journal --json {options}"));
        let records: Value = serde_json::from_str(&listed.out).unwrap_or_else(|_| panic!("{listed:?}"));
        let records = records.as_array().unwrap().iter();
        records.map(|record| record["op"].as_str().unwrap().to_owned()).collect()
    }
}

#[test]
fn what_was_done_is_told_without_an_engine() {
    let shelf = Shelf::filled();
    let table = shelf.run("journal --all-engines");
    assert_eq!((table.code, table.err.as_str()), (0, ""), "{table:?}");
    let rows: Vec<&str> = table.out.lines().collect();
    assert_eq!(rows.len(), 4, "{table:?}");
    for part in ["2026-05-04 12:00:00Z", "ada@", "rollout of shop/web", "rolled-back", "8.0s"] {
        assert!(rows[1].contains(part), "{part}: {}", rows[1]);
    }
    assert!(rows[3].contains("killed"), "{}", rows[3]);
}

#[test]
fn operations_are_found_by_who_when_what_and_how() {
    let shelf = Shelf::filled();
    let (first, second, other) = (Shelf::op(0), Shelf::op(100), Shelf::op(200));
    for (options, expected) in [
        ("", vec![&first, &second]),
        ("--all-engines", vec![&first, &second, &other]),
        ("--host unix:///E2.sock", vec![&other]),
        ("--user bob", vec![&second]),
        ("--verb rollout --all-engines", vec![&first, &other]),
        ("--outcome rolled-back", vec![&first]),
        ("--since 2026-05-04T12:01:00Z", vec![&second]),
        ("--until 2026-05-04T12:01:00Z", vec![&first]),
        ("--last 1", vec![&second]),
        ("shop", vec![&first, &second]),
        ("shop/db", vec![]),
    ] {
        let expected: Vec<&str> = expected.into_iter().map(OpId::as_str).collect();
        assert_eq!(shelf.ops(options), expected, "{options}");
    }
    let refused = shelf.run("journal --outcome bad");
    assert!(refused.code == 2 && refused.err.contains("rolled-back"), "{refused:?}");
}

#[test]
fn one_operation_is_shown_with_its_calls_and_gates() {
    let shelf = Shelf::filled();
    let (op, line) = (Shelf::op(0), format!("journal show {}", Shelf::op(0)));
    let shown = shelf.run(&line);
    for part in
        ["  1 intent start shop-web-1: it serves", "  1 result made", "gate   shop-web-1 failed: not ready"]
    {
        assert!(shown.out.contains(part), "{part}: {shown:?}");
    }
    let shown: Value = serde_json::from_str(&shelf.run(&format!("{line} --json")).out).unwrap();
    assert_eq!((&shown["op"], &shown["verdict"]), (&op.as_str().into(), &"rolled-back".into()));
    let kinds: Vec<&str> =
        shown["records"].as_array().unwrap().iter().filter_map(|one| one["kind"].as_str()).collect();
    assert_eq!(kinds, ["header", "intent", "done", "gate", "verdict"]);
    assert_eq!(shelf.run("journal show 01zz").code, 2);
}

#[test]
fn a_damaged_line_is_told_and_left_out() {
    let shelf = Shelf::filled();
    let file = engine_folder(&shelf.folder(), "E1").join(format!("{}.jsonl", Shelf::op(100)));
    append(&file, "no record at all\n{\"at\":\"2026-05");
    let listed = shelf.run("journal");
    assert_eq!((listed.code, listed.out.lines().count()), (0, 3), "{listed:?}");
    assert!(listed.out.contains("succeeded"), "{listed:?}");
    for part in ["line 5 of operation", "line 6 of operation", "its end is missing"] {
        assert!(listed.err.contains(part), "{part}: {listed:?}");
    }
}

fn append(file: &Path, text: &str) {
    OpenOptions::new().append(true).open(file).unwrap().write_all(text.as_bytes()).unwrap();
}

#[test]
fn what_is_done_to_a_simulated_engine_is_not_written_down() {
    let state = tempfile::tempdir().unwrap();
    let line = "--demo scale xorb/api-prod=4 --yes";
    let done = ended(command(line).env("XDG_STATE_HOME", state.path()).output().unwrap());
    assert_eq!(done.code, 0, "{done:?}");
    assert_eq!(std::fs::read_dir(state.path()).unwrap().count(), 0, "{done:?}");
}
