//! Swarm services, tasks and rolling updates.

use serde_json::{Value, json};
use stacktop::sim::Sim;

use crate::ask::{ask, get, pass, tell, world};

const SWARM: &str = r#"
nodes:
  one: {manager: true, local: true, address: 10.0.0.1, cpus: 4, memory: 8G}
  two: {address: 10.0.0.2, cpus: 4, memory: 8G}
stacks:
  media:
    kind: swarm
    age: 2d
    networks: {net: {}}
    services:
      app:
        image: app:1
        replicas: 4
        networks: [net]
        update: {order: start-first, delay: 1s, monitor: 5s, failure_action: rollback}
        health: {test: [CMD, ok], interval: 10s, start_period: 20s}
      agent: {image: agent:1, global: true, networks: [net]}
"#;

async fn update(sim: &Sim, change: impl FnOnce(&mut Value)) -> (u16, Value) {
    let service = get(sim, "/services/media_app").await;
    let mut spec = service["Spec"].clone();
    change(&mut spec);
    let path = format!("/services/media_app/update?version={}", service["Version"]["Index"]);
    tell(sim, "POST", &path, &spec.to_string()).await
}

async fn running(sim: &Sim) -> Vec<Value> {
    let tasks = get(sim, "/tasks?filters=%7B%22service%22:[%22media_app%22]%7D").await;
    tasks.as_array().unwrap().iter().filter(|task| task["Status"]["State"] == "running").cloned().collect()
}

#[tokio::test(start_paused = true)]
async fn the_daemon_lists_its_own_containers_and_all_tasks() {
    let sim = world(SWARM);
    assert_eq!(get(&sim, "/containers/json").await.as_array().unwrap().len(), 3);
    assert_eq!(get(&sim, "/tasks").await.as_array().unwrap().len(), 6);
    let container = get(&sim, "/containers/json").await[0].clone();
    let labels = &container["Labels"];
    assert_eq!(labels["com.docker.stack.namespace"], "media");
    assert_eq!(container["Names"][0], format!("/{}", labels["com.docker.swarm.task.name"].as_str().unwrap()));
}

#[tokio::test(start_paused = true)]
async fn a_stale_version_is_out_of_sequence() {
    let sim = world(SWARM);
    let spec = get(&sim, "/services/media_app").await["Spec"].to_string();
    let (status, body) = tell(&sim, "POST", "/services/media_app/update?version=1", &spec).await;
    assert_eq!(status, 500);
    assert_eq!(body["message"], "rpc error: code = Unknown desc = update out of sequence");
}

#[tokio::test(start_paused = true)]
async fn a_start_first_update_never_has_fewer_replicas_and_completes() {
    let sim = world(SWARM);
    let (status, _) =
        update(&sim, |spec| spec["TaskTemplate"]["ContainerSpec"]["Image"] = json!("app:2")).await;
    assert_eq!(status, 200);
    for _ in 0..120 {
        assert!(running(&sim).await.len() >= 4);
        pass(1).await;
    }
    let service = get(&sim, "/services/media_app").await;
    assert_eq!(service["UpdateStatus"]["State"], "completed");
    assert_eq!(service["PreviousSpec"]["TaskTemplate"]["ContainerSpec"]["Image"], "app:1");
    let tasks = running(&sim).await;
    assert_eq!(tasks.len(), 4);
    assert!(tasks.iter().all(|task| task["Spec"]["ContainerSpec"]["Image"] == "app:2"));
}

#[tokio::test(start_paused = true)]
async fn a_missing_image_is_rolled_back() {
    let sim = world(SWARM);
    update(&sim, |spec| spec["TaskTemplate"]["ContainerSpec"]["Image"] = json!("app:missing")).await;
    pass(60).await;
    let service = get(&sim, "/services/media_app").await;
    assert_eq!(service["UpdateStatus"]["State"], "rollback_completed");
    assert_eq!(service["Spec"]["TaskTemplate"]["ContainerSpec"]["Image"], "app:1");
    let tasks = get(&sim, "/tasks?filters=%7B%22service%22:[%22media_app%22]%7D").await;
    let rejected =
        tasks.as_array().unwrap().iter().find(|task| task["Status"]["State"] == "rejected").unwrap();
    assert_eq!(rejected["Status"]["Err"], "No such image: app:missing");
    assert_eq!(running(&sim).await.len(), 4);
}

#[tokio::test(start_paused = true)]
async fn scaling_changes_the_number_of_tasks_without_an_update() {
    let sim = world(SWARM);
    update(&sim, |spec| spec["Mode"]["Replicated"]["Replicas"] = json!(6)).await;
    pass(60).await;
    assert_eq!(running(&sim).await.len(), 6);
    update(&sim, |spec| spec["Mode"]["Replicated"]["Replicas"] = json!(1)).await;
    pass(60).await;
    assert_eq!(running(&sim).await.len(), 1);
    assert!(get(&sim, "/services/media_app").await.get("UpdateStatus").is_none());
}

#[tokio::test(start_paused = true)]
async fn a_drained_node_loses_its_tasks() {
    let sim = world(SWARM);
    let node = get(&sim, "/nodes/two").await;
    let mut spec = node["Spec"].clone();
    spec["Availability"] = json!("drain");
    let path = format!("/nodes/two/update?version={}", node["Version"]["Index"]);
    assert_eq!(tell(&sim, "POST", &path, &spec.to_string()).await.0, 200);
    pass(60).await;
    let one = get(&sim, "/nodes/one").await["ID"].clone();
    let tasks = running(&sim).await;
    assert_eq!(tasks.len(), 4);
    assert!(tasks.iter().all(|task| task["NodeID"] == one));
}

#[tokio::test(start_paused = true)]
async fn a_stopped_task_container_is_replaced_by_a_new_task() {
    let sim = world(SWARM);
    let container = get(
        &sim,
        "/containers/json?filters=%7B%22label%22:[%22com.docker.swarm.service.name=media_app%22]%7D",
    )
    .await;
    let id = container[0]["Id"].as_str().unwrap().to_owned();
    assert_eq!(ask(&sim, "POST", &format!("/containers/{id}/kill")).await.0, 204);
    pass(40).await;
    assert_eq!(running(&sim).await.len(), 4);
    let state = get(&sim, &format!("/containers/{id}/json")).await["State"]["Status"].clone();
    assert_eq!(state, "exited");
}

#[tokio::test(start_paused = true)]
async fn a_lost_node_is_told_as_an_event_of_the_swarm() {
    let yaml = format!("{SWARM}incidents: [{{at: 5s, for: 10s, kind: lost-node, node: two}}]\n");
    let sim = world(&yaml);
    let query = format!("until={}&filters=%7B%22type%22:[%22node%22]%7D", crate::ask::epoch_plus(20));
    let told = crate::ask::events(&sim, &query).await;
    let states: Vec<&str> =
        told.iter().map(|event| event["Actor"]["Attributes"]["state.new"].as_str().unwrap()).collect();
    assert_eq!(states, ["down", "ready"]);
    assert!(told.iter().all(|event| event["scope"] == "swarm" && event["Action"] == "update"));
}

/// An update that is paused because its image does not work.
async fn paused() -> Sim {
    let yaml = SWARM.replace("failure_action: rollback", "failure_action: pause");
    let sim =
        world(&format!("{yaml}images: {{app:bad: {{behaviour: unhealthy, exit_code: 1, output: no}}}}\n"));
    update(&sim, |spec| spec["TaskTemplate"]["ContainerSpec"]["Image"] = json!("app:bad")).await;
    while get(&sim, "/services/media_app").await["UpdateStatus"]["State"] != "paused" {
        pass(1).await;
    }
    // The one that failed is started again.
    pass(10).await;
    assert_eq!(running(&sim).await.len(), 4);
    sim
}

#[tokio::test(start_paused = true)]
async fn a_scaling_lets_a_paused_update_go_on_and_ends_old_tasks() {
    let sim = paused().await;
    update(&sim, |spec| spec["Mode"]["Replicated"]["Replicas"] = json!(5)).await;
    pass(20).await;
    assert!(running(&sim).await.len() < 4, "a healthy old task was ended");
}

#[tokio::test(start_paused = true)]
async fn what_was_said_of_an_update_is_forgotten_at_the_next_change() {
    let sim = world(SWARM);
    update(&sim, |spec| spec["TaskTemplate"]["ContainerSpec"]["Image"] = json!("app:2")).await;
    pass(120).await;
    assert_eq!(get(&sim, "/services/media_app").await["UpdateStatus"]["State"], "completed");
    update(&sim, |spec| spec["Mode"]["Replicated"]["Replicas"] = json!(5)).await;
    assert_eq!(get(&sim, "/services/media_app").await["UpdateStatus"], Value::Null);
}
