//! What was asked for is what is done: spans, orders and numbers, also by whoever goes on with it.

use std::time::Duration;

use stacktop::{
    command::{
        Progress,
        execute::operation::{
            Direction, RolloutOptions, Verdict, prepare_resume, prepare_rollback, prepare_rollout,
        },
        order::Order,
        rollout::{Care, OnFailure},
    },
    engine::Call,
};

use crate::{
    course::{abandon_after, finish, follow, holder, key, to},
    shop::Shop,
};

fn fact<'a>(plan: &'a stacktop::command::Plan, name: &str) -> &'a str {
    plan.facts.iter().find(|(fact, _)| fact == name).map_or("", |(_, text)| text)
}

#[tokio::test(start_paused = true)]
async fn half_a_second_is_half_a_second_also_after_a_resumption() {
    let shop = Shop::open().await;
    let span = Some(Duration::from_millis(500));
    let options = RolloutOptions { soak: span, drain: span, ..to("shop/web:2") };
    let prepared = shop.rollout("web", &options).await.unwrap();
    let gate = "the service's own check, up to 10 s; soak 0.5 s; drain 0.5 s";
    assert_eq!(fact(&prepared.plan, "gate"), gate);
    abandon_after(&shop.engine, prepared, Direction::Forward, 3).await.unwrap();
    let rest = prepare_resume(&shop.engine, "01ROLLOUT").await.unwrap();
    assert_eq!(fact(&rest.plan, "gate"), gate);
    let steps: Vec<String> = rest.plan.steps().map(|step| step.act.describe()).collect();
    assert!(steps.iter().any(|step| step.ends_with("stays ready for 0.5 s")), "{steps:#?}");
}

#[tokio::test(start_paused = true)]
async fn a_replica_that_is_scaled_away_lets_go_of_its_work_before_it_is_stopped() {
    let labels = [("stacktop.drain.exec", "exit 9"), ("traefik.enable", "true")];
    for (replicas, last) in [(2, "remove shop-web-3"), (0, "stop shop-web-1")] {
        let shop = Shop::with_labels(&labels).await;
        let prepared = shop.scale(replicas).await.unwrap();
        let steps: Vec<String> = prepared.plan.steps().map(|step| step.act.describe()).collect();
        let of_one = |name: &str| {
            let hook = format!("run `/bin/sh -c exit 9` in {name}");
            [hook, "connections run out for 10 s".to_owned(), format!("stop {name}")]
        };
        let going = if replicas == 2 { "shop-web-3" } else { "shop-web-1" };
        assert!(steps.windows(3).any(|three| three == of_one(going)), "{steps:#?}");
        assert_eq!(steps.iter().filter(|step| step.starts_with("run ")).count() as u64, 3 - replicas);
        assert!(steps.contains(&last.to_owned()), "{steps:#?}");
        assert!(prepared.plan.takes > Duration::from_secs(10), "{:?}", prepared.plan.takes);
        assert_eq!(finish(&shop.engine, prepared, Direction::Forward).await, Verdict::Done, "{replicas}");
    }
}

fn words(plan: &stacktop::command::Plan) -> Vec<String> {
    plan.phases.iter().map(|phase| phase.title.clone()).collect()
}

/// The image of each replica that serves, by number; what is not whole is named.
async fn images(shop: &Shop) -> Vec<String> {
    let rows = shop.rows("web").await;
    rows.iter().map(|row| format!("{} {} {}", row.name, row.image, row.health)).collect()
}

/// The replica of this number does not come up with any image but the old one.
fn break_replica(shop: &Shop, number: usize) {
    let path = format!("/containers/*_shop-web-{number}/start");
    shop.sim.faults().fail_next("POST", &path, 500, "no space left on device");
}

#[tokio::test(start_paused = true)]
async fn between_two_slots_there_is_the_delay_that_was_asked_for() {
    let shop = Shop::open().await;
    let delay = Some(Duration::from_secs(30));
    let options = RolloutOptions { delay, parallelism: Some(2), ..to("shop/web:2") };
    let prepared = shop.rollout("web", &options).await.unwrap();
    assert_eq!(words(&prepared.plan), ["slot 1, 2", "delay", "slot 3"]);
    assert_eq!(fact(&prepared.plan, "replicas"), "3, 2 at a time, 30 s in between");
    let (verdict, told) = follow(&shop.engine, prepared, Direction::Forward).await;
    assert_eq!(verdict.unwrap(), Verdict::Done);
    let at = |state: &str, slot| {
        let of_it = |one: &&Progress| one.state == state && one.slot == slot;
        told.iter().find(of_it).map(|one| one.elapsed).unwrap()
    };
    assert!(at("creating", Some(3)) >= at("waiting", None) + Duration::from_secs(30), "{told:#?}");
    shop.assert_well("web", "shop/web:2", 3, "delay").await;
}

#[tokio::test(start_paused = true)]
async fn a_slot_that_fails_is_put_back_and_the_others_go_on_where_that_was_asked_for() {
    for parallelism in [1, 2] {
        let shop = Shop::open().await;
        break_replica(&shop, 2);
        let on_failure = Some(OnFailure::Continue);
        let options = RolloutOptions { on_failure, parallelism: Some(parallelism), ..to("shop/web:2") };
        let prepared = shop.rollout("web", &options).await.unwrap();
        let verdict = finish(&shop.engine, prepared, Direction::Forward).await;
        let Verdict::Partial(failures) = verdict else { panic!("{verdict:?}") };
        assert_eq!(failures.len(), 1, "{failures:?}");
        assert!(failures[0].slot == Some(2) && failures[0].why.contains("no space"), "{failures:?}");
        let expected = [
            "shop-web-1 shop/web:2 healthy",
            "shop-web-2 shop/web:1 healthy",
            "shop-web-3 shop/web:2 healthy",
        ];
        assert_eq!(images(&shop).await, expected, "{parallelism} at a time");
        // What is left is just that one.
        let (web, next) = (key("shop", "web"), holder("01SECOND"));
        let prepared = prepare_rollout(&shop.engine, &web, &to("shop/web:2"), next).await.unwrap();
        assert_eq!(words(&prepared.plan), ["slot 2"]);
        let notes = prepared.plan.notes.join("\n");
        assert!(notes.contains("2 replicas run shop/web:2"), "{notes}");
        assert_eq!(finish(&shop.engine, prepared, Direction::Forward).await, Verdict::Done);
        shop.assert_well("web", "shop/web:2", 3, "repeated").await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_slot_that_fails_is_put_back_and_a_person_decides_where_that_was_asked_for() {
    for (order, parallelism) in [(Order::StartFirst, 1), (Order::StartFirst, 3), (Order::StopFirst, 3)] {
        let shop = Shop::open().await;
        break_replica(&shop, 2);
        let options = RolloutOptions {
            on_failure: Some(OnFailure::Pause),
            order: Some(order),
            parallelism: Some(parallelism),
            ..to("shop/web:2")
        };
        let prepared = shop.rollout("web", &options).await.unwrap();
        let verdict = finish(&shop.engine, prepared, Direction::Forward).await;
        let Verdict::Paused(why) = verdict else { panic!("{verdict:?}") };
        assert!(why.contains("replica 2 is as before") && why.contains("ops resume 01ROLLOUT"), "{why}");
        let rows = shop.rows("web").await;
        let serving = rows.iter().filter(|row| row.status == "running" && row.health == "healthy").count();
        assert_eq!(serving, 3, "all serve while a person decides: {order:?}, {parallelism}: {rows:#?}");
        let rest = prepare_resume(&shop.engine, "01ROLLOUT").await.unwrap();
        assert_eq!(finish(&shop.engine, rest, Direction::Forward).await, Verdict::Done);
        shop.assert_well("web", "shop/web:2", 3, "gone on with").await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_paused_update_can_be_turned_back_as_a_whole() {
    let shop = Shop::open().await;
    break_replica(&shop, 3);
    let options = RolloutOptions { on_failure: Some(OnFailure::Pause), ..to("shop/web:2") };
    let prepared = shop.rollout("web", &options).await.unwrap();
    finish(&shop.engine, prepared, Direction::Forward).await;
    let back = prepare_rollback(&shop.engine, "01ROLLOUT").await.unwrap();
    assert_eq!(finish(&shop.engine, back, Direction::Back).await, Verdict::Done);
    shop.assert_well("web", "shop/web:1", 3, "turned back").await;
}

#[tokio::test(start_paused = true)]
async fn where_every_slot_fails_nothing_is_left_of_the_update() {
    let shop = Shop::open().await;
    let options = RolloutOptions { on_failure: Some(OnFailure::Continue), ..to("shop/web:4") };
    let prepared = shop.rollout("web", &options).await.unwrap();
    let verdict = finish(&shop.engine, prepared, Direction::Forward).await;
    assert!(matches!(verdict, Verdict::RolledBack(_)), "{verdict:?}");
    shop.assert_well("web", "shop/web:1", 3, "as before").await;
}

#[tokio::test(start_paused = true)]
async fn labels_say_how_many_may_fail_and_how_many_go_at_once() {
    let shop = Shop::with_labels(&[
        ("stacktop.update.max_failure_ratio", "0.4"),
        ("stacktop.update.parallelism", "0"),
        ("stacktop.rollback.parallelism", "2"),
    ])
    .await;
    break_replica(&shop, 1);
    let prepared = shop.rollout("web", &to("shop/web:2")).await.unwrap();
    let said = "parallelism 0 (label stacktop.update.parallelism), \
                max_failure_ratio 0.4 (label stacktop.update.max_failure_ratio)";
    assert_eq!(fact(&prepared.plan, "settings"), said);
    assert_eq!(words(&prepared.plan), ["slot 1, 2, 3"]);
    let verdict = finish(&shop.engine, prepared, Direction::Forward).await;
    assert!(matches!(&verdict, Verdict::Partial(failures) if failures.len() == 1), "{verdict:?}");

    // Two of three are more than 0.4 of all.
    let shop = Shop::with_labels(&[("stacktop.update.max_failure_ratio", "0.4")]).await;
    break_replica(&shop, 1);
    break_replica(&shop, 2);
    let prepared = shop.rollout("web", &to("shop/web:2")).await.unwrap();
    let verdict = finish(&shop.engine, prepared, Direction::Forward).await;
    assert!(matches!(verdict, Verdict::RolledBack(_)), "{verdict:?}");
    shop.assert_well("web", "shop/web:1", 3, "too many").await;
}

#[tokio::test(start_paused = true)]
async fn what_runs_already_is_left_alone_unless_it_is_forced() {
    let shop = Shop::open().await;
    let options = RolloutOptions { image: None, ..to("") };
    let prepared = shop.rollout("web", &options).await.unwrap();
    assert!(prepared.plan.is_empty(), "{:?}", prepared.plan);
    assert!(
        prepared.plan.notes[0].starts_with("every replica runs shop/web:1 ("),
        "{:?}",
        prepared.plan.notes
    );
    let prepared = shop.rollout("web", &RolloutOptions { care: Care::Forced, ..options }).await.unwrap();
    let before: Vec<String> = ids(&shop).await;
    assert_eq!(finish(&shop.engine, prepared, Direction::Forward).await, Verdict::Done);
    assert!(ids(&shop).await.iter().all(|id| !before.contains(id)), "all are new");
    shop.assert_well("web", "shop/web:1", 3, "forced").await;
}

async fn ids(shop: &Shop) -> Vec<String> {
    let listed: Vec<serde_json::Value> =
        shop.engine.json(Call::get("list", "/containers/json?all=1")).await.unwrap();
    let of_web =
        listed.iter().filter(|one| one["Names"][0].as_str().is_some_and(|name| name.contains("web")));
    of_web.filter_map(|one| one["Id"].as_str()).map(str::to_owned).collect()
}

#[tokio::test(start_paused = true)]
async fn a_database_is_not_given_the_data_of_another_major_version_unless_it_is_forced() {
    let shop = Shop::with_database().await;
    let refused = shop.rollout("db", &to("postgres:16")).await.unwrap_err().to_string();
    assert!(refused.starts_with("postgres 15→16 needs a dump/restore"), "{refused}");
    assert!(refused.ends_with("--force to override."), "{refused}");
    let forced = RolloutOptions { care: Care::Forced, ..to("postgres:16") };
    let prepared = shop.rollout("db", &forced).await.unwrap();
    assert_eq!(finish(&shop.engine, prepared, Direction::Forward).await, Verdict::Done);
    shop.assert_well("db", "postgres:16", 1, "forced").await;
}
