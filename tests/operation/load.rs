//! Requests during updates, each on a connection of its own.

use std::time::{Duration, Instant};

use serde_json::Value;
use stacktop::command::execute::operation::{Direction, RolloutOptions, Verdict};

use crate::{
    balancer::Balancer,
    course::{finish, follow, listed, spent, to},
    site::{Site, engine},
    support::{Container, Spec, TestEngine},
};

/// At least so many requests are made, and two more that may be half-way when they are counted.
const REQUESTS: u64 = 20_000;

/// A server that a proxy finds. Before it is stopped it calls itself unwell, and goes on serving what still comes.
fn proxied(bed: &TestEngine) -> Spec {
    bed.server("1")
        .label("traefik.enable", "true")
        .label("stacktop.drain.exec", r#"["/fixture", "check", "/break"]"#)
}

/// Time enough for the engine to see it twice, and for the proxy to hear of it.
fn update(image: &str) -> RolloutOptions {
    RolloutOptions { drain: Some(Duration::from_secs(2)), ..to(image) }
}

/// Starts to ask an address.
async fn ask(bed: &TestEngine, network: &str, address: &str) -> Container {
    let words = ["load", address, "--seconds", "120", "--connections", "2"];
    bed.run(Spec::new(bed.image("1")).name("load").cmd(words).network(network, &[])).await
}

async fn summary(load: &Container) -> Value {
    load.stop(10).await;
    serde_json::from_slice(&load.logs().await).unwrap()
}

async fn gateway(bed: &TestEngine, network: &str) -> String {
    let seen = bed.engine().get(&format!("/networks/{network}")).await.json();
    seen["IPAM"]["Config"][0]["Gateway"].as_str().unwrap_or_default().split('/').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_request_behind_a_proxy_fails_while_three_replicas_are_updated() {
    let Some(bed) = engine("no_request_fails_while_three_replicas_are_updated") else { return };
    let (site, project) = Site::up(&bed, proxied(&bed), 3).await;
    let balancer = Balancer::of(&bed, &site.stack).await;
    let address = format!("{}:{}", gateway(&bed, &project.network).await, balancer.port);
    let load = ask(&bed, &project.network, &address).await;
    let began = Instant::now();
    let prepared = site.rollout(&update(&bed.image("2"))).await.unwrap();
    let (verdict, told) = follow(&site.engine, prepared, Direction::Forward).await;
    let (verdict, took) = (verdict.unwrap(), began.elapsed());
    balancer.wait_served(&bed, REQUESTS + 2).await;
    eprintln!("{}", listed(&spent(&told)));
    let seen = summary(&load).await;
    eprintln!("updated in {:.1} s behind a proxy: {seen}", took.as_secs_f64());
    assert_eq!(verdict, Verdict::Done);
    assert_eq!(seen["failed"], 0, "{seen}");
    assert!(seen["ok"].as_u64() >= Some(REQUESTS), "{seen}");
    assert!(seen["versions"]["1"].as_u64() > Some(0) && seen["versions"]["2"].as_u64() > Some(0), "{seen}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_request_behind_a_proxy_fails_while_a_broken_update_is_rolled_back() {
    let Some(bed) = engine("no_request_fails_while_a_broken_update_is_rolled_back") else { return };
    let (site, project) = Site::up(&bed, proxied(&bed), 3).await;
    let balancer = Balancer::of(&bed, &site.stack).await;
    let address = format!("{}:{}", gateway(&bed, &project.network).await, balancer.port);
    let load = ask(&bed, &project.network, &address).await;
    let prepared = site.rollout(&update(&bed.image("2"))).await.unwrap();
    // Two replicas are exchanged before the third one fails: all three come back.
    let third =
        prepared.plan.steps().filter(|step| step.slot == Some(3)).map(|step| step.act.describe()).next();
    let name = third.unwrap().strip_prefix("create ").unwrap().to_owned();
    let mut labels = Value::Null;
    bed.mark(&mut labels);
    let body = serde_json::json!({ "Image": bed.image("1"), "Labels": labels });
    site.engine.create(&name, &body).await.unwrap();
    let began = Instant::now();
    let verdict = finish(&site.engine, prepared, Direction::Forward).await;
    let took = began.elapsed();
    balancer.wait_served(&bed, REQUESTS + 2).await;
    let seen = summary(&load).await;
    eprintln!("rolled back after {:.1} s behind a proxy: {seen}", took.as_secs_f64());
    assert!(matches!(verdict, Verdict::RolledBack(_)), "{verdict:?}");
    assert_eq!(seen["failed"], 0, "{seen}");
    assert!(seen["ok"].as_u64() >= Some(REQUESTS), "{seen}");
    site.assert_well(&bed, &bed.image("1"), &[1, 2, 3], "all are back").await;
}

/// Docker's name server lists a container from its start, before it serves, until after its end; a client that asks it
/// and tries no second address meets a few that do not serve. How few is told, not promised.
#[tokio::test]
async fn requests_by_name_hardly_ever_meet_a_container_that_does_not_serve() {
    let Some(bed) = engine("requests_by_name_hardly_ever_meet_a_container_that_does_not_serve") else {
        return;
    };
    let web = bed.server("1").env("ON_TERM", "drain").env("DRAIN_MS", 500);
    let (site, project) = Site::up(&bed, web, 3).await;
    let load = ask(&bed, &project.network, "web:8080").await;
    let prepared = site.rollout(&to(&bed.image("2"))).await.unwrap();
    assert_eq!(finish(&site.engine, prepared, Direction::Forward).await, Verdict::Done);
    let seen = summary(&load).await;
    eprintln!("asked by name while updated: {seen}");
    let (ok, failed) = (seen["ok"].as_u64().unwrap_or(0), seen["failed"].as_u64().unwrap_or(u64::MAX));
    assert!(failed < ok / 50, "{seen}");
}
