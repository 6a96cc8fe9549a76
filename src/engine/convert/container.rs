//! Listed containers: `GET /containers/json`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::de::IgnoredAny;

use super::{clean, clean_map, cleaned, membership, status_text, wire, without_digest};
use crate::domain::{Container, ContainerId, ContainerState, Exit, Health, ImageId, Mount, Port, Protocol};

wire! {
    /// One element of the list.
    struct Listed {
        id: String = "Id",
        names: Vec<String> = "Names",
        image: String = "Image",
        image_id: String = "ImageID",
        created: i64 = "Created",
        ports: Vec<ListedPort> = "Ports",
        labels: BTreeMap<String, String> = "Labels",
        state: String = "State",
        status: String = "Status",
        networks: ListedNetworks = "NetworkSettings",
        mounts: Vec<ListedMount> = "Mounts",
    }

    /// A port of it.
    struct ListedPort {
        address: String = "IP",
        private: u16 = "PrivatePort",
        public: Option<u16> = "PublicPort",
        protocol: String = "Type",
    }

    /// Its networks by name.
    struct ListedNetworks { by_name: BTreeMap<String, IgnoredAny> = "Networks" }

    /// A mount of it.
    struct ListedMount {
        kind: String = "Type",
        name: String = "Name",
        source: String = "Source",
        target: String = "Destination",
        writable: bool = "RW",
    }
}

impl Listed {
    /// The container, as far as a list tells it.
    pub(in crate::engine) fn container(self) -> Container {
        let told = status_text::read(&self.status);
        let state = ContainerState::parse(&clean(&self.state));
        let labels = clean_map(self.labels);
        Container {
            name: name(&self.names, &self.id),
            image: without_digest(&self.image),
            image_id: ImageId::new(cleaned(self.image_id)),
            health: if state.is_up() { told.health } else { Health::None },
            exit: told.exit_code.map(|code| Exit { code, oom_killed: false, error: None, finished_at: None }),
            state,
            created_at: Timestamp::from_second(self.created).unwrap_or_default(),
            started_at: None,
            restarts: None,
            ports: self.ports.into_iter().map(ListedPort::port).collect(),
            membership: membership::of(&labels),
            labels,
            limits: None,
            restart_policy: None,
            tty: None,
            pid: None,
            networks: self.networks.by_name.into_keys().map(cleaned).collect(),
            mounts: self.mounts.into_iter().map(ListedMount::mount).collect(),
            probes: Vec::new(),
            id: ContainerId::new(cleaned(self.id)),
        }
    }
}

/// Its own name; the others, with a slash in them, come from legacy links.
fn name(names: &[String], id: &str) -> String {
    let names = || names.iter().map(|name| name.trim_start_matches('/'));
    let own = names().find(|name| !name.contains('/')).or_else(|| names().next());
    own.map_or_else(|| ContainerId::new(clean(id)).short().to_owned(), clean)
}

impl ListedPort {
    fn port(self) -> Port {
        Port {
            private: self.private,
            public: self.public.filter(|port| *port > 0),
            address: super::some_clean(&self.address),
            protocol: Protocol::parse(&clean(&self.protocol)),
        }
    }
}

impl ListedMount {
    fn mount(self) -> Mount {
        let source = if self.name.is_empty() { self.source } else { self.name };
        Mount {
            source: cleaned(source),
            kind: cleaned(self.kind),
            target: cleaned(self.target),
            writable: self.writable,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(json: &serde_json::Value) -> Container {
        serde_json::from_str::<Listed>(&json.to_string()).unwrap().container()
    }

    #[test]
    fn a_listed_container_is_read() {
        let container = read(&json!({
            "Id": "abc", "Names": ["/other/web", "/web-1"], "Image": "nginx:1", "ImageID": "sha256:f00",
            "Created": 1_700_000_000, "State": "running", "Status": "Up 2 hours (healthy)",
            "Ports": [{"IP": "0.0.0.0", "PrivatePort": 80, "PublicPort": 8080, "Type": "tcp"}],
            "NetworkSettings": {"Networks": {"back": {}, "front": {}}},
            "Mounts": [{"Type": "volume", "Name": "data", "Source": "/var/lib/x", "Destination": "/d", "RW": true}],
        }));
        assert_eq!((container.name.as_str(), container.health), ("web-1", Health::Healthy));
        assert_eq!(container.ports.first().map(ToString::to_string), Some("8080→80".into()));
        assert_eq!(container.networks, ["back", "front"]);
        assert_eq!(container.mounts.first().map(|mount| mount.source.as_str()), Some("data"));
    }

    #[test]
    fn words_and_fields_of_another_time_do_not_cost_the_container() {
        let container = read(&json!({
            "Id": "abc", "Names": null, "State": "stopping", "Status": 7, "Ports": "none", "Labels": null,
        }));
        assert_eq!(container.state, ContainerState::Unknown("stopping".into()));
        assert_eq!(container.name, "abc");
    }

    #[test]
    fn escape_sequences_in_names_and_labels_are_gone() {
        let container = read(&json!({
            "Id": "abc", "Names": ["/w\u{1b}[31meb"], "Labels": {"a\u{1b}]0;x\u{7}": "b\u{202e}c"},
        }));
        assert_eq!(container.name, "web");
        assert_eq!(container.labels, BTreeMap::from([("a".into(), "bc".into())]));
    }

    #[test]
    fn an_exit_code_is_known_without_an_inspection() {
        let container = read(&json!({"Id": "a", "State": "exited", "Status": "Exited (3) 2 days ago"}));
        assert_eq!(container.exit.map(|exit| exit.code), Some(3));
    }
}
