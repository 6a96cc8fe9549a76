use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::journal::{GateState, Query};

pub(in crate::journal) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_777_896_000 + second).unwrap()
}

pub(in crate::journal) fn header(target: &str) -> Header {
    Header {
        op: OpId::new(1_777_896_000_000, [1; 10]),
        command: vec!["rollout".to_owned(), target.to_owned()],
        target: target.to_owned(),
        holder: Holder { user: "ana".to_owned(), host: "box".to_owned(), pid: 7, ..Holder::default() },
        endpoint: "unix:///var/run/docker.sock".to_owned(),
        engine: "ABCD:EFGH".to_owned(),
        plan: vec!["start shop-web-2".to_owned()],
        details: Value::Null,
    }
}

fn intent(seq: u64) -> Record {
    let (step, call, target) = ("start the replica".to_owned(), "start".to_owned(), "shop-web-1".to_owned());
    Record::Intent { seq, step, call, target, undo: Value::Null }
}

fn verdict(outcome: Outcome) -> Record {
    Record::Verdict { outcome, text: "because".to_owned() }
}

fn text(records: &[Record]) -> String {
    let lines = records.iter().zip(0..);
    lines.map(|(record, second)| Line { at: at(second), record: record.clone() }.to_text().unwrap()).collect()
}

fn entry(records: &[Record]) -> Entry {
    Entry::parse(header("x").op, text(records).as_bytes())
}

fn operation() -> Vec<Record> {
    let done = |seq, result| Record::Done { seq, result };
    vec![
        Record::Header(Box::new(header("shop/web"))),
        intent(1),
        done(1, StepResult::Made { object: Some("abc".to_owned()) }),
        Record::Gate {
            target: "shop-web-1".to_owned(),
            state: GateState::Passed,
            text: "healthy".to_owned(),
        },
        intent(2),
        done(2, StepResult::InDoubt { error: "no answer within 10 s".to_owned() }),
        intent(3),
    ]
}

#[test]
fn a_record_is_one_line_that_people_can_read() {
    let line = text(&[intent(4)]);
    assert_eq!(
        line,
        "{\"at\":\"2026-05-04T12:00:00Z\",\"call\":\"start\",\"kind\":\"intent\",\"seq\":4,\
         \"step\":\"start the replica\",\"target\":\"shop-web-1\"}\n"
    );
}

#[test]
fn steps_without_a_known_result_are_in_doubt() {
    let entry = entry(&operation());
    let seqs: Vec<u64> = entry
        .in_doubt()
        .filter_map(|record| if let Record::Intent { seq, .. } = record { Some(*seq) } else { None })
        .collect();
    assert_eq!(seqs, [2, 3]);
    assert_eq!(entry.next_seq(), 4);
    assert_eq!(entry.stage(), Stage::Open);
}

#[test]
fn a_verdict_counts_until_the_operation_is_resumed() {
    let mut records = operation();
    records.push(verdict(Outcome::Paused));
    assert_eq!(entry(&records).stage(), Stage::Ended(Outcome::Paused));
    let holder = Holder { pid: 8, ..Holder::default() };
    records.push(Record::Resumed { holder: holder.clone() });
    assert_eq!((entry(&records).stage(), entry(&records).holder().cloned()), (Stage::Open, Some(holder)));
    records.push(verdict(Outcome::Succeeded));
    assert_eq!(entry(&records).stage(), Stage::Ended(Outcome::Succeeded));
}

#[test]
fn records_and_outcomes_of_a_later_version_are_kept() {
    let strange = json!({ "at": "2026-05-04T12:00:00Z", "kind": "omen", "bird": "raven" });
    let outcome =
        json!({ "at": "2026-05-04T12:00:01Z", "kind": "verdict", "outcome": "abandoned", "text": "" });
    let entry = Entry::parse(header("x").op, format!("{strange}\n{outcome}\n").as_bytes());
    assert_eq!(entry.lines[0].record, Record::Unknown(strange.clone()));
    assert_eq!(entry.lines[0].to_text().unwrap(), format!("{strange}\n"));
    assert_eq!(entry.stage(), Stage::Ended(Outcome::Unknown("abandoned".to_owned())));
    assert_eq!(entry.damage, []);
}

#[test]
fn a_line_in_the_midst_that_is_no_record_is_told_and_costs_nothing_else() {
    let whole = text(&operation());
    let text = whole.replacen('\n', "\nnot a record\n", 1);
    let entry = Entry::parse(header("x").op, text.as_bytes());
    assert_eq!(entry.lines.len(), operation().len());
    assert!(matches!(&entry.damage[..], [Damage { line: 2, kind: DamageKind::Unreadable(_) }]));
}

#[test]
fn a_file_that_ends_anywhere_is_read_up_to_there() {
    let whole = text(&operation());
    for length in 0..whole.len() {
        let (begin, _) = whole.split_at(length);
        let entry = Entry::parse(header("x").op, begin.as_bytes());
        let complete = begin.matches('\n').count();
        let rest = begin.rsplit('\n').next().unwrap_or_default();
        // A line of which nothing but the newline is missing is whole.
        let is_whole = rest.ends_with('}') && serde_json::from_str::<Value>(rest).is_ok();
        assert_eq!(entry.lines.len(), complete + usize::from(is_whole), "{length}");
        let torn = Damage { line: complete + 1, kind: DamageKind::Torn };
        let expected = if rest.is_empty() || is_whole { vec![] } else { vec![torn] };
        assert_eq!(entry.damage, expected, "{length}");
    }
}

#[test]
fn no_secret_enters_a_journal() {
    let details =
        json!({ "Config": { "Env": ["DB_PASSWORD=hunter2"] }, "url": "postgres://app:hunter2@db/app" });
    let command = ["exec", "db", "--password", "hunter2"].map(str::to_owned).to_vec();
    let header = Header { details: details.clone(), command, ..header("shop/db") };
    let undo = Record::Intent {
        seq: 1,
        step: "set TOKEN=hunter2".to_owned(),
        call: "create".to_owned(),
        target: "db".to_owned(),
        undo: details.clone(),
    };
    let note = Record::Note { text: "used postgres://app:hunter2@db/app".to_owned() };
    let text = text(&[Record::Header(Box::new(header)), undo, note, Record::Unknown(details)]);
    assert!(!text.contains("hunter2"), "{text}");
}

#[test]
fn operations_are_found_by_target_time_and_outcome() {
    let mut records = operation();
    records.push(verdict(Outcome::RolledBack));
    let entry = entry(&records);
    let finds = |query: Query| query.matches(&entry);
    assert!(finds(Query::default()));
    for (target, found) in
        [("shop", true), ("shop/web", true), ("shop/we", false), ("sho", false), ("blog", false)]
    {
        assert_eq!(finds(Query { target: Some(target.to_owned()), ..Query::default() }), found, "{target}");
    }
    assert!(finds(Query { since: Some(at(0)), until: Some(at(1)), ..Query::default() }));
    assert!(!finds(Query { since: Some(at(1)), ..Query::default() }));
    assert!(!finds(Query { until: Some(at(0)), ..Query::default() }));
    assert!(finds(Query { outcome: Some(Outcome::RolledBack), ..Query::default() }));
    assert!(!finds(Query { outcome: Some(Outcome::Succeeded), ..Query::default() }));
}

/// Text in which nothing looks like a secret.
const PLAIN: &str = "[a-z0-9 /.\\\\\"\n\t\u{e9}\u{4e2d}]{0,30}";

fn results() -> impl Strategy<Value = StepResult> {
    prop_oneof![
        proptest::option::of(PLAIN).prop_map(|object| StepResult::Made { object }),
        Just(StepResult::AlreadySo),
        PLAIN.prop_map(|error| StepResult::Refused { error }),
        PLAIN.prop_map(|error| StepResult::InDoubt { error }),
    ]
}

fn outcomes() -> impl Strategy<Value = Outcome> {
    use Outcome::{Failed, Interrupted, Paused, Refused, RolledBack, Succeeded};
    let known = proptest::sample::select(vec![Succeeded, RolledBack, Refused, Paused, Interrupted, Failed]);
    prop_oneof![known, "x[a-z]{1,9}".prop_map(Outcome::Unknown)]
}

fn records() -> impl Strategy<Value = Record> {
    let undo = || prop_oneof![Just(Value::Null), PLAIN.prop_map(|text| json!({ "Name": text, "n": 1 }))];
    let states = proptest::sample::select(vec![GateState::Waiting, GateState::Passed, GateState::Failed]);
    prop_oneof![
        (PLAIN, undo()).prop_map(|(target, details)| {
            Record::Header(Box::new(Header { details, ..header(&target) }))
        }),
        (PLAIN, any::<u32>(), any::<u64>()).prop_map(|(user, pid, started)| {
            Record::Resumed { holder: Holder { user, pid, started, ..Holder::default() } }
        }),
        (any::<u64>(), PLAIN, PLAIN, PLAIN, undo())
            .prop_map(|(seq, step, call, target, undo)| { Record::Intent { seq, step, call, target, undo } }),
        (any::<u64>(), results()).prop_map(|(seq, result)| Record::Done { seq, result }),
        (PLAIN, states, PLAIN).prop_map(|(target, state, text)| Record::Gate { target, state, text }),
        PLAIN.prop_map(|text| Record::Note { text }),
        (outcomes(), PLAIN).prop_map(|(outcome, text)| Record::Verdict { outcome, text }),
    ]
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(records in proptest::collection::vec(records(), 0..8)) {
        let entry = entry(&records);
        prop_assert_eq!(entry.damage.len(), 0);
        let read: Vec<Record> = entry.lines.into_iter().map(|line| line.record).collect();
        prop_assert_eq!(read, records);
    }

    #[test]
    fn no_bytes_break_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let entry = Entry::parse(header("x").op, &bytes);
        let lines = bytes.split(|byte| *byte == b'\n').count();
        prop_assert!(entry.lines.len() + entry.damage.len() <= lines);
    }
}
