//! The list of containers.

use serde_json::{Map, Value, json};

use super::{Outcome, answer, call::Call, human};
use crate::sim::state::{Container, State, Status, container::Port};

/// Filters that are understood.
const FILTERS: [&str; 11] = [
    "id", "name", "status", "health", "network", "volume", "ancestor", "label", "is-task", "exited",
    "publish",
];

/// `GET /containers/json`
pub(super) fn list(call: &Call) -> Outcome {
    call.query.only(&FILTERS)?;
    let all = call.query.is_on("all") || call.query.has_filter("status");
    let limit = call.query.get("limit").and_then(|limit| limit.parse().ok()).filter(|limit| *limit > 0);
    let size = call.query.is_on("size");
    call.shared.read(|state| {
        let mut found: Vec<&Container> = state
            .local()
            .filter(|container| all || limit.is_some() || container.is_up() || is_restarting(container))
            .filter(|container| matches(call, container))
            .collect();
        found.sort_by(|a, b| (b.created, &a.name).cmp(&(a.created, &b.name)));
        let rows = found.into_iter().take(limit.unwrap_or(usize::MAX));
        Ok(answer::json(&rows.map(|container| row(state, container, size)).collect()))
    })
}

fn is_restarting(container: &Container) -> bool {
    container.life.status == Status::Restarting
}

fn matches(call: &Call, container: &Container) -> bool {
    let query = &call.query;
    let health = container.health.as_ref().map_or("none", |health| health.status);
    let volume = |mount: &Value, wanted: &str| {
        mount.get("Name").is_some_and(|name| name == wanted)
            || mount.get("Destination").is_some_and(|path| path == wanted)
    };
    query.passes("id", |id| container.id.starts_with(id))
        && query.passes("name", |name| name_fits(&container.name, name))
        && query.passes("status", |status| status == container.life.status.word())
        && query.passes("health", |wanted| wanted == health)
        && query.passes("network", |n| {
            container.endpoints.iter().any(|(name, end)| name == n || end.network_id == n)
        })
        && query.passes("volume", |wanted| container.mounts.iter().any(|mount| volume(mount, wanted)))
        && query.passes("ancestor", |image| image_fits(container, image))
        && query.passes("is-task", |wanted| matches!(wanted, "1" | "true") == container.task.is_some())
        && query.passes("exited", |code| code == container.life.code.to_string() && !container.is_up())
        && query.passes("publish", |port| container.ports.iter().any(|own| publishes(own, port)))
        && query.labels(|name| container.labels.get(name).map(String::as_str))
}

fn publishes(port: &Port, wanted: &str) -> bool {
    port.outer.is_some_and(|outer| wanted.split('/').next() == Some(outer.to_string().as_str()))
}

/// The engine takes a regular expression; anchors and plain text are what people write.
fn name_fits(name: &str, wanted: &str) -> bool {
    let (front, rest) = wanted.strip_prefix('^').map_or((false, wanted), |rest| (true, rest));
    let (back, middle) = rest.strip_suffix('$').map_or((false, rest), |rest| (true, rest));
    let middle = middle.trim_start_matches('/');
    match (front, back) {
        (true, true) => name == middle,
        (true, false) => name.starts_with(middle),
        (false, true) => name.ends_with(middle),
        (false, false) => name.contains(middle),
    }
}

fn image_fits(container: &Container, wanted: &str) -> bool {
    let id = container.image_id.trim_start_matches("sha256:");
    let repository = container.image.rsplit_once(':').map_or(container.image.as_str(), |(name, _)| name);
    container.image == wanted
        || container.image_id == wanted
        || id.starts_with(wanted)
        || repository == wanted
}

fn row(state: &State, container: &Container, size: bool) -> Value {
    let mut row = json!({
        "Id": container.id,
        "Names": [format!("/{}", container.name)],
        "Image": container.image,
        "ImageID": container.image_id,
        "Command": command(container),
        "Created": state.clock.unix(container.created),
        "Ports": ports(container),
        "Labels": container.labels,
        "State": container.life.status.word(),
        "Status": human::status(container, state.now),
        "HostConfig": {"NetworkMode": container.host.get("NetworkMode")},
        "NetworkSettings": {"Networks": networks(container)},
        "Mounts": container.mounts,
    });
    if let Some(fields) = row.as_object_mut().filter(|_| size) {
        let (own, root) = sizes(state, container);
        fields.insert("SizeRw".to_owned(), json!(own));
        fields.insert("SizeRootFs".to_owned(), json!(root));
    }
    row
}

/// Bytes of the container's own layer, and of all its layers.
pub(super) fn sizes(state: &State, container: &Container) -> (u64, u64) {
    let own = container.key % (3 << 20);
    (own, own + state.image(&container.image).map_or(0, |image| image.size))
}

/// The entry point with the command.
pub(super) fn words(container: &Container) -> Vec<&str> {
    let words = |name: &str| container.config.get(name).and_then(Value::as_array).into_iter().flatten();
    words("Entrypoint").chain(words("Cmd")).filter_map(Value::as_str).collect()
}

/// The command as lists show it.
fn command(container: &Container) -> String {
    let words = words(container);
    if words.is_empty() { "/docker-entrypoint.sh".to_owned() } else { words.join(" ") }
}

fn ports(container: &Container) -> Value {
    let mut rows = Vec::new();
    for port in &container.ports {
        match port.outer.filter(|_| container.is_up()) {
            None => rows.push(json!({"PrivatePort": port.inner, "Type": port.protocol})),
            Some(outer) => {
                let row = |ip: &str| json!({"IP": ip, "PrivatePort": port.inner, "PublicPort": outer, "Type": port.protocol});
                rows.push(row(&port.address));
                rows.extend((port.address == "0.0.0.0").then(|| row("::")));
            }
        }
    }
    Value::Array(rows)
}

/// `Networks`, as lists and inspect have it.
pub(super) fn networks(container: &Container) -> Value {
    let mut networks = Map::new();
    for (name, end) in &container.endpoints {
        let up = container.is_up();
        let when_up = |text: &str| if up { text.to_owned() } else { String::new() };
        networks.insert(
            name.clone(),
            json!({
                "IPAMConfig": end.asked.get("IPAMConfig"), "Links": end.asked.get("Links"),
                "Aliases": if end.aliases.is_empty() { Value::Null } else { json!(end.aliases) }, "MacAddress": when_up(&end.mac),
                "NetworkID": end.network_id, "EndpointID": when_up(&end.id), "Gateway": when_up(&end.gateway),
                "IPAddress": when_up(&end.address), "IPPrefixLen": if up { end.prefix } else { 0 }, "IPv6Gateway": "",
                "GlobalIPv6Address": "", "GlobalIPv6PrefixLen": 0, "DriverOpts": end.asked.get("DriverOpts"), "DNSNames": end.aliases,
            }),
        );
    }
    Value::Object(networks)
}
