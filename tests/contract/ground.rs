//! The containers that the contract is checked on, made on a real engine or described for a simulated one.

use std::{sync::Arc, time::Duration};

use stacktop::{
    domain::{Container, ContainerId, Membership, Snapshot},
    engine::{Call, Choice, Connector, Engine, Inspections, Surroundings, segment},
    sim::{Options, Sim, World},
};

use crate::support::{Spec, TestEngine};

const MEMORY: u64 = 64 << 20;
const CPUS: f64 = 0.5;

/// The parts, as a simulated engine has them from the start.
const WORLD: &str = r#"
flavours:
  both: {lines: ["\e[31mserved\e[0m"], errors: [failed], error_share: 0.5}
stacks:
  contract:
    kind: compose
    age: 10m
    services:
      web:
        image: fixture:1
        limits: {memory: 64M, cpus: 0.5}
        health: {test: [CMD, check], interval: 2s, output: ok}
        load: {cpu: 5.0, memory: 20M, rx: 1K, tx: 1K, pids: 3}
      sick: {image: 'fixture:1', health: {test: [CMD, check], interval: 2s, retries: 2}}
      talk: {image: 'fixture:1', logs: {flavour: both, rate: 20.0}}
      terminal: {image: 'fixture:1', tty: true, logs: {flavour: both, rate: 20.0}}
      over: {image: 'fixture:1', exited: 3}
incidents:
  - {at: 0s, kind: unhealthy, target: contract/sick, output: "out of\norder\n"}
"#;

/// An engine with the parts that a check asks for.
pub(crate) struct Ground {
    pub(crate) connector: Connector,
    project: String,
    bed: Option<TestEngine>,
}

impl Ground {
    pub(crate) fn real(bed: TestEngine) -> Self {
        let choice = Choice { host: Some(bed.engine().host()), context: None };
        let connector = Connector::choose(&choice, &Surroundings::default()).unwrap();
        Self { connector, project: bed.unique("contract"), bed: Some(bed) }
    }

    pub(crate) fn simulated() -> Self {
        let world = World::from_yaml(WORLD, "contract.yaml").unwrap();
        let epoch = "2026-08-20T10:00:00Z".parse().unwrap();
        let sim = Sim::start(world, Options { seed: 1, speed: 1.0, epoch });
        let connector = Connector::in_process("sim", Arc::new(move || sim.connect()));
        Self { connector, project: "contract".into(), bed: None }
    }

    pub(crate) async fn engine(&self) -> Engine {
        self.connector.connect().await.unwrap()
    }

    pub(crate) async fn snapshot(&self) -> Snapshot {
        self.engine().await.snapshot(&mut Inspections::default()).await.unwrap()
    }

    /// The part of this name: `web` is healthy, `sick` is not, `talk` writes to both streams, `terminal` has one,
    /// `over` ended with 3.
    pub(crate) async fn part(&self, name: &str) -> ContainerId {
        let Some(bed) = &self.bed else { return self.find(&self.snapshot().await, name).id };
        let image = bed.image("1");
        let spec = match name {
            "web" => Spec::new(image).health("/health", 300).host("Memory", MEMORY.into()),
            "sick" => Spec::new(image).health("/health", 300).env("UNHEALTHY_AFTER_MS", 0),
            "talk" => Spec::new(image).cmd(["log", "--log-kind", "mixed", "--log-rate", "20"]),
            "terminal" => Spec::new(image).cmd(["log", "--log-kind", "mixed", "--log-rate", "20"]).tty(),
            _ => Spec::new(image).cmd(["exit", "3"]),
        };
        let label = |name: &str| format!("com.docker.compose.{name}");
        let spec = spec
            .name(name)
            .host("NanoCpus", 500_000_000.into())
            .label(&label("project"), self.project.clone())
            .label(&label("service"), name)
            .label(&label("container-number"), "1")
            .label(&label("oneoff"), "False");
        ContainerId::new(bed.run(spec).await.id)
    }

    /// A part in a snapshot.
    pub(crate) fn find(&self, snapshot: &Snapshot, name: &str) -> Container {
        let is_it = |container: &&Container| match &container.membership {
            Membership::Compose { project, service, .. } => {
                project.as_str() == self.project && service == name
            }
            _ => false,
        };
        snapshot.containers.iter().find(is_it).unwrap().clone()
    }

    /// A part as soon as it is as it should be.
    pub(crate) async fn wait(&self, name: &str, is_ready: impl Fn(&Container) -> bool) -> Container {
        for _ in 0..150 {
            let container = self.find(&self.snapshot().await, name);
            if is_ready(&container) {
                return container;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        panic!("{name} did not become what it should: {:?}", self.find(&self.snapshot().await, name));
    }

    /// `stop`, `start`, `pause`, …
    pub(crate) async fn act(&self, id: &ContainerId, verb: &str) {
        let call = Call::post(format!("{verb} it"), format!("/containers/{}/{verb}", segment(id.as_str())));
        let call = if verb == "stop" || verb == "restart" { call.query("t", "5") } else { call };
        self.engine().await.bytes(call).await.unwrap();
    }

    /// The ceilings of `web`.
    pub(crate) const fn ceilings() -> (u64, f64) {
        (MEMORY, CPUS)
    }
}
