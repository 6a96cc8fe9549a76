//! Operations that are killed between any two steps, and then gone on with or turned back.

use std::collections::BTreeSet;

use stacktop::command::{
    execute::operation::{
        Direction, Prepared, Refused, RolloutOptions, Verdict, heal, prepare_resume, prepare_rollback,
    },
    order::Order,
};

use crate::{
    course::{abandon_after, finish, to},
    shop::Shop,
};

const WAYS: [Direction; 2] = [Direction::Forward, Direction::Back];

/// What is done to a fresh shop, and how it is to end either way.
struct Case {
    what: &'static str,
    service: &'static str,
    act: Act,
    /// Image and number of replicas where it goes on.
    forward: (&'static str, usize),
    /// Where it is turned back.
    back: (&'static str, usize),
}

/// What happens between the killing and the going on.
#[derive(Clone, Copy)]
enum Between {
    Nothing,
    /// Another stacktop starts.
    Healing,
}

enum Act {
    Rollout(RolloutOptions),
    Scale(u64),
}

impl Case {
    async fn prepare(&self, shop: &Shop) -> Prepared {
        match &self.act {
            Act::Rollout(options) => shop.rollout(self.service, options).await.unwrap(),
            Act::Scale(replicas) => shop.scale(*replicas).await.unwrap(),
        }
    }

    fn operation(&self) -> &'static str {
        match self.act {
            Act::Rollout(_) => "01ROLLOUT",
            Act::Scale(_) => "01SCALE",
        }
    }

    /// Kills it after every report, and goes on or back. Returns how many endings were seen, and in which states it
    /// was killed.
    async fn kill_everywhere(&self, between: Between) -> (usize, BTreeSet<String>) {
        let (mut endings, mut states) = (0, BTreeSet::new());
        // Every second report tells of the same moment as the one before it.
        for heard in std::iter::once(0).chain((1..).step_by(2)) {
            for way in WAYS {
                let shop = Shop::open().await;
                let prepared = self.prepare(&shop).await;
                let Some(last) = abandon_after(&shop.engine, prepared, Direction::Forward, heard).await
                else {
                    return (endings, states);
                };
                let case = format!("{}, {way:?} after {heard} ({} {})", self.what, last.state, last.target);
                match between {
                    Between::Nothing => {}
                    Between::Healing => self.heal(&shop, &case).await,
                }
                self.end(&shop, way, &case).await;
                states.insert(last.state);
                endings += 1;
            }
        }
        unreachable!("an operation ends");
    }

    /// Whatever was done by then, a replica runs as it did before, and two who look at the same time do no harm.
    async fn heal(&self, shop: &Shop, case: &str) {
        let (one, other) = tokio::join!(heal(&shop.engine), heal(&shop.engine));
        let healed = [one.unwrap(), other.unwrap()].concat();
        assert!(healed.iter().all(|healed| healed.failure.is_none()), "{case}: {healed:?}");
        let rows = shop.rows(self.service).await;
        let is_kept = |policy: &str| policy != "no" || healed.is_empty();
        assert!(
            rows.iter().any(|row| row.status == "running" && is_kept(&row.policy)),
            "{case}: {healed:?} {rows:#?}"
        );
        assert_eq!(heal(&shop.engine).await.unwrap(), [], "{case}: it is healed once");
    }

    /// Kills its way back after every report, and goes on or back from there.
    async fn kill_the_way_back(&self, after: usize) -> usize {
        let mut endings = 0;
        for heard in std::iter::once(0).chain((1..).step_by(2)) {
            for way in WAYS {
                let shop = Shop::open().await;
                let prepared = self.prepare(&shop).await;
                let killed = abandon_after(&shop.engine, prepared, Direction::Forward, after).await;
                assert!(killed.is_some(), "{}: it is over after {after} reports", self.what);
                let back = prepare_rollback(&shop.engine, self.operation()).await.unwrap();
                let Some(last) = abandon_after(&shop.engine, back, Direction::Back, heard).await else {
                    return endings;
                };
                let what = self.what;
                let case = format!(
                    "{what}, {way:?} after {after} and {heard} back ({} {})",
                    last.state, last.target
                );
                self.end(&shop, way, &case).await;
                endings += 1;
            }
        }
        unreachable!("a way back ends");
    }

    async fn end(&self, shop: &Shop, way: Direction, case: &str) {
        let (prepared, (image, replicas)) = match way {
            Direction::Forward => (prepare_resume(&shop.engine, self.operation()).await, self.forward),
            Direction::Back => (prepare_rollback(&shop.engine, self.operation()).await, self.back),
        };
        let (prepared, way, image, replicas) = match prepared {
            // Once old containers are gone there is only one way.
            Err(Refused::TooLate { .. }) => {
                let resumed = prepare_resume(&shop.engine, self.operation()).await.unwrap();
                (resumed, Direction::Forward, self.forward.0, self.forward.1)
            }
            other => (other.unwrap_or_else(|refused| panic!("{case}: {refused}")), way, image, replicas),
        };
        let plan: Vec<String> = prepared.plan.steps().map(|step| step.act.describe()).collect();
        let verdict = finish(&shop.engine, prepared, way).await;
        let is_over = matches!(verdict, Verdict::Done | Verdict::RolledBack(_));
        assert!(is_over, "{case}: {verdict:?} by {plan:#?}, {:#?}", shop.rows("").await);
        if replicas == 0 {
            let rows = shop.rows(self.service).await;
            assert!(rows.len() == 1 && rows[0].status == "exited", "{case}: {rows:#?}");
        } else {
            shop.assert_well(self.service, image, replicas, case).await;
        }
    }
}

fn web(what: &'static str, act: Act, forward: (&'static str, usize)) -> Case {
    Case { what, service: "web", act, forward, back: ("shop/web:1", 3) }
}

fn db(what: &'static str, image: &str, ends_with: &'static str) -> Case {
    let act = Act::Rollout(to(image));
    Case { what, service: "db", act, forward: (ends_with, 1), back: ("shop/db:1", 1) }
}

async fn kill(case: Case) {
    kill_and(case, Between::Nothing).await;
}

async fn kill_and(case: Case, between: Between) {
    let (endings, states) = case.kill_everywhere(between).await;
    eprintln!("{}: {endings} endings, killed while {states:?}", case.what);
    assert!(endings > 4, "{}", case.what);
}

#[tokio::test(start_paused = true)]
async fn a_start_first_update_killed_anywhere_goes_on_and_back() {
    kill(web("start-first", Act::Rollout(to("shop/web:2")), ("shop/web:2", 3))).await;
}

#[tokio::test(start_paused = true)]
async fn an_update_of_two_at_a_time_killed_anywhere_goes_on_and_back() {
    let options = RolloutOptions { parallelism: Some(2), ..to("shop/web:2") };
    kill(web("two at a time", Act::Rollout(options), ("shop/web:2", 3))).await;
}

#[tokio::test(start_paused = true)]
async fn a_stop_first_update_of_replicas_killed_anywhere_goes_on_and_back() {
    let options = RolloutOptions { order: Some(Order::StopFirst), ..to("shop/web:2") };
    kill(web("stop-first", Act::Rollout(options), ("shop/web:2", 3))).await;
}

#[tokio::test(start_paused = true)]
async fn an_update_with_a_fixed_port_killed_anywhere_goes_on_and_back() {
    kill(db("fixed port", "shop/db:2", "shop/db:2")).await;
}

#[tokio::test(start_paused = true)]
async fn a_stop_first_update_killed_anywhere_and_healed_goes_on_and_back() {
    kill_and(db("healed", "shop/db:2", "shop/db:2"), Between::Healing).await;
    let options = RolloutOptions { order: Some(Order::StopFirst), parallelism: Some(3), ..to("shop/web:2") };
    kill_and(web("all at once, healed", Act::Rollout(options), ("shop/web:2", 3)), Between::Healing).await;
}

#[tokio::test(start_paused = true)]
async fn a_stop_first_update_to_a_broken_image_killed_anywhere_and_healed_ends_with_the_old_one() {
    kill_and(db("never healthy, healed", "shop/db:3", "shop/db:1"), Between::Healing).await;
}

#[tokio::test(start_paused = true)]
async fn an_update_to_a_broken_image_killed_anywhere_ends_with_the_old_one() {
    for (what, image) in [("never healthy", "shop/web:3"), ("crashes", "shop/web:4")] {
        kill(web(what, Act::Rollout(to(image)), ("shop/web:1", 3))).await;
    }
    kill(db("never healthy, fixed port", "shop/db:3", "shop/db:1")).await;
}

#[tokio::test(start_paused = true)]
async fn a_scaling_killed_anywhere_goes_on_and_back() {
    for (what, replicas) in [("scale up", 5), ("scale down", 1), ("scale to zero", 0)] {
        kill(web(what, Act::Scale(replicas), ("shop/web:1", replicas as usize))).await;
    }
}

async fn kill_back(case: Case, reports: &[usize]) {
    let mut endings = 0;
    for after in reports {
        endings += case.kill_the_way_back(*after).await;
    }
    eprintln!("{}: {endings} endings of ways back that were killed", case.what);
    assert!(endings > 4, "{}", case.what);
}

#[tokio::test(start_paused = true)]
async fn the_way_back_of_a_start_first_update_killed_anywhere_goes_on_and_back() {
    let case = web("start-first", Act::Rollout(to("shop/web:2")), ("shop/web:2", 3));
    kill_back(case, &[1, 7, 11, 13, 15, 35]).await;
}

#[tokio::test(start_paused = true)]
async fn the_way_back_of_a_stop_first_update_killed_anywhere_goes_on_and_back() {
    let options = RolloutOptions { order: Some(Order::StopFirst), ..to("shop/web:2") };
    let case = web("stop-first", Act::Rollout(options), ("shop/web:2", 3));
    kill_back(case, &[1, 3, 5, 7, 15, 35]).await;
}

#[tokio::test(start_paused = true)]
async fn the_way_back_of_an_update_with_a_fixed_port_killed_anywhere_goes_on_and_back() {
    kill_back(db("fixed port", "shop/db:2", "shop/db:2"), &[1, 3, 5, 7, 9, 11, 13]).await;
}
