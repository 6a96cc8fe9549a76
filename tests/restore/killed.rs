//! Restores that are killed: everything is as before, or finished.

use std::time::Duration;

use stacktop::command::{
    Halt, Progress, Stage,
    execute::operation::{Direction, PreparedRestore, Verdict, prepare_rollback, run, run_restore},
    restore::Way,
};
use tokio::sync::mpsc;

use crate::{
    site::Site,
    support::{Service, private},
};

/// Within this time a request has most likely reached the engine.
const IN_FLIGHT: Duration = Duration::from_millis(5);

/// Carries it out and abandons it so long after the step of this number in `state` has begun; false if there is none.
async fn abandon(
    site: &Site,
    prepared: PreparedRestore,
    (state, number): (&str, usize),
    after: Duration,
) -> bool {
    let (sender, mut receiver) = mpsc::channel::<Progress>(1);
    let running = run_restore(&site.engine, prepared, sender, Halt::default());
    let listening = async {
        let mut left = number;
        while left > 0 {
            let told = receiver.recv().await;
            let is_it = |told: Progress| told.state == state && told.stage == Stage::Begins;
            left -= usize::from(told.is_some_and(is_it));
        }
        tokio::time::sleep(after).await;
    };
    tokio::select! {
        _over = running => false,
        () = listening => true,
    }
}

/// Whoever comes next does what is left of one that was killed in `state`.
async fn heal(site: &Site, operation: &str, state: (&str, usize)) {
    let prepared = prepare_rollback(&site.engine, operation).await;
    let prepared = prepared.unwrap_or_else(|refused| panic!("{state:?}: {refused}"));
    let (reports, _unheard) = mpsc::channel(1000);
    let verdict = run(&site.engine, prepared, Direction::Back, reports, Halt::default()).await.unwrap();
    assert_eq!(verdict, Verdict::Done, "{state:?}");
}

/// What is dumped is imported into the file system of the container: each new one has none of it. The engine is the test's
/// own: any stacktop that starts looks after operations whose process is gone.
async fn site(test: &str) -> Option<Site> {
    let (node, bed) = private::engine(test)?.split();
    let web = bed
        .server("1")
        .restart("always")
        .label("stacktop.backup.exec", r#"["/fixture", "digest", "/data"]"#)
        .label("stacktop.restore.exec", r#"["/fixture", "keep", "/tmp/imported"]"#);
    let site = Site::up(bed, &[Service::new("web", web).volume("data", "/data")]).await.keeping(node);
    site.exec(&site.container("web"), ["/fixture", "fill", "/data", "--files", "3"]).await;
    site.back_up().await;
    Some(site)
}

/// What was imported into the container.
async fn imported(site: &Site) -> String {
    site.exec(&site.container("web"), ["/fixture", "digest", "/tmp"]).await
}

/// Kills one in each of these states; tells how many ended with another container than before, the dump imported.
async fn killed(site: &Site, way: Way, states: &[(&str, usize)]) -> usize {
    let web = site.container("web");
    assert_eq!(site.restore(Way::InPlace).await, Verdict::Done);
    let (mut finished, expected) = (0, imported(site).await);
    assert!(expected.starts_with("1 files"), "{expected}");
    for state in states {
        let volume = site.mounted(&web, "/data").await;
        let id = site.engine.inspect_container(&web).await.unwrap()["Id"].clone();
        let prepared = site.prepare_gone(way).await;
        let operation = prepared.errand.operation.clone();
        assert!(abandon(site, prepared, *state, IN_FLIGHT).await, "{state:?}");
        heal(site, &operation, *state).await;
        assert_eq!(site.rows().await, [(web.clone(), "running".to_owned())], "{state:?}");
        site.assert_clean().await;
        let after = site.engine.inspect_container(&web).await.unwrap();
        assert_eq!(after["HostConfig"]["RestartPolicy"]["Name"], "always", "{state:?}");
        let now = site.mounted(&web, "/data").await;
        if after["Id"] == id {
            assert_eq!((site.volumes().await, &now), (vec![volume.clone()], &volume), "{state:?}");
        } else {
            finished += 1;
            assert_eq!(imported(site).await, expected, "{state:?}: what was imported");
            assert_eq!(now == volume, way == Way::InPlace, "{state:?}");
        }
    }
    eprintln!("{way:?}: killed in {states:?}, {finished} finished");
    finished
}

#[tokio::test]
async fn a_restore_killed_in_any_state_is_turned_back_or_finished() {
    let Some(site) = site("a_restore_killed_in_any_state").await else { return };
    let states =
        [("filling", 1), ("making", 2), ("stopping", 2), ("swapping", 2), ("gate", 1), ("committing", 1)];
    // While the old container is being removed nobody can say whether there is a way back.
    let finished = killed(&site, Way::Fresh, &states).await;
    assert!(finished <= 1, "{finished}");
}

#[tokio::test]
async fn a_restore_in_place_killed_in_any_state_is_turned_back_or_finished() {
    let Some(site) = site("a_restore_in_place_killed_in_any_state").await else { return };
    let states = [
        ("swapping", 2),
        ("removing", 1),
        ("in place", 1),
        ("in place", 2),
        ("making", 3),
        ("swapping", 4),
        ("gate", 1),
        ("importing", 1),
    ];
    let finished = killed(&site, Way::InPlace, &states).await;
    assert_eq!(finished, 7, "all but the first are past the way back");
    assert_eq!(site.volumes().await, [site.volume("data")]);
}

#[tokio::test]
async fn a_container_that_was_being_stopped_for_a_restore_runs_again() {
    let Some(private) = private::engine("a_container_that_was_being_stopped_for_a_restore") else { return };
    let (node, bed) = private.split();
    let web = bed.server("1").restart("always").env("ON_TERM", "drain").env("DRAIN_MS", 3000);
    let site = Site::up(bed, &[Service::new("web", web).volume("data", "/data")]).await.keeping(node);
    site.back_up().await;
    let prepared = site.prepare_gone(Way::Fresh).await;
    let operation = prepared.errand.operation.clone();
    let web = site.container("web");
    let began = async || site.engine.inspect_container(&web).await.unwrap()["State"]["StartedAt"].clone();
    let (before, state) = (began().await, ("stopping", 2));
    assert!(abandon(&site, prepared, state, Duration::from_millis(500)).await);
    heal(&site, &operation, state).await;
    assert_ne!(began().await, before, "it is still being stopped");
    assert_eq!(site.rows().await, [(web, "running".to_owned())]);
}
