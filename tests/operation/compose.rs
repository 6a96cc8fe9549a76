//! Compose v2 judges what an update has made.

use std::time::{Duration, Instant};

use serde_json::json;
use stacktop::command::{
    Plan, Progress, Stage,
    execute::operation::{Direction, Prepared, RolloutOptions, Verdict, prepare_put_back},
};

use crate::{
    course::{finish, follow, holder, key, to},
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

fn fact<'a>(plan: &'a Plan, name: &str) -> &'a str {
    plan.facts.iter().find(|(fact, _)| fact == name).map_or("", |(_, text)| text)
}

#[tokio::test]
async fn what_the_compose_file_says_of_updates_is_done_and_compose_leaves_it_alone() {
    let test = "what_the_compose_file_says_of_updates_is_done";
    let (Some(bed), Some(compose)) = (engine(test), support::compose_v2(test)) else { return };
    let update = json!({ "parallelism": 2, "order": "stop-first", "delay": "2s", "monitor": "500ms" });
    let more = json!({
        "scale": 3, "deploy": { "update_config": update },
    });
    let project = Project::up(bed, compose, &more).await;
    let site = Site::of(&project.bed, &project.name).await;
    project.point_to("2").await;
    let options = RolloutOptions { image: None, soak: None, ..to("") };
    let prepared = site.rollout(&options).await.unwrap();
    let said = "parallelism 2 (compose.yaml), delay 2 s (compose.yaml), monitor 0.5 s (compose.yaml)";
    assert_eq!(fact(&prepared.plan, "settings"), said);
    assert_eq!(fact(&prepared.plan, "order"), "stop-first: deploy.update_config.order says so");

    let (verdict, told) = follow(&site.engine, prepared, Direction::Forward).await;
    assert_eq!(verdict.unwrap(), Verdict::Done);
    let of = |state: &str, slot: Option<u64>| {
        let of_it = |one: &&Progress| one.state == state && one.slot == slot;
        let found = told.iter().find(of_it);
        found.unwrap_or_else(|| panic!("{state} {slot:?}: {told:#?}")).elapsed
    };
    assert!(of("replacing", Some(2)) < of("waiting", None), "two at a time");
    assert!(of("replacing", Some(1)) < of("starting", Some(1)), "the old one stops first");
    assert!(of("creating", Some(3)) >= of("waiting", None) + Duration::from_secs(2), "the delay");
    let updated = project.ids().await;
    let told = project.compose(&["up", "--detach"]);
    assert_eq!(project.ids().await, updated, "{told}");
}

async fn put_back(project: &Project, site: &Site) -> Prepared {
    let options = RolloutOptions { image: None, ..to("") };
    let holder = holder(&format!("{}BACK", site.operation()));
    prepare_put_back(&site.engine, &key(&project.name, "web"), &options, holder).await.unwrap()
}

#[tokio::test]
async fn compose_recreates_nothing_after_an_update_to_another_tag_was_put_back() {
    let test = "compose_recreates_nothing_after_an_update_was_put_back";
    let (Some(bed), Some(compose)) = (engine(test), support::compose_v2(test)) else { return };
    let project = Project::up(bed, compose, &json!({})).await;
    let site = Site::of(&project.bed, &project.name).await;
    let prepared = site.rollout(&to(&project.bed.image("2"))).await.unwrap();
    assert_eq!(finish(&site.engine, prepared, Direction::Forward).await, Verdict::Done);
    let prepared = put_back(&project, &site).await;
    assert_eq!(finish(&site.engine, prepared, Direction::Forward).await, Verdict::Done);
    let back = project.ids().await;
    let told = project.compose(&["up", "--detach"]);
    assert_eq!(project.ids().await, back, "{told}");
}

#[tokio::test]
async fn a_reference_that_has_moved_is_put_back_by_id_until_compose_goes_to_what_it_means() {
    let test = "a_reference_that_has_moved_is_put_back_by_id";
    let (Some(bed), Some(compose)) = (engine(test), support::compose_v2(test)) else { return };
    let project = Project::up(bed, compose, &json!({})).await;
    let site = Site::of(&project.bed, &project.name).await;
    let before = project.inspect("web-1").await["Image"].clone();
    project.point_to("2").await;
    let prepared = site.rollout(&RolloutOptions { image: None, ..to("") }).await.unwrap();
    assert_eq!(finish(&site.engine, prepared, Direction::Forward).await, Verdict::Done);
    assert_ne!(project.inspect("web-1").await["Image"], before);

    let prepared = put_back(&project, &site).await;
    let notes = prepared.plan.notes.join("\n");
    assert!(notes.contains("the next `docker compose up` goes to what"), "{notes}");
    assert_eq!(finish(&site.engine, prepared, Direction::Forward).await, Verdict::Done);
    assert_eq!(project.inspect("web-1").await["Image"], before);
    // The reference is not forgotten: an update without an image goes to what it means.
    let prepared = site.rollout(&RolloutOptions { image: None, ..to("") }).await.unwrap();
    assert!(!prepared.plan.is_empty(), "{:?}", prepared.plan.facts);

    let back = project.ids().await;
    let told = project.compose(&["up", "--detach"]);
    assert_eq!(project.ids().await.intersection(&back).count(), 1, "only db is what it was: {told}");
}

#[tokio::test]
async fn the_file_says_whether_compose_takes_a_scaling_back() {
    let test = "the_file_says_whether_compose_takes_a_scaling_back";
    let (Some(bed), Some(compose)) = (engine(test), support::compose_v2(test)) else { return };
    let project = Project::up(bed, compose, &json!({})).await;
    let site = Site::of(&project.bed, &project.name).await;
    let notes = site.scale(3).await.unwrap().plan.notes;
    assert!(notes[0].contains("goes back to 2, the number in compose.yaml"), "{notes:?}");
    assert_eq!(site.scale(2).await.unwrap().plan.notes, Vec::<String>::new());
}

#[tokio::test]
async fn compose_goes_back_to_the_number_in_an_included_file_as_the_plan_says() {
    let test = "compose_goes_back_to_the_number_in_an_included_file";
    let (Some(bed), Some(compose)) = (engine(test), support::compose_v2(test)) else { return };
    let project = Project::up(bed, compose, &json!({})).await;
    project.include("part.yaml");
    let (site, before) = (Site::of(&project.bed, &project.name).await, project.ids().await);
    let prepared = site.scale(3).await.unwrap();
    let notes = &prepared.plan.notes;
    assert!(notes[0].contains("goes back to 2, the number in part.yaml"), "{notes:?}");
    assert_eq!(finish(&site.engine, prepared, Direction::Forward).await, Verdict::Done);
    let told = project.compose(&["up", "--detach"]);
    assert_eq!(project.ids().await, before, "{told}");
}

#[tokio::test]
async fn hooks_of_the_compose_file_run_in_a_replica_that_a_scaling_takes_away_also_where_they_fail() {
    let test = "hooks_of_the_compose_file_run_in_a_replica_that_a_scaling_takes_away";
    let (Some(bed), Some(compose)) = (engine(test), support::compose_v2(test)) else { return };
    let project = Project::up(bed, compose, &json!({})).await;
    project.rewrite(&json!({ "pre_stop": [{ "command": "/bin/sh -c 'exit 7'" }] }));
    let site = Site::of(&project.bed, &project.name).await;
    let prepared = site.scale(1).await.unwrap();
    let (verdict, told) = follow(&site.engine, prepared, Direction::Forward).await;
    assert_eq!(verdict.unwrap(), Verdict::Done);
    let done = told.iter().filter(|one| one.stage == Stage::Done);
    let done: Vec<_> = done.map(|one| (one.state.as_str(), one.detail.as_str())).collect();
    assert_eq!(done, [("draining", "exit 7"), ("stopping", "done"), ("removing", "done")]);
    assert_eq!(project.numbers("web").await, ["1"]);
}

#[tokio::test]
async fn hooks_of_the_compose_file_run_in_a_container_before_it_is_stopped() {
    let test = "hooks_of_the_compose_file_run";
    let (Some(bed), Some(compose)) = (engine(test), support::compose_v2(test)) else { return };
    // Compose before 2.30 does not know the word, so the file gets it once the project is up.
    let project = Project::up(bed, compose, &json!({})).await;
    let hook = json!([{ "command": "/bin/sh -c 'exit 0'", "user": "0" }]);
    project.rewrite(&json!({ "pre_stop": hook }));
    let site = Site::of(&project.bed, &project.name).await;
    let prepared = site.rollout(&to(&project.bed.image("2"))).await.unwrap();
    assert_eq!(fact(&prepared.plan, "settings"), "pre_stop (compose.yaml)");
    let (verdict, told) = follow(&site.engine, prepared, Direction::Forward).await;
    assert_eq!(verdict.unwrap(), Verdict::Done);
    let hooks: Vec<&Progress> =
        told.iter().filter(|one| one.state == "draining" && one.stage == Stage::Done).collect();
    assert_eq!(hooks.len(), 2, "one for each replica: {told:#?}");
    assert!(hooks.iter().all(|one| one.detail == "exit 0"), "{hooks:#?}");
}
