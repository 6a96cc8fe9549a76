//! Compose v2 judges what an update has made.

use std::time::{Duration, Instant};

use serde_json::json;
use stacktop::command::{
    Stage,
    execute::operation::{Direction, RolloutOptions, Verdict},
};

use crate::{
    course::{finish, follow, to},
    project::Project,
    site::{Site, engine},
    support,
};

#[tokio::test]
async fn compose_lists_what_an_update_made_and_leaves_it_alone() {
    let test = "compose_lists_what_an_update_made";
    let (Some(bed), Some(compose)) = (engine(test), support::compose_v2(test)) else { return };
    // Docker itself would look for the first time after half a minute.
    let check = json!({ "test": ["CMD", "/fixture", "check", "/health"], "interval": "30s" });
    let more = json!({ "scale": 3, "restart": "always", "healthcheck": check, "volumes": ["/data"] });
    let project = Project::up(bed, compose, &more).await;
    let site = Site::of(&project.bed, &project.name).await;
    let before = project.ids().await;
    project.point_to("2").await;

    let began = Instant::now();
    let options = RolloutOptions { image: None, ..to("") };
    let prepared = site.rollout(&options).await.unwrap();
    let (verdict, told) = follow(&site.engine, prepared, Direction::Forward).await;
    let took = began.elapsed();
    assert_eq!(verdict.unwrap(), Verdict::Done);
    let waits = told.iter().filter(|progress| progress.stage == Stage::Done);
    let soaked: Duration =
        waits.filter(|progress| progress.state == "soak").filter_map(|it| it.deadline).sum();
    eprintln!("3 replicas, a check every 30 s: {:.1} s, of which {soaked:?} soak", took.as_secs_f64());
    assert!(took < Duration::from_secs(30), "docker's own first check was waited for: {took:?}");

    let updated = project.ids().await;
    assert_eq!(updated.len(), before.len());
    assert_eq!(updated.intersection(&before).count(), 1, "only db is what it was");
    assert_eq!(project.numbers("web").await, ["1", "2", "3"]);
    let listed = project.compose(&["ps", "--format", "json"]);
    for name in ["web-1", "web-2", "web-3", "db-1"] {
        assert!(listed.contains(&project.full(name)), "{name} is not listed: {listed}");
    }
    let told = project.compose(&["up", "--detach"]);
    assert_eq!(project.ids().await, updated, "{told}");
}

#[tokio::test]
async fn compose_goes_back_to_its_file_after_an_update_to_another_tag_as_the_plan_said() {
    let test = "compose_goes_back_to_its_file";
    let (Some(bed), Some(compose)) = (engine(test), support::compose_v2(test)) else { return };
    let project = Project::up(bed, compose, &json!({})).await;
    let site = Site::of(&project.bed, &project.name).await;
    let prepared = site.rollout(&to(&project.bed.image("2"))).await.unwrap();
    let note = prepared.plan.notes.join("\n");
    assert!(note.contains("write that into the compose file"), "{note}");
    assert_eq!(finish(&site.engine, prepared, Direction::Forward).await, Verdict::Done);
    let updated = project.ids().await;
    let told = project.compose(&["up", "--detach"]);
    assert_eq!(project.ids().await.intersection(&updated).count(), 1, "{told}");
}

#[tokio::test]
async fn compose_knows_the_replicas_of_a_scaling_and_those_after_zero() {
    let test = "compose_knows_the_replicas_of_a_scaling";
    let (Some(bed), Some(compose)) = (engine(test), support::compose_v2(test)) else { return };
    let project = Project::up(bed, compose, &json!({})).await;
    let site = Site::of(&project.bed, &project.name).await;
    for replicas in [4, 1, 0, 3] {
        let prepared = site.scale(replicas).await.unwrap();
        assert_eq!(finish(&site.engine, prepared, Direction::Forward).await, Verdict::Done, "{replicas}");
    }
    assert_eq!(project.numbers("web").await, ["1", "2", "3"]);
    let before = project.ids().await;
    let told = project.compose(&["up", "--detach", "--scale", "web=3"]);
    assert_eq!(project.ids().await, before, "{told}");
}
