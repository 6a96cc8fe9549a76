//! How Swarm is to replace tasks: what the service says, or what it gets if it says nothing.

use std::time::Duration;

use serde_json::{Value, json};

use super::SwarmService;
use crate::command::{
    order::{Decision, Order},
    plan::Downtime,
};

/// A task that ran for this long counts, where the service says nothing; the engine's own default.
const MONITOR: Duration = Duration::from_secs(5);

/// A task of a service that says nothing on updates is watched for this long.
const GIVEN_MONITOR: Duration = Duration::from_secs(15);

/// A task starts in about so long.
const START: Duration = Duration::from_secs(5);

/// How a service is updated.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// What is first, and why.
    pub decision: Decision,
    /// Tasks at once; 0 is all.
    pub parallelism: u64,
    /// Between two batches.
    pub delay: Duration,
    /// How long a new task is watched.
    pub monitor: Duration,
    /// What Swarm does when a new task fails.
    pub failure_action: String,
    /// The `update_config` that is set because there is none.
    pub given: Option<Value>,
}

impl Settings {
    /// Those of a service.
    #[must_use]
    pub fn of(service: &SwarmService) -> Self {
        match service.spec().get("UpdateConfig").filter(|config| !config.is_null()) {
            Some(config) => Self::said(config),
            None => Self::given(service),
        }
    }

    fn said(config: &Value) -> Self {
        let number = |name: &str| config.get(name).and_then(Value::as_u64);
        let text = |name: &str| config.get(name).and_then(Value::as_str).unwrap_or_default();
        let order = Order::parse(text("Order")).unwrap_or(Order::StopFirst);
        let action = Some(text("FailureAction")).filter(|action| !action.is_empty());
        Self {
            decision: Decision { order, reason: "the service's update_config says so".to_owned() },
            parallelism: number("Parallelism").unwrap_or(1),
            delay: Duration::from_nanos(number("Delay").unwrap_or_default()),
            monitor: monitor(config),
            failure_action: action.unwrap_or("pause").to_owned(),
            given: None,
        }
    }

    fn given(service: &SwarmService) -> Self {
        let decision = decide(service);
        let nanos = u64::try_from(GIVEN_MONITOR.as_nanos()).unwrap_or_default();
        // As the engine writes it back, which leaves out a delay of 0: whether it is set is told by comparing.
        let config = json!({
            "Parallelism": 1, "Monitor": nanos, "FailureAction": "rollback", "MaxFailureRatio": 0,
            "Order": decision.order.word(),
        });
        Self { decision, given: Some(config.clone()), ..Self::said(&config) }
    }

    /// In a line.
    #[must_use]
    pub fn words(&self) -> String {
        let at_once = if self.parallelism == 0 {
            "all at once".to_owned()
        } else {
            format!("{} at a time", self.parallelism)
        };
        let Decision { order, reason } = &self.decision;
        format!("{}, {at_once}: {reason}", order.word())
    }

    /// How long nobody is served while so many tasks are replaced.
    #[must_use]
    pub fn downtime(&self, replicas: u64) -> Downtime {
        let all_at_once = self.parallelism == 0 || replicas <= self.parallelism;
        match self.decision.order {
            Order::StopFirst if all_at_once && replicas > 0 => Downtime::Once(START),
            Order::StopFirst | Order::StartFirst => Downtime::None,
        }
    }

    /// How long an update of so many tasks takes if every task starts in a few seconds.
    #[must_use]
    pub fn takes(&self, tasks: u64) -> Duration {
        let at_once = if self.parallelism == 0 { tasks } else { self.parallelism };
        let batches = u32::try_from(tasks.div_ceil(at_once.max(1))).unwrap_or(u32::MAX);
        (START + self.delay).saturating_mul(batches.max(1)).saturating_add(self.monitor)
    }
}

/// How long a task must have run to count, by an `update_config`.
#[must_use]
pub fn monitor(config: &Value) -> Duration {
    let nanos = config.get("Monitor").and_then(Value::as_u64).filter(|nanos| *nanos > 0);
    nanos.map_or(MONITOR, Duration::from_nanos)
}

/// Two tasks of a slot side by side must not fight for a port of the host or for data.
fn decide(service: &SwarmService) -> Decision {
    let obstacle = host_port(service)
        .map(|port| format!("port {port} is published on the host itself"))
        .or_else(|| only_writer(service));
    match obstacle {
        Some(reason) => Decision { order: Order::StopFirst, reason },
        None => {
            let reason = "no port on the host itself, no data that only one may write".to_owned();
            Decision { order: Order::StartFirst, reason }
        }
    }
}

/// A port that each task takes on its node, so that a second one has no place there.
pub(super) fn host_port(service: &SwarmService) -> Option<u64> {
    let ports = service.spec().pointer("/EndpointSpec/Ports").and_then(Value::as_array);
    let on_host = |port: &&Value| port.get("PublishMode").and_then(Value::as_str) == Some("host");
    let number = |port: &Value| port.get("PublishedPort").and_then(Value::as_u64).filter(|port| *port > 0);
    ports.into_iter().flatten().filter(on_host).find_map(number)
}

fn only_writer(service: &SwarmService) -> Option<String> {
    let mounts = service.spec().pointer("/TaskTemplate/ContainerSpec/Mounts").and_then(Value::as_array);
    let is_data = |mount: &&Value| {
        let kind = mount.get("Type").and_then(Value::as_str);
        let is_read_only = mount.get("ReadOnly").and_then(Value::as_bool).unwrap_or_default();
        matches!(kind, Some("volume" | "bind")) && !is_read_only
    };
    let mount =
        mounts.into_iter().flatten().find(is_data).filter(|_| service.replicas().is_none_or(|n| n <= 1))?;
    let name = |field: &str| mount.get(field).and_then(Value::as_str).filter(|name| !name.is_empty());
    let name = name("Source").or_else(|| name("Target"))?;
    Some(format!("{} belongs to the only task", crate::text::sanitize(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(spec: &Value) -> Settings {
        Settings::of(&SwarmService { key: super::super::tests::key(), inspect: json!({ "Spec": spec }) })
    }

    #[test]
    fn a_service_that_says_nothing_is_watched_and_rolled_back() {
        let given = settings(&json!({ "Mode": { "Replicated": { "Replicas": 2 } } }));
        let config = given.given.as_ref().unwrap();
        assert_eq!(
            (config["FailureAction"].as_str(), config["Order"].as_str()),
            (Some("rollback"), Some("start-first"))
        );
        assert_eq!((given.parallelism, given.monitor), (1, Duration::from_secs(15)));
    }

    #[test]
    fn a_port_of_the_host_and_the_data_of_one_task_are_given_up_before_they_are_taken() {
        let port = json!({ "EndpointSpec": { "Ports": [{ "PublishMode": "host", "PublishedPort": 80 }] } });
        let data = |replicas: u64, read_only: bool| {
            json!({
                "Mode": { "Replicated": { "Replicas": replicas } },
                "TaskTemplate": { "ContainerSpec": { "Mounts": [
                    { "Type": "volume", "Source": "db", "Target": "/data", "ReadOnly": read_only },
                ] } },
            })
        };
        for (spec, words) in [
            (port, "stop-first, 1 at a time: port 80 is published on the host itself"),
            (data(1, false), "stop-first, 1 at a time: db belongs to the only task"),
        ] {
            assert_eq!(settings(&spec).words(), words);
        }
        for spec in [data(2, false), data(1, true)] {
            assert_eq!(settings(&spec).decision.order, Order::StartFirst);
        }
    }

    #[test]
    fn what_the_service_says_stands() {
        let said = settings(&json!({ "UpdateConfig": {
            "Parallelism": 2, "Order": "start-first", "Delay": 3_000_000_000_u64, "FailureAction": "continue",
        } }));
        assert_eq!(said.given, None);
        assert_eq!(said.words(), "start-first, 2 at a time: the service's update_config says so");
        assert_eq!((said.monitor, said.failure_action.as_str()), (Duration::from_secs(5), "continue"));
        assert_eq!(said.takes(5), Duration::from_secs(3 * (5 + 3) + 5));
    }
}
