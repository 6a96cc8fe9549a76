//! What inspections told so far, so that a snapshot inspects only what has changed since.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use tokio::time::Instant;

use super::convert::inspection::Inspection;
use crate::domain::{Container, ContainerId, ContainerState, EngineFacts, Health};

/// How long facts on the engine hold.
const FACTS_HOLD: Duration = Duration::from_secs(60);
/// How long the probes of a check that does not pass hold: each new failure says why.
const PROBES_HOLD: Duration = Duration::from_secs(5);
/// How many of the containers that failed are inspected.
const MOST_FAILED: usize = 64;

/// The memory that [`super::Engine::snapshot`] keeps between two calls. Start with an empty one for each
/// connection.
#[derive(Debug, Default)]
pub struct Inspections {
    known: HashMap<ContainerId, Known>,
    named: HashSet<ContainerId>,
    facts: Option<(Instant, EngineFacts)>,
}

#[derive(Debug)]
struct Known {
    when: Signature,
    at: Instant,
    told: Inspection,
}

/// What a list tells that an inspection's worth depends on: not the age in `Up 2 hours`.
type Signature = (ContainerState, Health, Option<i64>);

impl Inspections {
    /// Has the next snapshot inspect this container: an event named it.
    pub fn touch(&mut self, id: ContainerId) {
        self.named.insert(id);
    }

    /// Has the next snapshot ask for the engine's facts again: an event named the engine or a node.
    pub fn touch_facts(&mut self) {
        self.facts = None;
    }

    pub(super) fn facts(&self) -> Option<EngineFacts> {
        let (at, facts) = self.facts.as_ref()?;
        (at.elapsed() < FACTS_HOLD).then(|| facts.clone())
    }

    pub(super) fn keep_facts(&mut self, facts: EngineFacts) {
        self.facts = Some((Instant::now(), facts));
    }

    /// The containers to inspect. Forgets those that are gone.
    pub(super) fn wanted(&mut self, listed: &[Container]) -> Vec<ContainerId> {
        let alive: HashSet<&ContainerId> = listed.iter().map(|container| &container.id).collect();
        self.known.retain(|id, _| alive.contains(id));
        let named = std::mem::take(&mut self.named);
        let mut failed = 0;
        let wanted = listed.iter().filter(|container| {
            let matters = match container.state {
                ContainerState::Running | ContainerState::Paused | ContainerState::Restarting => true,
                _ if !has_failed(container) => false,
                _ => {
                    failed += 1;
                    failed <= MOST_FAILED
                }
            };
            named.contains(&container.id) || (matters && !self.holds(container))
        });
        wanted.map(|container| container.id.clone()).collect()
    }

    /// How many of these are known by nothing but the list.
    pub(super) fn unknown(&self, listed: &[Container]) -> usize {
        listed.iter().filter(|container| !self.known.contains_key(&container.id)).count()
    }

    pub(super) fn keep(&mut self, listed: &Container, told: Inspection) {
        let known = Known { when: signature(listed), at: Instant::now(), told };
        self.known.insert(listed.id.clone(), known);
    }

    /// Adds to a listed container what is known of it.
    pub(super) fn complete(&self, container: &mut Container) {
        match self.known.get(&container.id) {
            Some(known) if known.when == signature(container) => known.told.complete(container),
            Some(known) => known.told.recall(container),
            None => {}
        }
    }

    fn holds(&self, container: &Container) -> bool {
        let Some(known) = self.known.get(&container.id) else { return false };
        let is_settled = matches!(container.health, Health::None | Health::Healthy);
        known.when == signature(container) && (is_settled || known.at.elapsed() < PROBES_HOLD)
    }
}

fn has_failed(container: &Container) -> bool {
    container.exit.as_ref().is_some_and(|exit| exit.code != 0)
}

fn signature(container: &Container) -> Signature {
    (container.state.clone(), container.health.clone(), container.exit.as_ref().map(|exit| exit.code))
}
