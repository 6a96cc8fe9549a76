use super::*;
use crate::domain::{
    Health, Limits, TaskState, UpdateState,
    testing::{container, exited, of, probed, replica, swarm_service, task, update},
};

fn service<'a>(fleet: &'a Fleet, name: &str) -> &'a Service {
    fleet.services().find(|service| service.key.to_string() == name).unwrap()
}

fn causes(service: &Service) -> Vec<Option<&str>> {
    service.replicas.iter().map(|replica| replica.cause.as_deref()).collect()
}

#[test]
fn a_project_is_grouped_by_its_labels_and_replicas_stand_by_number() {
    let fleet =
        Fleet::of(&of(vec![replica("shop", "web", 10), replica("shop", "web", 2), replica("shop", "db", 1)]));
    let slots: Vec<_> = service(&fleet, "shop/web").replicas.iter().map(|r| r.key.slot.to_string()).collect();
    assert_eq!(slots, ["2", "10"]);
    assert_eq!(fleet.stacks[0].running(), 3);
}

#[test]
fn what_belongs_to_no_stack_comes_last() {
    let fleet = Fleet::of(&of(vec![container("aaa"), replica("shop", "web", 1)]));
    let titles: Vec<_> = fleet.stacks.iter().map(Stack::title).collect();
    assert_eq!(titles, ["shop", "(no stack)"]);
}

#[test]
fn a_one_off_container_is_no_replica() {
    let mut run = replica("shop", "web", 1);
    run.membership =
        Membership::Compose { project: "shop".into(), service: "web".into(), number: 1, one_off: true };
    let fleet = Fleet::of(&of(vec![run]));
    assert_eq!(fleet.stacks[0].kind, StackKind::Loose);
}

#[test]
fn an_oom_killed_replica_is_down_and_says_at_which_limit() {
    let mut search = exited(replica("cave", "search", 1), 137, true);
    search.limits = Some(Limits { memory: Some(512 << 20), cpus: None });
    let fleet = Fleet::of(&of(vec![search]));
    let search = service(&fleet, "cave/search");
    assert_eq!((search.status, search.running, search.desired), (Status::Down, 0, 1));
    assert_eq!(causes(search), [Some("exited 137, OOM-killed at limit 512M")]);
}

#[test]
fn a_replica_that_was_asked_to_stop_is_stopped_and_not_down() {
    let fleet = Fleet::of(&of(vec![exited(replica("shop", "web", 1), 143, false)]));
    assert_eq!(fleet.stacks[0].status(), Status::Stopped);
}

#[test]
fn an_unhealthy_replica_tells_its_probe_and_makes_the_stack_unhealthy() {
    let sick = probed(replica("shop", "web", 2), Health::Unhealthy, "curl: (28) timed out");
    let fleet = Fleet::of(&of(vec![replica("shop", "web", 1), sick]));
    assert_eq!(fleet.stacks[0].status(), Status::Unhealthy);
    assert_eq!(causes(service(&fleet, "shop/web")), [None, Some("probe \"curl: (28) timed out\" ×1")]);
}

#[test]
fn a_probe_that_cannot_run_is_called_broken() {
    let mut sick = probed(replica("shop", "web", 1), Health::Unhealthy, "/bin/sh: curl: not found");
    sick.probes[0].exit_code = 127;
    let fleet = Fleet::of(&of(vec![sick]));
    assert!(causes(service(&fleet, "shop/web"))[0].unwrap().starts_with("probe broken"));
}

#[test]
fn a_swarm_slot_shows_the_newest_task_that_should_run() {
    let mut old = task("app", 1, 100, TaskState::Shutdown);
    old.desired = TaskState::Shutdown;
    let snapshot = Snapshot {
        services: vec![swarm_service("media", "app", 1)],
        tasks: vec![old, task("app", 1, 200, TaskState::Running)],
        ..Snapshot::default()
    };
    let fleet = Fleet::of(&snapshot);
    let app = service(&fleet, "media/app");
    assert_eq!((app.replicas.len(), app.running, app.status), (1, 1, Status::Running));
}

#[test]
fn a_swarm_slot_that_cannot_start_tells_the_error_of_its_last_task() {
    let mut failed = task("app", 1, 100, TaskState::Rejected);
    failed.desired = TaskState::Shutdown;
    failed.error = Some("No such image: app:2".to_owned());
    let snapshot = Snapshot {
        services: vec![swarm_service("media", "app", 1)],
        tasks: vec![failed, task("app", 1, 200, TaskState::Ready)],
        ..Snapshot::default()
    };
    let fleet = Fleet::of(&snapshot);
    let app = service(&fleet, "media/app");
    assert_eq!((app.status, app.restarts()), (Status::Down, Some(1)));
    assert_eq!(causes(app), [Some("No such image: app:2")]);
}

#[test]
fn a_service_that_swarm_updates_is_rolling() {
    let mut app = swarm_service("media", "app", 1);
    app.update = Some(update(UpdateState::Updating, "update in progress"));
    let tasks = vec![task("app", 1, 100, TaskState::Running)];
    let fleet = Fleet::of(&Snapshot { services: vec![app], tasks, ..Snapshot::default() });
    assert_eq!(service(&fleet, "media/app").status, Status::Rolling);
}

#[test]
fn a_worker_shows_the_services_of_its_own_containers() {
    let mut here = container("media_app.2.xyz");
    here.membership = Membership::Swarm {
        stack: Some("media".into()),
        service: "app".into(),
        service_name: "media_app".to_owned(),
        slot: Slot::Number(2),
        task: "xyz".into(),
        node: "node-b".into(),
    };
    let fleet = Fleet::of(&of(vec![here]));
    assert_eq!(service(&fleet, "media/app").replicas[0].key.to_string(), "media/app/2");
    assert_eq!(fleet.stacks[0].kind, StackKind::Swarm);
}
