//! Marked rows, and what is done to all of them.

use super::*;
use crate::{
    command::simple::{Running, Verb},
    domain::testing::swarm_service,
    model::{Extent, JobId, Overlay},
};

/// `web` needs `db`.
fn dependent() -> Vec<Container> {
    let mut shop = shop();
    for web in shop.iter_mut().filter(|container| container.name.starts_with("shop-web")) {
        let said = "db:service_started:false".to_owned();
        web.labels.insert("com.docker.compose.depends_on".to_owned(), said);
    }
    shop.push(replica("blog", "api", 1));
    shop
}

/// `shop/db` and `shop/web` are marked.
fn marked() -> Desk {
    let mut desk = Desk::showing(dependent());
    desk.keys("g");
    while desk.selected() != "db" {
        desk.keys("j");
    }
    desk.keys("space space");
    desk
}

fn each(effects: &Effects) -> (String, Vec<String>) {
    let request = effects.iter().find_map(|effect| match effect {
        Effect::Prepare { request: Request::Each { of, containers, .. }, .. } => Some((of, containers)),
        _ => None,
    });
    request.map(|(of, containers)| (of.clone(), containers.clone())).unwrap_or_default()
}

#[test]
fn a_mark_is_set_and_the_next_row_comes() {
    let desk = marked();
    assert_eq!(desk.model.tree.marked.len(), 2);
    assert_eq!(desk.model.tree.row().map(|row| row.depth), Some(1), "{:?}", desk.names());
}

#[test]
fn what_is_needed_is_restarted_first_and_stopped_last() {
    let (of, restarted) = each(&marked().keys("r"));
    assert_eq!(of, "2 services");
    assert_eq!(restarted, ["shop-db-1", "shop-web-1", "shop-web-2"]);
    let (_, stopped) = each(&marked().keys("ctrl-s"));
    assert_eq!(stopped, ["shop-web-1", "shop-web-2", "shop-db-1"]);
}

#[test]
fn a_removal_of_marked_rows_wants_their_number_typed() {
    let mut desk = marked();
    desk.keys("ctrl-d");
    let verb = Verb::Remove(Running::Killed);
    let plan = crate::command::simple::plan(&verb, "2 services", &["shop-db-1".to_owned()], Duration::ZERO);
    desk.tell(Msg::Planned { job: JobId(1), answer: Ok(Planned::one(plan, None)) });
    assert_eq!(desk.keys("2 space s e r v i c e s enter"), [Effect::Run(vec![JobId(1)])]);
    assert!(desk.model.tree.marked.is_empty(), "what was marked is dealt with");
}

#[test]
fn escape_takes_marks_away_before_anything_else() {
    let mut desk = marked();
    desk.keys("! esc");
    assert!(desk.model.tree.marked.is_empty() && desk.model.tree.faults_only);
    desk.keys("esc");
    assert!(!desk.model.tree.faults_only);
}

#[test]
fn marks_stay_under_a_filter_and_vanish_with_what_they_are_on() {
    let mut desk = marked();
    desk.keys("/ a p i enter");
    assert_eq!(desk.model.tree.marked.len(), 2);
    desk.runs(vec![replica("shop", "web", 1)]);
    assert_eq!(desk.model.tree.marked.len(), 1);
}

#[test]
fn all_shown_services_are_marked_at_once_and_unmarked_again() {
    let mut desk = Desk::showing(dependent());
    desk.keys("g M");
    assert_eq!(desk.model.tree.marked.len(), 3);
    desk.keys("M");
    assert!(desk.model.tree.marked.is_empty());
}

#[test]
fn marked_services_are_scaled_one_by_one_and_the_refusal_says_so() {
    let mut desk = marked();
    assert_eq!(desk.keys("s"), []);
    assert_eq!(desk.model.focus.overlay, None);
    let notice = desk.model.notices.current(desk.model.clock.running).unwrap().text.clone();
    assert!(notice.starts_with("2 services are marked, and services are scaled one by one"), "{notice}");
}

#[test]
fn a_single_mark_is_asked_about_wherever_the_selection_is() {
    let mut desk = marked();
    desk.keys("esc k space g s");
    let Some(Overlay::Ask(ask)) = &desk.model.focus.overlay else { panic!("{:?}", desk.model.focus) };
    assert!(matches!(&ask.extent, Extent::Service { key, .. } if key.stack == Some("shop".into())));
}

#[test]
fn a_service_of_swarms_among_the_marked_is_named_and_nothing_is_done() {
    let mut desk = Desk::new();
    desk.tell(Msg::Engine(Observation::Link(Link::Live)));
    let services = vec![swarm_service("media", "app", 1)];
    let snapshot = crate::domain::Snapshot { services, ..of(shop()) };
    desk.tell(Msg::Engine(Observation::Snapshot(Arc::new(snapshot))));
    assert_eq!(desk.keys("M r"), []);
    let notice = desk.model.notices.current(desk.model.clock.running).unwrap().text.clone();
    assert!(notice.contains("containers of media/app itself"), "{notice}");
}
