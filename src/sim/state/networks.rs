//! Networks come and go, and containers join and leave them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Network, Refused, State, attach::PREDEFINED};
use crate::sim::ids;

/// Drivers of networks.
const DRIVERS: [&str; 5] = ["bridge", "overlay", "macvlan", "ipvlan", "null"];

impl State {
    /// Makes a network from the body of a request and gives its id.
    pub(crate) fn create_network(&mut self, body: &Value) -> Result<String, Refused> {
        let text = |pointer: &str| body.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        let is_on = |name: &str| body.get(name).is_some_and(|value| *value == true);
        let name = text("/Name").to_owned();
        if self.networks.contains_key(&name) {
            return Err(Refused::Conflict(format!("network with name {name} already exists")));
        }
        let wanted = if text("/Driver").is_empty() { "bridge" } else { text("/Driver") };
        let unknown = || {
            Refused::failed(
                404,
                format!("could not find plugin {wanted} in v1 plugin registry: plugin not found"),
            )
        };
        let driver = DRIVERS.into_iter().find(|driver| *driver == wanted).ok_or_else(unknown)?;
        let overlay = driver == "overlay";
        self.made += 1;
        let key = format!("network {name} {} {}", self.now, self.made);
        let id = if overlay { ids::swarm(self.seed, &key) } else { ids::hex(self.seed, &key) };
        let subnet = match text("/IPAM/Config/0/Subnet") {
            "" => self.free_range(),
            subnet => subnet.to_owned(),
        };
        let network = Network {
            id: id.clone(),
            driver,
            scope: if overlay { "swarm" } else { "local" },
            subnet,
            gateway: text("/IPAM/Config/0/Gateway").to_owned(),
            internal: is_on("Internal"),
            attachable: is_on("Attachable"),
            ingress: is_on("Ingress"),
            labels: texts(body.get("Labels")),
            created: self.now,
            given: 1,
        };
        let gateway =
            if network.gateway.is_empty() { network.host_address(1) } else { network.gateway.clone() };
        self.networks.insert(name.clone(), Network { gateway, ..network });
        self.tell_object("network", "create", &id, &[("name", &name), ("type", driver)]);
        Ok(id)
    }

    /// The first range of the engine's pools that no network has.
    fn free_range(&self) -> String {
        let ranges = (17..32).map(|part| format!("172.{part}.0.0/16"));
        let more = (0..16).map(|part| format!("192.168.{}.0/20", part * 16));
        let free = |range: &String| !self.networks.values().any(|network| network.subnet == *range);
        ranges.chain(more).find(free).unwrap_or_else(|| "10.99.0.0/16".to_owned())
    }

    /// A network's name, or the engine's refusal.
    fn known_network(&self, name: &str) -> Result<String, Refused> {
        self.network_name(name).ok_or_else(|| Refused::failed(404, format!("network {name} not found")))
    }

    /// Lets a container join a network.
    pub(crate) fn connect(&mut self, network: &str, id: &str, settings: &Value) -> Result<(), Refused> {
        let network = self.known_network(network)?;
        let Some(container) = self.containers.get(id) else { return Ok(()) };
        let (name, up) = (container.name.clone(), container.is_up());
        if container.endpoints.contains_key(&network) {
            let text = format!("endpoint with name {name} already exists in network {network}");
            return Err(Refused::failed(403, text));
        }
        if self.networks.get(&network).is_some_and(|own| own.driver == "overlay" && !own.attachable) {
            return Err(Refused::failed(
                403,
                format!(
                    "Could not attach to network {network}: rpc error: code = PermissionDenied desc = network \
                 {network} not manually attachable"
                ),
            ));
        }
        let end = self.endpoint(&network, (&name, id), settings);
        if up && self.address_in_use(id, &network, &end.address) {
            return Err(Refused::failed(403, "Address already in use"));
        }
        if let Some(container) = self.containers.get_mut(id) {
            container.endpoints.insert(network.clone(), end);
        }
        if up {
            self.tell_membership(&network, id, "connect");
        }
        Ok(())
    }

    /// Lets a container leave a network.
    pub(crate) fn disconnect(&mut self, network: &str, id: &str) -> Result<(), Refused> {
        let Some(name) = self.network_name(network) else {
            let text = format!("container {id} is not connected to the network {network}");
            return Err(Refused::failed(500, text));
        };
        let removed = self.containers.get_mut(id).and_then(|container| container.endpoints.remove(&name));
        if removed.is_none() {
            return Err(Refused::failed(500, format!("container {id} is not connected to network {name}")));
        }
        self.tell_membership(&name, id, "disconnect");
        Ok(())
    }

    fn tell_membership(&mut self, network: &str, container: &str, action: &str) {
        let Some((id, driver)) = self.networks.get(network).map(|own| (own.id.clone(), own.driver)) else {
            return;
        };
        let facts = [("container", container), ("name", network), ("type", driver)];
        self.tell_object("network", action, &id, &facts);
    }

    /// Removes a network that nobody uses.
    pub(crate) fn remove_network(&mut self, name: &str) -> Result<(), Refused> {
        let name = self.known_network(name)?;
        if PREDEFINED.contains(&name.as_str()) {
            let text = format!("{name} is a pre-defined network and cannot be removed");
            return Err(Refused::failed(403, text));
        }
        let Some((id, driver)) = self.networks.get(&name).map(|own| (own.id.clone(), own.driver)) else {
            return Ok(());
        };
        if self.network_users(&name) > 0 {
            let text = format!("error while removing network: network {name} id {id} has active endpoints");
            return Err(Refused::failed(403, text));
        }
        self.networks.remove(&name);
        self.tell_object("network", "destroy", &id, &[("name", &name), ("type", driver)]);
        Ok(())
    }

    /// How many running containers and services are in a network.
    pub(crate) fn network_users(&self, name: &str) -> usize {
        let id = self.networks.get(name).map(|network| network.id.as_str()).unwrap_or_default();
        let wants =
            |network: &Value| network.get("Target").is_some_and(|target| target == id || target == name);
        let targets = |service: &&super::Service| {
            let networks = service.template().get("Networks").and_then(Value::as_array);
            networks.is_some_and(|networks| networks.iter().any(wants))
        };
        let ends = self.local().filter(|c| c.is_up() && c.endpoints.contains_key(name)).count();
        ends + self.services.values().filter(targets).count()
    }
}

/// The texts of an object.
pub(crate) fn texts(value: Option<&Value>) -> BTreeMap<String, String> {
    let fields = value.and_then(Value::as_object).into_iter().flatten();
    fields.map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned())).collect()
}
