//! Carrying an operation out, and leaving it half-way.

use std::{collections::BTreeMap, time::Duration};

use stacktop::{
    command::{
        Halt, Progress, Stage,
        execute::operation::{Direction, Holder, Prepared, Refused, RolloutOptions, Verdict, run},
    },
    domain::ServiceKey,
    engine::Engine,
    journal,
};
use tokio::sync::mpsc;

/// Somebody on this machine whose process is gone, who begins the operation of this id.
pub(crate) fn holder(operation: &str) -> Holder {
    let journal::Holder { host, namespace, .. } = journal::Holder::of_this_process("");
    Holder {
        user: "ada".to_owned(),
        host,
        pid: 4711,
        // Whoever has the number now was started later.
        started: 1,
        namespace,
        began: "2026-05-04T12:00:00Z".to_owned(),
        operation: operation.to_owned(),
    }
}

pub(crate) fn key(stack: &str, service: &str) -> ServiceKey {
    ServiceKey { stack: Some(stack.into()), name: service.to_owned() }
}

/// An update to an image that soaks for one second.
pub(crate) fn to(image: &str) -> RolloutOptions {
    RolloutOptions {
        image: Some(image.to_owned()),
        soak: Some(Duration::from_secs(1)),
        timeout: Some(Duration::from_secs(10)),
        ..RolloutOptions::default()
    }
}

/// Carries it out to its end; tells what was reported, too.
pub(crate) async fn follow(
    engine: &Engine,
    prepared: Prepared,
    direction: Direction,
) -> (Result<Verdict, Refused>, Vec<Progress>) {
    attend(engine, prepared, direction, |_, _| {}).await
}

/// The same for somebody who may have it stopped by what is told.
pub(crate) async fn attend(
    engine: &Engine,
    prepared: Prepared,
    direction: Direction,
    mut hears: impl FnMut(&Progress, &Halt),
) -> (Result<Verdict, Refused>, Vec<Progress>) {
    let halt = Halt::default();
    let (sender, mut receiver) = mpsc::channel(1);
    let running = run(engine, prepared, direction, sender, halt.clone());
    let listening = async {
        let mut told = Vec::new();
        while let Some(progress) = receiver.recv().await {
            hears(&progress, &halt);
            told.push(progress);
        }
        told
    };
    tokio::join!(running, listening)
}

pub(crate) async fn finish(engine: &Engine, prepared: Prepared, direction: Direction) -> Verdict {
    let (verdict, told) = follow(engine, prepared, direction).await;
    verdict.unwrap_or_else(|refused| panic!("{refused}; {told:#?}"))
}

/// Carries it out until `heard` reports were heard and abandons it where it then waits to be heard: between two steps.
/// `None` if it is over by then. Only in paused time.
pub(crate) async fn abandon_after(
    engine: &Engine,
    prepared: Prepared,
    direction: Direction,
    heard: usize,
) -> Option<Progress> {
    abandon(heard, |reports| run(engine, prepared, direction, reports, Halt::default())).await
}

/// The same for whatever tells `reports` what happens.
pub(crate) async fn abandon<F: Future>(
    heard: usize,
    operation: impl FnOnce(mpsc::Sender<Progress>) -> F,
) -> Option<Progress> {
    let (sender, mut receiver) = mpsc::channel(1);
    // It fills the channel, so that even the first report has to wait.
    sender.try_send(nothing()).unwrap();
    let running = operation(sender);
    let listening = async {
        for _ in 0..heard {
            receiver.recv().await;
        }
        // No step takes longer; time stands still as long as anybody does anything.
        tokio::time::sleep(Duration::from_secs(30)).await;
    };
    tokio::select! {
        _over = running => None,
        () = listening => Some(receiver.recv().await.unwrap()),
    }
}

/// Carries it out until the step of this number in `state` has begun, and abandons it there; false if there is none.
pub(crate) async fn abandon_in<F: Future>(
    state: &str,
    number: usize,
    operation: impl FnOnce(mpsc::Sender<Progress>) -> F,
) -> bool {
    let (sender, mut receiver) = mpsc::channel(1);
    let running = operation(sender);
    let listening = async {
        let mut left = number;
        while left > 0 {
            let told = receiver.recv().await;
            let is_it = |told: &Progress| told.state == state && told.stage == Stage::Begins;
            left -= usize::from(told.as_ref().is_some_and(is_it));
        }
    };
    tokio::select! {
        _over = running => false,
        () = listening => true,
    }
}

fn nothing() -> Progress {
    Progress {
        operation: String::new(),
        sequence: 0,
        phase: String::new(),
        slot: None,
        target: String::new(),
        state: "locked".to_owned(),
        stage: Stage::Done,
        detail: String::new(),
        elapsed: Duration::ZERO,
        deadline: None,
        left: None,
    }
}

/// How long it was in each state, all replicas together.
pub(crate) fn spent(told: &[Progress]) -> BTreeMap<&str, Duration> {
    let mut spent: BTreeMap<&str, Duration> = BTreeMap::new();
    let ends = told.iter().filter(|progress| matches!(progress.stage, Stage::Done | Stage::Failed));
    let begins = |end: &Progress| {
        let of_it = told.iter().filter(|one| one.sequence < end.sequence && one.stage == Stage::Begins);
        of_it.filter(|one| one.slot == end.slot).map(|one| one.elapsed).next_back().unwrap_or_default()
    };
    for end in ends {
        *spent.entry(&end.state).or_default() += end.elapsed.saturating_sub(begins(end));
    }
    spent
}

/// The same as a line.
pub(crate) fn listed(spent: &BTreeMap<&str, Duration>) -> String {
    let each: Vec<String> =
        spent.iter().map(|(state, span)| format!("{state} {:.2} s", span.as_secs_f64())).collect();
    each.join(", ")
}
