//! Containers: from their creation to their removal.

use std::time::Duration;

use serde_json::json;
use stacktop::engine::{Change, Force, Volumes};

use super::{reach, support};
use support::Spec;

const GRACE: Option<Duration> = Some(Duration::from_secs(1));

#[tokio::test]
async fn a_container_is_made_started_and_stopped_and_says_when_it_was_so_already() {
    let Some(bed) = support::engine("a_container_is_made_started_and_stopped") else { return };
    let engine = reach(&bed).await;
    let name = bed.unique("made");
    let mut body = json!({ "Image": bed.image("1"), "Labels": {} });
    bed.mark(&mut body["Labels"]);
    let id = engine.create(&name, &body).await.unwrap();

    assert_eq!(engine.start(id.as_str()).await, Ok(Change::Made));
    assert_eq!(engine.start(&name).await, Ok(Change::AlreadySo));
    assert_eq!(engine.stop(&name, GRACE).await, Ok(Change::Made));
    assert_eq!(engine.stop(&name, GRACE).await, Ok(Change::AlreadySo));
    engine.restart(&name, GRACE).await.unwrap();
    let seen = engine.inspect_container(&name).await.unwrap();
    assert_eq!((&seen["Id"], &seen["State"]["Running"]), (&json!(id.as_str()), &json!(true)));
}

#[tokio::test]
async fn a_name_that_is_taken_is_told_from_a_missing_image() {
    let Some(bed) = support::engine("a_name_that_is_taken_is_told_from_a_missing_image") else { return };
    let engine = reach(&bed).await;
    let first = bed.create(Spec::new(bed.image("1")).name("first")).await;
    let second = bed.create(Spec::new(bed.image("1")).name("second")).await;

    let mut body = json!({ "Image": bed.image("1"), "Labels": {} });
    bed.mark(&mut body["Labels"]);
    let taken = engine.create(&first.name, &body).await.unwrap_err();
    assert!(taken.is_name_taken() && taken.is_conflict(), "{taken}");
    assert!(taken.to_string().starts_with(&format!("cannot create container {}: ", first.name)), "{taken}");
    assert!(taken.to_string().ends_with("rename or remove the other one first"), "{taken}");
    let taken = engine.rename(&second.name, &first.name).await.unwrap_err();
    assert!(taken.is_name_taken(), "{taken}");

    body["Image"] = json!("stacktop-test/none:1");
    let missing = engine.create(&bed.unique("none"), &body).await.unwrap_err();
    assert!(missing.is_image_missing() && missing.is_not_found(), "{missing}");
    assert!(!missing.is_name_taken());
}

#[tokio::test]
async fn of_ten_creates_at_once_one_gets_the_name() {
    let Some(bed) = support::engine("of_ten_creates_at_once_one_gets_the_name") else { return };
    let engine = reach(&bed).await;
    let name = bed.unique("lock");
    let mut body = json!({ "Image": bed.image("1"), "Labels": {} });
    bed.mark(&mut body["Labels"]);
    let made = futures_util::future::join_all((0..10).map(|_| engine.create(&name, &body))).await;
    assert_eq!(made.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{made:?}");
    assert!(made.iter().filter_map(|outcome| outcome.as_ref().err()).all(|error| error.is_name_taken()));
}

#[tokio::test]
async fn a_renamed_container_is_found_by_its_new_name_only() {
    let Some(bed) = support::engine("a_renamed_container_is_found_by_its_new_name_only") else { return };
    let engine = reach(&bed).await;
    let old = bed.create(Spec::new(bed.image("1")).name("old")).await;
    let new = bed.unique("new");
    engine.rename(&old.name, &new).await.unwrap();
    assert_eq!(engine.inspect_container(&new).await.unwrap()["Id"], json!(old.id));
    let gone = engine.start(&old.name).await.unwrap_err();
    assert!(gone.is_not_found(), "{gone}");
    assert!(gone.to_string().contains("it may have been removed or replaced since"), "{gone}");
}

#[tokio::test]
async fn a_port_that_is_taken_is_told_and_the_container_stays_created() {
    let Some(bed) = support::engine("a_port_that_is_taken_is_told") else { return };
    let engine = reach(&bed).await;
    let first = bed.run(Spec::new(bed.image("1")).name("first").port(8080)).await;
    let port = first.published(8080).await.to_string();
    let binding = json!({ "8080/tcp": [{ "HostIp": "127.0.0.1", "HostPort": port }] });
    let second = bed.create(Spec::new(bed.image("1")).name("second").host("PortBindings", binding)).await;
    let taken = engine.start(&second.name).await.unwrap_err();
    assert!(taken.is_port_taken() && !taken.is_address_taken(), "{taken}");
    assert!(taken.to_string().contains("; see who has the port"), "{taken}");
    assert_eq!(second.state().await, "created");
}

#[tokio::test]
async fn a_missing_program_is_no_taken_port() {
    let Some(bed) = support::engine("a_missing_program_is_no_taken_port") else { return };
    let engine = reach(&bed).await;
    let broken = bed.create(Spec::new(bed.image("1")).set("Entrypoint", json!(["/nope"]))).await;
    let error = engine.start(&broken.name).await.unwrap_err();
    assert!(!error.is_port_taken() && error.to_string().contains("/nope"), "{error}");
}

#[tokio::test]
async fn a_container_that_runs_is_removed_by_force_only() {
    let Some(bed) = support::engine("a_container_that_runs_is_removed_by_force_only") else { return };
    let engine = reach(&bed).await;
    let web = bed.run(Spec::new(bed.image("1"))).await;
    let runs = engine.remove(&web.name, Force::No, Volumes::Keep).await.unwrap_err();
    assert!(runs.is_running() && runs.is_conflict(), "{runs}");
    engine.remove(&web.name, Force::Kill, Volumes::RemoveAnonymous).await.unwrap();
    let gone = engine.remove(&web.name, Force::Kill, Volumes::Keep).await.unwrap_err();
    assert!(gone.is_not_found(), "{gone}");
}

#[tokio::test]
async fn a_container_is_paused_once_and_a_signal_needs_one_that_runs() {
    let Some(bed) = support::engine("a_container_is_paused_once") else { return };
    let engine = reach(&bed).await;
    let web = bed.run(Spec::new(bed.image("1"))).await;
    engine.pause(&web.name).await.unwrap();
    let twice = engine.pause(&web.name).await.unwrap_err();
    assert!(twice.is_paused() && !twice.is_not_running(), "{twice}");
    let paused = engine.remove(&web.name, Force::No, Volumes::Keep).await.unwrap_err();
    assert!(paused.is_paused() && paused.is_running(), "{paused}");
    engine.unpause(&web.name).await.unwrap();
    let running = engine.unpause(&web.name).await.unwrap_err();
    assert!(!running.is_paused(), "{running}");

    let unknown = engine.kill(&web.name, "SIGNOPE").await.unwrap_err();
    assert_eq!(unknown.status(), Some(400), "{unknown}");
    engine.kill(&web.name, "SIGKILL").await.unwrap();
    assert_eq!(web.wait_exit().await, 137);
    let ended = engine.kill(&web.name, "9").await.unwrap_err();
    assert!(ended.is_not_running(), "{ended}");
}

#[tokio::test]
async fn a_stop_takes_its_grace_and_no_longer() {
    let Some(bed) = support::engine("a_stop_takes_its_grace_and_no_longer") else { return };
    let engine = reach(&bed).await;
    let deaf = bed.run(Spec::new(bed.image("1")).env("ON_TERM", "ignore")).await;
    deaf.wait_log("listens").await;
    assert_eq!(engine.stop(&deaf.name, Some(Duration::from_millis(300))).await, Ok(Change::Made));
    assert_eq!(deaf.wait_exit().await, 137);
}

#[tokio::test]
async fn a_restart_policy_is_set_while_the_container_runs() {
    let Some(bed) = support::engine("a_restart_policy_is_set_while_the_container_runs") else { return };
    let engine = reach(&bed).await;
    let web = bed.run(Spec::new(bed.image("1")).restart("always")).await;
    let warnings = engine.update_restart_policy(&web.name, &json!({ "Name": "no" })).await.unwrap();
    assert_eq!(warnings, Vec::<String>::new());
    assert_eq!(web.inspect().await["HostConfig"]["RestartPolicy"]["Name"], "no");
    let unknown = engine.update_restart_policy(&web.name, &json!({ "Name": "sometimes" })).await.unwrap_err();
    assert_eq!(unknown.status(), Some(400), "{unknown}");
}
