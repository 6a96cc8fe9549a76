//! Failures that an engine or the way to it brings about.

use std::time::Duration;

use stacktop::{
    command::execute::operation::{Direction, Refused, Verdict, prepare_rollback, prepare_scale},
    sim::Cut,
};

use crate::{
    course::{finish, follow, holder, key, to},
    shop::Shop,
};

const PORT: &str = "driver failed programming external connectivity on endpoint shop-web-1: Bind for 0.0.0.0:80 failed: \
                    port is already allocated";

/// The calls of a rollout that change something, as rules name them.
const CHANGES: [(&str, &str); 7] = [
    ("POST", "/containers/create"),
    ("POST", "/containers/*/start"),
    ("POST", "/containers/*/update"),
    ("POST", "/containers/*/stop"),
    ("POST", "/containers/*/rename"),
    ("DELETE", "/containers/shop-*"),
    ("DELETE", "/containers/stacktop-lock*"),
];

async fn update(shop: &Shop, image: &str) -> Verdict {
    let prepared = shop.rollout("web", &to(image)).await.unwrap();
    finish(&shop.engine, prepared, Direction::Forward).await
}

fn reason(verdict: &Verdict) -> String {
    match verdict {
        Verdict::RolledBack(failure) => failure.why.clone(),
        other => panic!("it was not rolled back: {other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_engine_refuses_is_rolled_back_with_its_words() {
    for (method, path, status, words) in [
        ("POST", "/containers/*/start", 500, PORT),
        ("POST", "/containers/*/update", 500, "Cannot update container: runtime is busy"),
        (
            "POST",
            "/containers/*/stop",
            500,
            "cannot stop container: tried to kill container, but did not receive an exit event",
        ),
        (
            "POST",
            "/containers/*/rename",
            409,
            "Error when allocating new name: Conflict. The container name is already in use by container \"abc\"",
        ),
        ("GET", "/containers/*_shop-web-1/json", 500, "layer does not exist"),
    ] {
        let shop = Shop::open().await;
        shop.sim.faults().fail_next(method, path, status, words);
        let why = reason(&update(&shop, "shop/web:2").await);
        assert!(why.contains(words.trim_end_matches('.')), "{why}");
        shop.assert_well("web", "shop/web:1", 3, &why).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_name_that_somebody_has_is_rolled_back() {
    let shop = Shop::open().await;
    let prepared = shop.rollout("web", &to("shop/web:2")).await.unwrap();
    let first = prepared.plan.steps().next().unwrap().act.describe();
    let body = serde_json::json!({ "Image": "shop/db:1" });
    shop.engine.create(first.strip_prefix("create ").unwrap(), &body).await.unwrap();
    let why = reason(&finish(&shop.engine, prepared, Direction::Forward).await);
    assert!(why.contains("is already in use by container"), "{why}");
    let rows = shop.rows("web").await;
    assert_eq!(rows.len(), 4, "what is somebody else's stays: {rows:#?}");
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_lost_is_no_failure_whether_the_change_was_made_or_not() {
    for cut in [Cut::BeforeChange, Cut::AfterChange] {
        for (method, path) in CHANGES {
            let shop = Shop::open().await;
            shop.sim.faults().cut_next(method, path, cut);
            assert_eq!(update(&shop, "shop/web:2").await, Verdict::Done, "{cut:?} {method} {path}");
            shop.assert_well("web", "shop/web:2", 3, path).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_daemon_that_goes_away_for_a_while_is_waited_for() {
    for seconds in [1, 2, 3, 5] {
        let shop = Shop::open().await;
        let faults = shop.sim.faults();
        let prepared = shop.rollout("web", &to("shop/web:2")).await.unwrap();
        let away = async {
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            faults.outage(Duration::from_secs(10));
        };
        let (verdict, ()) = tokio::join!(finish(&shop.engine, prepared, Direction::Forward), away);
        assert_eq!(verdict, Verdict::Done, "after {seconds} s");
        shop.assert_well("web", "shop/web:2", 3, "an outage").await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_engine_is_waited_for_and_its_clock_does_not_matter() {
    let shop = Shop::open().await;
    let faults = shop.sim.faults();
    faults.delay_next("POST", "/containers/create", Duration::from_secs(1));
    faults.delay_next("POST", "/containers/create", Duration::from_secs(90));
    faults.delay_next("POST", "/containers/*/start", Duration::from_secs(60));
    let prepared = shop.rollout("web", &to("shop/web:2")).await.unwrap();
    let jumps = async {
        tokio::time::sleep(Duration::from_secs(2)).await;
        faults.jump_clock(Duration::from_secs(7200));
        tokio::time::sleep(Duration::from_secs(155)).await;
        faults.turn_back_clock(Duration::from_secs(86_400));
    };
    let (verdict, ()) = tokio::join!(finish(&shop.engine, prepared, Direction::Forward), jumps);
    assert_eq!(verdict, Verdict::Done);
    shop.assert_well("web", "shop/web:2", 3, "slow").await;
}

#[tokio::test(start_paused = true)]
async fn a_way_back_that_fails_leaves_the_lock_and_can_be_repeated() {
    let shop = Shop::open().await;
    shop.sim.faults().fail_next("DELETE", "/containers/*", 500, "container is busy");
    let verdict = update(&shop, "shop/web:3").await;
    let Verdict::Stuck { failure: Some(failure), why } = verdict else { panic!("{verdict:?}") };
    assert!(failure.why.contains("503 from upstream"), "{failure:?}");
    assert!(why.contains("container is busy"), "{why}");
    let refused = shop.rollout("web", &to("shop/web:2")).await.unwrap_err();
    assert!(matches!(refused, Refused::Busy { .. }), "{refused}");

    let back = prepare_rollback(&shop.engine, "01ROLLOUT").await.unwrap();
    assert_eq!(finish(&shop.engine, back, Direction::Back).await, Verdict::Done);
    shop.assert_well("web", "shop/web:1", 3, "repeated").await;
}

#[tokio::test(start_paused = true)]
async fn a_scaling_that_fails_takes_its_replicas_away_again() {
    let shop = Shop::open().await;
    shop.sim.faults().fail_next("POST", "/containers/shop-web-5/start", 500, PORT);
    let prepared = shop.scale(6).await.unwrap();
    let why = reason(&finish(&shop.engine, prepared, Direction::Forward).await);
    assert!(why.contains("port is already allocated"), "{why}");
    shop.assert_well("web", "shop/web:1", 3, "as before").await;
}

#[tokio::test(start_paused = true)]
async fn only_one_of_two_that_planned_at_the_same_time_begins() {
    let shop = Shop::open().await;
    let first = shop.rollout("web", &to("shop/web:2")).await.unwrap();
    let second = shop.scale(5).await.unwrap();
    let (one, two) = tokio::join!(
        follow(&shop.engine, first, Direction::Forward),
        follow(&shop.engine, second, Direction::Forward)
    );
    let refused = [one.0.as_ref().err(), two.0.as_ref().err()];
    assert_eq!(refused.iter().flatten().count(), 1, "{refused:?}");
    let refused = refused.iter().flatten().next().unwrap().to_string();
    assert!(
        refused.contains("ada@") && refused.contains("(pid 4711") && refused.contains("has not ended"),
        "{refused}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_plan_for_containers_that_are_no_more_is_not_begun() {
    let shop = Shop::open().await;
    let late = shop.rollout("web", &to("shop/web:2")).await.unwrap();
    assert_eq!(finish(&shop.engine, shop.scale(2).await.unwrap(), Direction::Forward).await, Verdict::Done);
    let (verdict, _) = follow(&shop.engine, late, Direction::Forward).await;
    assert!(matches!(verdict, Err(Refused::Changed(_))), "{verdict:?}");
    shop.assert_well("web", "shop/web:1", 2, "nothing is done").await;
}

#[tokio::test(start_paused = true)]
async fn what_did_not_run_before_does_not_run_after_a_way_back() {
    let shop = Shop::open().await;
    shop.engine.stop("shop-web-1", None).await.unwrap();
    let why = reason(&update(&shop, "shop/web:3").await);
    let rows = shop.rows("web").await;
    let running: Vec<_> = rows.iter().map(|row| (row.name.as_str(), row.status.as_str())).collect();
    let before = [("shop-web-1", "exited"), ("shop-web-2", "running"), ("shop-web-3", "running")];
    assert_eq!(running, before, "{why}");
}

#[tokio::test(start_paused = true)]
async fn an_update_mends_a_service_that_crashes_in_a_loop() {
    let shop = Shop::open().await;
    let mended = async |image: &str, from: &str| {
        let prepared = shop.rollout("web", &to(image)).await.unwrap();
        let verdict = finish(&shop.engine, prepared, Direction::Forward).await;
        assert_eq!(verdict, Verdict::Done, "{image} from {from}");
    };
    let crash = async {
        for _ in 0..40 {
            for number in 1..=3 {
                shop.sim.faults().crash(&format!("shop-web-{number}"), 3);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(1), crash).await.ok();
    mended("shop/web:2", "a loop").await;
    shop.assert_well("web", "shop/web:2", 3, "mended").await;
}

#[tokio::test(start_paused = true)]
async fn an_image_that_is_not_there_is_refused_before_anything_is_touched() {
    let shop = Shop::open().await;
    let refused = shop.rollout("web", &to("shop/web:99-missing")).await.unwrap_err();
    assert!(refused.to_string().contains("image shop/web:99-missing is not on the engine"), "{refused}");
    let changed = shop.sim.requests().into_iter().filter(|request| request.method != "GET").count();
    assert_eq!(changed, 0);
}

#[tokio::test(start_paused = true)]
async fn an_operation_that_nobody_knows_is_told_so() {
    let shop = Shop::open().await;
    let refused = prepare_rollback(&shop.engine, "01NONE").await.unwrap_err();
    assert!(refused.to_string().contains("no operation is called 01NONE"), "{refused}");
    let nobody = key("shop", "nothing");
    let refused = prepare_scale(&shop.engine, &nobody, 2, holder("01SCALE")).await.unwrap_err();
    assert!(refused.to_string().contains("no container to clone"), "{refused}");
}
