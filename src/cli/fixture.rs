//! Domain values for the tests of this module.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::domain::{
    Availability, Container, ContainerState, EngineEvent, EventKind, Exit, Fleet, Health, Limits, Membership,
    Memory, Node, NodeRole, NodeState, Port, Probe, Protocol, Snapshot, Subject, Traffic, Usage,
};

/// A moment that all values share.
pub(crate) fn now() -> Timestamp {
    Timestamp::from_second(1_700_000_000).unwrap()
}

/// A container of a Compose service, healthy, with a port, limits and a probe.
pub(crate) fn container(project: &str, service: &str, number: u64) -> Container {
    Container {
        id: format!("{number:012}{project}{service}").as_str().into(),
        name: format!("{project}-{service}-{number}"),
        image: format!("example/{service}:1"),
        image_id: "sha256:1".into(),
        state: ContainerState::Running,
        health: Health::Healthy,
        exit: None,
        created_at: now() - jiff::SignedDuration::from_hours(3),
        started_at: Some(now() - jiff::SignedDuration::from_hours(2)),
        restarts: Some(0),
        ports: vec![Port {
            private: 80,
            public: Some(8080),
            address: Some("0.0.0.0".into()),
            protocol: Protocol::Tcp,
        }],
        labels: BTreeMap::new(),
        membership: Membership::Compose {
            project: project.into(),
            service: service.into(),
            number,
            one_off: false,
        },
        limits: Some(Limits { memory: Some(64 << 20), cpus: Some(0.5) }),
        restart_policy: None,
        tty: Some(false),
        pid: Some(42),
        networks: vec![format!("{project}_default")],
        mounts: Vec::new(),
        probes: vec![Probe {
            started_at: Some(now()),
            took_ms: Some(12),
            exit_code: 0,
            output: vec!["ok".into()],
        }],
    }
}

/// A container that the kernel killed for want of memory.
pub(crate) fn killed(project: &str, service: &str) -> Container {
    Container {
        state: ContainerState::Exited,
        health: Health::Unhealthy,
        exit: Some(Exit { code: 137, oom_killed: true, error: None, finished_at: Some(now()) }),
        ..container(project, service, 1)
    }
}

/// A container that a person stopped.
pub(crate) fn stopped(project: &str, service: &str) -> Container {
    Container {
        state: ContainerState::Exited,
        exit: Some(Exit { code: 0, oom_killed: false, error: None, finished_at: Some(now()) }),
        ..container(project, service, 1)
    }
}

/// A shop of two healthy web servers, a killed search and a stopped job; beside it a blog with a web server.
pub(crate) fn snapshot() -> Snapshot {
    let containers = vec![
        container("shop", "web", 1),
        container("shop", "web", 2),
        killed("shop", "search"),
        stopped("shop", "migrate"),
        container("blog", "web", 1),
    ];
    Snapshot { containers, nodes: vec![node()], ..Snapshot::default() }
}

/// The snapshot and its fleet.
pub(crate) fn observed() -> (Snapshot, Fleet) {
    let snapshot = snapshot();
    let fleet = Fleet::of(&snapshot);
    (snapshot, fleet)
}

/// A node that leads its swarm.
pub(crate) fn node() -> Node {
    Node {
        id: "node1".into(),
        hostname: "alpha".into(),
        address: "10.0.0.1".into(),
        role: NodeRole::Manager,
        leader: true,
        state: NodeState::Ready,
        availability: Availability::Active,
        engine_version: "26.1.5".into(),
        cpus: 4.0,
        memory: 8 << 30,
        message: String::new(),
    }
}

/// A use of everything that is measured.
pub(crate) fn usage() -> Usage {
    Usage {
        cpu_percent: Some(12.345),
        memory: Memory { used: 32 << 20, limit: 64 << 20 },
        network: Some(Traffic { input: 1000, output: 2000 }),
        network_rate: Some((1.0, 2.0)),
        block: Some(Traffic { input: 0, output: 4096 }),
        block_rate: None,
        pids: Some(3),
        ..Usage::default()
    }
}

/// The end of a container of the shop.
pub(crate) fn event() -> EngineEvent {
    let labels =
        [("com.docker.compose.project", "shop"), ("com.docker.compose.service", "web"), ("api_token", "abc")];
    EngineEvent {
        at: now(),
        subject: Subject::Container,
        id: "0123".into(),
        name: "shop-web-1".into(),
        kind: EventKind::Die(137),
        attributes: labels.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
    }
}
