//! A hand-made world: a rolling update, a failing probe, a container out of memory, and much that is well.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::{
    domain::*,
    model::{Charted, Clock, Entry, Model, Row, RowKey, Twig},
};

pub(super) const GIB: u64 = 1 << 30;
pub(super) const MIB: u64 = 1 << 20;

/// Noon and a little more.
pub(super) fn now() -> Timestamp {
    "2024-05-21T12:04:31Z".parse().unwrap()
}

pub(super) fn ago(seconds: i64) -> Timestamp {
    now() - SignedDuration::from_secs(seconds)
}

pub(super) const DAY: i64 = 86_400;

/// The world of the sketches, known, measured, with the tree open where something is wrong.
pub(super) fn model() -> Model {
    let mut model = empty();
    model.link = Link::Live;
    model.host = Some(HostUsage { cpu_percent: 34.0, memory_used: 10 * GIB, memory_total: 16 * GIB });
    model.known.replace(snapshot(), ago(1));
    measure(&mut model);
    model.events = events().into();
    rows(&mut model);
    model
}

/// Nothing known yet.
pub(super) fn empty() -> Model {
    let clock = Clock { wall: now(), running: Duration::from_secs(3600) };
    Model::new("unix:///var/run/docker.sock".to_owned(), clock)
}

pub(super) fn select(model: &mut Model, name: &str) {
    let row = model.tree.rows.iter().find(|row| target(&row.key) == name);
    let key = row.unwrap_or_else(|| panic!("no row {name}")).key.clone();
    turn_to(model, key);
}

pub(super) fn turn_to(model: &mut Model, row: RowKey) {
    model.detail.charted = Some(Charted::of(model, &row));
    model.tree.selected = Some(row);
}

fn target(key: &RowKey) -> String {
    match key {
        RowKey::Stack(name, _) => name.as_ref().map_or_else(|| "(no stack)".to_owned(), ToString::to_string),
        RowKey::Service(key) => key.to_string(),
        RowKey::Replica(key) => key.to_string(),
    }
}

fn snapshot() -> Snapshot {
    let mut containers = Vec::new();
    for slot in 1..=3u64 {
        containers.push(swarm_container("app", slot));
    }
    for name in ["nginx", "postgres", "redis"] {
        containers.push(swarm_container(name, 1));
    }
    for number in 1..=3 {
        containers.push(compose("xorb", "api-prod", number));
    }
    for (project, service) in [
        ("xorb", "db"),
        ("xorb", "worker"),
        ("codecave", "api"),
        ("codecave", "db"),
        ("codecave", "search"),
        ("codecave", "web"),
        ("mundo-tango", "web"),
        ("mundo-tango", "payments-gateway-internal"),
        ("mundo-tango", "db"),
        ("negative-space", "web"),
        ("negative-space", "queue"),
    ] {
        containers.push(compose(project, service, 1));
    }
    containers.push(loose("portainer", ContainerState::Running, 40));
    containers.push(loose("one-shot-migration", ContainerState::Exited, 2));
    for container in &mut containers {
        trouble(container);
    }
    Snapshot {
        engine: engine(),
        containers,
        services: services(),
        tasks: tasks(),
        nodes: nodes(),
        locks: Vec::new(),
    }
}

fn engine() -> EngineFacts {
    EngineFacts {
        name: "prod-1".to_owned(),
        version: "26.1.5".to_owned(),
        cpus: 4,
        memory: 16 * GIB,
        swarm: SwarmFacts {
            role: SwarmRole::Manager,
            node_id: "a".to_owned(),
            managers: 1,
            nodes: 3,
            error: None,
        },
        ..EngineFacts::default()
    }
}

fn trouble(container: &mut Container) {
    match container.name.as_str() {
        "xorb-api-prod-2" => {
            container.health = Health::Unhealthy;
            container.probes = vec![
                probe(92, 41, 0, &["ok"]),
                probe(72, 10_002, -1, &["Health check exceeded timeout (10s)"]),
                probe(42, 10_001, 28, &["  % Total    % Received", "curl: (28) timed out after 10 s"]),
                probe(12, 10_003, 28, &["  % Total    % Received", "curl: (28) timed out after 10 s"]),
            ];
        }
        "codecave-search-1" => {
            container.state = ContainerState::Exited;
            container.restarts = Some(4);
            container.exit =
                Some(Exit { code: 137, oom_killed: true, error: None, finished_at: Some(ago(40)) });
        }
        "medianest_app.3" => container.health = Health::Starting,
        "one-shot-migration" => {
            container.exit =
                Some(Exit { code: 0, oom_killed: false, error: None, finished_at: Some(ago(DAY)) });
        }
        _ => {}
    }
}

fn probe(seconds: i64, took: u64, exit_code: i64, output: &[&str]) -> Probe {
    let output = output.iter().map(|line| (*line).to_owned()).collect();
    Probe { started_at: Some(ago(seconds)), took_ms: Some(took), exit_code, output }
}

fn container(name: String, image: &str, membership: Membership, days: i64) -> Container {
    Container {
        id: ContainerId::new(format!("{name:0<64}")),
        image: image.to_owned(),
        image_id: ImageId::new("sha256:1f2e"),
        state: ContainerState::Running,
        health: Health::Healthy,
        exit: None,
        created_at: ago(days * DAY),
        started_at: Some(ago(days * DAY / 2)),
        restarts: Some(0),
        ports: Vec::new(),
        labels: Default::default(),
        membership,
        limits: Some(Limits { memory: Some(512 * MIB), cpus: Some(1.5) }),
        restart_policy: Some(RestartPolicy::UnlessStopped),
        tty: Some(false),
        pid: Some(4711),
        networks: vec!["backend".to_owned(), "ingress".to_owned()],
        mounts: vec![Mount {
            kind: "volume".to_owned(),
            source: format!("{name}-data"),
            target: "/var/lib/data".to_owned(),
            writable: true,
        }],
        probes: vec![probe(8, 62, 0, &["ok"]), probe(3, 58, 0, &["ok"])],
        name,
    }
}

fn compose(project: &str, service: &str, number: u64) -> Container {
    let membership =
        Membership::Compose { project: project.into(), service: service.to_owned(), number, one_off: false };
    let image = format!("registry.example.org/{project}/{service}:v2.7.1");
    let mut container = container(format!("{project}-{service}-{number}"), &image, membership, 5);
    if service == "web" {
        let address = Some("127.0.0.1".to_owned());
        container.ports = vec![Port { private: 8080, public: Some(18080), address, protocol: Protocol::Tcp }];
    }
    if service == "db" {
        (container.health, container.probes) = (Health::None, Vec::new());
    }
    container
}

fn loose(name: &str, state: ContainerState, days: i64) -> Container {
    let mut container = container(name.to_owned(), "alpine:3.19", Membership::Loose, days);
    (container.state, container.health) = (state, Health::None);
    container.probes.clear();
    container
}

fn swarm_container(service: &str, slot: u64) -> Container {
    let membership = Membership::Swarm {
        stack: Some("medianest".into()),
        service: ServiceId::new(service),
        service_name: format!("medianest_{service}"),
        slot: Slot::Number(slot),
        task: TaskId::new(format!("task-{service}-{slot}")),
        node: NodeId::new("a"),
    };
    let mut container =
        container(format!("medianest_{service}.{slot}"), &image(service, slot), membership, 9);
    if service == "app" {
        container.created_at = ago(if slot == 3 { 12 } else { 60 * (4 - slot as i64) });
        container.limits = Some(Limits { memory: Some(GIB), cpus: Some(2.0) });
    }
    container
}

fn image(service: &str, slot: u64) -> String {
    match (service, slot) {
        ("app", 1 | 2) => "medianest:v1.2.3".to_owned(),
        ("app", _) => "medianest:v1.2.2".to_owned(),
        (other, _) => format!("{other}:16-alpine"),
    }
}

fn services() -> Vec<SwarmService> {
    [("app", 3), ("nginx", 1), ("postgres", 1), ("redis", 1)]
        .map(|(name, replicas)| SwarmService {
            id: ServiceId::new(name),
            name: format!("medianest_{name}"),
            stack: Some("medianest".into()),
            version: 7,
            image: image(name, 1),
            mode: ServiceMode::Replicated(replicas),
            desired: Some(replicas),
            limits: Limits { memory: (name == "app").then_some(GIB), cpus: None },
            ports: if name == "nginx" {
                vec![Port { private: 443, public: Some(443), address: None, protocol: Protocol::Tcp }]
            } else {
                Vec::new()
            },
            labels: Default::default(),
            policy: (name == "app").then(|| UpdatePolicy {
                parallelism: 1,
                delay: Duration::from_secs(5),
                order: "start-first".to_owned(),
                failure_action: "rollback".to_owned(),
            }),
            update: (name == "app").then(|| UpdateStatus {
                state: UpdateState::Updating,
                message: "update in progress".to_owned(),
                started_at: Some(ago(190)),
                completed_at: None,
            }),
            created_at: ago(9 * DAY),
            updated_at: ago(190),
        })
        .into()
}

fn tasks() -> Vec<Task> {
    [("app", 1), ("app", 2), ("app", 3), ("nginx", 1), ("postgres", 1), ("redis", 1)]
        .map(|(service, slot)| Task {
            id: TaskId::new(format!("task-{service}-{slot}")),
            service: ServiceId::new(service),
            slot: Slot::Number(slot),
            node: Some(NodeId::new(if slot == 2 { "b" } else { "a" })),
            container: Some(ContainerId::new(format!("{:0<64}", format!("medianest_{service}.{slot}")))),
            image: image(service, slot),
            state: TaskState::Running,
            desired: TaskState::Running,
            message: "started".to_owned(),
            error: None,
            exit_code: None,
            created_at: if service == "app" { ago(60 * (4 - slot as i64)) } else { ago(9 * DAY) },
            changed_at: ago(60),
        })
        .into()
}

fn nodes() -> Vec<Node> {
    [("a", "node-a", true), ("b", "node-b", false), ("c", "node-c", false)]
        .map(|(id, hostname, leader)| Node {
            id: NodeId::new(id),
            hostname: hostname.to_owned(),
            address: format!("10.0.0.{}", id.bytes().map(u32::from).sum::<u32>() - 96),
            role: if leader { NodeRole::Manager } else { NodeRole::Worker },
            leader,
            state: NodeState::Ready,
            availability: if id == "c" { Availability::Drain } else { Availability::Active },
            engine_version: "26.1.5".to_owned(),
            cpus: 4.0,
            memory: 16 * GIB,
            message: String::new(),
        })
        .into()
}

/// Two samples a container, and a quarter of an hour of history with an outage in it.
fn measure(model: &mut Model) {
    let up = model.known.snapshot.containers.iter().filter(|container| container.state.is_up());
    let ids: Vec<ContainerId> = up.map(|container| container.id.clone()).collect();
    for (place, id) in ids.iter().enumerate() {
        let share = 1.0 + place as f64;
        for (second, at) in [(0, ago(5)), (5, now())] {
            let heard = model.clock.running;
            model.known.measure(id, sample(at, second, share), heard);
        }
    }
    for step in (0..450u64).filter(|step| !(201..245).contains(step)) {
        let at = Duration::from_secs(2702 + step * 2);
        if step == 200 {
            model.history.gap(at);
            continue;
        }
        for (place, id) in ids.iter().enumerate() {
            model.history.push(id, at, &usage(step as f64, 1.0 + place as f64));
        }
    }
}

fn sample(at: Timestamp, second: u64, share: f64) -> Sample {
    let of = |per_second: f64| (per_second * second as f64) as u64;
    Sample {
        at,
        cpu_ns: of(11e6 * share),
        system_ns: None,
        cpus: 4,
        memory: Memory { used: (90.0 + 20.0 * share) as u64 * MIB, limit: 512 * MIB },
        network: Some(Traffic { input: of(40_000.0 * share), output: of(9_000.0 * share) }),
        block: Some(Traffic { input: 0, output: of(4096.0) }),
        pids: Some(8 + share as u64),
        share: None,
        pressure: None,
        source: SampleSource::Engine,
    }
}

fn usage(step: f64, share: f64) -> Usage {
    let wave = 1.0 + 0.6 * (step / 17.0).sin() + if (300.0..330.0).contains(&step) { 3.0 } else { 0.0 };
    Usage {
        cpu_percent: Some(wave * share),
        memory: Memory { used: ((60.0 + step / 9.0 + 20.0 * share) * MIB as f64) as u64, limit: 0 },
        network_rate: Some((wave * 20_000.0 * share, wave * 4000.0)),
        ..Usage::default()
    }
}

fn events() -> Vec<EngineEvent> {
    let event = |seconds, name: &str, kind| EngineEvent {
        at: ago(seconds),
        subject: Subject::Container,
        id: format!("{name:0<64}"),
        name: name.to_owned(),
        kind,
        attributes: Default::default(),
    };
    vec![
        event(190, "medianest_app.1", EventKind::Create),
        event(189, "medianest_app.1", EventKind::Start),
        event(170, "medianest_app.1", EventKind::Health("healthy".to_owned())),
        event(80, "medianest_app.2", EventKind::Start),
        event(61, "medianest_app.2", EventKind::Health("healthy".to_owned())),
        event(42, "codecave-search-1", EventKind::Oom),
        event(40, "codecave-search-1", EventKind::Die(137)),
        event(12, "medianest_app.3", EventKind::Create),
        event(11, "medianest_app.3", EventKind::Start),
        event(12, "xorb-api-prod-2", EventKind::Health("unhealthy".to_owned())),
        event(3, "xorb-api-prod-2", EventKind::Other("exec_create: curl".to_owned())),
    ]
}

/// Lines of three replicas, plain and structured.
pub(super) fn logs(model: &mut Model, lines: usize) {
    model.logs.row = model.tree.selected.clone();
    model.logs.sources = ["api-prod-1", "api-prod-2", "api-prod-3"].map(str::to_owned).into();
    let texts = [
        "INFO   GET /health 200 0.4ms",
        r#"{"level":"error","msg":"upstream timeout","service":"payments","duration":10.002,"status_code":504}"#,
        "2024-05-21 12:04:29 WARN pool exhausted, 12 waiting",
        "plain words that say little and go on for rather longer than a narrow pane is wide, so that they must be cut",
        r#"{"level":30,"time":1716293069,"msg":"request completed","path":"/v1/orders","ms":12}"#,
        "[debug] cache hit ratio 0.93",
    ];
    let entries = (0..lines).map(|line| Entry {
        source: line % 3,
        line: LogLine {
            at: Some(ago((lines - line) as i64) + SignedDuration::from_millis(113)),
            stream: LogStream::Stdout,
            text: texts[line % texts.len()].to_owned(),
        },
    });
    model.logs.extend(entries);
}

/// Rows of all stacks; open are those that a person should look into.
pub(super) fn rows(model: &mut Model) {
    let mut rows = Vec::new();
    for stack in &model.known.fleet.stacks {
        let open = stack.status() <= Status::Rolling;
        rows.push(stack_row(stack, open));
        for service in stack.services.iter().filter(|_| open) {
            let several = service.replicas.len() > 1;
            rows.push(service_row(service, several));
            let replicas = service.replicas.iter().filter(|_| several);
            rows.extend(replicas.map(replica_row));
        }
    }
    model.tree.rows = rows;
}

fn stack_row(stack: &Stack, open: bool) -> Row {
    Row {
        key: RowKey::Stack(stack.name.clone(), stack.kind),
        depth: 0,
        twig: if open { Twig::Open } else { Twig::Closed },
        name: stack.title().to_owned(),
        note: stack.kind.word().to_owned(),
        running: stack.running(),
        desired: stack.desired(),
        status: stack.status(),
        status_text: match stack.status() {
            Status::Down | Status::Unhealthy => format!("1 {}", stack.status().word()),
            status => status.word().to_owned(),
        },
        restarts: Some(stack.services.iter().filter_map(Service::restarts).sum()),
        created_at: stack.created_at(),
        image: String::new(),
        ports: String::new(),
    }
}

fn service_row(service: &Service, several: bool) -> Row {
    Row {
        key: RowKey::Service(service.key.clone()),
        depth: 1,
        twig: if several { Twig::Open } else { Twig::Leaf },
        name: service.key.name.clone(),
        note: String::new(),
        running: service.running,
        desired: service.desired,
        status: service.status,
        status_text: match service.status {
            Status::Rolling => "updating 2 of 3".to_owned(),
            Status::Unhealthy => "1 unhealthy".to_owned(),
            status => status.word().to_owned(),
        },
        restarts: service.restarts(),
        created_at: service.created_at,
        image: service.image.clone(),
        ports: ports(&service.ports),
    }
}

fn replica_row(replica: &Replica) -> Row {
    Row {
        key: RowKey::Replica(replica.key.clone()),
        depth: 2,
        twig: Twig::Leaf,
        name: format!(".{}", replica.key.slot),
        note: replica.node.clone().unwrap_or_default(),
        running: 1,
        desired: 1,
        status: replica.status,
        status_text: replica.status.word().to_owned(),
        restarts: replica.restarts,
        created_at: Some(replica.created_at),
        image: replica.image.clone(),
        ports: String::new(),
    }
}
