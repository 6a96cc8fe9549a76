//! The state of the world, and how it moves.
//!
//! All of it is behind one lock. Whoever takes the lock first brings the state to the present by doing the deeds that are
//! due ([`State::advance`]), so an answer does not depend on when the driver task woke last. Nothing here waits.

pub(crate) mod attach;
pub(crate) mod build;
pub(crate) mod container;
pub(crate) mod create;
mod deploy;
mod ending;
pub(crate) mod events;
pub(crate) mod execs;
mod faults;
pub(crate) mod health;
pub(crate) mod images;
mod lifecycle;
pub(crate) mod networks;
mod nodes;
pub(crate) mod objects;
pub(crate) mod ports;
mod programs;
mod pull;
mod queue;
mod rollout;
pub(crate) mod swarm;
mod tasks;

use std::{collections::BTreeMap, sync::Arc};

use self::container::Profile;
pub(crate) use self::{
    container::{Container, Status},
    events::{Event, Events},
    execs::{Attached, Exec, Stage},
    faults::Active,
    lifecycle::Refused,
    objects::{Config, Filed, Image, Network, Volume},
    pull::Pull,
    queue::{Deed, Queue},
    swarm::{Node, Service, Task, TaskState, UpdateStatus},
};
use super::{
    clock::{Clock, Nanos},
    spec::{EngineSpec, Flavour, ImageSpec, IncidentSpec},
};

/// Everything that exists.
#[derive(Debug)]
pub(crate) struct State {
    /// Where all randomness comes from.
    pub(crate) seed: u64,
    /// World time to wall time.
    pub(crate) clock: Clock,
    /// How far the world has moved.
    pub(crate) now: Nanos,
    /// Facts of the engine.
    pub(crate) engine: EngineSpec,
    /// What programs write.
    pub(crate) flavours: BTreeMap<String, Flavour>,
    /// Containers by id.
    pub(crate) containers: BTreeMap<String, Container>,
    /// Networks by name.
    pub(crate) networks: BTreeMap<String, Network>,
    /// Volumes by name.
    pub(crate) volumes: BTreeMap<String, Volume>,
    /// Images by reference.
    pub(crate) images: BTreeMap<String, Image>,
    /// What the world says of images, by reference.
    pub(crate) image_specs: BTreeMap<String, ImageSpec>,
    /// What services run, by `stack/service` or name.
    pub(crate) profiles: BTreeMap<String, Arc<Profile>>,
    /// References that got new content in their registry: how often, and like which image it behaves.
    published: BTreeMap<String, (u64, String)>,
    /// Executed programs by id.
    pub(crate) execs: BTreeMap<String, Exec>,
    /// Counts what clients made, for ids.
    made: u64,
    /// Nodes by id; none without a swarm.
    pub(crate) nodes: BTreeMap<String, Node>,
    /// Services by id.
    pub(crate) services: BTreeMap<String, Service>,
    /// Tasks by id.
    pub(crate) tasks: BTreeMap<String, Task>,
    /// Names of swarm secrets with their stacks.
    pub(crate) secrets: Vec<(String, String)>,
    /// Swarm configs.
    pub(crate) configs: Vec<Config>,
    /// What listeners hear.
    pub(crate) events: Events,
    /// Until when the daemon is away.
    pub(crate) outage: Option<Nanos>,
    /// When the daemon came back last; counts outages.
    pub(crate) outages: u64,
    incidents: Vec<IncidentSpec>,
    faults: Vec<Active>,
    faults_begun: u64,
    broken_images: BTreeMap<String, (i64, Vec<String>)>,
    queue: Queue,
    version: u64,
    pids: u64,
}

impl State {
    /// Does what is due until `to`.
    pub(crate) fn advance(&mut self, to: Nanos) {
        while let Some((at, deed)) = self.queue.next(to) {
            self.now = self.now.max(at);
            self.act(deed);
        }
        self.now = self.now.max(to);
    }

    /// When something happens next by itself.
    pub(crate) fn due(&self) -> Option<Nanos> {
        self.queue.due()
    }

    fn act(&mut self, deed: Deed) {
        match deed {
            Deed::Probe { id, run } => self.probe(&id, run),
            Deed::Probed { id, run, begun } => self.probed(&id, run, begun),
            Deed::Restart { id, run } => self.restart_by_policy(&id, run),
            Deed::OutOfMemory { id, run } => self.out_of_memory(&id, run),
            Deed::Exit { id, run, code } => self.exit(&id, run, code),
            Deed::Kill { id, run } => self.kill_late(&id, run),
            Deed::ExecEnd { exec } => self.exec_end(&exec),
            Deed::Mutter { id, run, fault, count } => self.mutter(&id, run, fault, count),
            Deed::Begin { incident } => self.begin(incident),
            Deed::End { fault } => self.end(fault),
            Deed::Task { id } => self.step_task(&id),
            Deed::Reconcile { service } => self.reconcile(&service),
            Deed::Rollout { service } => self.roll(&service),
        }
    }

    /// The index of the next version of a swarm object.
    fn next_version(&mut self) -> u64 {
        self.version += 1;
        self.version
    }

    /// A container by id, name (with or without a slash) or unique prefix of its id; only those that this
    /// daemon runs. An ambiguous prefix finds nothing.
    pub(crate) fn find(&self, name: &str) -> Option<&Container> {
        let name = name.trim_start_matches('/');
        let mut found = self.local().filter(|c| c.id == name || c.name == name);
        if let Some(container) = found.next() {
            return Some(container);
        }
        let mut prefixed = self.local().filter(|c| !name.is_empty() && c.id.starts_with(name));
        prefixed.next().filter(|_| prefixed.next().is_none())
    }

    /// Containers that this daemon runs.
    pub(crate) fn local(&self) -> impl Iterator<Item = &Container> {
        self.containers.values().filter(|container| container.local)
    }

    /// Tells a container's event, with more attributes.
    fn tell(&mut self, id: &str, action: impl Into<String>, more: &[(&str, String)]) {
        let Some(container) = self.containers.get(id).filter(|container| container.local) else { return };
        let mut attributes = container.attributes();
        attributes.extend(more.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        let actor = container.id.clone();
        let action = action.into();
        self.events.publish(Event {
            at: self.now,
            kind: "container",
            action,
            actor,
            attributes,
            scope: "local",
        });
    }

    /// Tells an event of an object that is no container.
    pub(crate) fn tell_object(
        &mut self,
        kind: &'static str,
        action: &str,
        actor: &str,
        facts: &[(&str, &str)],
    ) {
        let facts = facts.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        self.events.publish(Event {
            at: self.now,
            kind,
            action: action.to_owned(),
            actor: actor.to_owned(),
            attributes: facts.collect(),
            scope: "local",
        });
    }

    /// Tells that a container joins or leaves its networks.
    fn tell_networks(&mut self, id: &str, action: &str) {
        let Some(container) = self.containers.get(id).filter(|container| container.local) else { return };
        let networks: Vec<_> =
            container.endpoints.iter().map(|(name, end)| (name.clone(), end.network_id.clone())).collect();
        for (name, actor) in networks {
            let driver = self.networks.get(&name).map_or("bridge", |network| network.driver);
            let facts = [("container", id.to_owned()), ("name", name), ("type", driver.to_owned())];
            let attributes = facts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
            let action = action.to_owned();
            self.events.publish(Event {
                at: self.now,
                kind: "network",
                action,
                actor,
                attributes,
                scope: "local",
            });
        }
    }
}
