use super::*;
use crate::domain::{
    Health, SwarmService, Task, TaskState, UpdateState,
    testing::{at, container, exited, of, probed, replica, swarm_service, task, update},
};

/// When the update began.
const BEGAN: i64 = 1000;

fn key(stack: &str, name: &str) -> ServiceKey {
    ServiceKey { stack: Some(stack.into()), name: name.to_owned() }
}

/// `media/app`, whose spec has `app:2`, in this state.
fn service(state: UpdateState) -> SwarmService {
    let status = crate::domain::UpdateStatus { started_at: Some(at(BEGAN)), ..update(state, "said") };
    let policy = UpdatePolicy {
        parallelism: 1,
        delay: Duration::from_secs(5),
        order: "start-first".to_owned(),
        failure_action: "rollback".to_owned(),
    };
    SwarmService { update: Some(status), policy: Some(policy), ..swarm_service("media", "app", 3) }
}

fn old(slot: u64, state: TaskState) -> Task {
    let desired = if state.is_over() { TaskState::Shutdown } else { TaskState::Running };
    Task { image: "app:1".to_owned(), desired, ..task("app", slot, 10, state) }
}

fn swarm(service: SwarmService, tasks: Vec<Task>) -> Option<Rollout> {
    let snapshot = Snapshot { services: vec![service], tasks, ..Snapshot::default() };
    Rollout::of(&snapshot, &key("media", "app"), at(BEGAN + 60))
}

fn compose(containers: Vec<Container>) -> Option<Rollout> {
    Rollout::of(&of(containers), &key("shop", "web"), at(BEGAN + 30))
}

/// A container of `shop/web` of this number, made after the update began, with another name and label.
fn made(number: u64, name: &str, label: Option<(&str, &str)>) -> Container {
    let mut container = replica("shop", "web", number);
    (container.name, container.image) = (name.to_owned(), "app:2".to_owned());
    (container.created_at, container.started_at) = (at(BEGAN + 5), Some(at(BEGAN + 6)));
    container.labels.extend(label.map(|(name, value)| (name.to_owned(), value.to_owned())));
    container
}

fn standing(number: u64) -> Container {
    Container { created_at: at(10), started_at: Some(at(10)), ..replica("shop", "web", number) }
}

fn phases(rollout: &Rollout) -> Vec<String> {
    let word = |phase: &ExchangePhase| match phase {
        ExchangePhase::Comes(word) => word.clone(),
        other => format!("{other:?}").to_lowercase(),
    };
    rollout.slots.iter().map(|slot| format!("{} {}", slot.slot, word(&slot.phase))).collect()
}

#[test]
fn tasks_tell_how_far_each_slot_of_a_swarm_update_is() {
    let coming = Task { changed_at: at(BEGAN + 21), ..task("app", 2, BEGAN + 20, TaskState::Preparing) };
    let done = Task { changed_at: at(BEGAN + 12), ..task("app", 1, BEGAN, TaskState::Running) };
    let tasks = vec![
        old(1, TaskState::Shutdown),
        done,
        old(2, TaskState::Running),
        coming,
        old(3, TaskState::Running),
    ];
    let rollout = swarm(service(UpdateState::Updating), tasks).unwrap();
    assert_eq!(phases(&rollout), ["1 done", "2 preparing", "3 waits"]);
    assert_eq!((rollout.from.as_deref(), rollout.to.as_str()), (Some("app:1"), "app:2"));
    assert_eq!((rollout.driver, rollout.stage), (Driver::Swarm, RolloutStage::Rolling));
}

#[test]
fn the_rest_takes_as_long_as_the_replicas_before_took() {
    let done = Task { changed_at: at(BEGAN + 12), ..task("app", 1, BEGAN, TaskState::Running) };
    let tasks = vec![done, old(2, TaskState::Running), old(3, TaskState::Running)];
    let rollout = swarm(service(UpdateState::Updating), tasks).unwrap();
    assert_eq!(rollout.left(at(BEGAN + 60)), Some(Duration::from_secs(12 + 5 + 12)));
}

#[test]
fn nothing_is_foretold_before_the_first_replica_is_done() {
    let rollout = swarm(service(UpdateState::Updating), vec![old(1, TaskState::Running)]).unwrap();
    assert_eq!(rollout.left(at(BEGAN + 60)), None);
}

#[test]
fn a_slot_whose_new_task_failed_says_why_while_the_next_one_comes() {
    let error = Some("No such image: app:2".to_owned());
    let failed = Task { error, ..task("app", 1, BEGAN + 1, TaskState::Rejected) };
    let next = task("app", 1, BEGAN + 8, TaskState::Pending);
    let rollout =
        swarm(service(UpdateState::Updating), vec![old(1, TaskState::Running), failed, next]).unwrap();
    assert_eq!(phases(&rollout), ["1 pending"]);
    assert_eq!((rollout.slots[0].failures, rollout.failures()), (1, 1));
    assert_eq!(rollout.slots[0].seen.as_deref(), Some("No such image: app:2"));
}

#[test]
fn a_rollback_goes_back_to_what_the_spec_says_and_leaves_alone_what_was_not_reached() {
    let bad = |slot| Task { image: "app:3".to_owned(), ..task("app", slot, BEGAN + 1, TaskState::Failed) };
    let back = task("app", 1, BEGAN + 30, TaskState::Starting);
    let untouched = task("app", 2, 10, TaskState::Running);
    let rollout = swarm(service(UpdateState::RollbackStarted), vec![bad(1), back, untouched]).unwrap();
    assert_eq!(phases(&rollout), ["1 starting", "2 untouched"]);
    assert_eq!((rollout.stage, rollout.from.as_deref()), (RolloutStage::RollingBack, Some("app:3")));
}

#[test]
fn an_update_that_swarm_paused_waits_for_a_person_and_keeps_its_words() {
    let rollout = swarm(service(UpdateState::Paused), vec![old(1, TaskState::Running)]).unwrap();
    assert_eq!((rollout.stage, rollout.said.as_str()), (RolloutStage::Stuck, "said"));
}

#[test]
fn an_update_that_went_well_is_soon_forgotten() {
    let ended = |seconds: i64| {
        let mut service = service(UpdateState::Completed);
        service.update.as_mut().unwrap().completed_at = Some(at(BEGAN + 60 - seconds));
        swarm(service, vec![task("app", 1, BEGAN, TaskState::Running)])
    };
    assert_eq!(ended(5).unwrap().stage, RolloutStage::Done);
    assert_eq!(ended(600), None);
}

#[test]
fn a_service_that_only_runs_is_not_rolled_out() {
    assert_eq!(compose(vec![standing(1), standing(2)]), None);
    assert_eq!(swarm(swarm_service("media", "app", 1), vec![task("app", 1, 10, TaskState::Running)]), None);
}

#[test]
fn compose_up_elsewhere_is_seen_by_the_name_it_gives_the_next_container() {
    let mut next = made(1, "a29e48fb50ab_shop-web-1", None);
    next.state = crate::domain::ContainerState::Created;
    let rollout = compose(vec![standing(1), next, standing(2)]).unwrap();
    assert_eq!(phases(&rollout), ["1 created", "2 waits"]);
    assert_eq!((rollout.driver, rollout.stage), (Driver::Compose, RolloutStage::Rolling));
}

#[test]
fn compose_up_that_was_interrupted_waits_for_a_person() {
    let mut next = made(1, "a29e48fb50ab_shop-web-1", None);
    (next.state, next.created_at) = (crate::domain::ContainerState::Created, at(BEGAN - 600));
    let rollout = compose(vec![next]).unwrap();
    assert_eq!(rollout.stage, RolloutStage::Stuck);
    assert!(rollout.said.contains("docker compose up"), "{}", rollout.said);
}

#[test]
fn what_compose_has_just_replaced_is_gated_by_its_health_check() {
    let label = Some(("com.docker.compose.replace", "shop-web-1"));
    let starting = Container { health: Health::Starting, ..made(1, "shop-web-1", label) };
    assert_eq!(phases(&compose(vec![starting]).unwrap()), ["1 gate"]);
    let sick = probed(made(1, "shop-web-1", label), Health::Unhealthy, "connection refused");
    let rollout = compose(vec![sick]).unwrap();
    assert_eq!((rollout.stage, phases(&rollout)), (RolloutStage::Stuck, vec!["1 failed".to_owned()]));
    assert_eq!(rollout.slots[0].seen.as_deref(), Some("probe \"connection refused\" ×1"));
}

#[test]
fn two_containers_of_one_number_are_the_old_one_and_the_new_one() {
    let rollout = compose(vec![made(1, "web-new", None), standing(1)]).unwrap();
    let slot = &rollout.slots[0];
    assert_eq!(slot.old.as_ref().map(|side| side.name.as_str()), Some("shop-web-1"));
    assert_eq!(slot.new.as_ref().map(|side| side.name.as_str()), Some("web-new"));
}

#[test]
fn a_rollout_of_stacktop_elsewhere_is_told_by_its_lock_and_its_labels() {
    let mut lock = container("stacktop-lock.shop.web");
    lock.labels.insert("stacktop.lock".to_owned(), "shop/web".to_owned());
    let op = Some(("stacktop.op", "0p"));
    let before = Container { name: "shop-web-1.old-0p".to_owned(), ..exited(standing(1), 0, false) };
    let rollout = compose(vec![
        lock,
        before,
        made(1, "shop-web-1", op),
        standing(2),
        made(2, "a29e48fb50ab_shop-web-2", op),
    ])
    .unwrap();
    assert_eq!(phases(&rollout), ["1 done", "2 serves"]);
    assert_eq!(rollout.driver, Driver::Stacktop(Some("0p".to_owned())));
    assert_eq!(rollout.stage, RolloutStage::Rolling);
}

#[test]
fn a_new_container_that_was_kept_for_its_logs_says_what_failed() {
    let failed = exited(made(1, "shop-web-1.failed-0p", Some(("stacktop.op", "0p"))), 3, false);
    let rollout = compose(vec![standing(1), failed]).unwrap();
    assert_eq!((rollout.stage, phases(&rollout)), (RolloutStage::RolledBack, vec!["1 failed".to_owned()]));
    assert_eq!(rollout.slots[0].seen.as_deref(), Some("exited 3"));
}
