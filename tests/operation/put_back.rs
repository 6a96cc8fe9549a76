//! A finished update that is put back.

use hyper::Method;
use stacktop::{
    command::{
        Plan,
        execute::operation::{
            Direction, Prepared, Refused, RolloutOptions, Verdict, prepare_put_back, prepare_rollout,
        },
        rollout::Care,
    },
    engine::Call,
};

use crate::{
    course::{finish, holder, key, to},
    shop::Shop,
};

fn fact<'a>(plan: &'a Plan, name: &str) -> &'a str {
    plan.facts.iter().find(|(fact, _)| fact == name).map_or("", |(_, text)| text)
}

async fn put_back(shop: &Shop, operation: &str) -> Result<Prepared, Refused> {
    let options = RolloutOptions { image: None, ..to("") };
    prepare_put_back(&shop.engine, &key("shop", "web"), &options, holder(operation)).await
}

async fn updated() -> Shop {
    let shop = Shop::open().await;
    let prepared = shop.rollout("web", &to("shop/web:2")).await.unwrap();
    assert_eq!(finish(&shop.engine, prepared, Direction::Forward).await, Verdict::Done);
    shop
}

#[tokio::test(start_paused = true)]
async fn a_finished_update_is_put_back_and_that_is_put_back_in_turn() {
    let shop = updated().await;
    let prepared = put_back(&shop, "01SECOND").await.unwrap();
    let image = fact(&prepared.plan, "image");
    assert_eq!(image, "shop/web:2 → shop/web:1 (what it ran before operation 01ROLLOUT)");
    assert_eq!(finish(&shop.engine, prepared, Direction::Forward).await, Verdict::Done);
    shop.assert_well("web", "shop/web:1", 3, "put back").await;

    let prepared = put_back(&shop, "01THIRD").await.unwrap();
    let image = fact(&prepared.plan, "image");
    assert_eq!(image, "shop/web:1 → shop/web:2 (what it ran before operation 01SECOND)");
    assert_eq!(finish(&shop.engine, prepared, Direction::Forward).await, Verdict::Done);
    shop.assert_well("web", "shop/web:2", 3, "put back in turn").await;
}

#[tokio::test(start_paused = true)]
async fn the_same_image_once_more_does_not_hide_what_was_before() {
    let shop = updated().await;
    let forced = RolloutOptions { care: Care::Forced, ..to("shop/web:2") };
    let next = holder("01SECOND");
    let web = key("shop", "web");
    let again = prepare_rollout(&shop.engine, &web, &forced, next).await.unwrap();
    assert_eq!(finish(&shop.engine, again, Direction::Forward).await, Verdict::Done);
    let prepared = put_back(&shop, "01THIRD").await.unwrap();
    assert!(
        fact(&prepared.plan, "image").starts_with("shop/web:2 → shop/web:1"),
        "{:?}",
        prepared.plan.facts
    );
}

#[tokio::test(start_paused = true)]
async fn a_replica_that_was_added_since_is_put_back_with_the_others() {
    let shop = updated().await;
    let prepared = shop.scale(4).await.unwrap();
    assert_eq!(finish(&shop.engine, prepared, Direction::Forward).await, Verdict::Done);
    let prepared = put_back(&shop, "01SECOND").await.unwrap();
    assert_eq!(finish(&shop.engine, prepared, Direction::Forward).await, Verdict::Done);
    shop.assert_well("web", "shop/web:1", 4, "put back").await;
}

#[tokio::test(start_paused = true)]
async fn where_nobody_knows_what_ran_before_nothing_is_touched() {
    let shop = Shop::open().await;
    let refused = put_back(&shop, "01FIRST").await.unwrap_err().to_string();
    assert!(refused.contains("nothing is known") && refused.contains("--image"), "{refused}");
}

#[tokio::test(start_paused = true)]
async fn an_image_that_is_gone_is_named() {
    let shop = updated().await;
    let call = Call::new(Method::DELETE, "remove", "/images/shop/web:1");
    let _removed: serde_json::Value = shop.engine.json(call).await.unwrap();
    let refused = put_back(&shop, "01SECOND").await.unwrap_err();
    assert!(matches!(refused, Refused::PreviousGone { .. }), "{refused}");
    let sentence = refused.to_string();
    assert!(sentence.contains("stacktop pull shop/web:1"), "{sentence}");
}
