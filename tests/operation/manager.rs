//! Operations on a service of Swarm, killed at every step, on the simulated engine.

use std::{sync::Arc, time::Duration};

use serde_json::Value;
use stacktop::{
    command::execute::{
        lock::errands,
        operation::{
            Direction, Prepared, SwarmAim, Verdict, prepare_resume, prepare_rollback, prepare_swarm,
        },
    },
    engine::{Call, Connector, Engine},
    sim::{Options, Sim, World},
};

use crate::{
    course::{abandon_after, finish, holder, key},
    yard::to,
};

const WORLD: &str = "
nodes:
  one: {manager: true, local: true, address: 10.0.0.1, cpus: 4, memory: 8G}
  two: {address: 10.0.0.2, cpus: 4, memory: 8G}
stacks:
  shop:
    kind: swarm
    age: 2d
    networks: {net: {}}
    services:
      web:
        image: web:1
        replicas: 3
        networks: [net]
        update: {order: start-first, monitor: 5s, failure_action: pause}
images: {web:2: {}}
";

async fn open() -> Engine {
    with_faults().await.0
}

/// The engine, and what makes it fail.
async fn with_faults() -> (Engine, Sim) {
    let options = Options { seed: 7, speed: 1.0, epoch: "2026-05-04T12:00:00Z".parse().unwrap() };
    let sim = Sim::start(World::from_yaml(WORLD, "manager.yaml").unwrap(), options);
    let dial = {
        let sim = sim.clone();
        move || sim.connect()
    };
    (Connector::in_process("the manager", Arc::new(dial)).connect().await.unwrap(), sim)
}

async fn prepare(engine: &Engine, aim: &SwarmAim) -> Prepared {
    let key = key("shop", "web");
    prepare_swarm(engine, (&key, "shop_web"), aim, None, holder("01SWARM")).await.unwrap()
}

/// The images of all tasks that run.
async fn running(engine: &Engine) -> Vec<String> {
    let tasks: Vec<Value> = engine.json(Call::get("list tasks", "/tasks")).await.unwrap();
    let runs = tasks.iter().filter(|task| task["Status"]["State"] == "running");
    let image = |task: &Value| task["Spec"]["ContainerSpec"]["Image"].as_str().unwrap().to_owned();
    runs.map(image).map(|image| image.split('@').next().unwrap().to_owned()).collect()
}

/// Kills it after every report and goes on or back; both ends are known.
async fn kill(aim: &SwarmAim, forward: (&str, usize)) {
    for way in [Direction::Forward, Direction::Back] {
        let mut endings = 0;
        for heard in 0.. {
            let engine = open().await;
            let prepared = prepare(&engine, aim).await;
            let Some(last) = abandon_after(&engine, prepared, Direction::Forward, heard).await else { break };
            let case = format!("{aim:?}, {way:?} after {heard} ({})", last.state);
            let prepared = match way {
                Direction::Forward => prepare_resume(&engine, "01SWARM").await,
                Direction::Back => prepare_rollback(&engine, "01SWARM").await,
            };
            assert_eq!(finish(&engine, prepared.unwrap(), way).await, Verdict::Done, "{case}");
            let (image, replicas) = if way == Direction::Forward { forward } else { ("web:1", 3) };
            tokio::time::sleep(Duration::from_secs(30)).await;
            assert_eq!(running(&engine).await, vec![image.to_owned(); replicas], "{case}");
            assert_eq!(errands(&engine).await.unwrap(), [], "{case}");
            endings += 1;
        }
        assert!(endings >= 3, "{aim:?}: {endings}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_update_of_a_swarm_service_killed_anywhere_goes_on_and_back() {
    kill(&to("web:2"), ("web:2", 3)).await;
    kill(&SwarmAim::Renewed, ("web:1", 3)).await;
}

#[tokio::test(start_paused = true)]
async fn a_scaling_of_a_swarm_service_killed_anywhere_goes_on_and_back() {
    kill(&SwarmAim::Replicas(5), ("web:1", 5)).await;
    kill(&SwarmAim::Replicas(1), ("web:1", 1)).await;
}

#[tokio::test(start_paused = true)]
async fn a_version_that_is_stale_is_read_again_and_one_that_always_is_changes_nothing() {
    const STALE: &str = "rpc error: code = Unknown desc = update out of sequence";
    for (times, replicas) in [(1, 5), (4, 5), (20, 3)] {
        let (engine, sim) = with_faults().await;
        let prepared = prepare(&engine, &SwarmAim::Replicas(5)).await;
        (0..times).for_each(|_| sim.faults().fail_next("POST", "/services/*/update", 500, STALE));
        let verdict = finish(&engine, prepared, Direction::Forward).await;
        assert_eq!(verdict == Verdict::Done, replicas == 5, "{times}: {verdict:?}");
        assert_eq!(running(&engine).await.len(), replicas, "{times}: {verdict:?}");
    }
}
