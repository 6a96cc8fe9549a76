//! Which goes first: the start of the new container or the stop of the old one.
//!
//! Starting first leaves no gap, but needs both containers to live side by side for a while. Where they would fight
//! for a port, an address or data, the old one is stopped first. What a person asks for explicitly wins, unless it
//! cannot work or would corrupt data: then it is refused, with the way out.

use serde::{Deserialize, Serialize};

use super::clone::{Original, Refusal, Writable, bindings, fixed_address, text, writable};

/// The order of an exchange, in Compose's and Swarm's spelling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// The new one starts, then the old one stops: no gap.
    StartFirst,
    /// The old one stops, then the new one starts: a gap, and never two at once.
    StopFirst,
}

impl Order {
    /// Reads `start-first` or `stop-first`.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "start-first" => Some(Self::StartFirst),
            "stop-first" => Some(Self::StopFirst),
            _ => None,
        }
    }

    /// As Compose spells it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::StartFirst => "start-first",
            Self::StopFirst => "stop-first",
        }
    }
}

/// What somebody has asked for, the strongest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Explicit {
    /// `--order`.
    pub flag: Option<Order>,
    /// The label `stacktop.update.order`.
    pub label: Option<Order>,
    /// `deploy.update_config.order` of the compose file.
    pub compose: Option<Order>,
    /// `--allow-shared-volume`: volumes (with or without the project's name) and folders that bear two writers.
    pub allow_shared: Vec<String>,
}

impl Explicit {
    /// The strongest wish and whose it is.
    fn wish(&self) -> Option<(Order, &'static str)> {
        let wishes = [
            (self.flag, "--order"),
            (self.label, "the label stacktop.update.order"),
            (self.compose, "deploy.update_config.order"),
        ];
        wishes.into_iter().find_map(|(order, whose)| Some((order?, whose)))
    }
}

/// An order and why, for the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The order.
    pub order: Order,
    /// Why, without a full stop: `port 0.0.0.0:80->8000 is fixed`.
    pub reason: String,
}

/// Decides for a service of so many replicas, of which `originals` are to be exchanged.
///
/// # Errors
/// [`Refusal`] for what cannot be exchanged at all, and for an explicit start-first that cannot work.
pub fn decide(originals: &[Original], replicas: usize, explicit: &Explicit) -> Result<Decision, Refusal> {
    for original in originals {
        original.replaceable()?;
    }
    match explicit.wish() {
        Some((Order::StopFirst, whose)) => Ok(decision(Order::StopFirst, format!("{whose} says so"))),
        Some((Order::StartFirst, whose)) => {
            let obstacle = originals.iter().find_map(|original| obstacle(original, replicas, explicit));
            obstacle.map_or_else(
                || Ok(decision(Order::StartFirst, format!("{whose} says so"))),
                |(original, obstacle)| Err(obstacle.refusal(original)),
            )
        }
        None => Ok(by_rules(originals, replicas, explicit)),
    }
}

fn by_rules(originals: &[Original], replicas: usize, explicit: &Explicit) -> Decision {
    let obstacle = originals.iter().find_map(|original| obstacle(original, replicas, explicit));
    let reason = obstacle
        .map(|(_, obstacle)| obstacle.reason())
        .or_else(|| originals.iter().find_map(shares_the_host));
    if let Some(reason) = reason {
        return decision(Order::StopFirst, reason);
    }
    let shared = originals.iter().flat_map(|original| writable(&original.container)).next();
    let reason = match shared {
        Some(place) if replicas > 1 => format!("{replicas} replicas write to {} already", place.called),
        _ => "no fixed port, no fixed address, no data that only one may write".to_owned(),
    };
    decision(Order::StartFirst, reason)
}

const fn decision(order: Order, reason: String) -> Decision {
    Decision { order, reason }
}

/// What keeps two containers from living side by side.
enum Obstacle {
    Port(String),
    Address(String),
    Data(Writable),
}

impl Obstacle {
    fn reason(self) -> String {
        match self {
            Self::Port(port) => format!("port {port} is fixed"),
            Self::Address(address) => format!("{address} is fixed"),
            Self::Data(place) => format!("{} belongs to the only replica", place.called),
        }
    }

    fn refusal(self, original: &Original) -> Refusal {
        let service = original.service();
        match self {
            Self::Port(port) => Refusal::FixedPort { service, port },
            Self::Address(address) => Refusal::FixedAddress { service, address },
            Self::Data(Writable { source, called }) => Refusal::SharedData {
                service,
                place: called,
                program: program(original),
                source_name: source,
            },
        }
    }
}

/// Rules a, b and c: ports, addresses, data.
fn obstacle<'a>(
    original: &'a Original,
    replicas: usize,
    explicit: &Explicit,
) -> Option<(&'a Original, Obstacle)> {
    let container = &original.container;
    // Each replica holds one member of a range, and the new container needs one more.
    let port = bindings(container).into_iter().find(|binding| binding.members <= replicas.max(1));
    let data = || {
        let places = writable(container).into_iter();
        places
            .filter(|_| replicas <= 1)
            .find(|place| !is_allowed(original, place, explicit))
            .map(Obstacle::Data)
    };
    let found = port
        .map(|binding| Obstacle::Port(binding.port))
        .or_else(|| fixed_address(container).map(Obstacle::Address))
        .or_else(data)?;
    Some((original, found))
}

fn is_allowed(original: &Original, place: &Writable, explicit: &Explicit) -> bool {
    let short = place.source.strip_prefix(original.project()).and_then(|rest| rest.strip_prefix('_'));
    explicit.allow_shared.iter().any(|name| *name == place.source || Some(name.as_str()) == short)
}

/// Rule d: what is the host's or another container's as well.
fn shares_the_host(original: &Original) -> Option<String> {
    let container = &original.container;
    let has = |name: &str| {
        let list = container.pointer(&format!("/HostConfig/{name}")).and_then(serde_json::Value::as_array);
        list.is_some_and(|list| !list.is_empty())
    };
    if text(container, "/HostConfig/NetworkMode") == "host" {
        return Some(format!("{} uses the host's network", original.name()));
    }
    if has("Devices") || has("DeviceRequests") {
        return Some(format!("{} uses a device of the host", original.name()));
    }
    let dependents = original.dependents.join(", ");
    (!dependents.is_empty()).then(|| format!("{dependents} lives in the namespaces of {}", original.name()))
}

/// What runs in it, by the last part of its image's name.
fn program(original: &Original) -> String {
    let reference = text(&original.container, "/Config/Image");
    let named = reference.split('@').next().and_then(|name| name.rsplit('/').next()).unwrap_or_default();
    named.split(':').next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests;
