//! Clones made through the API are Compose's own: Compose v2 is the judge.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "test code, as in the support")]

#[path = "clone/project.rs"]
mod project;
mod support;

use project::Project;
use serde_json::{Value, json};
use stacktop::command::clone::{AnonymousVolumes, anonymous_volumes};
use std::collections::BTreeSet;
use support::{Spec, TestEngine};

#[tokio::test]
async fn compose_lists_a_replaced_and_an_added_replica_and_recreates_none() {
    let test = "compose_lists_a_replaced_and_an_added_replica_and_recreates_none";
    let (Some(bed), Some(compose)) = (support::engine(test), support::compose_v2(test)) else { return };
    replaced_and_added(Project::up(bed, compose, &json!({})).await).await;
}

#[tokio::test]
async fn compose_on_the_newer_engine_recreates_none_either() {
    let test = "compose_on_the_newer_engine_recreates_none_either";
    let (Some(bed), Some(compose)) = (support::newer_engine(test), support::compose_v2(test)) else { return };
    replaced_and_added(Project::up(bed, compose, &json!({})).await).await;
}

async fn replaced_and_added(project: Project) {
    let first = project.inspect("web-1").await;
    let replaced = project.replace("web-1").await;
    let added = project.add("web-1", 3).await;
    assert_ne!(first["Id"], replaced["Id"]);
    assert_eq!(project.numbers("web").await, ["1", "2", "3"]);

    let listed = project.compose(&["ps", "--format", "json"]);
    for name in ["web-1", "web-2", "web-3", "db-1"] {
        assert!(listed.contains(&project.full(name)), "{name} is not listed: {listed}");
    }
    let before = project.ids().await;
    let told = project.compose(&["up", "--detach", "--scale", "web=3"]);
    assert_eq!(project.ids().await, before, "{told}");
    let told = project.compose(&["up", "--detach"]);
    let left = project.ids().await;
    assert!(!left.contains(&id(&added)), "the file says two, so the third goes: {told}");
    assert!(left.contains(&id(&replaced)) && left.is_subset(&before), "{told}");
}

#[tokio::test]
async fn compose_leaves_a_clone_with_the_new_image_alone_and_recreates_what_has_the_old_one() {
    let test = "compose_leaves_a_clone_with_the_new_image_alone";
    let (Some(bed), Some(compose)) = (support::engine(test), support::compose_v2(test)) else { return };
    let project = Project::up(bed, compose, &json!({})).await;
    project.point_to("2").await;
    let replaced = project.replace("web-1").await;
    let second = project.inspect("web-2").await;
    assert!(env(&replaced).contains("VERSION=2"), "the defaults are the new image's: {}", env(&replaced));
    assert!(env(&replaced).contains("COLOR=blue"), "and the user's stay: {}", env(&replaced));

    let told = project.compose(&["up", "--detach"]);
    let left = project.ids().await;
    assert!(left.contains(&id(&replaced)), "{told}");
    assert!(!left.contains(&id(&second)), "Compose would have seen a wrong label: {told}");
}

#[tokio::test]
async fn an_anonymous_volume_survives_a_replacement_and_is_not_shared_by_one_more_replica() {
    let test = "an_anonymous_volume_survives_a_replacement";
    let (Some(bed), Some(compose)) = (support::engine(test), support::compose_v2(test)) else { return };
    let project = Project::up(bed, compose, &json!({ "volumes": ["/data"] })).await;
    let volume = volume_of(&project.inspect("web-1").await);
    on_volume(&project.bed, &volume, ["fill", "/data", "--files", "3"]).await;
    let content = on_volume(&project.bed, &volume, ["digest", "/data"]).await;

    let replaced = project.replace("web-1").await;
    // Of the replacement, which mounts the volume by its name.
    let added = project.add("web-1", 3).await;
    assert_eq!(volume_of(&replaced), volume);
    assert_eq!(on_volume(&project.bed, &volume, ["digest", "/data"]).await, content);
    assert_ne!(volume_of(&added), volume);
    assert_ne!(on_volume(&project.bed, &volume_of(&added), ["digest", "/data"]).await, content);

    let before = project.ids().await;
    let told = project.compose(&["up", "--detach", "--scale", "web=3"]);
    assert_eq!(project.ids().await, before, "{told}");
}

#[tokio::test]
async fn a_clone_is_known_by_its_final_name_on_every_network_before_and_after_its_renaming() {
    let test = "a_clone_is_known_by_its_final_name_on_every_network";
    let (Some(bed), Some(compose)) = (support::engine(test), support::compose_v2(test)) else { return };
    let project = Project::up(bed, compose, &json!({})).await;
    project.replace("web-1").await;
    for network in ["default", "back"] {
        let ask = ["load", &format!("{}:8080", project.full("web-1")), "--requests", "3"];
        let spec =
            Spec::new(project.bed.image("1")).name(network).cmd(ask).network(&project.network(network), &[]);
        let load = project.bed.run(spec).await;
        load.wait_exit().await;
        let log = String::from_utf8_lossy(&load.logs().await).into_owned();
        assert!(log.contains(r#""ok":3,"failed":0"#), "{network}: {log}");
    }
}

#[tokio::test]
async fn a_secret_from_the_environment_is_copied_into_a_replacement() {
    let test = "a_secret_from_the_environment_is_copied_into_a_replacement";
    let (Some(bed), Some(compose)) = (support::engine(test), support::compose_v2(test)) else { return };
    let project = Project::up(bed, compose, &json!({ "secrets": ["token"] })).await;
    let clone = project.clone_of("web-1", 1, AnonymousVolumes::Keep).await;
    assert_eq!(clone.copy_in, ["/run/secrets/token"]);
    let replaced = project.replace("web-1").await;
    let path = format!("/containers/{}/archive?path=/run/secrets/token", id(&replaced));
    let archive = project.bed.engine().get(&path).await;
    assert!(archive.status == 200 && archive.text().contains("hush"), "{archive:?}");
}

fn id(container: &Value) -> String {
    container["Id"].as_str().unwrap_or_default().to_owned()
}

fn env(container: &Value) -> String {
    container["Config"]["Env"].to_string()
}

fn volume_of(container: &Value) -> String {
    let volumes: BTreeSet<String> = anonymous_volumes(container).into_iter().collect();
    assert_eq!(volumes.len(), 1, "{}", container["Mounts"]);
    volumes.into_iter().next().unwrap()
}

/// Runs the fixture on a volume and returns what it wrote.
async fn on_volume<const N: usize>(bed: &TestEngine, volume: &str, words: [&str; N]) -> String {
    let worker = bed.run(Spec::new(bed.image("1")).name("worker").volume(volume, "/data").cmd(words)).await;
    assert_eq!(worker.wait_exit().await, 0);
    let log = String::from_utf8_lossy(&worker.logs().await).into_owned();
    bed.engine().delete(&format!("/containers/{}", worker.id)).await;
    log
}
