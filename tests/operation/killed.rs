//! Updates on a real engine that are killed in the middle of what they do.

use stacktop::command::{
    Stage,
    execute::operation::{Direction, Prepared, Verdict, prepare_resume, prepare_rollback, run},
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::{
    course::{finish, to},
    site::{Site, engine},
};

const STATES: [&str; 7] = ["creating", "starting", "gate", "soak", "replacing", "swapping", "committing"];

/// Carries it out and abandons it when the first step of `state` has begun; false if there is none.
async fn abandon_in(site: &Site, prepared: Prepared, state: &str) -> bool {
    let (sender, mut receiver) = mpsc::channel(1);
    let running = run(&site.engine, prepared, Direction::Forward, sender, CancellationToken::new());
    let listening = async {
        while let Some(told) = receiver.recv().await {
            if told.state == state && told.stage == Stage::Begins {
                return;
            }
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
        assert!(abandon_in(&site, prepared, state).await, "{state}");
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
        assert!(abandon_in(&site, prepared, state).await, "{state}");
        end(&site, state, Direction::Back).await;
        site.assert_well(&bed, &bed.image("1"), &[1], state).await;
        let policy =
            project.replica_of("web", 1).inspect().await["HostConfig"]["RestartPolicy"]["Name"].clone();
        assert_eq!(policy, "always", "{state}");
    }
    eprintln!("killed and gone back in {STATES:?}");
}
