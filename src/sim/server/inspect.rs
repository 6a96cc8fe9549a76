//! Everything about one container.

use serde_json::{Map, Value, json};

use super::{Outcome, answer, answer::Failure, call::Call, containers};
use crate::sim::{
    clock::Nanos,
    state::{Container, State, Status},
};

/// How the engine writes "never".
pub(super) const NEVER: &str = "0001-01-01T00:00:00Z";

/// `GET /containers/{name}/json`
pub(super) fn container(call: &Call, name: &str) -> Outcome {
    let size = call.query.is_on("size");
    call.shared.read(|state| {
        let container = state.find(name).ok_or_else(|| missing(name))?;
        Ok(answer::json(&detail(state, container, size)))
    })
}

/// The engine's words for a container that it does not have.
pub(super) fn missing(name: &str) -> Failure {
    Failure::missing("No such container: ", name)
}

fn detail(state: &State, container: &Container, size: bool) -> Value {
    let id = &container.id;
    let words = containers::words(container);
    let mut detail = json!({
        "Id": id,
        "Created": state.clock.rfc3339(container.created),
        "Path": words.first().unwrap_or(&"/docker-entrypoint.sh"),
        "Args": words.get(1..).unwrap_or_default(),
        "State": state_of(state, container),
        "Image": container.image_id,
        "ResolvConfPath": format!("/var/lib/docker/containers/{id}/resolv.conf"),
        "HostnamePath": format!("/var/lib/docker/containers/{id}/hostname"),
        "HostsPath": format!("/var/lib/docker/containers/{id}/hosts"),
        "LogPath": format!("/var/lib/docker/containers/{id}/{id}-json.log"),
        "Name": format!("/{}", container.name),
        "RestartCount": container.life.restarts,
        "Driver": "overlay2",
        "Platform": "linux",
        "MountLabel": "",
        "ProcessLabel": "",
        "AppArmorProfile": "docker-default",
        "ExecIDs": null,
        "HostConfig": container.host,
        "GraphDriver": {"Name": "overlay2", "Data": {"MergedDir": format!("/var/lib/docker/overlay2/{id}/merged")}},
        "Mounts": container.mounts,
        "Config": container.config,
        "NetworkSettings": network_settings(container),
    });
    if let Some(fields) = detail.as_object_mut().filter(|_| size) {
        let (own, root) = containers::sizes(state, container);
        fields.insert("SizeRw".to_owned(), json!(own));
        fields.insert("SizeRootFs".to_owned(), json!(root));
    }
    detail
}

fn state_of(state: &State, container: &Container) -> Value {
    let life = &container.life;
    let date = |at: Option<Nanos>| at.map_or_else(|| NEVER.to_owned(), |at| state.clock.rfc3339(at));
    let mut value = json!({
        "Status": life.status.word(),
        "Running": container.is_up() || life.status == Status::Restarting,
        "Paused": life.status == Status::Paused,
        "Restarting": life.status == Status::Restarting,
        "OOMKilled": life.oom,
        "Dead": false,
        "Pid": life.pid,
        "ExitCode": life.code,
        "Error": life.error,
        "StartedAt": date(life.started),
        "FinishedAt": date(life.finished),
    });
    if let (Some(health), Some(fields)) = (&container.health, value.as_object_mut()) {
        let log: Vec<Value> = health
            .log
            .iter()
            .map(|probe| {
                json!({"Start": state.clock.rfc3339(probe.begun), "End": state.clock.rfc3339(probe.ended),
                       "ExitCode": probe.code, "Output": probe.output})
            })
            .collect();
        let health = json!({"Status": health.status, "FailingStreak": health.streak, "Log": log});
        fields.insert("Health".to_owned(), health);
    }
    value
}

fn network_settings(container: &Container) -> Value {
    let mut ports = Map::new();
    for port in container.ports.iter().filter(|_| container.is_up()) {
        let bound = port.outer.map(|outer| {
            let row = |ip: &str| json!({"HostIp": ip, "HostPort": outer.to_string()});
            let mut rows = vec![row(&port.address)];
            rows.extend((port.address == "0.0.0.0").then(|| row("::")));
            Value::Array(rows)
        });
        ports.insert(format!("{}/{}", port.inner, port.protocol), bound.unwrap_or_default());
    }
    let bridge = container.endpoints.get("bridge").filter(|_| container.is_up());
    json!({
        "Bridge": "", "SandboxID": "", "SandboxKey": "", "Ports": ports, "HairpinMode": false,
        "LinkLocalIPv6Address": "", "LinkLocalIPv6PrefixLen": 0, "SecondaryIPAddresses": null,
        "SecondaryIPv6Addresses": null, "EndpointID": bridge.map_or("", |end| end.id.as_str()),
        "Gateway": bridge.map_or("", |end| end.gateway.as_str()), "GlobalIPv6Address": "",
        "GlobalIPv6PrefixLen": 0, "IPAddress": bridge.map_or("", |end| end.address.as_str()),
        "IPPrefixLen": bridge.map_or(0, |end| end.prefix), "IPv6Gateway": "",
        "MacAddress": bridge.map_or("", |end| end.mac.as_str()), "Networks": containers::networks(container),
    })
}
