//! How long an update takes, against the least it could take. Told, not judged: the machine may be busy.

use std::time::{Duration, Instant};

use stacktop::command::execute::operation::{Direction, Verdict};

use crate::{
    course::{follow, spent, to},
    site::{Site, engine},
    support::{Spec, TestEngine, wait_until},
};

/// Create, start and the time until the service's own check passes, done by hand.
async fn by_hand(bed: &TestEngine, spec: Spec) -> Duration {
    let began = Instant::now();
    let one = bed.run(spec.name("by-hand")).await;
    wait_until(bed.engine(), "/events?filters={}", Duration::from_secs(10), "an answer", async || {
        let answer = one.exec(&["check", "/health"]).await;
        if answer.exit_code == 0 { Ok(()) } else { Err(answer.output) }
    })
    .await;
    began.elapsed()
}

async fn stop_by_hand(bed: &TestEngine) -> Duration {
    let one = bed.run(bed.server("1").name("to-stop")).await;
    one.wait_log("listens").await;
    let began = Instant::now();
    one.stop(10).await;
    began.elapsed()
}

#[tokio::test]
async fn an_update_takes_hardly_longer_than_its_parts() {
    let Some(bed) = engine("an_update_takes_hardly_longer_than_its_parts") else { return };
    let floor_of_one = by_hand(&bed, bed.server("1")).await + stop_by_hand(&bed).await;
    let (site, _project) = Site::up(&bed, bed.server("1"), 3).await;
    let prepared = site.rollout(&to(&bed.image("2"))).await.unwrap();
    let planned = prepared.plan.takes;
    let began = Instant::now();
    let (verdict, told) = follow(&site.engine, prepared, Direction::Forward).await;
    let took = began.elapsed();
    assert_eq!(verdict.unwrap(), Verdict::Done);
    let floor = (floor_of_one + Duration::from_secs(1)) * 3;
    eprintln!(
        "3 replicas: {:.2} s; by hand {:.2} s ({:.0} ms each and 1 s soak); planned {:.1} s",
        took.as_secs_f64(),
        floor.as_secs_f64(),
        floor_of_one.as_secs_f64() * 1000.0,
        planned.as_secs_f64()
    );
    eprintln!("{}", spent(&told));
}
