//! Waits until tasks show that a service runs the spec that was asked for.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use tokio::time::{Instant, sleep};

use super::look::{Look, look};
use crate::{
    command::{
        execute::{gate::Closed, patience::patiently},
        plan::ServiceChange,
    },
    engine::Engine,
};

/// Tasks emit no events: they are asked for this often.
const LOOK: Duration = Duration::from_millis(500);

/// A slot whose tasks have failed this often will not do better. Swarm itself counts only while it updates, and goes on
/// for ever where it was told to continue.
const FAILURES: usize = 3;

/// Waits until tasks, not the engine's word on the update, show that the service runs the changed spec; for `deadline`
/// after the last progress.
pub(in crate::command::execute) async fn converged(
    engine: &Engine,
    (service, change): (&str, &ServiceChange),
    deadline: Duration,
    told: &mut impl FnMut(String),
) -> Result<String, Closed> {
    let mut watch = Watch::default();
    let mut last = String::new();
    loop {
        let seen = patiently(|| look(engine, service)).await?;
        if seen.words != last {
            told(seen.words.clone());
            last.clone_from(&seen.words);
        }
        match watch.judge(&seen, change, deadline) {
            Judgement::Complete => return Ok(seen.words),
            Judgement::Hopeless(why) => return Err(Closed { why: format!("{why}{}", seen.problem()) }),
            Judgement::NotYet => sleep(LOOK).await,
        }
    }
}

enum Judgement {
    Complete,
    NotYet,
    Hopeless(String),
}

/// What was seen so far.
#[derive(Default)]
struct Watch {
    /// Since when all is as it should be.
    complete: Option<Instant>,
    /// When more tasks ran than ever before, and how many.
    progress: Option<(Instant, u64)>,
    /// Tasks that had ended before this was looked at.
    known: Option<BTreeSet<String>>,
    /// Tasks that have failed since, by their slot.
    failed: BTreeMap<String, BTreeSet<String>>,
}

impl Watch {
    fn judge(&mut self, seen: &Look, change: &ServiceChange, deadline: Duration) -> Judgement {
        if let Some(why) = seen.stopped(change) {
            return Judgement::Hopeless(why);
        }
        if let Some(slot) = self.hopeless_slot(seen) {
            return Judgement::Hopeless(format!("tasks of {slot} failed {FAILURES} times"));
        }
        let since = seen.is_complete().then(|| *self.complete.get_or_insert_with(Instant::now));
        self.complete = since;
        if since.is_some_and(|since| since.elapsed() >= seen.monitor) {
            return Judgement::Complete;
        }
        let stands_since = self.stands_since(seen.running);
        if since.is_none() && stands_since.elapsed() >= deadline {
            let why = format!("nothing has changed for {} s: {}", deadline.as_secs(), seen.count());
            return Judgement::Hopeless(why);
        }
        Judgement::NotYet
    }

    fn stands_since(&mut self, running: u64) -> Instant {
        match self.progress {
            Some((since, most)) if running <= most => since,
            _ => self.progress.insert((Instant::now(), running)).0,
        }
    }

    /// A slot all of whose tasks fail.
    fn hopeless_slot(&mut self, seen: &Look) -> Option<String> {
        let known = self.known.get_or_insert_with(|| seen.failed.iter().map(|one| one.id.clone()).collect());
        for one in seen.failed.iter().filter(|one| !known.contains(&one.id)) {
            self.failed.entry(one.slot.clone()).or_default().insert(one.id.clone());
        }
        let hopeless = self.failed.iter().find(|(_, tasks)| tasks.len() >= FAILURES);
        hopeless.map(|(slot, _)| slot.clone())
    }
}
