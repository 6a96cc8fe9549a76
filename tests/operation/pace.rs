//! How long an update takes, against the least it could take. Told, not judged: the machine may be busy.

use std::{
    collections::BTreeMap,
    fmt,
    time::{Duration, Instant},
};

use stacktop::command::execute::operation::{Direction, Verdict};

use crate::{
    course::{follow, listed, spent, to},
    site::{Site, engine},
    support::{ComposeProject, Spec, TestEngine},
};

const REPLICAS: u32 = 3;

/// Measured so often on either side of each update: the machine is not as busy at one moment as at another.
const SAMPLES: usize = 2;

const UPDATES: [&str; 4] = ["2", "1", "2", "1"];

const SOAK: Duration = Duration::from_secs(1);

/// What replacing one replica takes by the engine's calls alone.
#[derive(Clone, Copy)]
struct Parts {
    create: Duration,
    start: Duration,
    healthy: Duration,
    stop: Duration,
}

impl Parts {
    /// Each part is the median of its samples.
    fn median(samples: &[Self]) -> Self {
        let of = |part: fn(&Self) -> Duration| median(samples.iter().map(part).collect());
        Self {
            create: of(|it| it.create),
            start: of(|it| it.start),
            healthy: of(|it| it.healthy),
            stop: of(|it| it.stop),
        }
    }

    fn sum(self) -> Duration {
        self.create + self.start + self.healthy + self.stop
    }
}

impl fmt::Display for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |span: Duration| span.as_secs_f64() * 1000.0;
        write!(
            f,
            "create {:.0}, start {:.0}, healthy {:.0}, stop {:.0} ms",
            ms(self.create),
            ms(self.start),
            ms(self.healthy),
            ms(self.stop)
        )
    }
}

fn median(mut spans: Vec<Duration>) -> Duration {
    spans.sort_unstable();
    spans[spans.len() / 2]
}

async fn timed<T>(work: impl Future<Output = T>) -> (T, Duration) {
    let began = Instant::now();
    let done = work.await;
    (done, began.elapsed())
}

/// One more server in the service's own network, by hand, asked without a pause until it answers.
async fn by_hand(bed: &TestEngine, project: &ComposeProject, server: Spec) -> Parts {
    let spec = server.name("by-hand").network(&project.network, &["by-hand"]);
    let (one, create) = timed(bed.create(spec)).await;
    let ((), start) = timed(one.start()).await;
    let ((), healthy) = timed(async { while one.exec(&["check", "/health"]).await.exit_code != 0 {} }).await;
    // It lives as long as the soak lets a replica live.
    tokio::time::sleep(SOAK).await;
    let ((), stop) = timed(one.stop(10)).await;
    bed.engine().delete(&format!("/containers/{}", one.id)).await;
    Parts { create, start, healthy, stop }
}

#[tokio::test]
async fn an_update_takes_hardly_longer_than_its_parts() {
    let Some(bed) = engine("an_update_takes_hardly_longer_than_its_parts") else { return };
    compare(&bed, || bed.server("1")).await;
}

#[tokio::test]
async fn an_update_of_servers_that_boot_for_a_while_takes_hardly_longer_than_its_parts() {
    let test = "an_update_of_servers_that_boot_for_a_while_takes_hardly_longer_than_its_parts";
    let Some(bed) = engine(test) else { return };
    compare(&bed, || bed.server("1").env("START_DELAY_MS", 700).health("/health", 2000)).await;
}

/// What an update itself spent on what cannot be left out: both sides at the same moment, however busy the machine is.
fn parts_of(spent: &BTreeMap<&str, Duration>) -> Duration {
    ["creating", "starting", "gate", "soak", "replacing"].iter().filter_map(|state| spent.get(state)).sum()
}

async fn compare(bed: &TestEngine, server: impl Fn() -> Spec) {
    let (site, project) = Site::up(bed, server(), REPLICAS as usize).await;
    let (mut samples, mut updates) = (Vec::new(), Vec::new());
    for version in UPDATES {
        for _ in 0..SAMPLES {
            samples.push(by_hand(bed, &project, server()).await);
        }
        let prepared = site.rollout(&to(&bed.image(version))).await.unwrap();
        let ((verdict, told), took) = timed(follow(&site.engine, prepared, Direction::Forward)).await;
        assert_eq!(verdict.unwrap(), Verdict::Done);
        let spent = spent(&told);
        let own = parts_of(&spent);
        eprintln!(
            "{:.2} s: {}; {:.3} of its own parts",
            took.as_secs_f64(),
            listed(&spent),
            took.div_duration_f64(own)
        );
        updates.push(took);
    }
    let one = Parts::median(&samples);
    let floor = (one.sum() + SOAK) * REPLICAS;
    let took = median(updates);
    eprintln!(
        "{REPLICAS} replicas: {:.2} s; by hand {:.2} s ({one}; 1 s soak); {:.3} of it",
        took.as_secs_f64(),
        floor.as_secs_f64(),
        took.div_duration_f64(floor)
    );
}
