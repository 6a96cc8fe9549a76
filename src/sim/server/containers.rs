//! The list of containers.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::{Outcome, answer, call::Call, human};

use crate::sim::state::{
    Container, State, Status,
    container::{Endpoint, Port},
};

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
        Ok(answer::list(rows.map(|container| row(state, container, size))))
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

/// An element of the list. It is written as it is, without a tree of values first: there are engines of thousands.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Row<'a> {
    id: &'a str,
    names: [String; 1],
    image: &'a str,
    #[serde(rename = "ImageID")]
    image_id: &'a str,
    command: String,
    created: i64,
    ports: Vec<PortRow<'a>>,
    labels: &'a BTreeMap<String, String>,
    state: &'static str,
    status: String,
    host_config: HostRow<'a>,
    network_settings: NetworksRow<'a>,
    mounts: &'a [Value],
    #[serde(skip_serializing_if = "Option::is_none")]
    size_rw: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size_root_fs: Option<u64>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct HostRow<'a> {
    network_mode: Option<&'a Value>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct NetworksRow<'a> {
    networks: BTreeMap<&'a str, EndpointRow<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct PortRow<'a> {
    #[serde(rename = "IP", skip_serializing_if = "Option::is_none")]
    ip: Option<&'a str>,
    private_port: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    public_port: Option<u16>,
    r#type: &'a str,
}

/// A network of a container, as lists and inspect have it.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct EndpointRow<'a> {
    #[serde(rename = "IPAMConfig")]
    ipam_config: Option<&'a Value>,
    links: Option<&'a Value>,
    aliases: Option<&'a [String]>,
    mac_address: &'a str,
    #[serde(rename = "NetworkID")]
    network_id: &'a str,
    #[serde(rename = "EndpointID")]
    endpoint_id: &'a str,
    gateway: &'a str,
    #[serde(rename = "IPAddress")]
    ip_address: &'a str,
    #[serde(rename = "IPPrefixLen")]
    ip_prefix_len: u8,
    #[serde(rename = "IPv6Gateway")]
    ipv6_gateway: &'static str,
    #[serde(rename = "GlobalIPv6Address")]
    global_ipv6_address: &'static str,
    #[serde(rename = "GlobalIPv6PrefixLen")]
    global_ipv6_prefix_len: u8,
    driver_opts: Option<&'a Value>,
    #[serde(rename = "DNSNames")]
    dns_names: &'a [String],
}

fn row<'a>(state: &State, container: &'a Container, size: bool) -> Row<'a> {
    let (own, root) = size.then(|| sizes(state, container)).unzip();
    Row {
        id: &container.id,
        names: [format!("/{}", container.name)],
        image: &container.image,
        image_id: &container.image_id,
        command: command(container),
        created: state.clock.unix(container.created),
        ports: ports(container),
        labels: &container.labels,
        state: container.life.status.word(),
        status: human::status(container, state.now),
        host_config: HostRow { network_mode: container.host.get("NetworkMode") },
        network_settings: NetworksRow { networks: networks(container) },
        mounts: &container.mounts,
        size_rw: own,
        size_root_fs: root,
    }
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

fn ports(container: &Container) -> Vec<PortRow<'_>> {
    let mut rows = Vec::new();
    for port in &container.ports {
        let row =
            |ip, public_port| PortRow { ip, private_port: port.inner, public_port, r#type: &port.protocol };
        match port.outer.filter(|_| container.is_up()) {
            None => rows.push(row(None, None)),
            outer => {
                rows.push(row(Some(&port.address), outer));
                rows.extend((port.address == "0.0.0.0").then(|| row(Some("::"), outer)));
            }
        }
    }
    rows
}

/// `Networks`, as lists and inspect have it.
pub(super) fn networks(container: &Container) -> BTreeMap<&str, EndpointRow<'_>> {
    container.endpoints.iter().map(|(name, end)| (name.as_str(), endpoint(end, container.is_up()))).collect()
}

fn endpoint(end: &Endpoint, is_up: bool) -> EndpointRow<'_> {
    let when_up = |text| if is_up { text } else { "" };
    EndpointRow {
        ipam_config: end.asked.get("IPAMConfig"),
        links: end.asked.get("Links"),
        aliases: Some(end.aliases.as_slice()).filter(|aliases| !aliases.is_empty()),
        mac_address: when_up(&end.mac),
        network_id: &end.network_id,
        endpoint_id: when_up(&end.id),
        gateway: when_up(&end.gateway),
        ip_address: when_up(&end.address),
        ip_prefix_len: if is_up { end.prefix } else { 0 },
        ipv6_gateway: "",
        global_ipv6_address: "",
        global_ipv6_prefix_len: 0,
        driver_opts: end.asked.get("DriverOpts"),
        dns_names: &end.aliases,
    }
}
