//! Operations that somebody pauses, or stops.

use stacktop::command::{
    Halt, Progress, Stage,
    execute::operation::{Direction, Verdict, prepare_resume, prepare_rollback},
};

use crate::{
    course::{attend, finish, to},
    shop::Shop,
};

/// Updates `web`, and calls `act` when a step of this slot and state begins.
async fn update(
    shop: &Shop,
    image: &str,
    (slot, state): (u64, &str),
    act: fn(&Halt),
) -> (Verdict, Vec<Progress>) {
    let prepared = shop.rollout("web", &to(image)).await.unwrap();
    let hears = |told: &Progress, halt: &Halt| {
        if (told.slot, told.state.as_str(), told.stage) == (Some(slot), state, Stage::Begins) {
            act(halt);
        }
    };
    let (verdict, told) = attend(&shop.engine, prepared, Direction::Forward, hears).await;
    (verdict.unwrap(), told)
}

fn paused(verdict: Verdict) -> String {
    let Verdict::Paused(why) = verdict else { panic!("{verdict:?}") };
    assert!(why.contains("ops resume 01ROLLOUT") && why.contains("ops rollback 01ROLLOUT"), "{why}");
    why
}

async fn names(shop: &Shop) -> Vec<String> {
    shop.rows("web").await.into_iter().map(|row| format!("{} {}", row.name, row.status)).collect()
}

#[tokio::test(start_paused = true)]
async fn a_paused_update_finishes_its_slot_and_can_go_on() {
    let shop = Shop::open().await;
    let (verdict, told) = update(&shop, "shop/web:2", (1, "starting"), Halt::pause).await;
    assert!(paused(verdict).starts_with("it was paused after its slot"));
    assert!(told.iter().all(|told| told.slot == Some(1)), "{told:#?}");
    assert_eq!(told.last().map(|told| told.state.as_str()), Some("swapping"));
    let resumed = prepare_resume(&shop.engine, "01ROLLOUT").await.unwrap();
    assert_eq!(finish(&shop.engine, resumed, Direction::Forward).await, Verdict::Done);
    shop.assert_well("web", "shop/web:2", 3, "resumed").await;
}

#[tokio::test(start_paused = true)]
async fn an_update_that_is_paused_in_its_last_slot_keeps_the_way_back() {
    let shop = Shop::open().await;
    let (verdict, _) = update(&shop, "shop/web:2", (3, "soak"), Halt::pause).await;
    paused(verdict);
    let names = names(&shop).await;
    assert_eq!(names.iter().filter(|name| name.contains(".old-01ROLLOUT exited")).count(), 3, "{names:?}");
    let back = prepare_rollback(&shop.engine, "01ROLLOUT").await.unwrap();
    assert_eq!(finish(&shop.engine, back, Direction::Back).await, Verdict::Done);
    shop.assert_well("web", "shop/web:1", 3, "back").await;
}

#[tokio::test(start_paused = true)]
async fn a_stopped_update_ends_after_its_step() {
    let shop = Shop::open().await;
    let (verdict, told) = update(&shop, "shop/web:2", (2, "starting"), Halt::stop).await;
    assert!(paused(verdict).starts_with("it was stopped after its step"));
    let last = told.last().map(|told| (told.slot, told.state.as_str(), told.stage));
    assert_eq!(last, Some((Some(2), "starting", Stage::Done)));
}

#[tokio::test(start_paused = true)]
async fn a_stop_is_sharper_than_a_pause_before_it() {
    let shop = Shop::open().await;
    let both = |halt: &Halt| {
        halt.pause();
        halt.stop();
    };
    let (verdict, told) = update(&shop, "shop/web:2", (1, "gate"), both).await;
    assert!(paused(verdict).starts_with("it was stopped after its step"));
    assert_eq!(told.last().map(|told| told.state.as_str()), Some("gate"));
}

#[tokio::test(start_paused = true)]
async fn a_slot_that_fails_is_put_back_although_a_pause_was_asked_for() {
    let shop = Shop::open().await;
    let (verdict, _) = update(&shop, "shop/web:3", (1, "gate"), Halt::pause).await;
    assert!(matches!(verdict, Verdict::RolledBack(_)), "{verdict:?}");
    shop.assert_well("web", "shop/web:1", 3, "put back").await;
}
