//! Operations that somebody has left half-way.

use super::*;

/// The lock of an update that somebody has begun.
fn lock() -> Container {
    let said = serde_json::json!({
        "operation": "0p", "kind": { "kind": "scale", "from": 2, "to": 3 }, "stack": "shop", "service": "web",
        "user": "ops", "host": "prod-1", "pid": 7, "began": "1970-01-01T01:00:00Z",
    });
    let mut lock = replica("shop", "web", 9);
    lock.membership = crate::domain::Membership::Loose;
    lock.name = "stacktop-lock.shop.web".to_owned();
    lock.labels.insert("stacktop.lock".to_owned(), "shop/web".to_owned());
    lock.labels.insert("stacktop.errand".to_owned(), said.to_string());
    lock
}

fn with_lock() -> Vec<Container> {
    let mut containers = shop();
    containers.push(lock());
    containers
}

#[test]
fn an_operation_on_a_swarm_service_that_was_stopped_half_way_is_a_finding_too() {
    let mut desk = desk();
    let mut snapshot = crate::domain::Snapshot::clone(&desk.model.known.snapshot);
    snapshot.locks = vec![lock().labels];
    desk.tell(Msg::Engine(Observation::Snapshot(Arc::new(snapshot))));
    desk.tell(holders(Life::Gone));
    let finding = &desk.model.known.findings[0];
    assert!(finding.text.ends_with("has not ended: R goes on, ctrl-b goes back"), "{finding:?}");
}

#[test]
fn an_operation_that_was_stopped_half_way_is_a_finding_and_goes_on_by_a_key() {
    let mut desk = Desk::showing(with_lock());
    assert!(!desk.names().iter().any(|name| name.contains("lock")), "{:?}", desk.names());
    desk.tell(holders(Life::Gone));
    let finding = &desk.model.known.findings[0];
    assert!(finding.text.starts_with("a scaling by ops@prod-1, begun"), "{finding:?}");
    assert!(finding.text.ends_with("has not ended: R goes on, ctrl-b goes back"), "{finding:?}");
    assert_eq!(
        desk.keys("R"),
        [Effect::Prepare { job: JobId(1), request: Request::Resume("0p".to_owned()) }]
    );
    let back = Effect::Prepare { job: JobId(2), request: Request::RollBack("0p".to_owned()) };
    assert_eq!(desk.keys("esc ctrl-b"), [back]);
}

fn holders(life: Life) -> Msg {
    Msg::Holders(vec![("0p".to_owned(), life)])
}

#[test]
fn an_operation_is_not_said_to_be_left_before_its_process_is_known_to_be_gone() {
    let mut desk = Desk::showing(with_lock());
    let mut says = |life: Option<Life>| {
        life.into_iter().for_each(|life| drop(desk.tell(holders(life))));
        desk.model.known.findings[0].text.clone()
    };
    assert!(says(None).ends_with("has not ended"));
    assert!(says(Some(Life::Alive)).ends_with("has not ended: its process is at work"));
    assert!(says(Some(Life::Elsewhere)).ends_with("can be seen on prod-1 only"));
}

#[test]
fn a_process_at_work_is_looked_after_as_it_may_die() {
    let mut desk = Desk::showing(with_lock());
    desk.tell(holders(Life::Alive));
    assert_eq!(desk.tell(Msg::Tick), [Effect::AskHolders]);
    desk.tell(holders(Life::Gone));
    assert_eq!(desk.tell(Msg::Tick), []);
}

#[test]
fn a_service_that_was_brought_back_is_told() {
    let mut desk = desk();
    desk.tell(Msg::Healed(vec!["shop/db had no replica".to_owned()]));
    assert_eq!(desk.notice(), "shop/db had no replica");
}

#[test]
fn what_is_left_of_an_operation_is_ended_even_where_no_step_is_left() {
    let mut desk = Desk::showing(with_lock());
    desk.keys("R");
    desk.planned(1, Plan { phases: Vec::new(), ..restart() });
    assert_eq!(desk.keys("y"), [Effect::Run(vec![JobId(1)])]);
}

#[test]
fn the_lock_of_a_job_of_this_dashboard_is_no_finding_until_the_job_stops_half_way() {
    let mut desk = Desk::at_work();
    desk.runs(with_lock());
    assert!(desk.model.known.findings.is_empty(), "{:?}", desk.model.known.findings);
    desk.ends(End::Operation(Verdict::Paused("it was stopped".to_owned())));
    assert_eq!(desk.model.known.findings.len(), 1);
    desk.ends(End::Operation(Verdict::Paused("it was stopped".to_owned())));
    assert_eq!(desk.model.known.findings.len(), 1, "it is told once");
}

#[test]
fn a_key_for_what_was_left_half_way_says_when_there_is_nothing() {
    let mut desk = desk();
    assert_eq!(desk.keys("R"), []);
    assert_eq!(desk.notice(), "nothing of the selection was stopped half-way");
}
