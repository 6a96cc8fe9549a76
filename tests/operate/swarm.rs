//! Services, nodes and configs: on the simulated engine, and on a private one where there is one. The engine of the
//! host is no manager and says so.

use std::sync::Arc;

use serde_json::{Value, json};
use stacktop::{
    engine::{Connector, Engine, ServiceUpdate},
    sim::{Options, Sim, World},
};

use super::{reach, support};
use support::swarm::service_spec;

async fn simulated() -> Engine {
    let options = Options { seed: 1, speed: 1.0, epoch: "2026-05-04T12:00:00Z".parse().unwrap() };
    let sim = Sim::start(World::builtin(), options);
    Connector::in_process("sim", Arc::new(move || sim.connect())).connect().await.unwrap()
}

fn version(object: &Value) -> u64 {
    object["Version"]["Index"].as_u64().unwrap()
}

/// Scales a service up, fails with a version that is behind, and goes back.
async fn scale_and_roll_back(engine: &Engine, service: &str) {
    let before = engine.inspect_service(service).await.unwrap();
    let mut spec = before["Spec"].clone();
    let replicas = spec["Mode"]["Replicated"]["Replicas"].as_u64().unwrap();
    spec["Mode"]["Replicated"]["Replicas"] = json!(replicas + 1);
    engine.update_service(service, version(&before), &spec, ServiceUpdate::Change).await.unwrap();

    let behind = engine.update_service(service, version(&before), &spec, ServiceUpdate::Change).await;
    let behind = behind.unwrap_err();
    assert!(behind.is_out_of_sequence(), "{behind}");
    assert!(behind.to_string().contains("look again, then repeat"), "{behind}");

    let now = engine.inspect_service(service).await.unwrap();
    assert_eq!(now["Spec"]["Mode"]["Replicated"]["Replicas"], json!(replicas + 1));
    let back = engine.update_service(service, version(&now), &now["Spec"], ServiceUpdate::RollBack).await;
    back.unwrap();
    let after = engine.inspect_service(service).await.unwrap();
    assert_eq!(after["Spec"]["Mode"]["Replicated"]["Replicas"], json!(replicas));
}

#[tokio::test]
async fn a_simulated_service_is_scaled_and_rolled_back() {
    let engine = simulated().await;
    let services: Vec<Value> =
        engine.json(stacktop::engine::Call::get("list services", "/services")).await.unwrap();
    let replicated = services.iter().find(|service| !service["Spec"]["Mode"]["Replicated"].is_null());
    let id = replicated.unwrap()["ID"].as_str().unwrap().to_owned();
    scale_and_roll_back(&engine, &id).await;
}

#[tokio::test]
async fn the_engine_of_the_host_is_no_manager() {
    let Some(bed) = support::engine("the_engine_of_the_host_is_no_manager") else { return };
    let engine = reach(&bed).await;
    let info = bed.engine().get("/info").await.json();
    if info["Swarm"]["ControlAvailable"] == json!(true) {
        return;
    }
    let spec = json!({ "Name": "x" });
    let errors = [
        engine.update_service("x", 1, &spec, ServiceUpdate::Change).await.unwrap_err(),
        engine.update_node("x", 1, &spec).await.unwrap_err(),
        engine.create_config("x", &json!({}), b"x").await.unwrap_err(),
        engine.remove_config("x").await.unwrap_err(),
    ];
    for error in errors {
        assert!(error.is_not_a_manager(), "{error}");
        assert!(error.to_string().contains("--host or --context"), "{error}");
    }
}

#[tokio::test]
async fn a_service_on_the_newer_engine_is_scaled_and_rolled_back() {
    let Some(bed) = support::newer_engine("a_service_on_the_newer_engine_is_scaled") else { return };
    bed.ensure_swarm().await;
    let service = bed.service(service_spec(&bed.unique("shop"), "web", &bed.image("1"), 1), None).await;
    scale_and_roll_back(&reach(&bed).await, &service).await;
}

#[tokio::test]
async fn a_config_on_the_newer_engine_is_a_lock() {
    let Some(bed) = support::newer_engine("a_config_on_the_newer_engine_is_a_lock") else { return };
    bed.ensure_swarm().await;
    let engine = reach(&bed).await;
    let (name, mut labels) = (bed.unique("lock"), json!({}));
    bed.mark(&mut labels);
    let id = engine.create_config(&name, &labels, b"held").await.unwrap();
    let taken = engine.create_config(&name, &labels, b"held").await.unwrap_err();
    assert!(taken.is_name_taken(), "{taken}");
    let config = bed.engine().get(&format!("/configs/{id}")).await.json();
    assert_eq!((&config["Spec"]["Name"], &config["Spec"]["Data"]), (&json!(name), &json!("aGVsZA==")));
    engine.remove_config(&name).await.unwrap();
    let gone = engine.remove_config(&id).await.unwrap_err();
    assert!(gone.is_not_found(), "{gone}");
}

#[tokio::test]
async fn a_node_of_the_newer_engine_is_labelled() {
    let Some(bed) = support::newer_engine("a_node_of_the_newer_engine_is_labelled") else { return };
    bed.ensure_swarm().await;
    let engine = reach(&bed).await;
    let nodes = bed.engine().get("/nodes").await.json();
    let node = nodes[0].clone();
    let id = node["ID"].as_str().unwrap();
    let mut spec = node["Spec"].clone();
    spec["Labels"]["stacktop.test"] = json!("1");
    engine.update_node(id, version(&node), &spec).await.unwrap();
    let behind = engine.update_node(id, version(&node), &spec).await.unwrap_err();
    assert!(behind.is_out_of_sequence(), "{behind}");
    let now = engine.inspect_node(id).await.unwrap();
    assert_eq!(now["Spec"]["Labels"]["stacktop.test"], "1");
    engine.update_node(id, version(&now), &node["Spec"]).await.unwrap();
}
