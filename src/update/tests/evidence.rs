//! What is asked of a container that holds a rolling update up.

use super::*;
use crate::model::Tail;

/// `shop/web`, whose new container fails its health check.
fn failing() -> Vec<Container> {
    let mut web = probed(replica("shop", "web", 1), Health::Unhealthy, "connection refused");
    web.created_at = at(4990);
    web.labels.insert("com.docker.compose.replace".to_owned(), "shop-web-1".to_owned());
    vec![web]
}

fn asked(effects: &Effects) -> Vec<&Effect> {
    effects.iter().filter(|effect| matches!(effect, Effect::Tail(_))).collect()
}

#[test]
fn the_output_of_a_container_that_holds_an_update_up_is_asked_for_while_it_is_on_screen() {
    let mut desk = Desk::showing(failing());
    let id = failing()[0].id.clone();
    assert_eq!(asked(&desk.keys("G")), [&Effect::Tail(id.clone())]);
    desk.tell(Msg::Tail { container: id, lines: vec!["no route".to_owned()] });
    assert_eq!(desk.model.detail.tail.as_ref().map(|tail| tail.lines.len()), Some(1));
}

#[test]
fn it_is_not_asked_for_again_with_each_message_but_after_a_while() {
    let mut desk = Desk::showing(failing());
    desk.keys("G");
    assert!(asked(&desk.tell(Msg::Tick)).is_empty());
    let later: usize = (0..5).map(|_| asked(&desk.tell(Msg::Tick)).len()).sum();
    assert_eq!(later, 1);
}

#[test]
fn lines_of_another_container_are_not_taken_for_its() {
    let mut desk = Desk::showing(failing());
    desk.keys("G");
    desk.tell(Msg::Tail { container: "other".into(), lines: vec!["no route".to_owned()] });
    assert!(matches!(&desk.model.detail.tail, Some(Tail { lines, .. }) if lines.is_empty()));
}

#[test]
fn going_back_with_an_update_of_swarms_asks_for_the_spec_of_before() {
    let mut desk = Desk::new();
    desk.tell(Msg::Engine(Observation::Link(Link::Live)));
    let services = vec![crate::domain::testing::swarm_service("media", "app", 1)];
    let snapshot = crate::domain::Snapshot { services, ..Default::default() };
    desk.tell(Msg::Engine(Observation::Snapshot(Arc::new(snapshot))));
    let effects = desk.keys("G ctrl-b");
    let service = crate::domain::ServiceKey { stack: Some("media".into()), name: "app".to_owned() };
    let request = Request::Revert { service, swarm: Some("app".into()) };
    assert_eq!(effects, [Effect::Prepare { job: crate::model::JobId(1), request }]);
}
