//! Networks.

use serde_json::{Map, Value, json};

use super::{
    Outcome, answer,
    answer::{Answer, Failure},
    call::Call,
};
use crate::sim::state::{Network, State};

/// `GET /networks`
pub(super) fn list(call: &Call) -> Answer {
    call.shared.read(|state| {
        let passes = |name: &str, network: &Network| {
            call.query.passes("name", |wanted| name.contains(wanted))
                && call.query.passes("id", |wanted| network.id.starts_with(wanted))
                && call.query.passes("driver", |wanted| network.driver == wanted)
                && call.query.passes("scope", |wanted| network.scope == wanted)
                && call.query.labels(|label| network.labels.get(label).map(String::as_str))
        };
        let found = state.networks.iter().filter(|(name, network)| passes(name, network));
        answer::list(found.map(|(name, network)| row(state, name, network, false)))
    })
}

/// `GET /networks/{name}`
pub(super) fn inspect(call: &Call, name: &str) -> Outcome {
    call.shared.read(|state| {
        let hit = |(own, network): &(&String, &Network)| *own == name || network.id.starts_with(name);
        let missing = || Failure::new(404, format!("network {name} not found"));
        let (name, network) = state.networks.iter().find(hit).ok_or_else(missing)?;
        Ok(answer::json(&row(state, name, network, true)))
    })
}

fn row(state: &State, name: &str, network: &Network, members: bool) -> Value {
    let range = if network.subnet.is_empty() {
        json!([])
    } else {
        json!([{"Subnet": network.subnet, "Gateway": network.gateway}])
    };
    json!({
        "Name": name, "Id": network.id, "Created": state.clock.rfc3339(network.created), "Scope": network.scope,
        "Driver": network.driver, "EnableIPv6": false,
        "IPAM": {"Driver": "default", "Options": null, "Config": range},
        "Internal": network.internal, "Attachable": network.attachable, "Ingress": network.ingress,
        "ConfigFrom": {"Network": ""}, "ConfigOnly": false,
        "Containers": if members { containers(state, name) } else { json!({}) },
        "Options": options(name, network), "Labels": network.labels,
    })
}

/// Options of the driver, as the engine sets them.
fn options(name: &str, network: &Network) -> Value {
    match (name, network.driver) {
        ("bridge", _) => json!({
            "com.docker.network.bridge.default_bridge": "true", "com.docker.network.bridge.enable_icc": "true",
            "com.docker.network.bridge.enable_ip_masquerade": "true",
            "com.docker.network.bridge.host_binding_ipv4": "0.0.0.0",
            "com.docker.network.bridge.name": "docker0", "com.docker.network.driver.mtu": "1500",
        }),
        (_, "overlay") => {
            let number = 4_097 + network.id.bytes().map(u64::from).sum::<u64>() % 900;
            json!({"com.docker.network.driver.overlay.vxlanid_list": number.to_string()})
        }
        _ => json!({}),
    }
}

fn containers(state: &State, network: &str) -> Value {
    let mut rows = Map::new();
    for container in state.local().filter(|container| container.is_up()) {
        let Some(end) = container.endpoints.get(network) else { continue };
        let row = json!({"Name": container.name, "EndpointID": end.id, "MacAddress": end.mac,
                         "IPv4Address": format!("{}/{}", end.address, end.prefix), "IPv6Address": ""});
        rows.insert(container.id.clone(), row);
    }
    Value::Object(rows)
}
