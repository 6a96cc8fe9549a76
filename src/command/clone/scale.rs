//! More and fewer replicas: who may have more, and which of them go first.

use serde_json::Value;

use super::json::{label, members, text};
use super::network::fixed_address;
use super::{Original, Refusal, names};

/// Refuses replicas that could not live beside each other: of canaries, second colours and higher counts alike.
///
/// # Errors
/// [`Refusal`] naming what only one container can have.
pub fn scalable(original: &Original, replicas: usize) -> Result<(), Refusal> {
    original.replaceable()?;
    let service = original.service();
    if original.is_compose() && !names::is_replica(original, names::lasting(original.name())) {
        return Err(Refusal::ContainerName { service, name: original.name().to_owned() });
    }
    let mode = text(&original.container, "/HostConfig/NetworkMode");
    if let Some(provider) = mode.strip_prefix("container:") {
        let provider = provider.get(..12).unwrap_or(provider).to_owned();
        return Err(Refusal::BorrowedNetwork { service, provider });
    }
    if let Some(binding) =
        bindings(&original.container).into_iter().find(|binding| binding.members < replicas)
    {
        return Err(Refusal::NoFreePort { service, held: binding.held(), port: binding.port });
    }
    fixed_address(&original.container).map_or(Ok(()), |address| Err(Refusal::OneAddress { service, address }))
}

/// A host port, or a range of them, that was asked for by number.
pub(crate) struct Binding {
    /// `0.0.0.0:80->8000`.
    pub(crate) port: String,
    /// How many containers can hold it.
    pub(crate) members: usize,
}

impl Binding {
    fn held(&self) -> String {
        match self.members {
            1 => "only one container can hold it".to_owned(),
            members => format!("only {members} containers can hold one of it"),
        }
    }
}

/// The host ports that were asked for by number. On the host's own network nothing is published.
pub(crate) fn bindings(container: &Value) -> Vec<Binding> {
    if text(container, "/HostConfig/NetworkMode") == "host" {
        return Vec::new();
    }
    let published = members(container, "/HostConfig/PortBindings");
    let each = published
        .flat_map(|(port, hosts)| hosts.as_array().into_iter().flatten().map(move |host| (port, host)));
    each.filter_map(|(port, host)| binding(port, host)).collect()
}

fn binding(port: &str, host: &Value) -> Option<Binding> {
    let ports = text(host, "/HostPort");
    let members = match ports.split_once('-') {
        None => usize::from(ports.parse::<u16>().is_ok_and(|port| port > 0)),
        Some((first, last)) => span(first, last),
    };
    let address = Some(text(host, "/HostIp")).filter(|address| !address.is_empty()).unwrap_or("0.0.0.0");
    let inside = port.strip_suffix("/tcp").unwrap_or(port);
    (members > 0).then(|| Binding { port: format!("{address}:{ports}->{inside}"), members })
}

fn span(first: &str, last: &str) -> usize {
    let (Ok(first), Ok(last)) = (first.parse::<usize>(), last.parse::<usize>()) else { return 0 };
    (last + 1).saturating_sub(first)
}

/// What replicas are up to date with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Current {
    /// The id the service's image reference has now.
    pub image_id: String,
    /// Compose's hash of the service's configuration; empty when nobody knows which one is the latest.
    pub config_hash: String,
}

/// A replica, as far as it matters for who goes first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The container's id.
    pub id: String,
    /// Compose's number.
    pub number: u64,
    /// Its image or its configuration is not the current one.
    pub is_obsolete: bool,
    /// It runs, and its health check, if any, does not fail.
    pub is_well: bool,
}

impl Standing {
    /// How an inspected container stands.
    #[must_use]
    pub fn of(container: &Value, current: &Current) -> Self {
        let hash = label(container, "com.docker.compose.config-hash");
        let other_hash = !current.config_hash.is_empty() && hash != current.config_hash;
        let is_running = text(container, "/State/Status") == "running";
        Self {
            id: text(container, "/Id").to_owned(),
            number: names::number(container).unwrap_or(0),
            is_obsolete: other_hash || text(container, "/Image") != current.image_id,
            is_well: is_running && text(container, "/State/Health/Status") != "unhealthy",
        }
    }
}

/// The replicas in the order in which they go: what is obsolete, then what does not serve, then the highest number.
/// Compose from 2.31 on goes the same way.
#[must_use]
pub fn scale_down_order(replicas: &[Standing]) -> Vec<Standing> {
    let mut order = replicas.to_vec();
    order.sort_by_key(|one| (!one.is_obsolete, one.is_well, std::cmp::Reverse(one.number)));
    order
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::command::clone::recorded;

    fn refused(original: &Original, replicas: usize) -> String {
        scalable(original, replicas).map_or_else(|refusal| refusal.to_string(), |()| "scalable".to_owned())
    }

    #[test]
    fn a_replica_of_compose_is_scalable_as_far_as_its_range_of_ports_goes() {
        assert_eq!(refused(&recorded::web(), 11), "scalable");
        assert_eq!(
            refused(&recorded::web(), 12),
            "web: port 0.0.0.0:18800-18810->8080 is fixed, only 11 containers can hold one of it. Drop the host port or publish a range, and put a proxy in front."
        );
    }

    #[test]
    fn a_replica_under_its_temporary_name_is_scalable() {
        let mut web = recorded::web();
        for name in ["/a29e48fb50ab_shop-web-1", "/shop_web_1", "/shop-web-1"] {
            web.container["Name"] = json!(name);
            assert_eq!(refused(&web, 2), "scalable", "{name}");
        }
    }

    #[test]
    fn what_only_one_container_can_have_is_refused_by_name() {
        let mut port = recorded::web();
        port.container["HostConfig"]["PortBindings"] =
            json!({ "53/udp": [{ "HostIp": "127.0.0.1", "HostPort": "53" }] });
        let mut address = recorded::fixed();
        address.container["Name"] = json!("/shop-db-1");
        let mut mac = recorded::plain();
        mac.container["Config"]["MacAddress"] = json!("02:42:ac:11:65:43");
        let mut task = recorded::web();
        task.container["Name"] = json!("/web.1.x");
        task.container["Config"]["Labels"]["com.docker.swarm.service.name"] = json!("web");
        let mut removed = recorded::plain();
        removed.container["HostConfig"]["AutoRemove"] = json!(true);
        for (original, expected) in [
            (recorded::fixed(), "db has container_name shop-db-prod: only one can exist."),
            (port, "web: port 127.0.0.1:53->53/udp is fixed, only one container can hold it."),
            (
                address,
                "db: address 172.31.99.10 on network shop_back is fixed, only one container can have it.",
            ),
            (mac, "shop-full: MAC address 02:42:ac:11:65:43 is fixed, only one container can have it."),
            (
                recorded::attached(),
                "side lives in the network of 9790a751f536: replicas would fight for its ports.",
            ),
            (task, "web.1.x belongs to swarm service web; use 'stacktop update service web'."),
            (removed, "shop-full: old container is --rm: it cannot be kept for rollback."),
        ] {
            let sentence = refused(&original, 2);
            assert!(sentence.starts_with(expected), "{sentence}");
        }
    }

    #[test]
    fn ports_that_the_engine_chooses_are_not_fixed() {
        for hosts in
            [json!([{ "HostIp": "", "HostPort": "" }]), json!([{ "HostPort": "0" }]), json!([]), json!(null)]
        {
            let container = json!({ "HostConfig": { "PortBindings": { "80/tcp": hosts } } });
            assert!(bindings(&container).is_empty(), "{container}");
        }
    }

    #[test]
    fn obsolete_replicas_go_first_then_unwell_ones_then_the_highest_number() {
        let one = |number, is_obsolete, is_well| Standing { id: String::new(), number, is_obsolete, is_well };
        let replicas = [
            one(1, true, true),
            one(2, false, false),
            one(3, false, true),
            one(4, false, true),
            one(5, true, false),
        ];
        let order: Vec<u64> = scale_down_order(&replicas).iter().map(|one| one.number).collect();
        assert_eq!(order, [5, 1, 2, 4, 3]);
    }

    #[test]
    fn a_replica_is_obsolete_by_its_image_or_its_configuration_and_unwell_by_state_or_health() {
        let web = recorded::web().container;
        let current = Current { image_id: text(&web, "/Image").to_owned(), config_hash: String::new() };
        assert_eq!(
            Standing::of(&web, &current),
            Standing { id: text(&web, "/Id").to_owned(), number: 1, is_obsolete: false, is_well: true }
        );
        assert!(Standing::of(&web, &Current::default()).is_obsolete);
        assert!(
            Standing::of(&web, &Current { config_hash: "other".to_owned(), ..current.clone() }).is_obsolete
        );
        for (pointer, word) in [("/State/Status", "exited"), ("/State/Health/Status", "unhealthy")] {
            let mut ill = web.clone();
            *ill.pointer_mut(pointer).unwrap() = json!(word);
            assert!(!Standing::of(&ill, &current).is_well, "{word}");
        }
    }
}
