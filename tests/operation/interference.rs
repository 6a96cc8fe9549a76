//! Somebody else at work on the same service.

use serde_json::json;
use stacktop::{
    command::{
        Progress, Stage,
        execute::operation::{Direction, Verdict},
    },
    engine::{Engine, Force, Volumes},
};

use crate::{
    course::{attend, to},
    project::Project,
    shop::Shop,
    site::{Site, engine},
    support,
};

/// Updates `web`; once a step of slot 1 in this state has begun, `act` is done by somebody else.
async fn update<A: Future<Output = ()> + Send + 'static>(
    shop: &Shop,
    state: &'static str,
    act: fn(Engine, String) -> A,
) -> (Verdict, Vec<Progress>) {
    let prepared = shop.rollout("web", &to("shop/web:2")).await.unwrap();
    let engine = shop.engine.clone();
    let hears = move |told: &Progress, _: &_| {
        if (told.slot, told.state.as_str(), told.stage) == (Some(1), state, Stage::Begins) {
            tokio::spawn(act(engine.clone(), told.target.clone()));
        }
    };
    let (verdict, told) = attend(&shop.engine, prepared, Direction::Forward, hears).await;
    (verdict.unwrap(), told)
}

/// Paused by this deed, with slot 1 as the last that was touched; returns its last state.
fn paused(verdict: &Verdict, told: &[Progress], deed: &str) -> String {
    let Verdict::Paused(why) = verdict else { panic!("{verdict:?}") };
    assert!(why.starts_with(deed) && why.contains("ops resume 01ROLLOUT"), "{why}");
    assert!(told.iter().all(|told| told.slot == Some(1)), "{told:#?}");
    told.last().unwrap().state.clone()
}

async fn make(engine: Engine, oneoff: &'static str) {
    let labels = json!({
        "com.docker.compose.project": "shop", "com.docker.compose.service": "web",
        "com.docker.compose.container-number": "9", "com.docker.compose.oneoff": oneoff,
    });
    engine.create("shop-web-9", &json!({ "Image": "shop/web:1", "Labels": labels })).await.unwrap();
}

async fn remove(engine: Engine, container: String) {
    engine.remove(&container, Force::Kill, Volumes::Keep).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_container_that_somebody_makes_pauses_an_update_before_its_next_step() {
    let shop = Shop::open().await;
    let (verdict, told) = update(&shop, "soak", |engine, _| make(engine, "False")).await;
    assert_eq!(paused(&verdict, &told, "somebody else has made shop-web-9 meanwhile"), "soak");
}

#[tokio::test(start_paused = true)]
async fn a_container_that_somebody_removes_pauses_an_update_before_its_next_step() {
    let shop = Shop::open().await;
    let (verdict, told) = update(&shop, "soak", |engine, _| remove(engine, "shop-web-3".to_owned())).await;
    assert_eq!(paused(&verdict, &told, "somebody else has removed shop-web-3 meanwhile"), "soak");
}

#[tokio::test(start_paused = true)]
async fn a_replica_that_somebody_removes_while_it_boots_is_no_failure_of_the_update() {
    let shop = Shop::open().await;
    let (verdict, told) = update(&shop, "gate", remove).await;
    assert_eq!(paused(&verdict, &told, "somebody else has removed"), "gate");
    let left: Vec<_> = shop.rows("web").await.into_iter().map(|row| (row.name, row.status)).collect();
    let old = (1..=3).map(|number| (format!("shop-web-{number}"), "running".to_owned()));
    assert_eq!(left[..3], old.collect::<Vec<_>>(), "nothing is put back: {left:?}");
}

#[tokio::test(start_paused = true)]
async fn a_container_for_one_command_is_nobodys_concern() {
    let shop = Shop::open().await;
    let (verdict, _) = update(&shop, "soak", |engine, _| make(engine, "True")).await;
    assert_eq!(verdict, Verdict::Done);
}

#[tokio::test]
async fn compose_up_in_the_midst_of_an_update_pauses_it_and_the_service_goes_on() {
    let test = "compose_up_in_the_midst_of_an_update_pauses_it";
    let (Some(bed), Some(compose)) = (engine(test), support::compose_v2(test)) else { return };
    let project = Project::up(bed, compose, &json!({ "scale": 3 })).await;
    let site = Site::of(&project.bed, &project.name).await;
    let prepared = site.rollout(&to(&project.bed.image("2"))).await.unwrap();
    let mut said = String::new();
    let hears = |told: &Progress, _: &_| {
        if (told.slot, told.state.as_str(), told.stage) == (Some(2), "soak", Stage::Begins) {
            said = project.compose(&["up", "--detach"]);
        }
    };
    let (verdict, _) = attend(&site.engine, prepared, Direction::Forward, hears).await;
    let Ok(Verdict::Paused(why)) = verdict else { panic!("{verdict:?}: {said}") };
    eprintln!("{why}");
    assert!(why.starts_with("somebody else has"), "{why}: {said}");
    let running = site.rows(&project.bed).await.iter().filter(|(.., state)| state == "running").count();
    assert!(running >= 3, "{said}: {:?}", site.rows(&project.bed).await);
}
