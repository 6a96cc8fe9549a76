//! Small worlds for tests: a container, a task, a service in one line each.

use jiff::Timestamp;

use super::{
    BackupPart, BackupSet, Container, ContainerState, Exit, Health, Membership, Probe, ServiceMode, Slot,
    Snapshot, Soundness, SwarmService, Task, TaskState, UpdateState, UpdateStatus,
};

/// Seconds since 1970 as a moment.
pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

/// A running container of no stack.
pub(crate) fn container(name: &str) -> Container {
    Container {
        id: format!("{name:0<64}").as_str().into(),
        name: name.to_owned(),
        image: "app:1".to_owned(),
        image_id: "sha256:1".into(),
        state: ContainerState::Running,
        health: Health::None,
        exit: None,
        created_at: at(1000),
        started_at: Some(at(1000)),
        restarts: Some(0),
        ports: Vec::new(),
        labels: std::collections::BTreeMap::new(),
        membership: Membership::Loose,
        limits: None,
        restart_policy: None,
        tty: Some(false),
        pid: None,
        networks: Vec::new(),
        mounts: Vec::new(),
        probes: Vec::new(),
    }
}

/// A running replica of a Compose service.
pub(crate) fn replica(project: &str, service: &str, number: u64) -> Container {
    let membership =
        Membership::Compose { project: project.into(), service: service.to_owned(), number, one_off: false };
    Container { membership, ..container(&format!("{project}-{service}-{number}")) }
}

/// The same container, ended.
pub(crate) fn exited(container: Container, code: i64, oom_killed: bool) -> Container {
    let exit = Some(Exit { code, oom_killed, error: None, finished_at: None });
    Container { state: ContainerState::Exited, exit, ..container }
}

/// The same container, with a health check that says so and a last probe that printed this.
pub(crate) fn probed(container: Container, health: Health, output: &str) -> Container {
    let exit_code = i64::from(health != Health::Healthy);
    let probe = Probe { started_at: None, took_ms: Some(5), exit_code, output: vec![output.to_owned()] };
    Container { health, probes: vec![probe], ..container }
}

/// A replicated service of a Swarm stack.
pub(crate) fn swarm_service(stack: &str, name: &str, replicas: u64) -> SwarmService {
    SwarmService {
        id: name.into(),
        name: format!("{stack}_{name}"),
        stack: Some(stack.into()),
        version: 1,
        image: "app:2".to_owned(),
        mode: ServiceMode::Replicated(replicas),
        desired: Some(replicas),
        limits: super::Limits::default(),
        ports: Vec::new(),
        labels: std::collections::BTreeMap::new(),
        policy: None,
        update: None,
        created_at: at(10),
        updated_at: at(10),
    }
}

/// A task that should run, in this state.
pub(crate) fn task(service: &str, slot: u64, created: i64, state: TaskState) -> Task {
    Task {
        id: format!("{service}.{slot}.{created}").as_str().into(),
        service: service.into(),
        slot: Slot::Number(slot),
        node: Some("node-a".into()),
        container: None,
        image: "app:2".to_owned(),
        state,
        desired: TaskState::Running,
        message: String::new(),
        error: None,
        exit_code: None,
        created_at: at(created),
        changed_at: at(created),
    }
}

/// An update in this state.
pub(crate) fn update(state: UpdateState, message: &str) -> UpdateStatus {
    UpdateStatus { state, message: message.to_owned(), started_at: None, completed_at: None }
}

/// A snapshot of containers alone.
pub(crate) fn of(containers: Vec<Container>) -> Snapshot {
    Snapshot { containers, ..Snapshot::default() }
}

/// A whole set of one volume, which took a minute.
pub(crate) fn backup_set(began: i64, stored: u64) -> BackupSet {
    let part = BackupPart {
        called: "volume shop_data".to_owned(),
        services: vec!["web".to_owned()],
        mode: "stop".to_owned(),
        raw: stored * 3,
        stored,
    };
    BackupSet {
        id: format!("{}-a1b2", at(began).strftime("%Y%m%dT%H%M%SZ")),
        began: at(began),
        finished: Some(at(began + 60)),
        scope: "all".to_owned(),
        soundness: Soundness::Whole,
        parts: vec![part],
        warnings: Vec::new(),
    }
}

/// The same set, of which something is missing.
pub(crate) fn broken(set: BackupSet, why: &str) -> BackupSet {
    BackupSet { soundness: Soundness::Broken(why.to_owned()), ..set }
}
