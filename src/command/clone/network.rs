//! Networks: the names and addresses under which the others know a container.

use serde_json::{Map, Value, json};

use super::json::{is_empty, members, text, texts};
use super::{Original, names};

/// Since this version the engine takes several networks at creation.
const MANY_AT_CREATION: (u32, u32) = (1, 44);
/// What of an endpoint was asked for besides names and addresses.
const COPIED: [&str; 3] = ["Links", "DriverOpts", "GwPriority"];
const PREDEFINED: [&str; 3] = ["bridge", "host", "none"];

/// The endpoints of a clone: some the create call takes, the others are connected before the start.
pub(super) struct Networks {
    pub(super) at_creation: Map<String, Value>,
    pub(super) connect: Vec<(String, Value)>,
}

/// The endpoints of the clone of a container that will be called `name`.
pub(super) fn of(original: &Original, name: &str) -> Networks {
    let mut networks = Networks { at_creation: Map::new(), connect: Vec::new() };
    let mode = match text(&original.container, "/HostConfig/NetworkMode") {
        "default" | "" => "bridge",
        mode => mode,
    };
    if ["host", "none"].contains(&mode) || mode.starts_with("container:") {
        return networks;
    }
    for (network, told) in members(&original.container, "/NetworkSettings/Networks") {
        let is_first = network == mode || text(told, "/NetworkID") == mode;
        let mut endpoint = endpoint(original, network, told, name);
        if is_first
            && original.api_version >= MANY_AT_CREATION
            && let Some(mac) = fixed_mac(&original.container)
        {
            endpoint.insert("MacAddress".to_owned(), json!(mac));
        }
        if is_first {
            networks.at_creation.insert(mode.to_owned(), Value::Object(endpoint));
        } else if original.api_version >= MANY_AT_CREATION {
            networks.at_creation.insert(network.clone(), Value::Object(endpoint));
        } else {
            networks.connect.push((network.clone(), Value::Object(endpoint)));
        }
    }
    networks
}

fn endpoint(original: &Original, network: &str, told: &Value, name: &str) -> Map<String, Value> {
    let mut endpoint = Map::new();
    // The predefined networks know no names; the engine refuses to start a container that has some there.
    if !PREDEFINED.contains(&network) {
        endpoint.insert("Aliases".to_owned(), json!(aliases(original, told, name)));
    }
    let fixed = fixed_addresses(told);
    if !fixed.is_empty() {
        endpoint.insert("IPAMConfig".to_owned(), Value::Object(fixed));
    }
    for field in COPIED {
        if let Some(value) = told.get(field).filter(|value| !is_empty(value) && **value != json!(0)) {
            endpoint.insert(field.to_owned(), value.clone());
        }
    }
    endpoint
}

/// The final name first: renaming a running container does not change what it is called on its networks. The engine
/// adds the id itself, and the names of other replicas must not stay.
fn aliases(original: &Original, told: &Value, name: &str) -> Vec<String> {
    let mut aliases = vec![name.to_owned()];
    for alias in texts(told, "/Aliases") {
        let is_id = original.id().get(..12) == Some(alias);
        let is_name = alias == original.name() || names::is_replica(original, alias);
        if !is_id && !is_name && !aliases.iter().any(|known| known == alias) {
            aliases.push(alias.to_owned());
        }
    }
    aliases
}

/// The addresses that were asked for; the ones the engine chose belong to the original.
fn fixed_addresses(told: &Value) -> Map<String, Value> {
    let asked = members(told, "/IPAMConfig").filter(|(_, value)| !is_empty(value));
    asked.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// An address that only one container can have, as a person says it: `address 172.31.99.10 on network shop_back`.
pub(crate) fn fixed_address(container: &Value) -> Option<String> {
    for (network, told) in members(container, "/NetworkSettings/Networks") {
        let fixed = fixed_addresses(told);
        let address = ["IPv4Address", "IPv6Address"].iter().find_map(|name| fixed.get(*name)?.as_str());
        if let Some(address) = address {
            return Some(format!("address {address} on network {network}"));
        }
    }
    fixed_mac(container).map(|mac| format!("MAC address {mac}"))
}

/// The hardware address, if somebody asked for it: the engine makes one of the container's address.
pub(super) fn fixed_mac(container: &Value) -> Option<&str> {
    let mac = text(container, "/Config/MacAddress");
    let made_up = members(container, "/NetworkSettings/Networks")
        .any(|(_, told)| made_of(text(told, "/IPAddress")) == mac);
    (!mac.is_empty() && !made_up).then_some(mac)
}

/// The hardware address the engine makes of an address: `02:42` and its four bytes.
fn made_of(address: &str) -> String {
    let bytes = address.parse::<std::net::Ipv4Addr>().map(|address| address.octets()).unwrap_or_default();
    let [a, b, c, d] = bytes;
    format!("02:42:{a:02x}:{b:02x}:{c:02x}:{d:02x}")
}
