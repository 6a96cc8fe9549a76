//! The swarm, its nodes, services, secrets and configs.

use serde_json::{Value, json};

use super::{Outcome, answer, answer::Failure, call::Call};
use crate::sim::{
    clock::SECOND,
    ids,
    state::{Node, Service, State, TaskState},
};

const NO_SWARM: &str = "This node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm join\" to \
                        connect this node to swarm and try again.";

/// Refuses on an engine that is no manager.
pub(super) fn managed(state: &State) -> Result<(), Failure> {
    let manager = state.nodes.values().any(|node| node.spec.local && node.spec.manager);
    if manager { Ok(()) } else { Err(Failure::new(503, NO_SWARM)) }
}

/// `GET /swarm`
pub(super) fn swarm(call: &Call) -> Outcome {
    call.shared.read(|state| {
        managed(state)?;
        Ok(answer::json(&cluster(state, true)))
    })
}

/// The swarm as `/swarm` and `/info` have it; only the first has the tokens.
pub(super) fn cluster(state: &State, tokens: bool) -> Value {
    let joined = state.nodes.values().map(|node| node.created).min().unwrap_or_default();
    let mut cluster = json!({
        "ID": ids::swarm(state.seed, "cluster"), "Version": {"Index": 10},
        "CreatedAt": state.clock.rfc3339(joined), "UpdatedAt": state.clock.rfc3339(joined),
        "Spec": {"Name": "default", "Labels": {}, "Orchestration": {"TaskHistoryRetentionLimit": 5},
            "Raft": {"SnapshotInterval": 10_000, "KeepOldSnapshots": 0, "LogEntriesForSlowFollowers": 500,
                     "ElectionTick": 10, "HeartbeatTick": 1},
            "Dispatcher": {"HeartbeatPeriod": 5 * SECOND}, "CAConfig": {"NodeCertExpiry": 7_776_000 * SECOND},
            "TaskDefaults": {}, "EncryptionConfig": {"AutoLockManagers": false}},
        "TLSInfo": {"TrustRoot": "", "CertIssuerSubject": "", "CertIssuerPublicKey": ""},
        "RootRotationInProgress": false, "DataPathPort": 4789, "DefaultAddrPool": ["10.0.0.0/8"], "SubnetSize": 24,
    });
    if let Some(fields) = cluster.as_object_mut().filter(|_| tokens) {
        let token = |role: &str| format!("SWMTKN-1-{}-{role}", ids::swarm(state.seed, role));
        let tokens = json!({"Worker": token("worker"), "Manager": token("manager")});
        fields.insert("JoinTokens".to_owned(), tokens);
    }
    cluster
}

/// `GET /nodes`
pub(super) fn nodes(call: &Call) -> Outcome {
    call.shared.read(|state| {
        managed(state)?;
        let role = |node: &Node| if node.spec.manager { "manager" } else { "worker" };
        let passes = |node: &&Node| {
            call.query.passes("id", |id| node.id.starts_with(id))
                && call.query.passes("name", |name| node.name.starts_with(name))
                && call.query.passes("role", |wanted| role(node) == wanted)
        };
        Ok(answer::list(state.nodes.values().filter(passes).map(|node| node_row(state, node))))
    })
}

/// `GET /nodes/{name}`
pub(super) fn node(call: &Call, name: &str) -> Outcome {
    call.shared.read(|state| {
        managed(state)?;
        Ok(answer::json(&node_row(state, find_node(state, name)?)))
    })
}

fn find_node<'a>(state: &'a State, name: &str) -> Result<&'a Node, Failure> {
    let hit =
        |node: &&Node| node.id.starts_with(name) || node.name == name || (name == "self" && node.spec.local);
    state.nodes.values().find(hit).ok_or_else(|| Failure::new(404, format!("node {name} not found")))
}

fn node_row(state: &State, node: &Node) -> Value {
    let spec = &node.spec;
    let status = if node.ready {
        json!({"State": "ready", "Addr": spec.address})
    } else {
        json!({"State": "down", "Message": "heartbeat failure", "Addr": spec.address})
    };
    let mut row = json!({
        "ID": node.id, "Version": {"Index": node.version}, "CreatedAt": state.clock.rfc3339(node.created),
        "UpdatedAt": state.clock.rfc3339(node.updated),
        "Spec": {"Labels": spec.labels, "Role": if spec.manager { "manager" } else { "worker" },
                 "Availability": node.availability},
        "Description": {"Hostname": node.name, "Platform": {"Architecture": "x86_64", "OS": "linux"},
            "Resources": {"NanoCPUs": spec.cpus * 1_000_000_000, "MemoryBytes": spec.memory.0},
            "Engine": {"EngineVersion": state.engine.version, "Labels": {}, "Plugins": []},
            "TLSInfo": {"TrustRoot": "", "CertIssuerSubject": "", "CertIssuerPublicKey": ""}},
        "Status": status,
    });
    if let Some(fields) = row.as_object_mut().filter(|_| spec.manager) {
        let reach = if node.ready { "reachable" } else { "unreachable" };
        let mut manager = json!({"Reachability": reach, "Addr": format!("{}:2377", spec.address)});
        if let Some(manager) = manager.as_object_mut().filter(|_| spec.local) {
            manager.insert("Leader".to_owned(), json!(true));
        }
        fields.insert("ManagerStatus".to_owned(), manager);
    }
    row
}

/// `POST /nodes/{name}/update`
pub(super) fn update_node(call: &Call, name: &str) -> Outcome {
    let spec = call.json()?;
    let version = call.query.get("version").and_then(|version| version.parse().ok());
    call.shared.change(|state| {
        managed(state)?;
        let node = find_node(state, name)?;
        check_version(version, node.version)?;
        let id = node.id.clone();
        let availability = spec.get("Availability").and_then(Value::as_str).unwrap_or("active").to_owned();
        state.set_availability(&id, &availability);
        Ok(answer::json(&json!({})))
    })
}

/// Refuses a version that is not the present one, as swarm does.
fn check_version(given: Option<u64>, present: u64) -> Result<(), Failure> {
    match given {
        None => Err(Failure::new(400, "invalid version number: empty")),
        Some(given) if given == present => Ok(()),
        Some(_) => Err(Failure::new(500, "rpc error: code = Unknown desc = update out of sequence")),
    }
}

/// `GET /services`
pub(super) fn services(call: &Call) -> Outcome {
    call.shared.read(|state| {
        managed(state)?;
        let passes = |service: &&Service| {
            let label = |name: &str| service.spec.get("Labels")?.get(name)?.as_str();
            let mode = if service.is_global() { "global" } else { "replicated" };
            call.query.passes("id", |id| service.id.starts_with(id))
                && call.query.passes("name", |name| service.name.starts_with(name))
                && call.query.passes("mode", |wanted| wanted == mode)
                && call.query.labels(label)
        };
        let status = call.query.is_on("status");
        let rows = state.services.values().filter(passes).map(|service| service_row(state, service, status));
        Ok(answer::list(rows))
    })
}

/// `GET /services/{name}`
pub(super) fn service(call: &Call, name: &str) -> Outcome {
    call.shared.read(|state| Ok(answer::json(&service_row(state, find_service(state, name)?, false))))
}

/// A service by id, name or prefix of its id.
pub(super) fn find_service<'a>(state: &'a State, name: &str) -> Result<&'a Service, Failure> {
    managed(state)?;
    let mut services = state.services.values();
    let found = services.find(|service| service.name == name || service.id.starts_with(name));
    found.ok_or_else(|| Failure::new(404, format!("service {name} not found")))
}

fn service_row(state: &State, service: &Service, status: bool) -> Value {
    let mut row = json!({
        "ID": service.id, "Version": {"Index": service.version},
        "CreatedAt": state.clock.rfc3339(service.created), "UpdatedAt": state.clock.rfc3339(service.updated),
        "Spec": service.spec,
        "Endpoint": {"Spec": service.spec.get("EndpointSpec"),
                     "Ports": service.spec.pointer("/EndpointSpec/Ports"), "VirtualIPs": []},
    });
    let Some(fields) = row.as_object_mut() else { return row };
    fields.extend(service.previous.clone().map(|previous| ("PreviousSpec".to_owned(), previous)));
    if let Some(update) = &service.update {
        let mut value = json!({"State": update.state, "StartedAt": state.clock.rfc3339(update.started),
                               "Message": update.message});
        if let (Some(at), Some(fields)) = (update.completed, value.as_object_mut()) {
            fields.insert("CompletedAt".to_owned(), json!(state.clock.rfc3339(at)));
        }
        fields.insert("UpdateStatus".to_owned(), value);
    }
    if status {
        fields.insert("ServiceStatus".to_owned(), service_status(state, service));
    }
    row
}

fn service_status(state: &State, service: &Service) -> Value {
    let own = || state.tasks.values().filter(|task| task.service == service.id);
    let on_lost_node = |node: &Option<String>| {
        node.as_ref().and_then(|id| state.nodes.get(id)).is_some_and(|node| !node.ready)
    };
    let running = own().filter(|task| task.state == TaskState::Running && !on_lost_node(&task.node)).count();
    let nodes = state.nodes.values().filter(|node| node.ready && node.availability == "active").count();
    let desired = if service.is_global() { nodes as u64 } else { service.replicas() };
    json!({"RunningTasks": running, "DesiredTasks": desired, "CompletedTasks": 0})
}

/// `POST /services/{name}/update`
pub(super) fn update_service(call: &Call, name: &str) -> Outcome {
    let version = call.query.get("version").and_then(|version| version.parse().ok());
    let previous = call.query.get("rollback") == Some("previous");
    let body = if previous { Value::Null } else { call.json()? };
    call.shared.change(|state| {
        let service = find_service(state, name)?;
        check_version(version, service.version)?;
        let id = service.id.clone();
        let none =
            || Failure::new(400, "rpc error: code = FailedPrecondition desc = service has no previous spec");
        let spec = if previous { service.previous.clone().ok_or_else(none)? } else { body };
        if let Some(image) = spec.pointer("/TaskTemplate/ContainerSpec/Image").and_then(Value::as_str) {
            state.add_image(image, &Default::default());
        }
        state.update_service(&id, spec, previous);
        Ok(answer::json(&json!({"Warnings": null})))
    })
}

/// `GET /secrets`
pub(super) fn secrets(call: &Call) -> Outcome {
    call.shared.read(|state| {
        managed(state)?;
        let date = state.clock.rfc3339(-30 * 86_400 * SECOND);
        let row = |(name, stack): &(String, String)| {
            json!({"ID": ids::swarm(state.seed, &format!("secret {name}")), "Version": {"Index": 11},
                   "CreatedAt": date, "UpdatedAt": date,
                   "Spec": {"Name": name, "Labels": {"com.docker.stack.namespace": stack}}})
        };
        Ok(answer::list(state.secrets.iter().map(row)))
    })
}

/// `POST /services/create`
pub(super) fn create_service(call: &Call) -> Outcome {
    let spec = super::create::body(call)?;
    call.shared.change(|state| {
        managed(state)?;
        let id = state.create_service(spec)?;
        Ok(answer::json_with(hyper::StatusCode::CREATED, &json!({"ID": id})))
    })
}

/// `DELETE /services/{name}`
pub(super) fn remove_service(call: &Call, name: &str) -> Outcome {
    call.shared.change(|state| {
        let id = find_service(state, name)?.id.clone();
        state.remove_service(&id);
        Ok(super::objects::empty())
    })
}
