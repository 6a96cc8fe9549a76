use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use stacktop::domain::{ContainerId, ContainerState, SwarmRole};
use stacktop::engine::Inspections;

use crate::fake::{Answer, Fake, json, listed, no, plain};

/// An engine whose list can be changed; inspections tell the state of the list.
fn changing(list: Value) -> (Fake, Arc<Mutex<Value>>) {
    let list = Arc::new(Mutex::new(list));
    let shown = list.clone();
    let fake = Fake::new("1.41", move |path| match path.strip_prefix("/containers/") {
        Some(rest) if !rest.starts_with("json") => {
            inspected(&shown.lock().unwrap(), rest.trim_end_matches("/json"))
        }
        _ => plain(path, &shown.lock().unwrap()),
    });
    (fake, list)
}

fn inspected(list: &Value, id: &str) -> Answer {
    let listed = list.as_array().unwrap().iter().find(|listed| listed["Id"] == id);
    match listed {
        Some(listed) => json(&json!({"State": {"Status": listed["State"], "Pid": 7}, "RestartCount": 2})),
        None => no(404, "No such container"),
    }
}

fn inspections(fake: &Fake) -> usize {
    fake.asked().iter().filter(|path| path.starts_with("/containers/") && !path.contains("all=1")).count()
}

#[tokio::test]
async fn one_malformed_container_does_not_cost_the_others() {
    let list = json!([
        listed("a", "exited", "Exited (0) 1 day ago"), 7, null, {"Id": 5}, {"State": "running"},
        {"Id": "b", "State": "hovering", "Status": null, "Labels": ["x"], "Created": "yesterday"},
    ]);
    let (fake, _) = changing(list);
    let snapshot = fake.engine().await.snapshot(&mut Inspections::default()).await.unwrap();
    let ids: Vec<_> = snapshot.containers.iter().map(|container| container.id.as_str()).collect();
    assert_eq!(ids, ["a", "b"]);
    assert_eq!(snapshot.containers[1].state, ContainerState::Unknown("hovering".into()));
}

#[tokio::test]
async fn thousands_of_stopped_containers_cost_one_list() {
    let list: Vec<Value> =
        (0..5000).map(|n| listed(&format!("c{n}"), "exited", "Exited (0) 2 days ago")).collect();
    let (fake, _) = changing(Value::from(list));
    let engine = fake.engine().await;
    let snapshot = engine.snapshot(&mut Inspections::default()).await.unwrap();
    assert_eq!(snapshot.containers.len(), 5000);
    assert_eq!(engine.requests(), 2, "the list and the facts");
}

#[tokio::test]
async fn of_the_failed_only_the_newest_are_inspected() {
    let list: Vec<Value> =
        (0..100).map(|n| listed(&format!("c{n}"), "exited", "Exited (1) 2 days ago")).collect();
    let (fake, _) = changing(Value::from(list));
    fake.engine().await.snapshot(&mut Inspections::default()).await.unwrap();
    assert_eq!(inspections(&fake), 64);
}

#[tokio::test]
async fn only_what_changed_is_inspected_again() {
    let up = |status: &str| json!([listed("a", "running", status), listed("b", "running", "Up 2 hours")]);
    let (fake, list) = changing(up("Up 2 hours"));
    let engine = fake.engine().await;
    let mut known = Inspections::default();
    engine.snapshot(&mut known).await.unwrap();
    assert_eq!(inspections(&fake), 2);
    *list.lock().unwrap() = up("Up 3 hours");
    let snapshot = engine.snapshot(&mut known).await.unwrap();
    assert_eq!(inspections(&fake), 2, "an age is no change");
    assert_eq!(snapshot.containers[0].pid, Some(7));
    *list.lock().unwrap() = up("Up 3 hours (Paused)");
    list.lock().unwrap()[0]["State"] = json!("paused");
    engine.snapshot(&mut known).await.unwrap();
    assert_eq!(inspections(&fake), 3);
    known.touch(ContainerId::new("b"));
    engine.snapshot(&mut known).await.unwrap();
    assert_eq!(inspections(&fake), 4, "an event named it");
}

#[tokio::test]
async fn what_an_inspection_told_is_remembered_after_the_end() {
    let (fake, list) = changing(json!([listed("a", "running", "Up 2 hours")]));
    let engine = fake.engine().await;
    let mut known = Inspections::default();
    engine.snapshot(&mut known).await.unwrap();
    *list.lock().unwrap() = json!([listed("a", "exited", "Exited (0) 1 second ago")]);
    let snapshot = engine.snapshot(&mut known).await.unwrap();
    let container = &snapshot.containers[0];
    assert_eq!((container.restarts, container.pid), (Some(2), None));
    assert_eq!(container.exit.as_ref().map(|exit| exit.code), Some(0));
}

#[tokio::test]
async fn a_container_that_vanishes_between_list_and_inspection_is_left_out() {
    let list = json!([listed("gone", "running", "Up 1 second"), listed("kept", "running", "Up 1 second")]);
    let fake = Fake::new("1.41", move |path| match path {
        "/containers/gone/json" => no(404, "No such container: gone"),
        "/containers/kept/json" => json(&json!({"State": {"Status": "running"}})),
        path => plain(path, &list),
    });
    let snapshot = fake.engine().await.snapshot(&mut Inspections::default()).await.unwrap();
    assert_eq!(snapshot.containers.len(), 1);
}

#[tokio::test]
async fn a_container_that_cannot_be_inspected_is_shown_as_listed() {
    let list = json!([listed("odd", "running", "Up 1 second (healthy)")]);
    let fake = Fake::new("1.41", move |path| match path {
        "/containers/odd/json" => no(500, "layer is broken"),
        path => plain(path, &list),
    });
    let snapshot = fake.engine().await.snapshot(&mut Inspections::default()).await.unwrap();
    assert_eq!(snapshot.containers[0].health.word(), "healthy");
    assert_eq!(snapshot.containers[0].restarts, None);
}

#[tokio::test]
async fn facts_are_kept_for_a_minute() {
    let (fake, _) = changing(json!([]));
    let engine = fake.engine().await;
    let mut known = Inspections::default();
    engine.snapshot(&mut known).await.unwrap();
    engine.snapshot(&mut known).await.unwrap();
    assert_eq!(fake.count("/info"), 1);
    known.touch_facts();
    engine.snapshot(&mut known).await.unwrap();
    assert_eq!(fake.count("/info"), 2);
}

fn manager(path: &str) -> Answer {
    match path {
        "/info" => json(&json!({"Swarm": {"LocalNodeState": "active", "ControlAvailable": true}})),
        path => plain(path, &json!([])),
    }
}

#[tokio::test]
async fn a_manager_tells_its_swarm() {
    let fake = Fake::new("1.41", |path| match path {
        "/services?status=true" => json(&json!([{"ID": "s", "Spec": {"Name": "web"}}, "nonsense"])),
        "/tasks" => {
            json(&json!([{"ID": "t", "ServiceID": "s", "Slot": 1, "Status": {"State": "levitating"}}]))
        }
        "/nodes" => json(&json!([{"ID": "n"}])),
        path => manager(path),
    });
    let snapshot = fake.engine().await.snapshot(&mut Inspections::default()).await.unwrap();
    assert_eq!(snapshot.engine.swarm.role, SwarmRole::Manager);
    let counts = (snapshot.services.len(), snapshot.tasks.len(), snapshot.nodes.len());
    assert_eq!(counts, (1, 1, 1));
    assert_eq!(snapshot.tasks[0].state.word(), "levitating");
}

#[tokio::test]
async fn a_swarm_without_quorum_costs_only_the_swarm() {
    let fake = Fake::new("1.41", |path| match path {
        path if path.starts_with("/services") => no(503, "The swarm does not have a leader."),
        "/tasks" | "/nodes" => no(503, "The swarm does not have a leader."),
        path => manager(path),
    });
    let snapshot = fake.engine().await.snapshot(&mut Inspections::default()).await.unwrap();
    assert_eq!(snapshot.engine.swarm.error.as_deref(), Some("The swarm does not have a leader."));
}
