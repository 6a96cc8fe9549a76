//! A project on the simulated engine.

use std::{sync::Arc, time::Duration};

use serde_json::Value;
use stacktop::{
    command::execute::operation::{Prepared, Refused, RolloutOptions, prepare_rollout, prepare_scale},
    engine::{Call, Connector, Engine},
    sim::{Options, Sim, World},
};

use crate::course::{holder, key};

const WORLD: &str = r#"
stacks:
  shop:
    kind: compose
    dir: /srv/shop
    files: [compose.yaml]
    age: 3d
    networks: {default: {subnet: 172.30.0.0/24}, back: {subnet: 172.31.0.0/24}}
    services:
      web:
        image: shop/web:1
        command: serve
        replicas: 3
        networks: [default, back]
        restart: unless-stopped
        health: {test: [CMD, probe], interval: 10s, timeout: 2s, retries: 2, output: fine}
      db:
        image: shop/db:1
        ports: ["5432:5432"]
        restart: always
        health: {test: [CMD, probe], interval: 10s, timeout: 2s, retries: 2, output: fine}
images:
  shop/web:1: {}
  shop/web:2: {ready_after: 1500ms}
  shop/web:3: {behaviour: unhealthy, exit_code: 22, output: "503 from upstream"}
  shop/web:4: {behaviour: crash, exit_code: 3, crash_after: 400ms, lines: ["fatal: no database"]}
  shop/db:1: {}
  shop/db:2: {}
  shop/db:3: {behaviour: unhealthy, exit_code: 22, output: "no such table"}
"#;

/// The simulated engine and the way to it.
pub(crate) struct Shop {
    pub(crate) sim: Sim,
    pub(crate) engine: Engine,
}

/// What a container is, as far as an operation may change it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) image: String,
    pub(crate) status: String,
    pub(crate) health: String,
    pub(crate) policy: String,
    /// How many networks it is in.
    pub(crate) networks: usize,
}

impl Shop {
    pub(crate) async fn open() -> Self {
        Self::with_seed(7).await
    }

    pub(crate) async fn with_seed(seed: u64) -> Self {
        Self::of(WORLD, seed).await
    }

    /// With more labels on the containers of `web`.
    pub(crate) async fn with_labels(labels: &[(&str, &str)]) -> Self {
        let labels: Vec<String> = labels.iter().map(|(name, value)| format!("{name}: \"{value}\"")).collect();
        let image = "image: shop/web:1\n";
        let more = format!("{image}        labels: {{{}}}\n", labels.join(", "));
        Self::of(&WORLD.replacen(image, &more, 1), 7).await
    }

    /// With a database that keeps its data in a volume, and an image of its next major version.
    pub(crate) async fn with_database() -> Self {
        let world = WORLD
            .replacen("image: shop/db:1\n", "image: postgres:15\n        volumes: [\"data:/data\"]\n", 1)
            .replacen("  shop/db:1: {}\n", "  postgres:15: {}\n  postgres:16: {}\n", 1);
        Self::of(&world, 7).await
    }

    pub(crate) async fn of(world: &str, seed: u64) -> Self {
        let options = Options { seed, speed: 1.0, epoch: "2026-05-04T12:00:00Z".parse().unwrap() };
        let sim = Sim::start(World::from_yaml(world, "shop.yaml").unwrap(), options);
        let dial = {
            let sim = sim.clone();
            move || sim.connect()
        };
        let engine = Connector::in_process("the shop", Arc::new(dial)).connect().await.unwrap();
        Self { sim, engine }
    }

    pub(crate) async fn rollout(&self, service: &str, options: &RolloutOptions) -> Result<Prepared, Refused> {
        prepare_rollout(&self.engine, &key("shop", service), options, holder("01ROLLOUT")).await
    }

    pub(crate) async fn scale(&self, replicas: u64) -> Result<Prepared, Refused> {
        prepare_scale(&self.engine, &key("shop", "web"), replicas, holder("01SCALE")).await
    }

    /// Everything that is there of a service, locks and what an operation left behind included, once docker's own
    /// checks have come to their verdicts.
    pub(crate) async fn rows(&self, service: &str) -> Vec<Row> {
        tokio::time::sleep(Duration::from_secs(25)).await;
        let listed: Vec<Value> = self.engine.json(Call::get("list", "/containers/json?all=1")).await.unwrap();
        let mut rows = Vec::new();
        for one in listed {
            let seen = self.engine.inspect_container(one["Id"].as_str().unwrap()).await.unwrap();
            let text =
                |pointer: &str| seen.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
            let name = text("/Name").trim_start_matches('/').to_owned();
            if name.contains(service) {
                rows.push(Row {
                    image: text("/Config/Image"),
                    status: text("/State/Status"),
                    health: text("/State/Health/Status"),
                    policy: text("/HostConfig/RestartPolicy/Name"),
                    networks: seen["NetworkSettings"]["Networks"].as_object().map_or(0, serde_json::Map::len),
                    name,
                });
            }
        }
        rows.sort();
        rows
    }

    /// Asserts that the service is complete, well, on one image, and that nothing else is there.
    pub(crate) async fn assert_well(&self, service: &str, image: &str, replicas: usize, case: &str) {
        let rows = self.rows(service).await;
        assert_eq!(rows.len(), replicas, "{case}: {rows:#?}");
        for row in &rows {
            let number = row.name.rsplit('-').next().unwrap_or_default();
            let as_it_is_to_be = Row {
                name: format!("shop-{service}-{}", number.parse::<u64>().unwrap_or(0)),
                image: image.to_owned(),
                status: "running".to_owned(),
                health: "healthy".to_owned(),
                policy: if service == "db" { "always" } else { "unless-stopped" }.to_owned(),
                networks: if service == "db" { 1 } else { 2 },
            };
            assert_eq!(*row, as_it_is_to_be, "{case}");
        }
    }
}
