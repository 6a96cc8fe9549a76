//! The engine on itself: `GET /info`.

use super::{clean, some_clean, wire};
use crate::domain::{EngineFacts, SwarmFacts, SwarmRole};

wire! {
    /// The parts of `/info` that are used. bollard's type fails on words that its closed enums do not know.
    struct Info {
        name: String = "Name",
        version: String = "ServerVersion",
        os: String = "OperatingSystem",
        kernel: String = "KernelVersion",
        arch: String = "Architecture",
        cpus: u32 = "NCPU",
        memory: u64 = "MemTotal",
        storage_driver: String = "Driver",
        cgroup_version: String = "CgroupVersion",
        cgroup_driver: String = "CgroupDriver",
        security: Vec<String> = "SecurityOptions",
        swarm: Swarm = "Swarm",
        warnings: Vec<String> = "Warnings",
    }

    /// Its part in a swarm.
    struct Swarm {
        node_id: String = "NodeID",
        state: String = "LocalNodeState",
        manages: bool = "ControlAvailable",
        managers: u32 = "Managers",
        nodes: u32 = "Nodes",
        error: String = "Error",
    }
}

impl Info {
    /// The facts.
    pub(in crate::engine) fn facts(self) -> EngineFacts {
        EngineFacts {
            name: clean(&self.name),
            version: clean(&self.version),
            os: clean(&self.os),
            kernel: clean(&self.kernel),
            arch: clean(&self.arch),
            cpus: self.cpus,
            memory: self.memory,
            storage_driver: clean(&self.storage_driver),
            cgroup_version: clean(&self.cgroup_version),
            cgroup_driver: clean(&self.cgroup_driver),
            rootless: self.security.iter().any(|option| option.contains("rootless")),
            swarm: self.swarm.facts(),
            warnings: self.warnings.iter().filter_map(|warning| some_clean(warning)).collect(),
        }
    }
}

impl Swarm {
    fn facts(self) -> SwarmFacts {
        let role = match self.state.as_str() {
            "" | "inactive" => SwarmRole::None,
            _ if self.manages => SwarmRole::Manager,
            _ => SwarmRole::Worker,
        };
        SwarmFacts {
            role,
            node_id: clean(&self.node_id),
            managers: self.managers,
            nodes: self.nodes,
            error: some_clean(&self.error),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn swarm(json: &serde_json::Value) -> SwarmFacts {
        serde_json::from_str::<Swarm>(&json.to_string()).unwrap().facts()
    }

    #[test]
    fn the_role_in_a_swarm_is_read() {
        let role = |state: &str, manages: bool| {
            swarm(&json!({"LocalNodeState": state, "ControlAvailable": manages})).role
        };
        assert_eq!(role("inactive", false), SwarmRole::None);
        assert_eq!(role("active", true), SwarmRole::Manager);
        assert_eq!(role("active", false), SwarmRole::Worker);
    }

    #[test]
    fn a_driver_of_another_time_costs_nothing() {
        let info: Info = serde_json::from_str(
            &json!({"CgroupDriver": "quantum", "NCPU": 8, "Warnings": null,
            "SecurityOptions": ["name=seccomp,profile=default", "name=rootless"]})
            .to_string(),
        )
        .unwrap();
        let facts = info.facts();
        assert_eq!((facts.cgroup_driver.as_str(), facts.cpus, facts.rootless), ("quantum", 8, true));
    }
}
