//! Nodes of a swarm: `GET /nodes`. bollard's type fails the whole list on a state that it does not know.

use super::{clean, cpus, limit, wire};
use crate::domain::{Availability, Node, NodeId, NodeRole, NodeState};

wire! {
    /// One element of the list.
    struct Listed {
        id: String = "ID",
        spec: Spec = "Spec",
        description: Description = "Description",
        status: Status = "Status",
        manager: Option<Managing> = "ManagerStatus",
    }

    /// What it should be.
    struct Spec { role: String = "Role", availability: String = "Availability" }

    /// What it is.
    struct Description {
        hostname: String = "Hostname",
        resources: Resources = "Resources",
        engine: Version = "Engine",
    }

    /// Its resources.
    struct Resources { nano_cpus: i64 = "NanoCPUs", memory: i64 = "MemoryBytes" }

    /// Its engine.
    struct Version { version: String = "EngineVersion" }

    /// How it is doing.
    struct Status { state: String = "State", message: String = "Message", address: String = "Addr" }

    /// How it manages, if it does.
    struct Managing { leader: bool = "Leader", address: String = "Addr" }
}

impl Listed {
    /// The node. A manager's own address may be told as `0.0.0.0`: then the one it manages under counts.
    pub(in crate::engine) fn node(self) -> Node {
        let manager = self.manager.unwrap_or_default();
        let managing = manager.address.rsplit_once(':').map_or("", |(host, _)| host);
        let address = match self.status.address.as_str() {
            "" | "0.0.0.0" => managing,
            address => address,
        };
        Node {
            id: NodeId::new(clean(&self.id)),
            hostname: clean(&self.description.hostname),
            address: clean(address),
            role: NodeRole::parse(&clean(&self.spec.role)),
            leader: manager.leader,
            state: NodeState::parse(&clean(&self.status.state)),
            availability: Availability::parse(&clean(&self.spec.availability)),
            engine_version: clean(&self.description.engine.version),
            cpus: cpus(self.description.resources.nano_cpus).unwrap_or_default(),
            memory: limit(self.description.resources.memory).unwrap_or_default(),
            message: clean(&self.status.message),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_managers_address_is_the_one_it_manages_under() {
        let listed: Listed = serde_json::from_str(&json!({
            "ID": "n1", "Spec": {"Role": "manager", "Availability": "drain"},
            "Description": {"Hostname": "vm", "Resources": {"NanoCPUs": 2_000_000_000, "MemoryBytes": 1024}},
            "Status": {"State": "ready", "Addr": "0.0.0.0"}, "ManagerStatus": {"Leader": true, "Addr": "10.0.0.1:2377"},
        }).to_string())
        .unwrap();
        let node = listed.node();
        assert_eq!((node.address.as_str(), node.leader, node.cpus), ("10.0.0.1", true, 2.0));
        assert_eq!(node.availability, Availability::Drain);
    }

    #[test]
    fn a_state_of_another_time_is_kept() {
        let listed: Listed =
            serde_json::from_str(&json!({"ID": "n", "Status": {"State": "hibernating"}}).to_string())
                .unwrap();
        assert_eq!(listed.node().state, NodeState::Unknown("hibernating".into()));
    }
}
