//! Swarm services: `GET /services`.

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;
use serde_json::Value;

use super::{clean, clean_map, cpus, limit, membership, moment, wire, without_digest};
use crate::domain::{
    Limits, Port, Protocol, ServiceId, ServiceMode, SwarmService, UpdatePolicy, UpdateState, UpdateStatus,
};

wire! {
    /// One element of the list.
    struct Listed {
        id: String = "ID",
        version: Index = "Version",
        created_at: String = "CreatedAt",
        updated_at: String = "UpdatedAt",
        spec: Spec = "Spec",
        endpoint: Ports = "Endpoint",
        update: Option<Update> = "UpdateStatus",
        status: Option<Counts> = "ServiceStatus",
    }

    /// Its version.
    struct Index { index: u64 = "Index" }

    /// What should be.
    struct Spec {
        name: String = "Name",
        labels: BTreeMap<String, String> = "Labels",
        task: Template = "TaskTemplate",
        mode: BTreeMap<String, Value> = "Mode",
        update: Option<Config> = "UpdateConfig",
    }

    /// What each task should be.
    struct Template { container: ContainerSpec = "ContainerSpec", resources: Resources = "Resources" }

    /// How it is to be updated.
    struct Config {
        parallelism: u64 = "Parallelism",
        delay: u64 = "Delay",
        failure_action: String = "FailureAction",
        order: String = "Order",
    }

    /// Its container.
    struct ContainerSpec { image: String = "Image" }

    /// Its resources.
    struct Resources { limits: Ceilings = "Limits" }

    /// Its ceilings.
    struct Ceilings { nano_cpus: i64 = "NanoCPUs", memory: i64 = "MemoryBytes" }

    /// Its ports.
    struct Ports { ports: Vec<Published> = "Ports" }

    /// One of them.
    struct Published {
        protocol: String = "Protocol",
        target: u16 = "TargetPort",
        published: Option<u16> = "PublishedPort",
    }

    /// Its last update.
    struct Update {
        state: String = "State",
        started_at: String = "StartedAt",
        completed_at: String = "CompletedAt",
        message: String = "Message",
    }

    /// Its tasks, counted.
    struct Counts { desired: u64 = "DesiredTasks" }
}

impl Listed {
    /// The service.
    pub(in crate::engine) fn service(self) -> SwarmService {
        let labels = clean_map(self.spec.labels);
        let ceilings = &self.spec.task.resources.limits;
        SwarmService {
            id: ServiceId::new(clean(&self.id)),
            name: clean(&self.spec.name),
            stack: membership::stack(&labels),
            version: self.version.index,
            image: without_digest(&self.spec.task.container.image),
            mode: mode(&self.spec.mode),
            desired: self.status.map(|counts| counts.desired),
            limits: Limits { memory: limit(ceilings.memory), cpus: cpus(ceilings.nano_cpus) },
            ports: self.endpoint.ports.into_iter().map(Published::port).collect(),
            labels,
            policy: self.spec.update.map(Config::policy),
            update: self.update.and_then(Update::status),
            created_at: moment(&self.created_at).unwrap_or(Timestamp::UNIX_EPOCH),
            updated_at: moment(&self.updated_at).unwrap_or(Timestamp::UNIX_EPOCH),
        }
    }
}

/// `{"Replicated": {"Replicas": 3}}` and its like.
fn mode(mode: &BTreeMap<String, Value>) -> ServiceMode {
    let Some((word, detail)) = mode.iter().find(|(_, detail)| !detail.is_null()) else {
        return ServiceMode::Replicated(1);
    };
    let number = |name: &str| detail.get(name).and_then(Value::as_u64);
    match word.as_str() {
        "Replicated" => ServiceMode::Replicated(number("Replicas").unwrap_or(1)),
        "Global" => ServiceMode::Global,
        "ReplicatedJob" => {
            let most = number("TotalCompletions").or_else(|| number("MaxConcurrent"));
            ServiceMode::ReplicatedJob(most.unwrap_or(1))
        }
        "GlobalJob" => ServiceMode::GlobalJob,
        other => ServiceMode::Unknown(clean(other)),
    }
}

impl Published {
    fn port(self) -> Port {
        Port {
            private: self.target,
            public: self.published.filter(|port| *port > 0),
            address: None,
            protocol: Protocol::parse(&clean(&self.protocol)),
        }
    }
}

impl Config {
    /// What is empty has Swarm's own default.
    fn policy(self) -> UpdatePolicy {
        let or = |word: &str, default: &str| if word.is_empty() { default.to_owned() } else { clean(word) };
        UpdatePolicy {
            parallelism: self.parallelism,
            delay: Duration::from_nanos(self.delay),
            order: or(&self.order, "stop-first"),
            failure_action: or(&self.failure_action, "pause"),
        }
    }
}

impl Update {
    /// An empty state means that there was no update.
    fn status(self) -> Option<UpdateStatus> {
        (!self.state.is_empty()).then(|| UpdateStatus {
            state: UpdateState::parse(&clean(&self.state)),
            message: clean(&self.message),
            started_at: moment(&self.started_at),
            completed_at: moment(&self.completed_at),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_service_is_read() {
        let listed: Listed = serde_json::from_str(
            &json!({
                "ID": "s1", "Version": {"Index": 42}, "CreatedAt": "2026-08-20T10:00:00Z",
                "Spec": {"Name": "shop_web", "Labels": {"com.docker.stack.namespace": "shop"},
                    "Mode": {"Replicated": {"Replicas": 3}},
                    "UpdateConfig": {"Parallelism": 2, "Delay": 5_000_000_000_u64, "Order": "start-first"},
                    "TaskTemplate": {"ContainerSpec": {"Image": "web:1@sha256:abc"},
                        "Resources": {"Limits": {"NanoCPUs": 500_000_000, "MemoryBytes": 1024}}}},
                "Endpoint": {"Ports": [{"Protocol": "tcp", "TargetPort": 80, "PublishedPort": 8080}]},
                "UpdateStatus": {"State": "rollback_paused", "Message": "task t1 failed"},
                "ServiceStatus": {"RunningTasks": 2, "DesiredTasks": 3},
            })
            .to_string(),
        )
        .unwrap();
        let service = listed.service();
        assert_eq!((service.image.as_str(), service.version, service.desired), ("web:1", 42, Some(3)));
        assert_eq!(service.stack, Some("shop".into()));
        assert_eq!(service.limits, Limits { memory: Some(1024), cpus: Some(0.5) });
        let policy = service.policy.unwrap();
        assert_eq!((policy.parallelism, policy.delay), (2, Duration::from_secs(5)));
        assert_eq!((policy.order.as_str(), policy.failure_action.as_str()), ("start-first", "pause"));
        assert_eq!(service.update.map(|update| update.state), Some(UpdateState::RollbackPaused));
    }

    #[test]
    fn every_mode_is_read_and_an_unknown_one_kept() {
        let read = |json: Value| mode(&serde_json::from_str(&json.to_string()).unwrap());
        assert_eq!(read(json!({"Global": {}})), ServiceMode::Global);
        assert_eq!(
            read(json!({"ReplicatedJob": {"MaxConcurrent": 2, "TotalCompletions": 9}})),
            ServiceMode::ReplicatedJob(9)
        );
        assert_eq!(read(json!({"GlobalJob": {}})), ServiceMode::GlobalJob);
        assert_eq!(read(json!({"Orbital": {}})), ServiceMode::Unknown("Orbital".into()));
    }
}
