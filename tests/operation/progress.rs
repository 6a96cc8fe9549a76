//! What is told while an operation is at work, and when it has failed.

use std::time::Duration;

use stacktop::command::execute::operation::{Direction, RolloutOptions, Verdict};

use crate::{
    course::{finish, follow, to},
    shop::Shop,
};

#[tokio::test(start_paused = true)]
async fn the_time_that_is_left_is_learned_from_the_slots_that_are_done() {
    let shop = Shop::open().await;
    let prepared = shop.rollout("web", &to("shop/web:2")).await.unwrap();
    let planned = prepared.plan.takes;
    let (_, told) = follow(&shop.engine, prepared, Direction::Forward).await;
    let near = |left: Option<Duration>, expected: Duration| {
        assert!(left.unwrap().abs_diff(expected) < Duration::from_millis(100), "{left:?} {expected:?}");
    };
    near(told[0].left, planned);
    let second = told.iter().position(|told| told.slot == Some(2)).unwrap();
    near(told[second].left, told[second - 1].elapsed * 2);
    let commit = told.iter().find(|told| told.phase == "commit").unwrap();
    assert_eq!(commit.left, Some(Duration::ZERO));
}

#[tokio::test(start_paused = true)]
async fn a_failure_comes_with_what_the_container_said_last() {
    for (image, said) in
        [("shop/web:3", r#"probe: exit 22 "503 from upstream""#), ("shop/web:4", "log: fatal: no database")]
    {
        let shop = Shop::open().await;
        // Long enough for docker's own check to have failed.
        let options = RolloutOptions { timeout: Some(Duration::from_secs(40)), ..to(image) };
        let prepared = shop.rollout("web", &options).await.unwrap();
        let verdict = finish(&shop.engine, prepared, Direction::Forward).await;
        let Verdict::RolledBack(failure) = verdict else { panic!("{verdict:?}") };
        assert!(failure.evidence.iter().any(|line| line == said), "{failure:?}");
    }
}
