//! When the journal is read.

use super::*;
use crate::model::{JobId, Operation, Reading, Verdict};

fn operation(target: &str) -> Operation {
    Operation {
        began: at(4000),
        who: "ada@laptop".to_owned(),
        what: format!("stop {target}"),
        target: target.to_owned(),
        verdict: Verdict::Done,
        why: String::new(),
        calls: Vec::new(),
    }
}

#[test]
fn the_journal_is_read_when_somebody_looks_at_it_and_only_once() {
    let mut desk = Desk::showing(shop());
    assert_eq!(desk.keys("G J"), [Effect::ReadJournal]);
    desk.tell(Msg::Journal(Ok(vec![operation("shop/web")])));
    assert_eq!(desk.model.detail.tab, Tab::Journal);
    assert_eq!(desk.tell(Msg::Tick), []);
    assert_eq!(desk.model.journal.operations.len(), 1);
}

#[test]
fn it_is_read_again_when_a_job_has_ended_and_what_was_read_stays_meanwhile() {
    let mut desk = Desk::showing(shop());
    desk.keys("G J");
    desk.tell(Msg::Journal(Ok(vec![operation("shop/web")])));
    let end = End::Refused("no".to_owned());
    assert_eq!(desk.tell(Msg::Ended { job: JobId(1), end }), [Effect::ReadBackups, Effect::ReadJournal]);
    assert_eq!((desk.model.journal.operations.len(), &desk.model.journal.reading), (1, &Reading::Asked));
}

#[test]
fn a_stacks_operations_are_those_of_its_services_and_of_no_other_stack() {
    for (target, expected) in [("shop/web", true), ("shop", true), ("shopping/web", false), ("", false)] {
        assert_eq!(operation(target).concerns("shop"), expected, "{target}");
    }
}
