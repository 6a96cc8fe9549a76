//! Rolling updates that somebody else began.

use super::{fixture, *};
use crate::{
    domain::{ContainerState, Health, Membership, Snapshot, Task, TaskState, UpdateState},
    model::{Pane, Tail},
};

fn check(name: &str, model: &Model, sizes: &[(u16, u16)]) {
    for size in sizes {
        let text = text(model, &Theme::default(), *size);
        insta::assert_snapshot!(format!("{name}-{}x{}", size.0, size.1), text);
    }
}

/// The overview of a service in a world that was changed.
fn on(name: &str, change: impl Fn(&mut Snapshot)) -> Model {
    let mut model = fixture::model();
    let mut snapshot = Snapshot::clone(&model.known.snapshot);
    change(&mut snapshot);
    model.known.replace(snapshot, fixture::ago(1));
    fixture::select(&mut model, name);
    model.focus.pane = Pane::Detail;
    model
}

/// The new task of slot 3 was refused by its node, and the next one has no node yet.
fn refused(snapshot: &mut Snapshot) {
    let old = snapshot.tasks.iter().find(|task| task.id.as_str() == "task-app-3").unwrap().clone();
    let new = |id: &str, state: TaskState, age: i64| Task {
        id: id.into(),
        image: "medianest:v1.2.3".to_owned(),
        container: None,
        created_at: fixture::ago(age),
        changed_at: fixture::ago(age - 1),
        state,
        ..old.clone()
    };
    let error = Some("No such image: registry.example.org/medianest:v1.2.3".to_owned());
    snapshot.tasks.push(Task { error, ..new("task-app-3b", TaskState::Rejected, 30) });
    snapshot.tasks.push(new("task-app-3c", TaskState::Pending, 12));
}

/// Compose has replaced the second replica, and its health check fails.
fn replaced(snapshot: &mut Snapshot) {
    for container in &mut snapshot.containers {
        let is_second = matches!(&container.membership, Membership::Compose { project, service, number: 2, .. }
            if project.as_str() == "xorb" && service == "api-prod");
        if is_second {
            container.image = "registry.example.org/xorb/api-prod:v2.8.0".to_owned();
            container.created_at = fixture::ago(44);
            container.labels.insert("com.docker.compose.replace".to_owned(), "xorb-api-prod-2".to_owned());
            assert_eq!((&container.state, &container.health), (&ContainerState::Running, &Health::Unhealthy));
        }
    }
}

#[test]
fn an_update_of_swarm_is_shown_slot_by_slot() {
    check("rolling-swarm", &on("medianest/app", |_| {}), &[SMALL, MEDIUM, LARGE]);
}

#[test]
fn a_task_that_was_refused_says_why_above_the_slots() {
    check("rolling-swarm-refused", &on("medianest/app", refused), &[SMALL, MEDIUM]);
}

#[test]
fn an_update_that_swarm_has_paused_names_the_keys_that_help() {
    let paused = |snapshot: &mut Snapshot| {
        refused(snapshot);
        for update in snapshot.services.iter_mut().filter_map(|service| service.update.as_mut()) {
            update.state = UpdateState::Paused;
            update.message =
                "update paused due to failure or early termination of task task-app-3b".to_owned();
        }
    };
    check("rolling-swarm-paused", &on("medianest/app", paused), &[SMALL, MEDIUM]);
}

#[test]
fn what_compose_has_replaced_shows_its_failing_probes_and_last_lines() {
    let mut model = on("xorb/api-prod", replaced);
    let failing = model.known.snapshot.containers.iter().find(|it| it.name == "xorb-api-prod-2").unwrap();
    model.detail.tail = Some(Tail {
        container: failing.id.clone(),
        asked: model.clock.running,
        lines: ["listening on :8000", "FATAL no route to payments: connection refused"]
            .map(str::to_owned)
            .into(),
    });
    check("rolling-compose", &model, &[SMALL, MEDIUM]);
}
