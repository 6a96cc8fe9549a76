//! Published ports: what a container asks for, and which ports of the host it gets.

use serde_json::Value;

use super::{
    Refused, State,
    container::{Container, Port},
};

/// The first port that is given to those who ask for any.
const FIRST_EPHEMERAL: u16 = 32_768;

/// Ports as `Config.ExposedPorts` and `HostConfig.PortBindings` declare them, before a start.
pub(crate) fn declared(config: &Value, host: &Value) -> Vec<Port> {
    let bindings = host.get("PortBindings").and_then(Value::as_object).into_iter().flatten();
    let mut ports = Vec::new();
    for (name, rows) in bindings {
        for row in rows.as_array().into_iter().flatten() {
            let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default();
            let fixed = text("HostPort").parse().ok().filter(|port| *port > 0);
            ports.extend(port(name, text("HostIp"), fixed));
        }
    }
    let exposed = config.get("ExposedPorts").and_then(Value::as_object).into_iter().flatten();
    for (name, _) in exposed {
        let known = |own: &Port| format!("{}/{}", own.inner, own.protocol) == *name;
        let silent = port(name, "", None).filter(|_| !ports.iter().any(known));
        ports.extend(silent);
    }
    ports.sort_by_key(|port| port.inner);
    ports
}

fn port(name: &str, address: &str, outer: Option<u16>) -> Option<Port> {
    let (inner, protocol) = name.split_once('/').unwrap_or((name, "tcp"));
    let address = if address.is_empty() { "0.0.0.0" } else { address };
    Some(Port {
        inner: inner.parse().ok()?,
        outer,
        address: address.to_owned(),
        protocol: protocol.to_owned(),
    })
}

impl State {
    /// Ports of the host for a container that is about to start.
    pub(super) fn bind_ports(&mut self, id: &str) -> Result<(), Refused> {
        let Some(container) = self.containers.get(id) else { return Ok(()) };
        let mut ports = Vec::new();
        let bindings = container.host.get("PortBindings").and_then(Value::as_object).cloned();
        for (name, rows) in bindings.into_iter().flatten() {
            for row in rows.as_array().into_iter().flatten() {
                let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default();
                let Some(mut port) = port(&name, text("HostIp"), None) else { continue };
                port.outer = Some(self.free_port(id, &port, text("HostPort"), &ports)?);
                ports.push(port);
            }
        }
        let silent = container.ports.iter().filter(|own| {
            !ports.iter().any(|port| (port.inner, &port.protocol) == (own.inner, &own.protocol))
        });
        let silent: Vec<Port> = silent.cloned().collect();
        ports.extend(silent.into_iter().map(|port| Port { outer: None, ..port }));
        ports.sort_by_key(|port| port.inner);
        if let Some(container) = self.containers.get_mut(id) {
            container.ports = ports;
        }
        Ok(())
    }

    /// A port of the host: the one that is named, one of a range, or any.
    fn free_port(&self, id: &str, port: &Port, wanted: &str, own: &[Port]) -> Result<u16, Refused> {
        let taken = |outer: u16| {
            own.iter().any(|other| clash(other, port, outer))
                || self
                    .local()
                    .any(|c| c.id != id && c.is_up() && c.ports.iter().any(|o| clash(o, port, outer)))
        };
        let (low, high) = match (wanted.split_once('-'), wanted.parse::<u16>()) {
            (Some((low, high)), _) => (low.parse().unwrap_or(1), high.parse().unwrap_or(u16::MAX)),
            (None, Ok(fixed)) if fixed > 0 => (fixed, fixed),
            (None, _) => (FIRST_EPHEMERAL, u16::MAX),
        };
        if let Some(free) = (low..=high).find(|outer| !taken(*outer)) {
            return Ok(free);
        }
        let why = match low == high {
            true => format!("Bind for {}:{low} failed: port is already allocated", port.address),
            false => "all ports are allocated".to_owned(),
        };
        let (name, endpoint) = self.containers.get(id).map_or(("", ""), endpoint_of);
        let text =
            format!("driver failed programming external connectivity on endpoint {name} ({endpoint}): {why}");
        Err(Refused::failed(500, text))
    }
}

fn endpoint_of(container: &Container) -> (&str, &str) {
    (&container.name, container.endpoints.values().next().map_or("", |end| end.id.as_str()))
}

/// Whether a port in use is in the way of another one at `outer`.
fn clash(other: &Port, port: &Port, outer: u16) -> bool {
    other.outer == Some(outer)
        && other.protocol == port.protocol
        && (other.address == port.address || other.address == "0.0.0.0" || port.address == "0.0.0.0")
}
