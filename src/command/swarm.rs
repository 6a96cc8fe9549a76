//! Changes of Swarm services and nodes. Swarm itself replaces the tasks; what is planned is the change of the spec,
//! the look at the tasks, and the spec of before for the way back.

use std::time::Duration;

use serde_json::Value;
use thiserror::Error;

use super::plan::{Act, Call, Gate, Phase, Plan, Risk, ServiceChange, Step};
use super::rollout::Care;
use crate::domain::ServiceKey;

/// How long tasks may take if nobody says: pulling on every node is part of it.
pub const DEADLINE: Duration = Duration::from_secs(600);

/// A Swarm service as its manager describes it.
#[derive(Clone, Debug, PartialEq)]
pub struct SwarmService {
    /// Which service.
    pub key: ServiceKey,
    /// Its inspection.
    pub inspect: Value,
}

/// A plan, and what puts everything back if it fails.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The plan.
    pub plan: Plan,
    /// The way back.
    pub back: Vec<Phase>,
}

/// Why a Swarm service cannot be changed so. Nothing was touched.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum SwarmRefusal {
    /// There is no number to set.
    #[error("{service} is {mode}: Swarm decides how many tasks it has, so there is no number to set")]
    NoReplicas {
        /// The service.
        service: String,
        /// `Global`, `ReplicatedJob`.
        mode: String,
    },
}

impl SwarmService {
    /// The name that Swarm knows it by.
    #[must_use]
    pub fn name(&self) -> &str {
        self.text("/Spec/Name")
    }

    /// The image of its spec.
    #[must_use]
    pub fn image(&self) -> &str {
        self.text("/Spec/TaskTemplate/ContainerSpec/Image")
    }

    fn replicas(&self) -> Result<u64, SwarmRefusal> {
        let count = self.inspect.pointer("/Spec/Mode/Replicated/Replicas").and_then(Value::as_u64);
        count.ok_or_else(|| {
            let mode = self.inspect.pointer("/Spec/Mode").and_then(Value::as_object);
            let mode = mode.and_then(|mode| mode.keys().next()).cloned().unwrap_or_default();
            SwarmRefusal::NoReplicas { service: self.key.to_string(), mode }
        })
    }

    fn text(&self, pointer: &str) -> &str {
        self.inspect.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }
}

/// The plan that gives the service another number of replicas.
///
/// # Errors
/// [`SwarmRefusal`] for a service that has none.
pub fn scale_plan(service: &SwarmService, to: u64, deadline: Duration) -> Result<Change, SwarmRefusal> {
    let from = service.replicas()?;
    let phases = if from == to {
        Vec::new()
    } else {
        changed(service, ServiceChange::Replicas(to), "another number of tasks", deadline)
    };
    let plan = Plan {
        title: format!("scale {} from {from} to {to}", service.key),
        risk: Risk::Some,
        facts: vec![("replicas".to_owned(), format!("{from} → {to}"))],
        notes: vec!["the next `docker stack deploy` goes back to the number in the stack's file".to_owned()],
        phases,
        takes: Duration::from_secs(8),
        down_for: Duration::ZERO,
        undo: format!("stacktop scale {}={from}", service.key),
    };
    Ok(Change { plan, back: changed(service, ServiceChange::Replicas(from), BACK, DEADLINE) })
}

/// The plan that replaces all tasks, by `reference` or by what the reference of now has come to mean. Tasks that run
/// just that image are left alone unless it is forced.
#[must_use]
pub fn rollout_plan(
    service: &SwarmService,
    reference: Option<&str>,
    care: Care,
    deadline: Duration,
) -> Change {
    let now = service.image();
    let bare = now.split('@').next().unwrap_or(now);
    let wanted = reference.unwrap_or(bare);
    // The same spec once more would replace nothing.
    let change = match care {
        _ if wanted != now => Some(ServiceChange::Image(wanted.to_owned())),
        Care::Forced => Some(ServiceChange::Force),
        Care::Usual => None,
    };
    let notes = match change {
        None => format!("every task runs {now} already and is left alone; --force replaces it too"),
        Some(_) => "the next `docker stack deploy` goes back to the image in the stack's file".to_owned(),
    };
    let facts = [
        ("image", format!("{now} → {wanted}")),
        ("order", update_config(service)),
        ("gate", format!("all tasks run on the new spec, up to {} s", deadline.as_secs())),
    ];
    let plan = Plan {
        title: format!("rolling update of {}", service.key),
        risk: if change.is_some() { Risk::Some } else { Risk::None },
        facts: facts.into_iter().map(|(name, fact)| (name.to_owned(), fact)).collect(),
        notes: vec![notes],
        phases: change
            .map_or_else(Vec::new, |change| changed(service, change, "Swarm replaces the tasks", deadline)),
        takes: Duration::from_secs(10),
        down_for: Duration::ZERO,
        undo: format!("stacktop rollout {} --image {now}", service.key),
    };
    let saved = service.inspect.pointer("/Spec/TaskTemplate").cloned().unwrap_or_default();
    Change { plan, back: changed(service, ServiceChange::Template(saved), BACK, DEADLINE) }
}

/// The plan that changes whether a node takes tasks.
#[must_use]
pub fn node_plan(id: &str, hostname: &str, availability: &str) -> Plan {
    let drains = availability == "drain";
    let call = Call::UpdateNode { node: id.to_owned(), availability: availability.to_owned() };
    let cause = if drains { "its tasks move to other nodes" } else { "it takes tasks again" };
    let note = if drains {
        "containers that are not Swarm's stay where they are"
    } else {
        "tasks that have moved away do not come back by themselves; a rollout spreads them"
    };
    let (verb, undo) = if drains { ("drain", "activate") } else { ("activate", "drain") };
    Plan {
        title: format!("{verb} node {hostname}"),
        risk: if drains { Risk::Some } else { Risk::None },
        facts: vec![("node".to_owned(), format!("{hostname}: {availability}"))],
        notes: vec![note.to_owned()],
        phases: vec![Phase::single(hostname, vec![step("acting", cause, Act::Call(call))])],
        takes: Duration::from_secs(1),
        down_for: Duration::ZERO,
        undo: format!("stacktop {undo} {hostname}"),
    }
}

const BACK: &str = "the spec of before is put back";

fn changed(service: &SwarmService, change: ServiceChange, cause: &str, deadline: Duration) -> Vec<Phase> {
    let name = service.name().to_owned();
    let call = Call::UpdateService { service: name.clone(), change };
    let gate = Gate::Converged { service: name.clone(), deadline };
    let steps = vec![
        step("updating", cause, Act::Call(call)),
        step("gate", "all tasks must be seen to run", Act::Gate(gate)),
    ];
    vec![Phase::single(name, steps)]
}

fn step(state: &'static str, cause: &str, act: Act) -> Step {
    Step { slot: None, state, cause: cause.to_owned(), act }
}

/// What the service itself says of updates.
fn update_config(service: &SwarmService) -> String {
    let config = service.inspect.pointer("/Spec/UpdateConfig");
    let text = |name: &str, default: &str| {
        let value = config.and_then(|config| config.get(name)).and_then(Value::as_str);
        value.filter(|value| !value.is_empty()).unwrap_or(default).to_owned()
    };
    let at_once = config.and_then(|config| config.get("Parallelism")).and_then(Value::as_u64).unwrap_or(1);
    let order = text("Order", "stop-first");
    format!("{order}, {at_once} at a time, as the service's update_config says")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn service(image: &str, mode: &Value) -> SwarmService {
        let inspect = json!({ "Spec": {
            "Name": "shop_web", "Mode": mode,
            "TaskTemplate": { "ContainerSpec": { "Image": image }, "ForceUpdate": 3 },
            "UpdateConfig": { "Parallelism": 2, "Order": "start-first" },
        } });
        SwarmService { key: ServiceKey { stack: Some("shop".into()), name: "web".to_owned() }, inspect }
    }

    fn replicated(image: &str) -> SwarmService {
        service(image, &json!({ "Replicated": { "Replicas": 2 } }))
    }

    fn told(phases: &[Phase]) -> Vec<String> {
        phases.iter().flat_map(|phase| phase.lanes.iter().flatten()).map(|step| step.act.describe()).collect()
    }

    #[test]
    fn a_scaling_knows_the_number_of_before() {
        let change = scale_plan(&replicated("web:1"), 5, DEADLINE).unwrap();
        assert_eq!(
            told(&change.plan.phases),
            ["set 5 replicas of shop_web", "all tasks of shop_web run, within 600 s"]
        );
        assert_eq!(told(&change.back)[0], "set 2 replicas of shop_web");
        assert_eq!(change.plan.undo, "stacktop scale shop/web=2");
        assert!(scale_plan(&replicated("web:1"), 2, DEADLINE).unwrap().plan.is_empty());
    }

    #[test]
    fn a_global_service_has_no_number() {
        let refusal = scale_plan(&service("web:1", &json!({ "Global": {} })), 3, DEADLINE).unwrap_err();
        assert!(refusal.to_string().starts_with("shop/web is Global"), "{refusal}");
    }

    #[test]
    fn the_same_reference_means_what_it_now_means_and_the_same_spec_is_forced() {
        let first = |image: &str, wanted: Option<&str>| {
            told(&rollout_plan(&replicated(image), wanted, Care::Forced, DEADLINE).plan.phases)[0].clone()
        };
        assert_eq!(first("web:1@sha256:aa", None), "set image web:1 of shop_web");
        assert_eq!(first("web:1", None), "replace every task of shop_web");
        assert_eq!(first("web:1", Some("web:2")), "set image web:2 of shop_web");
    }

    #[test]
    fn tasks_that_run_the_image_already_are_left_alone() {
        let change = rollout_plan(&replicated("web:1"), Some("web:1"), Care::Usual, DEADLINE);
        assert!(change.plan.is_empty() && change.plan.notes[0].contains("--force"), "{:?}", change.plan);
    }

    #[test]
    fn the_way_back_is_the_saved_template() {
        let change = rollout_plan(&replicated("web:1"), Some("web:2"), Care::Usual, DEADLINE);
        let Act::Call(Call::UpdateService { change: ServiceChange::Template(saved), .. }) =
            &change.back[0].lanes[0][0].act
        else {
            panic!("{:?}", change.back)
        };
        assert_eq!(saved["ForceUpdate"], 3);
    }
}
