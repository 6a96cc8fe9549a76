//! What a container is made from, and the making: names, labels, `Config` and `HostConfig` as Compose v2 and
//! swarm write them.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Value, json};

use super::{defaults, inherit};
use crate::sim::{
    behaviour::{load::Meter, logs::Log},
    clock::Nanos,
    ids, noise,
    spec::{HealthSpec, StackSpec},
    state::{
        State, Status,
        container::{Container, Health, Life, Port, Profile},
        create::labels_of,
        health::check_of,
    },
};

/// Everything that makes a container.
#[derive(Debug)]
pub(crate) struct Blueprint {
    /// Name of the container.
    pub(crate) name: String,
    /// Number of the replica.
    pub(crate) number: u64,
    /// What it runs.
    pub(crate) profile: Arc<Profile>,
    /// Image reference.
    pub(crate) image: String,
    /// Environment, `NAME=value`.
    pub(crate) env: Vec<String>,
    /// Labels.
    pub(crate) labels: BTreeMap<String, String>,
    /// Full names of its networks, with its names in them.
    pub(crate) networks: Vec<(String, Vec<String>)>,
    /// Prefix of volume names: the stack's name and `_`.
    pub(crate) volume_prefix: String,
    /// Restart policy.
    pub(crate) restart: String,
    /// Its swarm task.
    pub(crate) task: Option<String>,
    /// Whether this daemon runs it.
    pub(crate) local: bool,
    /// Published ports; a task's are the service's, not its own.
    pub(crate) ports: Vec<Port>,
}

impl Blueprint {
    /// A container that belongs to no stack.
    pub(crate) fn loose(_state: &State, name: &str, profile: Arc<Profile>) -> Self {
        Self {
            name: name.to_owned(),
            number: 1,
            image: profile.spec.image.clone(),
            env: environment(&profile),
            labels: profile.spec.labels.clone(),
            networks: vec![("bridge".to_owned(), Vec::new())],
            volume_prefix: String::new(),
            restart: profile.spec.restart.clone().unwrap_or_else(|| "no".to_owned()),
            task: None,
            local: true,
            ports: ports(&profile.spec.ports),
            profile,
        }
    }

    /// A replica of a Compose service.
    pub(crate) fn compose(
        state: &State,
        (project, stack): (&str, &StackSpec),
        (service, number): (&str, u64),
        profile: Arc<Profile>,
    ) -> Self {
        let spec = &profile.spec;
        let name = spec.container_name.clone().unwrap_or_else(|| format!("{project}-{service}-{number}"));
        let joined =
            if spec.networks.is_empty() { vec!["default".to_owned()] } else { spec.networks.clone() };
        let full = |key: &String| {
            let named = stack.networks.get(key).and_then(|network| network.name.clone());
            (named.unwrap_or_else(|| format!("{project}_{key}")), vec![name.clone(), service.to_owned()])
        };
        Self {
            number,
            image: spec.image.clone(),
            env: environment(&profile),
            labels: compose_labels(state, (project, stack), (service, number), &profile),
            networks: joined.iter().map(full).collect(),
            volume_prefix: format!("{project}_"),
            restart: spec.restart.clone().unwrap_or_else(|| "unless-stopped".to_owned()),
            task: None,
            local: true,
            ports: ports(&spec.ports),
            name,
            profile,
        }
    }
}

fn environment(profile: &Profile) -> Vec<String> {
    let mut env: Vec<String> =
        profile.spec.env.iter().map(|(name, value)| format!("{name}={value}")).collect();
    env.push("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin".to_owned());
    env
}

fn compose_labels(
    state: &State,
    (project, stack): (&str, &StackSpec),
    (service, number): (&str, u64),
    profile: &Profile,
) -> BTreeMap<String, String> {
    let files: Vec<String> = stack.files.iter().map(|file| format!("{}/{file}", stack.dir)).collect();
    let needs = profile.spec.depends_on.iter().map(|need| {
        let (name, condition) = need.split_once(':').unwrap_or((need, "service_started"));
        format!("{name}:{condition}:false")
    });
    let facts = [
        ("config-hash", ids::hex(state.seed, &format!("config {}", profile.path))),
        ("container-number", number.to_string()),
        ("depends_on", needs.collect::<Vec<_>>().join(",")),
        ("image", state.image(&profile.spec.image).map(|image| image.id.clone()).unwrap_or_default()),
        ("oneoff", "False".to_owned()),
        ("project", project.to_owned()),
        ("project.config_files", files.join(",")),
        ("project.working_dir", stack.dir.clone()),
        ("service", service.to_owned()),
        ("version", "2.29.7".to_owned()),
    ];
    let mut labels = profile.spec.labels.clone();
    labels.extend(facts.into_iter().map(|(name, value)| (format!("com.docker.compose.{name}"), value)));
    labels
}

/// Reads `[address:]outer:inner` and `inner`. What is no number is left out.
pub(super) fn ports(written: &[String]) -> Vec<Port> {
    let read = |text: &String| {
        let mut parts = text.rsplit(':');
        let inner = parts.next()?.parse().ok()?;
        let outer = parts.next().and_then(|outer| outer.parse().ok());
        Some(Port {
            inner,
            outer,
            address: parts.next().unwrap_or("0.0.0.0").to_owned(),
            protocol: "tcp".to_owned(),
        })
    };
    written.iter().filter_map(read).collect()
}

impl State {
    /// Makes a container that has not started.
    pub(crate) fn container(&mut self, blueprint: Blueprint, created: Nanos) -> Container {
        let id = ids::hex(self.seed, &format!("container {} {created}", blueprint.name));
        let key = noise::key(self.seed, &blueprint.name);
        let mut endpoints = BTreeMap::new();
        for (network, names) in &blueprint.networks {
            let asked = json!({"Aliases": names});
            let end = self.endpoint(network, (&blueprint.name, &id), &asked);
            endpoints.insert(network.clone(), end);
        }
        let spec = &blueprint.profile.spec;
        let mut config = config(&blueprint, &id);
        inherit(&mut config, &self.image_config(&blueprint.image));
        let mounts = self.mounts(&blueprint);
        let image_id = self.image(&blueprint.image).map(|image| image.id.clone()).unwrap_or_default();
        Container {
            key,
            number: blueprint.number,
            task: blueprint.task.clone(),
            local: blueprint.local,
            image: blueprint.image.clone(),
            image_id,
            labels: labels_of(&config),
            health: check_of(&config, spec.health.as_ref()).map(Health::starting),
            config,
            host: host(&blueprint),
            mounts,
            files: Default::default(),
            endpoints,
            ports: blueprint.ports.clone(),
            created,
            life: unborn(),
            meter: Meter::new(created),
            log: Log::new(noise::key(self.seed, &id), spec.logs.rate, blueprint.profile.flavour.clone()),
            profile: Arc::clone(&blueprint.profile),
            name: blueprint.name,
            id,
        }
    }

    fn mounts(&self, blueprint: &Blueprint) -> Vec<Value> {
        let mount = |text: &String| {
            let mut parts = text.split(':');
            let (source, target) = (parts.next()?, parts.next()?);
            let writable = parts.next() != Some("ro");
            Some(if source.starts_with('/') {
                json!({"Type": "bind", "Source": source, "Destination": target, "Mode": if writable { "rw" } else { "ro" },
                       "RW": writable, "Propagation": "rprivate"})
            } else {
                let name = format!("{}{source}", blueprint.volume_prefix);
                json!({"Type": "volume", "Name": name, "Source": format!("/var/lib/docker/volumes/{name}/_data"),
                       "Destination": target, "Driver": "local", "Mode": if writable { "z" } else { "ro" },
                       "RW": writable, "Propagation": ""})
            })
        };
        blueprint.profile.spec.volumes.iter().filter_map(mount).collect()
    }
}

/// The life of a container that has not started.
pub(crate) fn unborn() -> Life {
    Life {
        status: Status::Created,
        started: None,
        finished: None,
        code: 0,
        error: String::new(),
        oom: false,
        pid: 0,
        restarts: 0,
        run: 0,
        by_hand: false,
        stopping: false,
        backoff: 0,
    }
}

/// `Healthcheck` as the API has it, with durations in nanoseconds.
pub(crate) fn healthcheck(check: &HealthSpec) -> Value {
    json!({"Test": check.test, "Interval": check.interval.0, "Timeout": check.timeout.0,
           "StartPeriod": check.start_period.0, "Retries": check.retries})
}

fn config(blueprint: &Blueprint, id: &str) -> Value {
    let spec = &blueprint.profile.spec;
    let exposed: BTreeMap<String, Value> =
        blueprint.ports.iter().map(|port| (format!("{}/tcp", port.inner), json!({}))).collect();
    let words: Vec<&str> = spec.command.split_whitespace().collect();
    let mut config = json!({
        "Hostname": ids::short(id), "Domainname": "", "User": spec.user, "AttachStdin": false,
        "AttachStdout": true, "AttachStderr": true, "Tty": spec.tty, "OpenStdin": spec.tty, "StdinOnce": false,
        "Env": blueprint.env, "Cmd": words, "Image": blueprint.image, "Volumes": null, "WorkingDir": "",
        "Entrypoint": null, "OnBuild": null, "Labels": blueprint.labels,
    });
    if let Some(fields) = config.as_object_mut() {
        if !exposed.is_empty() {
            fields.insert("ExposedPorts".to_owned(), json!(exposed));
        }
        if let Some(check) = &spec.health {
            fields.insert("Healthcheck".to_owned(), healthcheck(check));
        }
    }
    config
}

fn host(blueprint: &Blueprint) -> Value {
    let spec = &blueprint.profile.spec;
    let binds: Vec<String> = spec.volumes.iter().map(|volume| bind(blueprint, volume)).collect();
    let bindings: BTreeMap<String, Value> = blueprint
        .ports
        .iter()
        .filter_map(|port| {
            let outer = port.outer?.to_string();
            let address = if port.address == "0.0.0.0" { "" } else { port.address.as_str() };
            Some((format!("{}/tcp", port.inner), json!([{"HostIp": address, "HostPort": outer}])))
        })
        .collect();
    let network = blueprint.networks.first().map_or("bridge", |(name, _)| name.as_str());
    let mut host = defaults::host();
    let own = json!({
        "Binds": binds, "NetworkMode": network, "PortBindings": bindings,
        "RestartPolicy": {"Name": blueprint.restart, "MaximumRetryCount": 0}, "CapDrop": spec.cap_drop,
        "ExtraHosts": [], "ReadonlyRootfs": spec.read_only, "SecurityOpt": spec.security_opt,
        "Memory": spec.limits.memory.0, "NanoCpus": (spec.limits.cpus * 1e9) as u64,
        "MemoryReservation": spec.reservations.memory.0, "MemorySwap": spec.limits.memory.0 * 2,
    });
    if let (Some(host), Value::Object(own)) = (host.as_object_mut(), own) {
        host.extend(own);
    }
    host
}

fn bind(blueprint: &Blueprint, volume: &str) -> String {
    let text = if volume.starts_with('/') {
        volume.to_owned()
    } else {
        format!("{}{volume}", blueprint.volume_prefix)
    };
    if text.ends_with(":ro") { text } else { format!("{text}:rw") }
}
