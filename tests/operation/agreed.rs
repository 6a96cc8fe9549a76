//! What was asked for is what is done: spans, orders and numbers, also by whoever goes on with it.

use std::time::Duration;

use stacktop::command::execute::operation::{Direction, RolloutOptions, prepare_resume};

use crate::{
    course::{abandon_after, to},
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
