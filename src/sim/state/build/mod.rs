//! From the description of a world to its state.
//!
//! The state begins ten minutes before the world's start and is moved to it, so that probes, events and
//! early incidents have a past when the first client asks.

mod blueprint;
pub(crate) mod defaults;
mod inherit;
mod swarm;

use std::{collections::BTreeMap, sync::Arc};

pub(crate) use self::{
    blueprint::{Blueprint, healthcheck, unborn},
    inherit::inherit,
    swarm::task_container,
};
use super::{Container, Deed, Events, Network, Queue, State, Status, Volume, container::Profile};
use crate::sim::{
    clock::{Clock, Nanos, SECOND},
    ids, noise,
    spec::{
        Behaviour, ImageSpec, Kind, NetworkSpec, ServiceSpec, Size, Span, StackSpec, VolumeSpec, WorldSpec,
    },
};

/// How long before the world's start its simulation begins.
const PAST: Nanos = 600 * SECOND;
const DAY: Nanos = 86_400 * SECOND;

impl State {
    /// The state of a world at its start.
    pub(crate) fn build(mut world: WorldSpec, seed: u64, clock: Clock) -> Self {
        let mut state = Self::empty(&mut world, seed, clock);
        state.add_default_networks(!world.nodes.is_empty());
        state.add_nodes(&world);
        state.add_declared_images();
        for (name, stack) in &world.stacks {
            state.add_stack(name, stack);
        }
        for (name, spec) in &world.containers {
            let profile = state.profile(name, spec);
            let age = spec.age.unwrap_or(Span(40 * DAY));
            state.add_image(&spec.image, &spec.image_size);
            let blueprint = Blueprint::loose(&state, name, profile);
            state.found(blueprint, age.0);
        }
        state.plan_incidents();
        state.advance(0);
        state
    }

    fn plan_incidents(&mut self) {
        for (incident, spec) in self.incidents.iter().enumerate() {
            self.queue.plan(spec.at.0.max(1 - PAST), Deed::Begin { incident });
        }
    }

    fn empty(world: &mut WorldSpec, seed: u64, clock: Clock) -> Self {
        Self {
            seed,
            clock,
            now: -PAST,
            engine: world.engine.take().unwrap_or_default(),
            flavours: std::mem::take(&mut world.flavours),
            containers: BTreeMap::new(),
            networks: BTreeMap::new(),
            volumes: BTreeMap::new(),
            images: BTreeMap::new(),
            image_specs: std::mem::take(&mut world.images)
                .into_iter()
                .map(|(name, spec)| (super::images::tagged(&name), spec))
                .collect(),
            profiles: BTreeMap::new(),
            published: BTreeMap::new(),
            execs: BTreeMap::new(),
            made: 0,
            nodes: BTreeMap::new(),
            services: BTreeMap::new(),
            tasks: BTreeMap::new(),
            secrets: Vec::new(),
            configs: Vec::new(),
            events: Events::new(),
            outage: None,
            outages: 0,
            incidents: std::mem::take(&mut world.incidents),
            faults: Vec::new(),
            faults_begun: 0,
            broken_images: BTreeMap::new(),
            queue: Queue::default(),
            version: 10,
            pids: 2_000,
        }
    }

    /// What a service's replicas run.
    pub(crate) fn profile(&mut self, path: &str, spec: &ServiceSpec) -> Arc<Profile> {
        let flavour = self.flavours.get(&spec.logs.flavour).cloned().unwrap_or_default();
        let profile = Arc::new(Profile { path: path.to_owned(), spec: spec.clone(), flavour });
        self.profiles.insert(path.to_owned(), Arc::clone(&profile));
        profile
    }

    /// Images that the world describes are there, unless it says otherwise.
    fn add_declared_images(&mut self) {
        let present = |(name, spec): (&String, &ImageSpec)| {
            (!spec.registry.absent && spec.behaviour != Some(Behaviour::Missing)).then(|| name.clone())
        };
        let names: Vec<String> = self.image_specs.iter().filter_map(present).collect();
        names.iter().for_each(|name| self.add_image(name, &Size(0)));
    }

    fn add_default_networks(&mut self, swarm: bool) {
        let nothing = NetworkSpec::default();
        self.add_network(
            "bridge",
            "bridge",
            &NetworkSpec { subnet: Some("172.17.0.0/16".to_owned()), ..nothing.clone() },
        );
        self.add_network("host", "host", &nothing);
        self.add_network("none", "null", &nothing);
        if swarm {
            let mesh = |subnet: &str| NetworkSpec { subnet: Some(subnet.to_owned()), ..nothing.clone() };
            self.add_network("docker_gwbridge", "bridge", &mesh("172.18.0.0/16"));
            self.add_network("ingress", "overlay", &mesh("10.0.0.0/24"));
        }
    }

    fn add_network(&mut self, name: &str, driver: &'static str, spec: &NetworkSpec) {
        let count = self.networks.len();
        let overlay = driver == "overlay";
        let chosen =
            if overlay { format!("10.0.{count}.0/24") } else { format!("172.{}.0.0/16", 16 + count) };
        let subnet = match driver {
            "bridge" | "overlay" => spec.subnet.clone().unwrap_or(chosen),
            _ => String::new(),
        };
        let id = if overlay {
            ids::swarm(self.seed, name)
        } else {
            ids::hex(self.seed, &format!("network {name}"))
        };
        let network = Network {
            id,
            driver,
            scope: if overlay { "swarm" } else { "local" },
            gateway: String::new(),
            subnet,
            internal: spec.internal,
            attachable: spec.attachable,
            ingress: name == "ingress",
            labels: BTreeMap::new(),
            created: -60 * DAY,
            given: 1,
        };
        let network = Network { gateway: network.host_address(1), ..network };
        self.networks.insert(name.to_owned(), network);
    }

    fn add_stack(&mut self, name: &str, stack: &StackSpec) {
        let driver = if stack.kind == Kind::Swarm { "overlay" } else { "bridge" };
        for (network, spec) in &stack.networks {
            self.add_stack_network(name, stack, network, (driver, spec));
        }
        if stack.kind == Kind::Compose && !stack.networks.contains_key("default") {
            let bare = |service: &ServiceSpec| service.networks.is_empty();
            if stack.services.values().any(bare) {
                self.add_stack_network(name, stack, "default", (driver, &NetworkSpec::default()));
            }
        }
        for (volume, spec) in &stack.volumes {
            self.add_stack_volume(name, stack, volume, spec);
        }
        for service in stack.services.values() {
            self.add_image(&service.image, &service.image_size);
        }
        match stack.kind {
            Kind::Compose => self.add_project(name, stack),
            Kind::Swarm => self.add_swarm_stack(name, stack),
        }
    }

    fn add_stack_network(
        &mut self,
        stack_name: &str,
        stack: &StackSpec,
        key: &str,
        how: (&'static str, &NetworkSpec),
    ) {
        let (driver, spec) = how;
        let name = spec.name.clone().unwrap_or_else(|| format!("{stack_name}_{key}"));
        self.add_network(&name, driver, spec);
        let Some(network) = self.networks.get_mut(&name) else { return };
        network.created = -stack.age.0 - 4 * SECOND;
        network.labels = stack_labels(stack.kind, stack_name, "network", key);
    }

    fn add_stack_volume(&mut self, stack_name: &str, stack: &StackSpec, key: &str, spec: &VolumeSpec) {
        let volume = Volume {
            labels: stack_labels(stack.kind, stack_name, "volume", key),
            options: spec.options.clone(),
            created: -stack.age.0 - 3 * SECOND,
            size: spec.size.0,
            growth: spec.growth.0,
            capacity: spec.capacity.map(|capacity| capacity.0),
            full: None,
            files: Vec::new(),
        };
        self.volumes.insert(format!("{stack_name}_{key}"), volume);
    }

    fn add_project(&mut self, name: &str, stack: &StackSpec) {
        for (service, spec) in &stack.services {
            let profile = self.profile(&format!("{name}/{service}"), spec);
            for number in 1..=spec.replicas.unwrap_or(1) {
                let blueprint =
                    Blueprint::compose(self, (name, stack), (service, number), Arc::clone(&profile));
                let age = spec.age.unwrap_or(stack.age);
                self.found(blueprint, age.0 - number as Nanos * SECOND);
            }
        }
    }

    /// Brings a container into the world that was created `age` ago and has run since, or ended long ago.
    pub(super) fn found(&mut self, blueprint: Blueprint, age: Nanos) -> String {
        let spec = Arc::clone(&blueprint.profile);
        let mut container = self.container(blueprint, -age);
        let id = container.id.clone();
        let started = if spec.spec.restarts > 0 { -age / 3 } else { -age + SECOND };
        container.life.restarts = spec.spec.restarts;
        container.life.started = Some(started);
        container.life.run = 1;
        match spec.spec.exited {
            Some(code) => {
                container.life.status = Status::Exited;
                container.life.code = code;
                container.life.finished = Some(started + 4 * SECOND);
                container.log.start(&self.clock, started);
                container.log.stop(&self.clock, started + 4 * SECOND, false);
            }
            None => self.settle(&mut container, started),
        }
        self.containers.insert(id.clone(), container);
        id
    }

    /// Makes a container one that has run since `started`.
    fn settle(&mut self, container: &mut Container, started: Nanos) {
        self.pids += 7;
        container.life.pid = self.pids;
        container.life.status = Status::Running;
        container.meter = crate::sim::behaviour::load::Meter::new(started);
        container.log.start(&self.clock, started);
        let Some(health) = container.health.as_mut() else { return };
        health.status = "healthy";
        let interval = health.check.interval.0.max(SECOND) as u64;
        let phase = noise::between(container.key, 3, 0, interval) as Nanos;
        self.queue.plan(self.now + phase, Deed::Probe { id: container.id.clone(), run: 1 });
    }
}

/// The labels that Compose and `docker stack` give to networks and volumes.
fn stack_labels(kind: Kind, stack: &str, what: &str, key: &str) -> BTreeMap<String, String> {
    let pairs = match kind {
        Kind::Swarm => vec![("com.docker.stack.namespace".to_owned(), stack)],
        Kind::Compose => vec![
            ("com.docker.compose.project".to_owned(), stack),
            (format!("com.docker.compose.{what}"), key),
            ("com.docker.compose.version".to_owned(), "2.29.7"),
        ],
    };
    pairs.into_iter().map(|(name, value)| (name, value.to_owned())).collect()
}
