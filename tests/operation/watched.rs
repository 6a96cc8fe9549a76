//! A dashboard that only watches: what others do to a service on the same engine is on its screen while they do it. And
//! one that updates: who depends on the service is restarted after it.

use std::{process::Command, thread};

use serde_json::json;

use crate::{
    project::Project,
    support::{self, Pty, PtyBuilder, Service, engine},
};

/// Rows keep their places, whatever happens to their health.
const BY_NAME: &str = "<lt><lt>";

/// A dashboard on the engine, with the rows of one project; these keys are pressed then.
fn dashboard(host: &str, project: &str, keys: &str) -> Pty {
    let tui = PtyBuilder::new().args(["--host", host]).env("NO_COLOR", "1").size(50, 180).start();
    tui.wait_for("● live");
    tui.keys(&format!("/{project}<enter>"));
    tui.wait_for(" web ");
    tui.keys(keys);
    tui
}

/// The overview of `web`, which has two replicas, has the whole screen.
fn watching(host: &str, project: &str) -> Pty {
    let tui = dashboard(host, project, &format!("{BY_NAME}G<left>o+"));
    tui.wait_for(&format!("{project}/web"));
    tui
}

#[tokio::test(flavor = "multi_thread")]
async fn what_compose_exchanges_is_on_the_screen_while_it_does() {
    let test = "what_compose_exchanges_is_on_the_screen";
    let (Some(bed), Some(compose)) = (engine(test), support::compose_v2(test)) else { return };
    let check = json!({ "test": ["CMD", "/fixture", "check", "/health"], "interval": "4s" });
    let project = Project::up(bed, compose, &json!({ "healthcheck": check })).await;
    let tui = watching(&project.bed.engine().host(), &project.name);
    project.point_to("2").await;
    thread::scope(|scope| {
        let up = scope.spawn(|| project.compose(&["up", "--detach"]));
        tui.wait_for(&format!("rolling update of {}/web by docker compose", project.name));
        up.join().unwrap();
    });
    tui.wait_for(&format!("{}/web was updated by docker compose", project.name));
    tui.wait_for("2/2 done");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rollout_of_another_process_is_on_the_screen_slot_by_slot() {
    let Some(bed) = engine("a_rollout_of_another_process_is_on_the_screen") else { return };
    let shop = bed.compose_project("shop", &[Service::new("web", bed.server("1")).replicas(2)]).await;
    let (host, target) = (bed.engine().host(), format!("{}/web", shop.name));
    let tui = watching(&host, &shop.name);
    let mut other = Command::new(env!("CARGO_BIN_EXE_stacktop"));
    let home = tempfile::tempdir().unwrap();
    other.args(["--host", &host, "rollout", &target, "--image", &bed.image("2"), "--soak", "2s", "--yes"]);
    let mut other = other.env("HOME", home.path()).env_remove("XDG_STATE_HOME").spawn().unwrap();
    let screen = tui.wait_for(&format!("rolling update of {target} by "));
    assert!(screen.contains(&format!("pid {}", other.id())), "{screen}");
    tui.wait_for("1/2 done");
    assert!(other.wait().unwrap().success());
    tui.wait_gone("rolling update of");
    tui.wait_for("2/2  ● 2 healthy");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_wants_a_restart_has_one_after_the_update_of_what_it_depends_on() {
    let Some(bed) = engine("who_wants_a_restart_has_one_after_the_update") else { return };
    let services =
        [Service::new("db", bed.server("1")), Service::new("web", bed.server("1")).restarts_with("db")];
    let shop = bed.compose_project("shop", &services).await;
    let started = async || shop.replica_of("web", 1).inspect().await["State"]["StartedAt"].clone();
    let before = started().await;
    let keys = format!("{BY_NAME}Gku<c-u>{}<enter>", bed.image("2"));
    let tui = dashboard(&bed.engine().host(), &shop.name, &keys);
    tui.wait_for(&format!("then       restart 1 container of {}/web", shop.name));
    tui.keys("y");
    tui.wait_for("waits for the one before");
    tui.wait_for(&format!("restart 1 container of {}/web: done in", shop.name));
    assert_ne!(started().await, before);
    let db = bed.containers_with(&format!("com.docker.compose.project={}", shop.name)).await;
    assert!(db.iter().any(|it| it["Image"] == json!(bed.image("2"))), "{db:?}");
}
