//! Volumes of Swarm services: the truth is the tasks.

use std::time::Duration;

use serde_json::{Value, json};
use stacktop::{
    backup::{Mode, Scope},
    command::{
        Halt, Progress, Stage,
        execute::{
            lock::errands,
            operation::{
                BackupRequest, Direction, PreparedRestore, Refused, Verdict, heal, prepare_backup,
                prepare_resume, prepare_rollback, run, run_restore,
            },
        },
        restore::Way,
    },
};
use tokio::sync::mpsc;

use crate::{
    site::Site,
    support::{private::Release, swarm::service_spec},
    yard::{self, mount, spec},
};

async fn fill(site: &Site, service: &str, folder: &str) {
    let task = site.tasks(service).await.remove(0);
    site.exec(&task, ["/fixture", "fill", folder, "--files", "4"]).await;
}

/// The spec of a service, but for its volumes; a placement that says nothing is none.
fn without_mounts(service: &Value) -> Value {
    let mut spec = service["Spec"].clone();
    spec["TaskTemplate"]["ContainerSpec"]["Mounts"] = Value::Null;
    if spec["TaskTemplate"]["Placement"] == json!({}) {
        spec["TaskTemplate"].as_object_mut().unwrap().remove("Placement");
    }
    spec
}

fn plan_text(prepared: &PreparedRestore) -> String {
    let plan = &prepared.plan;
    format!("{:?} {:?} {} {}", plan.facts, plan.notes, plan.undo, plan.down_for.words())
}

async fn come_back(release: Release) {
    let Some(site) = yard::open("services_get_what_was_restored", release).await else { return };
    let mut watcher = spec(&site, "watcher", 1, "data");
    watcher["TaskTemplate"]["ContainerSpec"]["Mounts"][0]["ReadOnly"] = json!(true);
    site.deploy([spec(&site, "web", 2, "data"), watcher]).await;
    let lab = service_spec("lab", "web", &site.bed.image("1"), 1);
    let lab = site.bed.service(lab, None).await;
    site.bed.wait_running(&lab, 1).await;
    let other = site.bed.tasks(&lab).await;
    fill(&site, "web", "/data").await;
    let wanted = site.digest("watcher").await;
    let before = (site.service("web").await, site.service("watcher").await);
    site.back_up().await;
    fill(&site, "web", "/data/later").await;

    let report = site.drill(None).await;
    assert!(report.passed(), "{report:?}");
    let prepared = site.prepare(Way::Fresh).await.unwrap();
    let told = plan_text(&prepared);
    for part in [
        "yard/web: all 2 tasks end and come back",
        "yard/watcher: its task ends and comes back",
        "the next `docker stack deploy` goes back to it",
        "about 5 s, and as long as it boots",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert_eq!(site.run(prepared).await, Verdict::Done);

    assert_eq!(site.digest("watcher").await, wanted);
    let fresh = site.given("web").await;
    assert!(fresh.starts_with(&site.volume("data.restore-")), "{fresh}");
    assert_eq!(site.given("watcher").await, fresh);
    let tasks = site.tasks("web").await;
    assert_eq!(tasks.len(), 2);
    for task in &tasks {
        assert_eq!(site.mounted(task, "/data").await, fresh);
    }
    let after = (site.service("web").await, site.service("watcher").await);
    assert_eq!(without_mounts(&after.0), without_mounts(&before.0));
    assert_eq!(without_mounts(&after.1), without_mounts(&before.1));
    assert!(site.stack_volumes().await.contains(&site.volume("data")), "the old one stays");
    assert_eq!(site.bed.tasks(&lab).await, other, "another stack");
    site.assert_settled("fresh").await;
}

#[tokio::test]
async fn services_get_what_was_restored_on_a_fresh_volume() {
    come_back(Release::Host).await;
}

#[tokio::test]
async fn services_of_a_newer_engine_get_what_was_restored_on_a_fresh_volume() {
    come_back(Release::Newer).await;
}

/// A check that passes only where this folder is.
fn needs(spec: &mut Value, folder: &str) {
    spec["TaskTemplate"]["ContainerSpec"]["Healthcheck"]["Test"] =
        json!(["CMD", "/fixture", "digest", folder]);
}

#[tokio::test]
async fn a_service_that_fails_for_want_of_its_data_is_mended_fresh_and_in_place() {
    let Some(site) = yard::open("a_service_that_fails_for_want_of_its_data", Release::Host).await else {
        return;
    };
    site.deploy([spec(&site, "web", 1, "data")]).await;
    fill(&site, "web", "/data/alive").await;
    let wanted = site.digest("web").await;
    site.meddle("web", |spec| needs(spec, "/data/alive")).await;
    site.wait_updated("web").await;
    site.back_up().await;
    for way in [Way::Fresh, Way::InPlace] {
        let volume = site.given("web").await;
        let name = volume.strip_prefix("yard_").unwrap().to_owned();
        site.lose("web", &name).await;
        site.meddle("web", |spec| spec["Mode"]["Replicated"]["Replicas"] = json!(1)).await;
        site.bed
            .wait_until(Duration::from_secs(60), "tasks to fail", async || {
                let tasks = site.bed.tasks("yard_web").await;
                // One that Swarm ends because it is unhealthy, and that ends with 0, is called complete.
                let ended =
                    |task: &&Value| ["failed", "complete"].iter().any(|it| task["Status"]["State"] == *it);
                let failed = tasks.iter().filter(ended).count();
                if failed > 1 { Ok(()) } else { Err(format!("{failed} failed")) }
            })
            .await;
        // The set tells of a volume of another name once the service has a fresh one.
        if way == Way::InPlace {
            site.meddle("web", |spec| {
                spec["TaskTemplate"]["ContainerSpec"]["Mounts"] = json!([mount("yard_data", "/data")]);
            })
            .await;
        }
        assert_eq!(site.restore(way).await, Verdict::Done, "{way:?}");
        assert_eq!(site.digest("web").await, wanted, "{way:?}");
        assert_eq!(site.given("web").await == "yard_data", way == Way::InPlace);
        site.assert_settled(&format!("{way:?}")).await;
    }
}

#[tokio::test]
async fn a_service_that_does_not_come_up_on_what_was_restored_is_what_it_was() {
    let Some(site) = yard::open("a_service_that_does_not_come_up", Release::Host).await else { return };
    site.deploy([spec(&site, "web", 1, "data"), spec(&site, "worker", 1, "data")]).await;
    fill(&site, "web", "/data").await;
    site.back_up().await;
    fill(&site, "web", "/data/alive").await;
    site.meddle("web", |spec| needs(spec, "/data/alive")).await;
    site.wait_updated("web").await;
    let (before, wanted) = (site.service("web").await["Spec"].clone(), site.digest("web").await);

    let verdict = site.restore(Way::Fresh).await;
    let Verdict::RolledBack(failure) = &verdict else { panic!("{verdict:?}") };
    assert!(failure.why.contains("failed 3 times"), "{failure:?}");
    assert_eq!(site.service("web").await["Spec"], before);
    assert_eq!(site.digest("web").await, wanted);
    assert_eq!(site.given("worker").await, site.volume("data"));
    assert_eq!(site.stack_volumes().await, [site.volume("data")], "nothing of it is left");
    site.assert_settled("rolled back").await;
}

#[tokio::test]
async fn a_volume_is_restored_in_place_for_replicated_and_global_services() {
    let Some(site) = yard::open("a_volume_is_restored_in_place", Release::Host).await else { return };
    let mut agent = spec(&site, "agent", 1, "data");
    agent["Mode"] = json!({ "Global": {} });
    site.deploy([spec(&site, "web", 1, "data"), agent]).await;
    fill(&site, "web", "/data").await;
    let wanted = site.digest("web").await;
    let before = (site.service("web").await, site.service("agent").await);
    site.back_up().await;
    fill(&site, "web", "/data/later").await;
    assert_eq!(site.restore(Way::InPlace).await, Verdict::Done);
    assert_eq!((site.digest("web").await, site.digest("agent").await), (wanted.clone(), wanted));
    for (name, before) in [("web", &before.0), ("agent", &before.1)] {
        let now = site.service(name).await;
        assert_eq!(without_mounts(&now), without_mounts(before));
        assert_eq!(site.given(name).await, site.volume("data"));
    }
    assert_eq!(site.stack_volumes().await, [site.volume("data")]);
    site.assert_settled("in place").await;
}

/// Carries it out and abandons it when the step of this number in `state` has begun.
async fn abandon(site: &Site, prepared: PreparedRestore, (state, number): (&str, usize)) {
    let (sender, mut receiver) = mpsc::channel::<Progress>(1);
    let running = run_restore(&site.engine, prepared, sender, Halt::default());
    let listening = async {
        let mut left = number;
        while left > 0 {
            let told = receiver.recv().await.unwrap();
            left -= usize::from(told.state == state && told.stage == Stage::Begins);
        }
    };
    tokio::select! {
        over = running => panic!("{state} {number}: it is over: {over:?}"),
        () = listening => {}
    }
}

/// How somebody takes up what was left.
#[derive(Clone, Copy, Debug)]
enum Hand {
    Resume,
    RollBack,
    NextStart,
}

async fn take_up(site: &Site, hand: Hand) {
    let left = errands(&site.engine).await.unwrap();
    assert_eq!(left.len(), 1, "{left:?}");
    let operation = &left[0].operation;
    let prepared = match hand {
        Hand::Resume => prepare_resume(&site.engine, operation).await,
        Hand::RollBack => prepare_rollback(&site.engine, operation).await,
        Hand::NextStart => {
            let healed = heal(&site.engine).await.unwrap();
            assert_eq!(healed.iter().map(|one| one.failure.clone()).collect::<Vec<_>>(), [None]);
            return;
        }
    };
    let (reports, _unheard) = mpsc::channel(1000);
    let verdict =
        run(&site.engine, prepared.unwrap(), Direction::Back, reports, Halt::default()).await.unwrap();
    assert_eq!(verdict, Verdict::Done);
}

/// Kills one in each of these states and has it taken up; tells in which the data is what was restored.
async fn killed(
    site: &Site,
    way: Way,
    states: &[((&'static str, usize), Hand)],
) -> Vec<(&'static str, usize)> {
    let mut restored = Vec::new();
    for (state, hand) in states {
        // The set is one of this volume, whichever the service got last.
        site.meddle("web", |spec| {
            spec["TaskTemplate"]["ContainerSpec"]["Mounts"] = json!([mount("yard_data", "/data")]);
        })
        .await;
        site.bed.wait_running("yard_web", 1).await;
        fill(site, "web", "/data/later").await;
        let changed = site.digest("web").await;
        let before = site.service("web").await;
        let prepared = site.prepare_gone(way).await;
        abandon(site, prepared, *state).await;
        take_up(site, *hand).await;
        site.assert_settled(&format!("{state:?}")).await;
        site.bed.wait_running("yard_web", 1).await;
        let now = site.service("web").await;
        assert_eq!(without_mounts(&now), without_mounts(&before), "{state:?}");
        if site.digest("web").await != changed {
            restored.push(*state);
        } else {
            assert_eq!(site.given("web").await, "yard_data", "{state:?}");
        }
        let stray = site.stack_volumes().await.len();
        let given = site.given("web").await;
        assert!(stray == 1 || given != "yard_data" || way == Way::Fresh, "{state:?}: {stray} volumes");
    }
    restored
}

async fn single(test: &str) -> Option<Site> {
    let site = yard::open(test, Release::Host).await?;
    site.deploy([spec(&site, "web", 1, "data")]).await;
    fill(&site, "web", "/data").await;
    site.back_up().await;
    Some(site)
}

#[tokio::test]
async fn a_restore_killed_in_any_state_is_turned_back_until_the_services_have_their_volumes() {
    let Some(site) = single("a_restore_killed_in_any_state").await else { return };
    let states = [
        (("filling", 1), Hand::NextStart),
        (("updating", 1), Hand::Resume),
        (("ending", 1), Hand::RollBack),
        (("ending", 1), Hand::NextStart),
        (("gate", 1), Hand::NextStart),
    ];
    let restored = killed(&site, Way::Fresh, &states).await;
    assert_eq!(restored, [("gate", 1)]);
}

#[tokio::test]
async fn a_restore_in_place_killed_in_any_state_is_turned_back_until_the_old_volume_goes() {
    let Some(site) = single("a_restore_in_place_killed_in_any_state").await else { return };
    let states = [
        (("updating", 1), Hand::NextStart),
        (("ending", 1), Hand::RollBack),
        (("in place", 1), Hand::NextStart),
        (("in place", 2), Hand::Resume),
        (("updating", 2), Hand::RollBack),
        (("gate", 1), Hand::NextStart),
    ];
    let restored = killed(&site, Way::InPlace, &states).await;
    assert_eq!(restored, [("in place", 1), ("in place", 2), ("updating", 2), ("gate", 1)]);
    assert_eq!(site.stack_volumes().await, [site.volume("data")]);
}

fn refusal(prepared: Result<impl Sized, Refused>) -> String {
    prepared.map(drop).unwrap_err().to_string()
}

#[tokio::test]
async fn a_backup_freezes_tasks_and_swarm_does_not_take_them_for_dead() {
    let Some(site) = single("a_backup_freezes_tasks").await else { return };
    let tasks = site.tasks("web").await;
    // Frozen for longer than all retries of its check take.
    let frozen = site.bed.engine().post(&format!("/containers/{}/pause", tasks[0]), Value::Null).await;
    assert_eq!(frozen.status, 204);
    tokio::time::sleep(Duration::from_secs(5)).await;
    let states: Vec<Value> =
        site.bed.tasks("yard_web").await.iter().map(|task| task["Status"]["State"].clone()).collect();
    assert_eq!(states, ["running"], "Swarm leaves a frozen task alone");
    let thawed = site.bed.engine().post(&format!("/containers/{}/unpause", tasks[0]), Value::Null).await;
    assert_eq!(thawed.status, 204);

    site.back_up().await;
    assert_eq!(site.tasks("web").await, tasks, "they are the same");
    let request = BackupRequest {
        stack: site.stack.clone(),
        service: None,
        scope: Scope::All,
        mode: Some(Mode::Stop),
        shelf: site.shelf.clone(),
        cipher: site.cipher.clone(),
    };
    let why = refusal(prepare_backup(&site.engine, &request, site.holder()).await);
    assert!(
        why.contains("Swarm would start another task") && why.contains("`stacktop scale yard/web=0`"),
        "{why}"
    );
    site.scale("web", 0).await;
    assert!(prepare_backup(&site.engine, &request, site.holder()).await.is_ok(), "nobody writes");
}

#[tokio::test]
async fn what_is_on_another_node_is_refused_and_what_could_go_there_is_kept_here() {
    let Some(site) = yard::pair("what_is_on_another_node_is_refused").await else { return };
    let on = |spec: &mut Value, node: &str| {
        spec["TaskTemplate"]["Placement"] = json!({ "Constraints": [format!("node.hostname == {node}")] });
    };
    let mut web = spec(&site, "web", 1, "data");
    on(&mut web, "node-1");
    site.deploy([web]).await;
    fill(&site, "web", "/data").await;
    let wanted = site.digest("web").await;
    let set = site.back_up().await;
    assert!(!set.manifest.unwrap().warnings.iter().any(|told| told.contains("node-2")));

    // Nothing keeps it on the first node but that it is there.
    site.meddle("web", |spec| spec["TaskTemplate"]["Placement"] = json!({})).await;
    site.bed.wait_running("yard_web", 1).await;
    if site.tasks("web").await.is_empty() {
        site.meddle("web", |spec| on(spec, "node-1")).await;
        site.bed.wait_running("yard_web", 1).await;
    }
    let prepared = site.prepare(Way::Fresh).await.unwrap();
    let id = site.bed.engine().get("/info").await.json()["Swarm"]["NodeID"].as_str().unwrap().to_owned();
    let is_pinned = plan_text(&prepared).contains(&format!("node.id == {id}"));
    assert_eq!(site.run(prepared).await, Verdict::Done);
    assert_eq!(site.digest("web").await, wanted);
    let placed = site.service("web").await["Spec"]["TaskTemplate"]["Placement"]["Constraints"].clone();
    let said =
        json!([if is_pinned { format!("node.id == {id}") } else { "node.hostname == node-1".to_owned() }]);
    assert_eq!(placed, said);

    site.meddle("web", |spec| {
        on(spec, "node-2");
        spec["TaskTemplate"]["ContainerSpec"]["Mounts"] = json!([mount("yard_data", "/data")]);
    })
    .await;
    site.bed
        .wait_until(Duration::from_secs(60), "the task to run there", async || {
            let tasks = site.bed.tasks("yard_web").await;
            let runs = |task: &&Value| task["Status"]["State"] == "running";
            let nodes: Vec<&Value> = tasks.iter().filter(runs).map(|task| &task["NodeID"]).collect();
            if nodes.len() == 1 && nodes[0] != id.as_str() { Ok(()) } else { Err(format!("{nodes:?}")) }
        })
        .await;
    for way in [Way::Fresh, Way::InPlace] {
        let why = refusal(site.prepare(way).await);
        assert!(
            why.contains("volume yard_data of yard/web is on node node-2") && why.contains("--host"),
            "{why}"
        );
    }
    let set = site.back_up().await;
    let warnings = set.manifest.unwrap().warnings.join("; ");
    assert!(warnings.contains("yard/web has tasks on node-2"), "{warnings}");
}

#[tokio::test]
async fn what_swarm_would_not_let_be_exchanged_is_refused() {
    let Some(site) = single("what_swarm_would_not_let_be_exchanged").await else { return };
    // A container beside the service.
    let beside = crate::support::Spec::new(site.bed.image("1")).name("beside").volume("yard_data", "/in");
    let beside = site.bed.create(beside).await;
    let why = refusal(site.prepare(Way::Fresh).await);
    assert!(why.contains(&beside.name) && why.contains("yard/web") && why.contains("at once"), "{why}");
    site.bed.engine().delete(&format!("/containers/{}", beside.name)).await;

    // Somebody changes the service between plan and beginning.
    let prepared = site.prepare(Way::Fresh).await.unwrap();
    site.meddle("web", |spec| spec["Labels"]["owner"] = json!("somebody else")).await;
    let (reports, _unheard) = mpsc::channel(1000);
    let why = refusal(run_restore(&site.engine, prepared, reports, Halt::default()).await);
    assert!(why.contains("yard/web") && why.contains("look again"), "{why}");
    site.assert_settled("changed").await;

    // An update that Swarm has paused would go on with any change.
    site.meddle("web", |spec| {
        spec["UpdateConfig"]["FailureAction"] = json!("pause");
        spec["TaskTemplate"]["ContainerSpec"]["Image"] = json!("nowhere:9");
    })
    .await;
    site.bed
        .wait_until(Duration::from_secs(60), "the update to be paused", async || {
            let state = site.service("web").await["UpdateStatus"]["State"].clone();
            if state == "paused" { Ok(()) } else { Err(state.to_string()) }
        })
        .await;
    let why = refusal(site.prepare(Way::Fresh).await);
    assert!(why.contains("swarm has paused the update to nowhere:9"), "{why}");
}
