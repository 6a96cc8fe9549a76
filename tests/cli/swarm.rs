//! Verbs on services and nodes of a private swarm.

use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::program::{Ended, command, ended};
use super::support::{
    image,
    private::{PrivateEngine, engine, pair},
    swarm::service_spec,
};

/// The program with words of its own, on the test's swarm.
fn run(yard: &PrivateEngine, line: &str) -> Ended {
    ended(command(line).env("DOCKER_HOST", yard.bed.engine().host()).output().unwrap())
}

/// A swarm with `yard/web`, two tasks that run.
async fn swarm(test: &str) -> Option<(PrivateEngine, String)> {
    let yard = engine(test)?;
    yard.init_swarm().await;
    let id = yard.bed.service(service_spec("yard", "web", &yard.bed.image("1"), 2), None).await;
    yard.bed.wait_running(&id, 2).await;
    Some((yard, id))
}

async fn images(yard: &PrivateEngine, id: &str) -> Vec<String> {
    let tasks = yard.bed.tasks(id).await;
    let runs = tasks.iter().filter(|task| task["Status"]["State"] == "running");
    runs.filter_map(|task| task["Spec"]["ContainerSpec"]["Image"].as_str().map(str::to_owned)).collect()
}

#[tokio::test]
async fn an_update_of_a_swarm_service_that_was_torn_off_is_listed_and_put_back() {
    let Some((yard, id)) = swarm("an_update_of_a_swarm_service_that_was_torn_off").await else { return };
    let line = format!("rollout yard/web --image {} --yes --json", yard.bed.image("2"));
    let mut child = command(&line).env("DOCKER_HOST", yard.bed.engine().host()).spawn().unwrap();
    yard.bed
        .wait_until(Duration::from_secs(30), "a task of the new image", async || {
            let new = images(&yard, &id).await.iter().filter(|image| **image == yard.bed.image("2")).count();
            if new > 0 { Ok(()) } else { Err("none".to_owned()) }
        })
        .await;
    kill_process(Pid::from_child(&child), Signal::KILL).unwrap();
    child.wait().unwrap();

    let listed = run(&yard, "ops ls --json");
    let operations: Value = serde_json::from_str(&listed.out).unwrap();
    assert_eq!((&operations[0]["service"], &operations[0]["process"]), (&"web".into(), &"gone".into()));
    let operation = operations[0]["op"].as_str().unwrap();
    let shown = run(&yard, &format!("ops show {operation}"));
    assert!(shown.out.contains("put back the saved spec of yard_web"), "{shown:?}");
    let busy = run(&yard, "scale yard/web=3 --yes");
    assert!(busy.code == 2 && busy.err.contains("ops rollback"), "{busy:?}");

    let back = run(&yard, &format!("ops rollback {operation} --yes"));
    assert_eq!(back.code, 0, "{back:?}");
    assert_eq!(images(&yard, &id).await, vec![yard.bed.image("1"); 2]);
    assert_eq!(run(&yard, "ops ls").out, "every operation has ended\n");
}

/// Everything below a folder, as one text.
fn written(folder: &std::path::Path) -> String {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let text = |path: std::path::PathBuf| {
        if path.is_dir() { written(&path) } else { std::fs::read_to_string(path).unwrap() }
    };
    files.map(text).collect()
}

#[tokio::test]
async fn the_spec_of_before_is_written_down_without_its_secrets() {
    let Some((yard, _)) = swarm("the_spec_of_before_is_written_down").await else { return };
    let mut spec = service_spec("yard", "db", &yard.bed.image("1"), 1);
    spec["TaskTemplate"]["ContainerSpec"]["Env"] =
        serde_json::json!(["DB_PASSWORD=hunter2", "DB_URL=postgres://ada:hunter2@db/shop", "MODE=prod"]);
    let id = yard.bed.service(spec, None).await;
    yard.bed.wait_running(&id, 1).await;
    let state = tempfile::tempdir().unwrap();
    let run = |line: &str| {
        let mut command = command(line);
        command.env("DOCKER_HOST", yard.bed.engine().host()).env("XDG_STATE_HOME", state.path());
        ended(command.output().unwrap())
    };
    let done = run(&format!("rollout yard/db --image {} --yes", yard.bed.image("2")));
    assert_eq!(done.code, 0, "{done:?}");
    let written = written(state.path());
    assert!(written.contains("DB_PASSWORD") && written.contains("MODE=prod"), "{written}");
    let listed = run("journal yard/db --json");
    let shown = run(&format!("journal show {} --json", id_in(&listed)));
    for text in [&written, &listed.out, &shown.out] {
        assert!(!text.contains("hunter2"), "{text}");
    }
    let listed: Value = serde_json::from_str(&listed.out).unwrap();
    assert_eq!((&listed[0]["verb"], &listed[0]["verdict"]), (&"rollout".into(), &"succeeded".into()));
}

fn id_in(listed: &Ended) -> String {
    let listed: Value = serde_json::from_str(&listed.out).unwrap();
    listed[0]["op"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_drained_node_has_no_tasks_and_gets_them_back() {
    let Some((yard, id)) = swarm("a_drained_node_has_no_tasks").await else { return };
    let nodes = run(&yard, "nodes --json");
    let nodes: Value = serde_json::from_str(&nodes.out).unwrap();
    let name = nodes[0]["hostname"].as_str().unwrap_or_else(|| panic!("{nodes}")).to_owned();
    let drained = run(&yard, &format!("drain {name} --yes"));
    assert_eq!(drained.code, 0, "{drained:?}");
    yard.bed.wait_running(&id, 0).await;
    let health = run(&yard, "health");
    assert!(health.code == 1 && health.out.contains("0/2 replicas run"), "{health:?}");
    let active = run(&yard, &format!("activate {name}"));
    assert_eq!(active.code, 0, "{active:?}");
    yard.bed.wait_running(&id, 2).await;
}

/// How many tasks of a service run on each node, the first before the second.
async fn spread(yard: &PrivateEngine, id: &str) -> [usize; 2] {
    let first = yard.bed.engine().get("/info").await.json()["Swarm"]["NodeID"].clone();
    let tasks = yard.bed.tasks(id).await;
    let runs: Vec<&Value> = tasks.iter().filter(|task| task["Status"]["State"] == "running").collect();
    let here = runs.iter().filter(|task| task["NodeID"] == first).count();
    [here, runs.len() - here]
}

#[tokio::test]
async fn the_tasks_of_a_drained_node_run_on_the_other_one_until_it_takes_tasks_again() {
    let Some(yard) = pair("the_tasks_of_a_drained_node").await else { return };
    image::ensure(yard.second().socket(), "1");
    let id = yard.bed.service(service_spec("yard", "web", &yard.bed.image("1"), 2), None).await;
    yard.bed.wait_running(&id, 2).await;
    assert_eq!(spread(&yard, &id).await, [1, 1]);

    let plan = run(&yard, "drain node-2 --plan");
    for part in ["tasks       yard_web 1", "no task runs on node-2 any more", "stacktop activate node-2"] {
        assert!(plan.out.contains(part), "{part}: {plan:?}");
    }
    let drained = run(&yard, "drain node-2 --yes");
    assert_eq!(drained.code, 0, "{drained:?}");
    assert_eq!(spread(&yard, &id).await[1], 0, "it is true at once");
    yard.bed.wait_running(&id, 2).await;
    assert_eq!(spread(&yard, &id).await, [2, 0]);

    let active = run(&yard, "activate node-2");
    assert_eq!(active.code, 0, "{active:?}");
    let more = run(&yard, "scale yard/web=4 --yes");
    assert_eq!(more.code, 0, "{more:?}");
    assert_eq!(spread(&yard, &id).await, [2, 2]);
}
