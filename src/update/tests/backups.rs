//! Backup sets: read, selected, verified, and made.

use super::*;
use crate::{
    command::{Act, Call, Downtime, Phase, Plan, Risk, Step, restore::Way},
    domain::{
        Backups, Due, StackBackups,
        testing::{backup_set, broken},
    },
    model::{Access, JobId, JobState, Outcome, Overlay, Reading},
};

/// The time at which the dashboard of these tests is, more or less.
const NOW: i64 = 5000;

fn backups() -> Backups {
    let sets = vec![backup_set(NOW - 100, 400), backup_set(NOW - 2000, 400), backup_set(NOW - 4000, 400)];
    let stack = StackBackups { sets, ..StackBackups::default() };
    Backups { folder: "/srv".to_owned(), stacks: [("shop".into(), stack)].into() }
}

fn desk() -> Desk {
    let mut desk = Desk::showing(shop());
    desk.tell(Msg::Backups(Ok(backups())));
    desk
}

fn notice(desk: &Desk) -> String {
    desk.model.notices.current(desk.model.clock.running).map(|it| it.text.clone()).unwrap_or_default()
}

#[test]
fn sets_are_read_again_after_a_minute() {
    let mut desk = desk();
    let read = (0..70).flat_map(|_| desk.tell(Msg::Tick)).filter(|effect| *effect == Effect::ReadBackups);
    assert_eq!(read.count(), 1);
}

#[test]
fn what_cannot_be_read_is_tried_again_too() {
    let mut desk = Desk::showing(shop());
    desk.tell(Msg::Backups(Err("the disk is gone".to_owned())));
    assert_eq!(desk.model.shelf.reading, Reading::Failed("the disk is gone".to_owned()));
    assert!((0..70).flat_map(|_| desk.tell(Msg::Tick)).any(|effect| effect == Effect::ReadBackups));
}

#[test]
fn a_backup_is_planned_of_a_stack_or_of_one_service() {
    let request = |service: Option<&str>| {
        let service = service.map(str::to_owned);
        [Effect::Prepare { job: JobId(1), request: Request::BackUp { stack: "shop".into(), service } }]
    };
    assert_eq!(desk().keys("g b"), request(None));
    assert_eq!(desk().keys("G b"), request(Some("web")));
}

#[test]
fn what_is_of_no_stack_and_several_rows_at_once_are_not_backed_up() {
    let mut loose = Desk::showing(vec![crate::domain::testing::container("watcher")]);
    assert_eq!(loose.keys("G b"), []);
    assert!(notice(&loose).contains("only stacks are backed up"), "{}", notice(&loose));
    let mut desk = desk();
    assert_eq!(desk.keys("M b"), []);
    assert!(notice(&desk).starts_with("2 services are marked"), "{}", notice(&desk));
}

#[test]
fn a_dashboard_that_only_looks_verifies_and_does_not_back_up() {
    let mut desk = desk();
    desk.model.access = Access::ReadOnly;
    assert_eq!(desk.keys("g b T D"), []);
    assert!(matches!(desk.keys("V").as_slice(), [Effect::Verify { .. }]));
}

#[test]
fn the_selected_set_is_verified_and_keeps_what_came_of_it() {
    let mut desk = desk();
    let second = backups().stacks[&"shop".into()].sets[1].id.clone();
    let effects = desk.keys("g B j V");
    assert_eq!(effects, [Effect::Verify { job: JobId(1), stack: "shop".into(), set: second.clone() }]);
    desk.tell(Msg::Ended {
        job: JobId(1),
        end: End::Verified { set: second.clone(), sound: Err("it is damaged".to_owned()) },
    });
    assert_eq!(desk.model.shelf.verified[&second], Err("it is damaged".to_owned()));
    let outcome = Outcome::Failed("it is damaged".to_owned());
    assert!(matches!(&desk.model.jobs.all[0].state, JobState::Ended { outcome: it, .. } if *it == outcome));
}

#[test]
fn a_restore_is_of_the_newest_good_set_and_goes_where_the_answer_says() {
    let newest = backups().stacks[&"shop".into()].sets[0].id.clone();
    for (keys, service, way) in
        [("g T enter", None, Way::Fresh), ("G T ctrl-u i n - p l a c e enter", Some("web"), Way::InPlace)]
    {
        let service = service.map(str::to_owned);
        let request = Request::Restore { stack: "shop".into(), service, set: newest.clone(), way };
        assert_eq!(desk().keys(keys), [Effect::Prepare { job: JobId(1), request }]);
    }
}

#[test]
fn a_place_that_is_none_is_not_restored_to() {
    let mut desk = desk();
    assert_eq!(desk.keys("g T ctrl-u h e r e enter"), []);
    let Some(Overlay::Ask(ask)) = &desk.model.focus.overlay else { panic!() };
    assert_eq!(ask.answer.error.as_deref(), Some("fresh or in-place is wanted"));
}

#[test]
fn a_drill_is_of_the_selected_set() {
    let set = backups().stacks[&"shop".into()].sets[1].id.clone();
    let request = Request::Drill { stack: "shop".into(), set };
    assert_eq!(desk().keys("g B j D"), [Effect::Prepare { job: JobId(1), request }]);
}

#[test]
fn a_set_that_is_not_whole_is_not_restored() {
    let mut desk = desk();
    let mut damaged = backups();
    damaged.stacks.get_mut(&"shop".into()).unwrap().sets[0] =
        broken(backup_set(NOW - 100, 400), "it was not finished");
    desk.tell(Msg::Backups(Ok(damaged)));
    assert_eq!(desk.keys("g B j k T"), []);
    assert!(notice(&desk).contains("it was not finished"), "{}", notice(&desk));
}

#[test]
fn the_selection_of_a_set_stays_with_it_when_a_newer_one_is_made() {
    let mut desk = desk();
    desk.keys("g B j");
    let mut more = backups();
    let sets = &mut more.stacks.get_mut(&"shop".into()).unwrap().sets;
    sets.insert(0, backup_set(NOW, 400));
    desk.tell(Msg::Backups(Ok(more)));
    let (_, backups) = desk.model.backups().unwrap();
    assert_eq!(desk.model.set_place(&backups), 2);
}

#[test]
fn a_finding_of_a_backup_leads_to_its_tab() {
    let mut desk = desk();
    let mut late = backups();
    let stack = late.stacks.get_mut(&"shop".into()).unwrap();
    let last = stack.last_good().map(|set| set.began);
    stack.dues = vec![Due { scope: "all".to_owned(), last, most: Some(Duration::from_secs(60)) }];
    desk.tell(Msg::Backups(Ok(late)));
    assert_eq!(desk.model.known.findings[0].word(), "overdue");
    desk.model.focus.pane = Pane::Findings;
    desk.keys("enter");
    assert_eq!((desk.model.focus.pane, desk.model.detail.tab), (Pane::Detail, Tab::Backups));
    assert_eq!(desk.selected(), "shop");
}

#[test]
fn a_set_that_a_job_here_is_writing_is_no_failure() {
    let mut desk = desk();
    let mut more = backups();
    let sets = &mut more.stacks.get_mut(&"shop".into()).unwrap().sets;
    sets.insert(
        0,
        crate::domain::BackupSet { soundness: crate::domain::Soundness::Unfinished, ..backup_set(NOW, 0) },
    );
    desk.keys("g V");
    desk.tell(Msg::Backups(Ok(more.clone())));
    assert_eq!(desk.model.known.findings.len(), 1, "who verifies does not write");
    desk.keys("b");
    let step = Step {
        slot: None,
        state: "storing",
        cause: String::new(),
        act: Act::Call(Call::Pull { reference: String::new() }),
    };
    let plan = Plan {
        title: "back up shop".to_owned(),
        risk: Risk::Some,
        facts: Vec::new(),
        notes: Vec::new(),
        phases: vec![Phase::single("volume shop_data", vec![step])],
        takes: Duration::from_secs(9),
        down_for: Downtime::None,
        undo: String::new(),
    };
    desk.tell(Msg::Planned { job: JobId(2), answer: Ok(Planned::one(plan, Some("0p".to_owned()))) });
    desk.keys("y");
    desk.tell(Msg::Backups(Ok(more)));
    assert_eq!(desk.model.known.findings, []);
    let mut damaged = backups();
    let sets = &mut damaged.stacks.get_mut(&"shop".into()).unwrap().sets;
    sets.insert(0, broken(backup_set(NOW, 0), "it cannot be understood"));
    desk.tell(Msg::Backups(Ok(damaged)));
    assert_eq!(desk.model.known.findings.len(), 1);
}
