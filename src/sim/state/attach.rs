//! The ends of networks in containers: addresses, names, and what is in the way of a start.

use serde_json::Value;

use super::{
    Refused, State,
    container::{Container, Endpoint},
};
use crate::sim::{ids, noise};

/// Networks that the engine makes; they have no names of their own for containers.
pub(crate) const PREDEFINED: [&str; 3] = ["bridge", "host", "none"];

impl State {
    /// The full name of a network by name, id or front of its id.
    pub(crate) fn network_name(&self, name: &str) -> Option<String> {
        if self.networks.contains_key(name) {
            return Some(name.to_owned());
        }
        let hit =
            |(_, network): &(&String, &super::Network)| !name.is_empty() && network.id.starts_with(name);
        self.networks.iter().find(hit).map(|(name, _)| name.clone())
    }

    /// An end of a network for a container (name and id), as its settings ask for it. The network need not
    /// exist yet.
    pub(crate) fn endpoint(&mut self, network: &str, owner: (&str, &str), asked: &Value) -> Endpoint {
        let (name, id) = owner;
        let listed = asked.get("Aliases").and_then(Value::as_array).into_iter().flatten();
        let mut aliases: Vec<String> = listed.filter_map(Value::as_str).map(str::to_owned).collect();
        let short = ids::short(id).to_owned();
        if !PREDEFINED.contains(&network) && !aliases.contains(&short) {
            aliases.push(short);
        }
        let fixed = fixed_address(asked).map(str::to_owned);
        let address = fixed.unwrap_or_else(|| self.next_address(network));
        let key = noise::key(self.seed, &format!("{network} {id}"));
        let mac = key.to_be_bytes().iter().skip(3).map(|byte| format!(":{byte:02x}")).collect::<String>();
        let own_mac = asked.get("MacAddress").and_then(Value::as_str).filter(|mac| !mac.is_empty());
        let found = self.networks.get(network);
        Endpoint {
            network_id: found.map(|network| network.id.clone()).unwrap_or_default(),
            id: ids::hex(self.seed, &format!("endpoint {network} {name} {id}")),
            address,
            gateway: found.map(|network| network.gateway.clone()).unwrap_or_default(),
            mac: own_mac.map_or_else(|| format!("02{mac}"), str::to_owned),
            prefix: found.map_or(0, |network| network.prefix()),
            aliases,
            asked: asked.clone(),
        }
    }

    /// The next address of a network that nobody has.
    fn next_address(&mut self, network: &str) -> String {
        loop {
            let Some(own) = self.networks.get_mut(network) else { return String::new() };
            own.given += 1;
            let address = own.host_address(own.given);
            let taken = |c: &Container| c.endpoints.get(network).is_some_and(|end| end.address == address);
            if address.is_empty() || !self.containers.values().any(taken) {
                return address;
            }
        }
    }

    /// Prepares the networks of a container that is about to start.
    pub(super) fn attach(&mut self, id: &str) -> Result<(), Refused> {
        let Some(container) = self.containers.get(id) else { return Ok(()) };
        let (name, ends) = (container.name.clone(), container.endpoints.clone());
        for (network, end) in ends {
            if !self.networks.contains_key(&network) {
                return Err(Refused::failed(404, format!("network {network} not found")));
            }
            let mut end = match end.network_id.is_empty() {
                true => self.endpoint(&network, (&name, id), &end.asked),
                false => end,
            };
            if self.address_in_use(id, &network, &end.address) {
                if fixed_address(&end.asked).is_some() {
                    return Err(Refused::failed(403, "Address already in use"));
                }
                end.address = self.next_address(&network);
            }
            if let Some(container) = self.containers.get_mut(id) {
                container.endpoints.insert(network, end);
            }
        }
        Ok(())
    }

    /// Whether another container that runs has an address.
    pub(crate) fn address_in_use(&self, id: &str, network: &str, address: &str) -> bool {
        let holds = |c: &Container| c.endpoints.get(network).is_some_and(|end| end.address == address);
        let gateway = self.networks.get(network).is_some_and(|network| network.gateway == address);
        !address.is_empty() && (gateway || self.local().any(|c| c.id != id && c.is_up() && holds(c)))
    }
}

/// The address that settings insist on.
fn fixed_address(asked: &Value) -> Option<&str> {
    asked.pointer("/IPAMConfig/IPv4Address").and_then(Value::as_str).filter(|address| !address.is_empty())
}
