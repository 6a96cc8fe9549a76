//! Operations on services of Swarm, on private engines: the truth is the tasks.

use std::time::Duration;

use serde_json::{Value, json};
use stacktop::command::execute::{
    lock::errands,
    operation::{Direction, Refused, SwarmAim, Verdict},
};
use stacktop::command::rollout::Care;

use crate::{
    course::{finish, follow},
    site::image_with,
    support::{private::Release, swarm::service_spec},
    yard::{Yard, rolled_back, to},
};

const UNHEALTHY: &str = "ENV UNHEALTHY_AFTER_MS=1";

fn refusal(prepared: Result<impl Sized, Refused>) -> String {
    prepared.map(drop).unwrap_err().to_string()
}

async fn update_scale_and_roll_back(release: Release) {
    let Some(yard) = Yard::open("update_scale_and_roll_back", release).await else { return };
    let (one, two) = (yard.bed().image("1"), yard.bed().image("2"));
    yard.up(yard.web(2)).await;
    let other = yard.bed().service(service_spec("other", "web", &one, 1), None).await;
    yard.bed().wait_running(&other, 1).await;
    let index =
        async || yard.bed().engine().get(&format!("/services/{other}")).await.json()["Version"].clone();
    let before = index().await;

    assert_eq!(yard.operate(&to(&two)).await, Verdict::Done);
    yard.assert_well(&two, 2, "updated").await;
    assert_eq!(yard.operate(&SwarmAim::Replicas(3)).await, Verdict::Done);
    yard.assert_well(&two, 3, "scaled").await;
    // The engine's own previous spec is that of the scaling: going back to it would keep the image.
    assert_eq!(yard.operate(&SwarmAim::Before).await, Verdict::Done);
    yard.assert_well(&one, 3, "rolled back").await;
    assert_eq!(yard.operate(&SwarmAim::Replicas(1)).await, Verdict::Done);
    yard.assert_well(&one, 1, "scaled down").await;
    assert_eq!(index().await, before, "the service of another stack");
    assert_eq!(yard.configs("stacktop-before.").await, 1);
}

#[tokio::test]
async fn a_rollback_after_a_scaling_puts_the_image_back_and_leaves_the_replicas() {
    update_scale_and_roll_back(Release::Host).await;
}

#[tokio::test]
async fn a_rollback_after_a_scaling_on_a_newer_engine_leaves_the_replicas() {
    update_scale_and_roll_back(Release::Newer).await;
}

async fn what_does_not_work_is_put_back(release: Release) {
    let Some(yard) = Yard::open("what_does_not_work_is_put_back", release).await else { return };
    let one = yard.bed().image("1");
    let unhealthy = image_with(yard.bed(), UNHEALTHY).await;
    let crashes = image_with(yard.bed(), r#"CMD ["exit","3"]"#).await;
    yard.up(yard.web(2)).await;
    let before = yard.inspect().await["Spec"].clone();
    for action in ["pause", "rollback"] {
        for order in ["start-first", "stop-first"] {
            let case = format!("{action}, {order}");
            yard.meddle(|spec| {
                spec["UpdateConfig"]["FailureAction"] = json!(action);
                spec["UpdateConfig"]["Order"] = json!(order);
            })
            .await;
            let verdict = yard.operate(&to(&unhealthy.name)).await;
            let told = rolled_back(&verdict);
            for part in ["swarm", "probe: exit 1 \"unhealthy: older than 1 ms\"", "log: version 2 listens"] {
                assert!(told.contains(part), "{case}: {part}: {told}");
            }
            yard.assert_well(&one, 2, &case).await;
        }
    }
    let told = rolled_back(&yard.operate(&to(&crashes.name)).await);
    assert!(told.contains("task: non-zero exit (3)"), "{told}");
    let told = rolled_back(&yard.operate(&to("nowhere:9")).await);
    assert!(told.contains("No such image: nowhere:9"), "{told}");
    yard.assert_well(&one, 2, "no image").await;
    assert_eq!(yard.inspect().await["Spec"]["TaskTemplate"], before["TaskTemplate"]);
    assert_eq!(yard.configs("stacktop-").await, 0);
}

#[tokio::test]
async fn an_image_that_does_not_work_is_rolled_back_with_its_last_words() {
    what_does_not_work_is_put_back(Release::Host).await;
}

#[tokio::test]
async fn an_image_that_does_not_work_on_a_newer_engine_is_rolled_back() {
    what_does_not_work_is_put_back(Release::Newer).await;
}

#[tokio::test]
async fn replicas_that_do_not_come_up_are_taken_away_again() {
    let Some(yard) = Yard::open("replicas_that_do_not_come_up", Release::Host).await else { return };
    let mut spec = yard.web(1);
    // Each task needs a port of the node for itself.
    spec["EndpointSpec"]["Ports"] =
        json!([{ "Protocol": "tcp", "TargetPort": 8080, "PublishedPort": 8080, "PublishMode": "host" }]);
    yard.up(spec).await;
    let prepared = yard.prepare_within(&SwarmAim::Replicas(2), Duration::from_secs(3)).await.unwrap();
    let told = rolled_back(&finish(&yard.engine, prepared, Direction::Forward).await);
    assert!(told.contains("nothing has changed for 3 s") && told.contains("no suitable node"), "{told}");
    yard.assert_well(&yard.bed().image("1"), 1, "scaled").await;
}

#[tokio::test]
async fn an_update_that_finds_no_node_is_rolled_back_when_time_is_up() {
    let Some(yard) = Yard::open("an_update_that_finds_no_node", Release::Host).await else { return };
    yard.up(yard.web(2)).await;
    let prepared = yard.prepare_within(&SwarmAim::Renewed, Duration::from_secs(4)).await.unwrap();
    let path = "/nodes";
    let node = yard.bed().engine().get(path).await.json()[0].clone();
    let mut spec = node["Spec"].clone();
    // It keeps what it has and takes no more.
    spec["Availability"] = json!("pause");
    let update =
        format!("/nodes/{}/update?version={}", node["ID"].as_str().unwrap(), node["Version"]["Index"]);
    yard.bed().engine().post(&update, spec).await.json();
    let (verdict, told) = follow(&yard.engine, prepared, Direction::Forward).await;
    let why = rolled_back(&verdict.unwrap());
    assert!(
        why.contains("nothing has changed for 4 s: 0 of 2 tasks run") && why.contains("no suitable node"),
        "{why}"
    );
    assert!(told.iter().any(|told| told.detail.contains("no suitable node")), "{told:#?}");
    yard.assert_well(&yard.bed().image("1"), 2, "no node").await;
}

#[tokio::test]
async fn an_update_that_swarm_has_paused_is_never_let_go_on() {
    let Some(yard) = Yard::open("an_update_that_swarm_has_paused", Release::Host).await else { return };
    let (one, two) = (yard.bed().image("1"), yard.bed().image("2"));
    let unhealthy = image_with(yard.bed(), UNHEALTHY).await;
    yard.up(yard.web(2)).await;
    yard.meddle(|spec| spec["TaskTemplate"]["ContainerSpec"]["Image"] = json!(unhealthy.name)).await;
    yard.wait_update("paused").await;
    for aim in
        [SwarmAim::Replicas(3), SwarmAim::Renewed, SwarmAim::Image(None, Care::Usual), to(&unhealthy.name)]
    {
        let sentence = refusal(yard.prepare(&aim).await);
        assert!(
            sentence.contains(&format!("stacktop rollout yard/web --image {one}")),
            "{aim:?}: {sentence}"
        );
    }
    let old = yard.running().await.into_iter().filter(|(image, _)| *image == one).count();
    assert_eq!(old, 2, "nothing was touched");
    assert_eq!(yard.operate(&to(&two)).await, Verdict::Done);
    yard.assert_well(&two, 2, "another image").await;
}

#[tokio::test]
async fn a_killed_update_is_watched_on_or_put_back() {
    let Some(yard) = Yard::open("a_killed_update_is_watched_on", Release::Host).await else { return };
    let (one, two) = (yard.bed().image("1"), yard.bed().image("2"));
    yard.up(yard.web(2)).await;
    for (image, way, ends_with) in
        [(&two, Direction::Forward, &two), (&one, Direction::Back, &two), (&one, Direction::Forward, &one)]
    {
        yard.abandon_at_the_gate(&to(image)).await;
        let left = errands(&yard.engine).await.unwrap();
        assert_eq!(left.iter().map(|errand| errand.key()).collect::<Vec<_>>(), [yard.key()]);
        let busy = refusal(yard.prepare(&SwarmAim::Replicas(3)).await);
        assert!(busy.contains("has not ended"), "{busy}");
        let prepared = yard.rest(way).await.unwrap();
        let verdict = finish(&yard.engine, prepared, way).await;
        assert_eq!(verdict, Verdict::Done, "{way:?}");
        yard.assert_well(ends_with, 2, "gone on with").await;
    }
    yard.abandon_at_the_gate(&SwarmAim::Replicas(4)).await;
    let prepared = yard.rest(Direction::Back).await.unwrap();
    assert_eq!(finish(&yard.engine, prepared, Direction::Back).await, Verdict::Done);
    yard.assert_well(&one, 2, "a scaling").await;
}

#[tokio::test]
async fn a_killed_update_that_swarm_has_paused_can_only_go_back() {
    let Some(yard) = Yard::open("a_killed_update_that_swarm_has_paused", Release::Host).await else { return };
    let unhealthy = image_with(yard.bed(), UNHEALTHY).await;
    yard.up(yard.web(2)).await;
    yard.abandon_at_the_gate(&to(&unhealthy.name)).await;
    yard.wait_update("paused").await;
    let sentence = refusal(yard.rest(Direction::Forward).await);
    assert!(sentence.contains("stacktop ops rollback 01YARD0"), "{sentence}");
    let prepared = yard.rest(Direction::Back).await.unwrap();
    assert_eq!(finish(&yard.engine, prepared, Direction::Back).await, Verdict::Done);
    yard.assert_well(&yard.bed().image("1"), 2, "back").await;
}

#[tokio::test]
async fn a_change_of_somebody_else_is_kept_or_left_alone() {
    let Some(yard) = Yard::open("a_change_of_somebody_else_is_kept", Release::Host).await else { return };
    let two = yard.bed().image("2");
    yard.up(yard.web(2)).await;
    let prepared = yard.prepare(&to(&two)).await.unwrap();
    // Between plan and beginning: its version is another one, and so are the replicas.
    yard.meddle(|spec| {
        spec["Labels"]["owner"] = json!("somebody else");
        spec["Mode"]["Replicated"]["Replicas"] = json!(3);
    })
    .await;
    assert_eq!(finish(&yard.engine, prepared, Direction::Forward).await, Verdict::Done);
    yard.assert_well(&two, 3, "between plan and beginning").await;
    assert_eq!(yard.inspect().await["Spec"]["Labels"]["owner"], "somebody else");

    // While it is watched: what is now there is theirs.
    yard.abandon_at_the_gate(&to(&yard.bed().image("1"))).await;
    yard.meddle(|spec| spec["TaskTemplate"]["ContainerSpec"]["Image"] = json!("nowhere:9")).await;
    let sentence = refusal(yard.rest(Direction::Forward).await);
    assert!(sentence.contains("somebody else") && sentence.contains("stacktop ops abort"), "{sentence}");
}

#[tokio::test]
async fn a_service_that_says_nothing_on_updates_is_given_settings() {
    let Some(yard) = Yard::open("a_service_that_says_nothing", Release::Host).await else { return };
    let unhealthy = image_with(yard.bed(), UNHEALTHY).await;
    let mut spec = yard.web(2);
    spec.as_object_mut().unwrap().remove("UpdateConfig");
    yard.up(spec).await;
    let prepared = yard.prepare(&to(&unhealthy.name)).await.unwrap();
    let notes = prepared.plan.notes.join("\n");
    assert!(notes.contains("start-first, 1 at a time, monitor 15 s, failure_action rollback"), "{notes}");
    rolled_back(&finish(&yard.engine, prepared, Direction::Forward).await);
    yard.assert_well(&yard.bed().image("1"), 2, "rolled back").await;
    assert_eq!(
        yard.inspect().await["Spec"]["UpdateConfig"],
        Value::Null,
        "what was given is taken away again"
    );
}

#[tokio::test]
async fn a_global_service_is_updated_and_never_scaled_and_a_job_is_left_alone() {
    let Some(yard) = Yard::open("a_global_service_is_updated", Release::Host).await else { return };
    let two = yard.bed().image("2");
    let mut spec = yard.web(1);
    spec["Mode"] = json!({ "Global": {} });
    yard.up(spec).await;
    assert!(refusal(yard.prepare(&SwarmAim::Replicas(2)).await).contains("Global"));
    assert_eq!(yard.operate(&to(&two)).await, Verdict::Done);
    yard.assert_well(&two, 1, "global").await;
    yard.bed().engine().delete("/services/yard_web").await;

    let mut job = yard.web(1);
    job["Mode"] = json!({ "ReplicatedJob": { "MaxConcurrent": 1, "TotalCompletions": 1 } });
    job["TaskTemplate"]["RestartPolicy"] = json!({ "Condition": "none" });
    job.as_object_mut().unwrap().remove("UpdateConfig");
    yard.bed().service(job, None).await;
    for aim in [to(&two), SwarmAim::Replicas(2)] {
        assert!(refusal(yard.prepare(&aim).await).contains("is a job"));
    }
}

#[tokio::test]
async fn tasks_are_replaced_as_many_at_once_and_with_the_delay_that_the_service_says() {
    let Some(yard) = Yard::open("tasks_are_replaced_as_many_at_once", Release::Host).await else { return };
    let two = yard.bed().image("2");
    let mut spec = yard.web(4);
    let config = json!({
        "Parallelism": 2, "Delay": 3_000_000_000_u64, "Order": "stop-first", "FailureAction": "pause",
        "Monitor": 500_000_000_u64, "MaxFailureRatio": 0,
    });
    spec["UpdateConfig"] = config.clone();
    yard.up(spec).await;
    let prepared = yard.prepare(&to(&two)).await.unwrap();
    let order = prepared.plan.facts.iter().find(|(name, _)| name == "order").unwrap();
    assert_eq!(order.1, "stop-first, 2 at a time: the service's update_config says so");
    assert_eq!(finish(&yard.engine, prepared, Direction::Forward).await, Verdict::Done);
    yard.assert_well(&two, 4, "two at a time").await;
    assert_eq!(yard.inspect().await["Spec"]["UpdateConfig"], config, "it is the service's own");

    let tasks = yard.bed().tasks("yard_web").await;
    let new = tasks.iter().filter(|task| task["Spec"]["ContainerSpec"]["Image"] == *two);
    let mut made: Vec<jiff::Timestamp> =
        new.map(|task| task["CreatedAt"].as_str().unwrap().parse().unwrap()).collect();
    made.sort();
    let between = |earlier: usize, later: usize| made[earlier].duration_until(made[later]).as_secs_f64();
    assert!(between(0, 1) < 3.0, "the second did not wait for the first: {made:?}");
    assert!(between(1, 2) >= 3.0, "the third waited: {made:?}");
}
