//! What was done to the engine.

use super::{fixture, *};
use crate::model::{Deed, Operation, Pane, Reading, Tab, Verdict, Went};

fn check(name: &str, model: &Model, sizes: &[(u16, u16)]) {
    for size in sizes {
        let text = text(model, &Theme::default(), *size);
        insta::assert_snapshot!(format!("{name}-{}x{}", size.0, size.1), text);
    }
}

fn operation(target: &str, what: &str, verdict: Verdict, why: &str) -> Operation {
    let call =
        |what: &str, result: &str, went| Deed { what: what.to_owned(), result: result.to_owned(), went };
    Operation {
        began: fixture::ago(754),
        who: "ada@ops-laptop".to_owned(),
        what: what.to_owned(),
        target: target.to_owned(),
        verdict,
        why: why.to_owned(),
        calls: vec![
            call("create a29e48fb50ab_xorb-api-prod-1", "done", Went::Well),
            call("wait for a29e48fb50ab_xorb-api-prod-1", "exit 1 \"no route to payments\"", Went::Badly),
            call("remove a29e48fb50ab_xorb-api-prod-1", "nobody knows whether it was done", Went::Unknown),
        ],
    }
}

/// The journal, seen from this row.
fn on(name: &str) -> Model {
    let mut model = fixture::model();
    fixture::select(&mut model, name);
    (model.focus.pane, model.detail.tab) = (Pane::Detail, Tab::Journal);
    model.journal.reading = Reading::Done;
    model.journal.operations = vec![
        operation(
            "xorb/api-prod",
            "rolling update of xorb/api-prod",
            Verdict::RolledBack,
            "a29e48fb50ab_xorb-api-prod-1 was not ready within 60 s",
        ),
        operation("xorb/api-prod", "restart 3 containers of xorb/api-prod", Verdict::Done, ""),
        operation("codecave", "stop 4 containers of codecave", Verdict::Halted, "it was stopped"),
    ];
    model
}

#[test]
fn operations_on_the_selection_have_a_line_each() {
    check("journal", &on("xorb/api-prod"), &[SMALL, MEDIUM, LARGE]);
}

#[test]
fn the_zoomed_journal_shows_each_call_with_its_result() {
    let mut model = on("xorb/api-prod");
    model.focus.zoomed = true;
    check("journal-zoomed", &model, &[SMALL, MEDIUM]);
}

#[test]
fn where_nothing_was_done_to_the_selection_the_rest_is_shown() {
    check("journal-other", &on("medianest/app"), &[SMALL]);
}

#[test]
fn a_journal_that_cannot_be_read_says_why() {
    let mut model = on("xorb/api-prod");
    model.journal.operations.clear();
    let why = "nothing is written down: the simulated engine ends with this program";
    model.journal.reading = Reading::Failed(why.to_owned());
    check("journal-none", &model, &[SMALL]);
}
