//! The making of swarm objects.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Value, json};

use super::{
    Blueprint,
    blueprint::{healthcheck, ports},
    inherit,
};
use crate::sim::{
    clock::{Nanos, SECOND},
    ids,
    spec::{ServiceSpec, StackSpec, WorldSpec},
    state::{
        Config, Container, Node, Service, State, TaskState,
        container::{Health, Profile},
        health::check_of,
    },
};

const AGE_OF_SWARM: Nanos = 60 * 86_400 * SECOND;

impl State {
    pub(super) fn add_nodes(&mut self, world: &WorldSpec) {
        for (name, spec) in &world.nodes {
            let id = ids::swarm(self.seed, &format!("node {name}"));
            let node = Node {
                id: id.clone(),
                name: name.clone(),
                spec: spec.clone(),
                ready: true,
                availability: "active".to_owned(),
                version: self.next_version(),
                created: -AGE_OF_SWARM,
                updated: -AGE_OF_SWARM / 2,
            };
            self.nodes.insert(id, node);
        }
    }

    pub(super) fn add_swarm_stack(&mut self, stack_name: &str, stack: &StackSpec) {
        self.secrets
            .extend(stack.secrets.iter().map(|name| (format!("{stack_name}_{name}"), stack_name.to_owned())));
        for name in &stack.configs {
            let name = format!("{stack_name}_{name}");
            let spec = json!({"Name": name, "Labels": {"com.docker.stack.namespace": stack_name}});
            let id = ids::swarm(self.seed, &format!("config {name}"));
            self.configs.push(Config { id, spec, version: 11, created: -30 * 86_400 * SECOND });
        }
        for (name, spec) in &stack.services {
            let profile = self.profile(&format!("{stack_name}/{name}"), spec);
            let id = ids::swarm(self.seed, &format!("service {stack_name}_{name}"));
            let service = Service {
                id: id.clone(),
                name: format!("{stack_name}_{name}"),
                version: self.next_version(),
                created: -stack.age.0,
                updated: -stack.age.0 / 3,
                spec: self.service_spec((stack_name, stack), name, &profile),
                profile,
                previous: None,
                update: None,
                tasks_made: 0,
                next_batch: 0,
            };
            let nodes: Vec<String> = self.nodes.keys().cloned().collect();
            self.services.insert(id.clone(), service);
            match spec.global {
                true => nodes.into_iter().for_each(|node| self.found_task(&id, 0, Some(node), stack.age.0)),
                false => (1..=spec.replicas.unwrap_or(1))
                    .for_each(|slot| self.found_task(&id, slot, None, stack.age.0)),
            }
        }
    }

    /// Brings a task into the world that has run since `age` ago.
    fn found_task(&mut self, service: &str, slot: u64, node: Option<String>, age: Nanos) {
        let Some(id) = self.make_task(service, slot, node) else { return };
        let Some(task) = self.tasks.get(&id) else { return };
        let node = task.node.clone().or_else(|| self.choose_node(task));
        if let Some(task) = self.tasks.get_mut(&id) {
            task.node = node;
            task.created = -age;
            task.since = -age + 3 * SECOND;
            task.state = TaskState::Running;
            task.message = "started";
        }
        let Some(blueprint) = blueprint(self, &id) else { return };
        let container = self.found(blueprint, age);
        if let Some(task) = self.tasks.get_mut(&id) {
            task.container = Some(container);
        }
    }

    fn service_spec(&self, (stack_name, stack): (&str, &StackSpec), name: &str, profile: &Profile) -> Value {
        let spec = &profile.spec;
        let mut labels = spec.labels.clone();
        labels.insert("com.docker.stack.image".to_owned(), spec.image.clone());
        labels.insert("com.docker.stack.namespace".to_owned(), stack_name.to_owned());
        let networks: Vec<Value> = spec
            .networks
            .iter()
            .filter_map(|key| self.networks.get(&stack_network(stack_name, stack, key)))
            .map(|network| json!({"Target": network.id, "Aliases": [name]}))
            .collect();
        let mode = if spec.global {
            json!({"Global": {}})
        } else {
            json!({"Replicated": {"Replicas": spec.replicas.unwrap_or(1)}})
        };
        let update = &spec.update;
        json!({
            "Name": format!("{stack_name}_{name}"), "Labels": labels,
            "TaskTemplate": {
                "ContainerSpec": self.container_spec(stack_name, spec),
                "Resources": resources(spec),
                "RestartPolicy": {"Condition": "any", "Delay": 5 * SECOND, "MaxAttempts": 0},
                "Placement": {"Constraints": spec.constraints, "Platforms": [{"Architecture": "amd64", "OS": "linux"}]},
                "Networks": networks, "ForceUpdate": 0, "Runtime": "container",
            },
            "Mode": mode,
            "UpdateConfig": {"Parallelism": update.parallelism, "Delay": update.delay.0,
                "FailureAction": update.failure_action, "Monitor": update.monitor.0, "MaxFailureRatio": 0,
                "Order": update.order},
            "RollbackConfig": {"Parallelism": 1, "FailureAction": "pause", "Monitor": 5 * SECOND,
                "MaxFailureRatio": 0, "Order": update.order},
            "EndpointSpec": endpoint_spec(spec),
        })
    }

    fn container_spec(&self, stack_name: &str, spec: &ServiceSpec) -> Value {
        let env: Vec<String> = spec.env.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let secret = |name: &String| {
            let full = format!("{stack_name}_{name}");
            json!({"File": {"Name": name, "UID": "0", "GID": "0", "Mode": 292},
                   "SecretID": ids::swarm(self.seed, &format!("secret {full}")), "SecretName": full})
        };
        let mut value = json!({
            "Image": spec.image, "Labels": {"com.docker.stack.namespace": stack_name}, "Env": env,
            "Args": spec.command.split_whitespace().collect::<Vec<_>>(),
            "Privileges": {"CredentialSpec": null, "SELinuxContext": null},
            "Mounts": spec.volumes.iter().filter_map(|volume| mount(stack_name, volume)).collect::<Vec<_>>(),
            "StopGracePeriod": 10 * SECOND, "DNSConfig": {}, "Isolation": "default",
            "ReadOnly": spec.read_only, "User": spec.user,
            "Secrets": spec.secrets.iter().map(secret).collect::<Vec<_>>(),
        });
        if let (Some(check), Some(fields)) = (&spec.health, value.as_object_mut()) {
            fields.insert("Healthcheck".to_owned(), healthcheck(check));
        }
        value
    }
}

fn mount(stack: &str, text: &str) -> Option<Value> {
    let mut parts = text.split(':');
    let (source, target) = (parts.next()?, parts.next()?);
    let bind = source.starts_with('/');
    let source = if bind { source.to_owned() } else { format!("{stack}_{source}") };
    let kind = if bind { "bind" } else { "volume" };
    Some(json!({"Type": kind, "Source": source, "Target": target, "ReadOnly": parts.next() == Some("ro")}))
}

fn resources(spec: &ServiceSpec) -> Value {
    json!({
        "Limits": {"NanoCPUs": (spec.limits.cpus * 1e9) as u64, "MemoryBytes": spec.limits.memory.0},
        "Reservations": {"NanoCPUs": (spec.reservations.cpus * 1e9) as u64,
                         "MemoryBytes": spec.reservations.memory.0},
    })
}

fn endpoint_spec(spec: &ServiceSpec) -> Value {
    let ports: Vec<Value> = ports(&spec.ports)
        .into_iter()
        .map(|port| {
            json!({"Protocol": "tcp", "TargetPort": port.inner, "PublishedPort": port.outer, "PublishMode": "ingress"})
        })
        .collect();
    json!({"Mode": "vip", "Ports": ports})
}

fn stack_network(stack_name: &str, stack: &StackSpec, key: &str) -> String {
    let named = stack.networks.get(key).and_then(|network| network.name.clone());
    named.unwrap_or_else(|| format!("{stack_name}_{key}"))
}

/// The container of a task that is about to start.
pub(crate) fn task_container(state: &mut State, task: &str) -> Option<Container> {
    let blueprint = blueprint(state, task)?;
    let now = state.now;
    let limits = state.tasks.get(task)?.spec.pointer("/Resources/Limits").cloned().unwrap_or_default();
    let mut container = state.container(blueprint, now);
    // The spec may have changed since the world's start.
    for (name, own) in [("MemoryBytes", "Memory"), ("NanoCPUs", "NanoCpus")] {
        if let (Some(limit), Some(host)) = (limits.get(name), container.host.as_object_mut()) {
            host.insert(own.to_owned(), limit.clone());
        }
    }
    check_as_specified(state, task, &mut container);
    Some(container)
}

/// The task's spec says which health check its container has; without one, the image does.
fn check_as_specified(state: &State, task: &str, container: &mut Container) {
    let Some(task) = state.tasks.get(task) else { return };
    let Some(config) = container.config.as_object_mut() else { return };
    config.remove("Healthcheck");
    let check = task.spec.pointer("/ContainerSpec/Healthcheck").filter(|check| !check.is_null());
    config.extend(check.map(|check| ("Healthcheck".to_owned(), check.clone())));
    inherit(&mut container.config, &state.image_config(&container.image));
    let hint = container.profile.spec.health.clone();
    container.health = check_of(&container.config, hint.as_ref()).map(Health::starting);
}

fn blueprint(state: &State, id: &str) -> Option<Blueprint> {
    let task = state.tasks.get(id)?;
    let service = state.services.get(&task.service)?;
    let node = state.nodes.get(task.node.as_ref()?)?;
    let text =
        |pointer: &str| task.spec.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    let env = task.spec.pointer("/ContainerSpec/Env").and_then(Value::as_array);
    let place = if task.slot == 0 { node.id.clone() } else { task.slot.to_string() };
    let name = format!("{}.{place}.{id}", service.name);
    let stack = service.text("/Labels/com.docker.stack.namespace").to_owned();
    let targets = task.spec.pointer("/Networks").and_then(Value::as_array);
    let joined = targets.into_iter().flatten().filter_map(|network| {
        let target = network.get("Target")?.as_str()?;
        let (name, _) =
            state.networks.iter().find(|(name, network)| network.id == target || *name == target)?;
        Some((name.clone(), vec![service.profile.path.split('/').nth(1)?.to_owned()]))
    });
    Some(Blueprint {
        number: task.slot,
        profile: Arc::clone(&service.profile),
        image: text("/ContainerSpec/Image"),
        env: env.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect(),
        labels: task_labels(service, (id, &name), &node.id, &stack),
        networks: joined.collect(),
        volume_prefix: format!("{stack}_"),
        restart: "no".to_owned(),
        task: Some(id.to_owned()),
        local: node.spec.local,
        ports: Vec::new(),
        name,
    })
}

fn task_labels(service: &Service, task: (&str, &str), node: &str, stack: &str) -> BTreeMap<String, String> {
    let mut labels = BTreeMap::from([
        ("com.docker.swarm.node.id", node),
        ("com.docker.swarm.service.id", &service.id),
        ("com.docker.swarm.service.name", &service.name),
        ("com.docker.swarm.task", ""),
        ("com.docker.swarm.task.id", task.0),
        ("com.docker.swarm.task.name", task.1),
    ]);
    if !stack.is_empty() {
        labels.insert("com.docker.stack.namespace", stack);
    }
    labels.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}
