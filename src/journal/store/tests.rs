use std::os::unix::fs::PermissionsExt as _;

use super::*;
use crate::journal::{
    Outcome,
    entry::tests::{at, header},
};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn note(text: &str) -> Record {
    Record::Note { text: text.to_owned() }
}

fn verdict(outcome: Outcome) -> Record {
    Record::Verdict { outcome, text: String::new() }
}

/// A header of the given operation in the hands of a process.
fn held(number: u8, holder: Holder) -> Header {
    Header { op: OpId::new(u64::from(number), [number; 10]), holder, ..header("shop/web") }
}

fn me() -> Holder {
    Holder::of_this_process("ana")
}

#[test]
fn a_journal_is_private_to_its_user() {
    let state = tempfile::tempdir().unwrap();
    let ops = state.path().join("stacktop/ops");
    let journal = Journal::create(&ops, at(0), header("shop/web")).unwrap();
    assert_eq!(mode(journal.path()), 0o600);
    assert_eq!(mode(journal.path().parent().unwrap()), 0o700);
    assert_eq!(mode(&ops), 0o700);
}

#[test]
fn what_was_appended_is_read_back() {
    let state = tempfile::tempdir().unwrap();
    let mut journal = Journal::create(state.path(), at(0), header("shop/web")).unwrap();
    journal.append(at(1), note("first")).unwrap();
    journal.append(at(2), verdict(Outcome::Succeeded)).unwrap();
    let entry = read(state.path(), "ABCD:EFGH", journal.op()).unwrap().unwrap();
    assert_eq!(entry.header(), Some(&header("shop/web")));
    assert_eq!((entry.lines.len(), entry.damage.len()), (3, 0));
    assert_eq!(read(state.path(), "ABCD:EFGH", &OpId::new(1, [0; 10])), Ok(None));
}

#[test]
fn an_operation_has_one_writer() {
    let state = tempfile::tempdir().unwrap();
    let journal = Journal::create(state.path(), at(0), header("shop/web")).unwrap();
    let op = journal.op().clone();
    let resume = || Journal::resume(state.path(), "ABCD:EFGH", &op, at(1), me());
    assert!(matches!(resume(), Err(JournalError::Held { .. })));
    let again = Journal::create(state.path(), at(0), header("shop/web")).unwrap_err();
    assert!(again.to_string().contains("exists"), "{again}");
    drop(journal);
    resume().unwrap();
}

#[test]
fn nothing_is_glued_to_a_torn_line() {
    let state = tempfile::tempdir().unwrap();
    let journal = Journal::create(state.path(), at(0), header("shop/web")).unwrap();
    let (path, op) = (journal.path().to_owned(), journal.op().clone());
    drop(journal);
    OpenOptions::new().append(true).open(&path).unwrap().write_all(b"{\"at\":\"2026-05").unwrap();
    let torn = read(state.path(), "ABCD:EFGH", &op).unwrap().unwrap();
    assert_eq!(torn.damage[0].kind, DamageKind::Torn);

    Journal::resume(state.path(), "ABCD:EFGH", &op, at(1), me()).unwrap();
    let resumed = read(state.path(), "ABCD:EFGH", &op).unwrap().unwrap();
    assert_eq!((resumed.lines.len(), resumed.damage.len(), resumed.damage[0].line), (2, 1, 2));
    assert_eq!(resumed.holder(), Some(&me()));
}

#[test]
fn operations_are_listed_oldest_first_and_other_files_left_alone() {
    let state = tempfile::tempdir().unwrap();
    for number in [3, 1, 2] {
        Journal::create(state.path(), at(0), held(number, me())).unwrap();
    }
    let folder = engine_folder(state.path(), "ABCD:EFGH");
    fs::write(folder.join("notes.jsonl"), "{}").unwrap();
    fs::write(folder.join("readme.txt"), "").unwrap();
    let ops: Vec<u64> = read_all(&folder).unwrap().iter().map(|entry| entry.op.milliseconds()).collect();
    assert_eq!(ops, [1, 2, 3]);
    assert_eq!(read_all(&folder.join("none")), Ok(Vec::new()));
}

#[test]
fn a_file_that_cannot_be_read_is_told_and_hides_no_other() {
    let state = tempfile::tempdir().unwrap();
    Journal::create(state.path(), at(0), held(1, me())).unwrap();
    let folder = engine_folder(state.path(), "ABCD:EFGH");
    fs::create_dir(folder.join(format!("{}.jsonl", OpId::new(2, [0; 10])))).unwrap();
    let entries = read_all(&folder).unwrap();
    assert_eq!(entries.len(), 2);
    assert!(matches!(&entries[1].damage[0], crate::journal::Damage { line: 0, .. }));
}

#[test]
fn operations_without_a_final_verdict_are_unfinished() {
    let state = tempfile::tempdir().unwrap();
    let gone = Holder { started: me().started + 1, ..me() };
    let elsewhere = Holder { host: "another".to_owned(), ..me() };
    let cases = [
        (1, me(), None, Some(Life::Alive)),
        (2, gone.clone(), None, Some(Life::Gone)),
        (3, elsewhere, None, Some(Life::Elsewhere)),
        (4, gone.clone(), Some(Outcome::Paused), Some(Life::Gone)),
        (5, gone.clone(), Some(Outcome::Succeeded), None),
        (6, gone, Some(Outcome::Failed), None),
    ];
    for (number, holder, outcome, _) in &cases {
        let mut journal = Journal::create(state.path(), at(0), held(*number, holder.clone())).unwrap();
        if let Some(outcome) = outcome {
            journal.append(at(1), verdict(outcome.clone())).unwrap();
        }
    }
    // A power loss before the header was written: nothing was begun.
    fs::write(engine_folder(state.path(), "ABCD:EFGH").join(format!("{}.jsonl", OpId::new(9, [0; 10]))), "{")
        .unwrap();
    let found: Vec<(u64, Life)> = unfinished(state.path(), "ABCD:EFGH", &me())
        .unwrap()
        .iter()
        .map(|unfinished| (unfinished.entry.op.milliseconds(), unfinished.life))
        .collect();
    let wanted: Vec<(u64, Life)> =
        cases.iter().filter_map(|(number, _, _, life)| Some((u64::from(*number), (*life)?))).collect();
    assert_eq!(found, wanted);
}

#[test]
fn a_folder_that_cannot_be_made_is_told_with_the_way_out() {
    let state = tempfile::NamedTempFile::new().unwrap();
    let error = Journal::create(state.path(), at(0), header("shop/web")).unwrap_err().to_string();
    assert!(
        error.starts_with("cannot create the folder ") && error.contains("; check the folder's"),
        "{error}"
    );
}
