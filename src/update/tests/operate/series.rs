//! Several jobs by one yes, one after the other.

use super::*;
use crate::{domain::ServiceKey, update::Images};

fn key(name: &str) -> ServiceKey {
    ServiceKey { stack: Some("shop".into()), name: name.to_owned() }
}

/// Two services of `shop` are updated, one after the other.
fn updating() -> Desk {
    let mut desk = Desk::showing(shop());
    desk.keys("g u enter");
    let turn = |name| Turn { service: Some(key(name)), plan: restart(), operation: Some("0p".to_owned()) };
    let planned = Planned { plan: restart(), turns: vec![turn("db"), turn("web")] };
    desk.tell(Msg::Planned { job: JobId(1), answer: Ok(planned) });
    assert_eq!(desk.keys("y"), [Effect::Run(vec![JobId(1), JobId(2)])]);
    desk
}

fn states(desk: &Desk) -> Vec<JobState> {
    desk.model.jobs.all.iter().map(|job| job.state.clone()).collect()
}

#[test]
fn a_project_is_asked_about_with_the_order_of_its_services() {
    let mut desk = Desk::showing(shop());
    desk.keys("g u");
    let Some(Overlay::Ask(ask)) = &desk.model.focus.overlay else { panic!() };
    assert!(ask.now.ends_with("in this order: db, web"), "{}", ask.now);
    assert_eq!(ask.extent, Extent::Project("shop".into()));
}

#[test]
fn whether_images_are_fetched_first_is_a_yes_or_a_no() {
    for (keys, images) in [("enter", Images::AsTheyAre), ("ctrl-u y enter", Images::Fetched)] {
        let mut desk = Desk::showing(shop());
        let effects = desk.keys(&format!("g u {keys}"));
        let request = Request::UpdateAll { stack: "shop".into(), images };
        assert_eq!(effects, [Effect::Prepare { job: JobId(1), request }]);
    }
    let mut desk = Desk::showing(shop());
    assert_eq!(desk.keys("g u t enter"), []);
    let Some(Overlay::Ask(ask)) = &desk.model.focus.overlay else { panic!() };
    assert_eq!(ask.answer.error.as_deref(), Some("yes or no is wanted"));
}

#[test]
fn the_second_waits_until_it_is_heard_of() {
    let mut desk = updating();
    assert_eq!(states(&desk), [JobState::Runs, JobState::Waits]);
    desk.ends(End::Walk(Ending::Done));
    desk.hears_of(2, "shop-web-1", "acting", Stage::Begins);
    assert_eq!(desk.model.jobs.all[1].state, JobState::Runs);
}

#[test]
fn what_comes_behind_a_failure_is_not_begun_and_that_is_said() {
    let mut desk = updating();
    desk.ends(End::Walk(Ending::Failed(failure())));
    assert_eq!(desk.model.jobs.all.len(), 1);
    let notice = desk.notice();
    assert!(notice.ends_with("; not begun: restart 2 containers of shop/web"), "{notice}");
}

#[test]
fn one_that_waits_is_stopped_by_stopping_the_one_before() {
    let mut desk = updating();
    desk.model.focus.pane = Pane::Jobs;
    assert_eq!(desk.keys("G x"), [Effect::Stop(JobId(1))]);
    let left = farewell(&desk.model);
    assert!(left[1].ends_with("was not begun"), "{left:?}");
}
