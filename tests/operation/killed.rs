//! Updates on a real engine that are killed in the middle of what they do.

use serde_json::json;
use stacktop::command::{
    Halt, Progress, Stage,
    execute::operation::{Direction, Prepared, Verdict, prepare_resume, prepare_rollback, run},
};
use tokio::sync::mpsc;

use crate::{
    course::{finish, to},
    project::Project,
    site::{Site, engine},
    support,
};

const STATES: [&str; 7] = ["creating", "starting", "gate", "soak", "replacing", "swapping", "committing"];

/// Carries it out and abandons it when the step of this number in `state` has begun; false if there is none.
async fn abandon_in(site: &Site, prepared: Prepared, state: &str, number: usize) -> bool {
    let (sender, mut receiver) = mpsc::channel(1);
    let running = run(&site.engine, prepared, Direction::Forward, sender, Halt::default());
    let listening = async {
        let mut left = number;
        while left > 0 {
            let told = receiver.recv().await;
            let is_it = |told: &Progress| told.state == state && told.stage == Stage::Begins;
            left -= usize::from(told.as_ref().is_some_and(is_it));
        }
    };
    tokio::select! {
        _over = running => false,
        () = listening => true,
    }
}

async fn end(site: &Site, state: &str, way: Direction) {
    let operation = site.operation();
    let prepared = match way {
        Direction::Forward => prepare_resume(&site.engine, &operation).await,
        Direction::Back => prepare_rollback(&site.engine, &operation).await,
    };
    let verdict = finish(&site.engine, prepared.unwrap(), way).await;
    assert_eq!(verdict, Verdict::Done, "{way:?} from {state}");
}

#[tokio::test]
async fn an_update_killed_in_any_state_goes_on() {
    let Some(bed) = engine("an_update_killed_in_any_state_goes_on") else { return };
    let (site, _project) = Site::up(&bed, bed.server("1").restart("always"), 1).await;
    for (state, version) in STATES.into_iter().zip(["2", "1"].into_iter().cycle()) {
        let image = bed.image(version);
        let prepared = site.rollout(&to(&image)).await.unwrap();
        assert!(abandon_in(&site, prepared, state, 1).await, "{state}");
        end(&site, state, Direction::Forward).await;
        site.assert_well(&bed, &image, &[1], state).await;
    }
    eprintln!("killed and gone on in {STATES:?}");
}

#[tokio::test]
async fn an_update_killed_in_any_state_goes_back() {
    let Some(bed) = engine("an_update_killed_in_any_state_goes_back") else { return };
    let (site, project) = Site::up(&bed, bed.server("1").restart("always"), 1).await;
    // While the old container is being removed nobody can say whether there is a way back.
    for state in STATES.into_iter().filter(|state| *state != "committing") {
        let prepared = site.rollout(&to(&bed.image("2"))).await.unwrap();
        assert!(abandon_in(&site, prepared, state, 1).await, "{state}");
        end(&site, state, Direction::Back).await;
        site.assert_well(&bed, &bed.image("1"), &[1], state).await;
        let policy =
            project.replica_of("web", 1).inspect().await["HostConfig"]["RestartPolicy"]["Name"].clone();
        assert_eq!(policy, "always", "{state}");
    }
    eprintln!("killed and gone back in {STATES:?}");
}

#[tokio::test]
async fn a_container_that_was_not_finished_is_made_again() {
    let test = "a_container_that_was_not_finished_is_made_again";
    let (Some(bed), Some(compose)) = (engine(test), support::compose_v2(test)) else { return };
    let project = Project::up(bed, compose, &json!({ "secrets": ["token"] })).await;
    let site = Site::of(&project.bed, &project.name).await;
    let before = project.inspect("web-1").await;
    // It is made; the second network and the secret are still to come.
    for (number, version) in [(2, "2"), (3, "1")] {
        let prepared = site.rollout(&to(&project.bed.image(version))).await.unwrap();
        let making = prepared.plan.steps().filter(|step| step.slot == Some(1) && step.state == "creating");
        assert_eq!(making.count(), 3);
        assert!(abandon_in(&site, prepared, "creating", number).await);
        end(&site, "creating", Direction::Forward).await;
        let after = project.inspect("web-1").await;
        let networks = |seen: &serde_json::Value| {
            let networks = seen["NetworkSettings"]["Networks"].as_object().cloned().unwrap_or_default();
            networks.keys().cloned().collect::<Vec<_>>()
        };
        assert_eq!(networks(&after), networks(&before));
        let changes = format!("/containers/{}/changes", project.full("web-1"));
        let changes = project.bed.engine().get(&changes).await.text();
        assert!(changes.contains("/run/secrets/token"), "{changes}");
    }
}
