use serde_json::json;

use super::*;
use crate::command::{Act, Call, Phase};

pub(super) fn key() -> ServiceKey {
    ServiceKey { stack: Some("shop".into()), name: "web".to_owned() }
}

fn service(image: &str, mode: &Value) -> SwarmService {
    let inspect = json!({ "ID": "w1", "Spec": {
        "Name": "shop_web", "Mode": mode,
        "TaskTemplate": { "ContainerSpec": { "Image": image }, "ForceUpdate": 3 },
        "UpdateConfig": { "Parallelism": 2, "Order": "start-first" },
    } });
    SwarmService { key: key(), inspect }
}

fn replicated(image: &str) -> SwarmService {
    service(image, &json!({ "Replicated": { "Replicas": 2 } }))
}

/// One whose update to `web:2` Swarm has stopped.
fn halted(state: &str) -> SwarmService {
    let mut service = replicated("web:2");
    service.inspect["UpdateStatus"] = json!({ "State": state, "Message": "task t1 failed" });
    service.inspect["PreviousSpec"] = replicated("web:1").spec().clone();
    service
}

fn told(phases: &[Phase]) -> Vec<String> {
    phases.iter().flat_map(|phase| phase.lanes.iter().flatten()).map(|step| step.act.describe()).collect()
}

#[test]
fn a_scaling_knows_the_number_of_before() {
    let plan = scale_plan(&replicated("web:1"), 5, DEADLINE).unwrap();
    assert_eq!(
        told(&plan.phases),
        ["set 5 replicas of shop_web", "all tasks of shop_web run; without progress for 600 s they do not"]
    );
    assert_eq!(plan.undo, "stacktop scale shop/web=2");
    assert!(scale_plan(&replicated("web:1"), 2, DEADLINE).unwrap().is_empty());
}

#[test]
fn a_rollback_tells_of_data_that_goes_with_it() {
    let mounting = |volume: &str| {
        let mut service = replicated("web:1");
        let mounts = json!([{ "Type": "volume", "Source": volume, "Target": "/data" }]);
        service.inspect["Spec"]["TaskTemplate"]["ContainerSpec"]["Mounts"] = mounts;
        service
    };
    let notes = |to: &SwarmService| {
        let now = mounting("fresh");
        let change = now.restore(&to.spec()["TaskTemplate"]);
        restore_plan(&now, &change, DEADLINE).notes.join("; ")
    };
    assert!(notes(&mounting("data")).contains("its volumes change with it, from fresh to data"));
    assert!(!notes(&mounting("fresh")).contains("volumes"));
}

#[test]
fn a_global_service_and_a_job_have_no_number() {
    let refusal = scale_plan(&service("web:1", &json!({ "Global": {} })), 3, DEADLINE).unwrap_err();
    assert!(refusal.to_string().starts_with("shop/web is Global"), "{refusal}");
    let job = service("web:1", &json!({ "ReplicatedJob": { "MaxConcurrent": 1 } }));
    for refusal in [scale_plan(&job, 3, DEADLINE).unwrap_err(), job.rollout(Some("web:2")).unwrap_err()] {
        assert!(refusal.to_string().contains("run to their end"), "{refusal}");
    }
}

#[test]
fn the_same_reference_means_what_it_now_means_and_the_same_spec_is_forced() {
    let change = |image: &str, wanted: Option<&str>| replicated(image).rollout(wanted).unwrap();
    assert_eq!(change("web:1@sha256:aa", None), ServiceChange::Image("web:1".to_owned()));
    assert_eq!(change("web:1", None), ServiceChange::Force(4));
    assert_eq!(change("web:1", Some("web:2")), ServiceChange::Image("web:2".to_owned()));
}

#[test]
fn tasks_that_run_the_image_already_are_left_alone() {
    let service = replicated("web:1");
    let change = service.rollout(None).unwrap();
    let plan = idle_plan(&service, &change, DEADLINE);
    assert!(change.is_forced() && plan.is_empty() && plan.notes[0].contains("--force"), "{plan:?}");
    assert!(!service.rollout(Some("web:2")).unwrap().is_forced());
}

#[test]
fn a_paused_update_is_left_by_another_image_alone() {
    let paused = halted("paused");
    for refusal in [
        paused.rollout(None).unwrap_err(),
        paused.rollout(Some("web:2")).unwrap_err(),
        scale_plan(&paused, 5, DEADLINE).unwrap_err(),
    ] {
        let sentence = refusal.to_string();
        assert!(sentence.contains("stacktop rollout shop/web --image web:1"), "{sentence}");
    }
    assert_eq!(paused.rollout(Some("web:3")), Ok(ServiceChange::Image("web:3".to_owned())));
}

#[test]
fn what_swarm_has_rolled_back_can_be_scaled() {
    assert_eq!(halted("rollback_completed").scalable(), Ok(2));
    assert!(halted("rollback_paused").scalable().is_err());
    assert_eq!(halted("updating").halted(), None);
}

#[test]
fn the_way_back_is_the_saved_template_and_leaves_the_replicas() {
    let before = replicated("web:1");
    let mut now = before.rollout(Some("web:2")).unwrap().applied(before.spec());
    now["Mode"]["Replicated"]["Replicas"] = json!(5);
    let mut expected = before.spec().clone();
    expected["Mode"]["Replicated"]["Replicas"] = json!(5);
    assert_eq!(before.undo().applied(&now), expected);
}

#[test]
fn settings_that_were_given_for_an_update_go_with_it() {
    let mut before = replicated("web:1");
    before.inspect["Spec"].as_object_mut().unwrap().remove("UpdateConfig");
    let now = before.rollout(Some("web:2")).unwrap().applied(before.spec());
    assert_eq!(now["UpdateConfig"]["FailureAction"], "rollback");
    assert_eq!(before.undo().applied(&now), *before.spec());
}

#[test]
fn a_change_that_was_made_is_only_watched() {
    let before = replicated("web:1");
    let change = before.rollout(Some("web:2")).unwrap();
    let calls = |plan: &crate::command::Plan| {
        let is_update = |act: &Act| matches!(act, Act::Call(Call::UpdateService { .. }));
        plan.steps().filter(|step| is_update(&step.act)).count()
    };
    assert_eq!(calls(&rollout_plan(&before, &change, DEADLINE)), 1);
    let watch = watch_plan(&before, &change, DEADLINE);
    assert_eq!((calls(&watch), watch.steps().count()), (0, 1));
}
