//! From a key to a verdict.

mod series;
mod unfinished;

use super::*;
use crate::{
    command::{
        Act, Call, Ending, Failure, Phase, Plan, Progress, Risk, Stage, Step,
        execute::operation::{Life, Verdict},
        simple::{self, Running, Verb},
    },
    domain::ContainerState,
    model::{Access, Draft, Extent, JobId, JobState, Leaving, Outcome, Overlay, Turn},
};

const DEADLINE: Duration = Duration::from_secs(60);

fn names(containers: &[&str]) -> Vec<String> {
    containers.iter().map(|name| (*name).to_owned()).collect()
}

fn restart() -> Plan {
    simple::plan(&Verb::Restart(None), "shop/web", &names(&["shop-web-1", "shop-web-2"]), DEADLINE)
}

fn removal() -> Plan {
    simple::plan(&Verb::Remove(Running::Killed), "shop/web", &names(&["shop-web-1"]), DEADLINE)
}

/// A dashboard with `shop/web` selected.
fn desk() -> Desk {
    let mut desk = Desk::showing(shop());
    desk.keys("G");
    desk
}

impl Desk {
    fn planned(&mut self, job: u64, plan: Plan) -> Effects {
        let operation = Some("0p".to_owned());
        self.tell(Msg::Planned { job: JobId(job), answer: Ok(Planned::one(plan, operation)) })
    }

    /// A job that restarts `shop/web`.
    fn at_work() -> Self {
        let mut desk = desk();
        desk.keys("r");
        desk.planned(1, restart());
        desk.keys("y");
        desk
    }

    fn hears(&mut self, phase: &str, state: &str, stage: Stage) {
        self.hears_of(1, phase, state, stage);
    }

    fn hears_of(&mut self, job: u64, phase: &str, state: &str, stage: Stage) {
        let progress = Progress {
            operation: "0p".to_owned(),
            sequence: 1,
            phase: phase.to_owned(),
            slot: None,
            target: phase.to_owned(),
            state: state.to_owned(),
            stage,
            detail: "ready after 0.4 s".to_owned(),
            elapsed: Duration::ZERO,
            deadline: None,
            left: None,
        };
        self.tell(Msg::Progress { job: JobId(job), progress });
    }

    fn ends(&mut self, end: End) -> Effects {
        self.tell(Msg::Ended { job: JobId(1), end })
    }

    /// Selects the row of this name, wherever it is.
    fn goes_to(&mut self, name: &str) {
        self.keys("g");
        while self.selected() != name {
            self.keys("j");
        }
    }

    fn notice(&self) -> String {
        self.model.notices.current(self.model.clock.running).map(|it| it.text.clone()).unwrap_or_default()
    }
}

fn failure() -> Failure {
    Failure {
        slot: Some(1),
        target: "shop-web-1".to_owned(),
        attempt: "shop-web-1 did not become ready".to_owned(),
        why: "exit 1".to_owned(),
        cause: crate::command::Cause::Other,
        evidence: vec!["log: no database".to_owned()],
    }
}

#[test]
fn a_restart_is_planned_shown_and_begun_only_by_a_yes() {
    let mut desk = desk();
    let request = Request::Each {
        verb: Verb::Restart(None),
        of: "shop/web".to_owned(),
        containers: names(&["shop-web-1", "shop-web-2"]),
    };
    assert_eq!(desk.keys("r"), [Effect::Prepare { job: JobId(1), request }]);
    assert_eq!(desk.planned(1, restart()), []);
    assert_eq!(desk.keys("r space j enter"), [], "nothing but a yes begins it");
    assert!(desk.model.jobs.all.is_empty());
}

#[test]
fn a_job_is_paused_after_its_replica_and_may_still_be_stopped_sooner() {
    let mut desk = Desk::at_work();
    assert_eq!(desk.keys("Z"), [Effect::PauseJob(JobId(1))]);
    assert_eq!(desk.keys("Z"), [], "once is enough");
    assert_eq!(desk.keys("x"), [Effect::Stop(JobId(1))]);
    assert_eq!(desk.model.jobs.all[0].state, JobState::Stops);
}

#[test]
fn what_the_failed_container_said_last_is_kept_with_the_job() {
    let mut desk = Desk::at_work();
    let evidence = vec!["log: no route to payments".to_owned()];
    let failure = Failure { evidence: evidence.clone(), ..failure() };
    desk.ends(End::Operation(Verdict::RolledBack(failure)));
    assert_eq!(desk.model.jobs.all[0].evidence, evidence);
}

#[test]
fn a_settled_guard_is_named_where_an_action_is_refused() {
    let mut desk = desk();
    desk.model.access = Access::ReadOnly;
    desk.model.guard = Some("the settings s.yaml, line 3, make `prod*` read-only".to_owned());
    assert_eq!(desk.keys("r"), []);
    assert_eq!(desk.notice(), "no restart: the settings s.yaml, line 3, make `prod*` read-only");
}

#[test]
fn yes_begins_what_was_shown() {
    let mut desk = desk();
    desk.keys("r");
    desk.planned(1, restart());
    assert_eq!(desk.keys("y"), [Effect::Run(vec![JobId(1)])]);
    assert_eq!(desk.model.jobs.all[0].title, "restart 2 containers of shop/web");
    assert_eq!(desk.model.focus.overlay, None);
}

#[test]
fn a_plan_that_comes_after_its_overlay_was_closed_is_not_shown() {
    let mut desk = desk();
    desk.keys("r esc");
    desk.planned(1, restart());
    assert_eq!(desk.model.focus.overlay, None);
}

#[test]
fn a_plan_without_risk_is_begun_at_once() {
    let mut desk = Desk::showing(vec![exited(replica("shop", "web", 1), 0, false)]);
    desk.keys("G ctrl-t");
    let plan = simple::plan(&Verb::Start, "shop/web", &names(&["shop-web-1"]), DEADLINE);
    assert_eq!(plan.risk, Risk::None);
    assert_eq!(desk.planned(1, plan), [Effect::Run(vec![JobId(1)])]);
}

#[test]
fn a_removal_wants_the_name_typed() {
    let mut desk = desk();
    desk.keys("ctrl-d");
    desk.planned(1, removal());
    assert_eq!(desk.keys("y enter"), []);
    let Some(Overlay::Plan(planning)) = &desk.model.focus.overlay else { panic!() };
    assert_eq!(planning.name.error.as_deref(), Some("that is not shop/web"));
    assert_eq!(desk.keys("ctrl-u s h o p / w e b enter"), [Effect::Run(vec![JobId(1)])]);
}

#[test]
fn a_refusal_is_shown_in_place_of_the_plan() {
    let mut desk = desk();
    desk.keys("r");
    desk.tell(Msg::Planned { job: JobId(1), answer: Err("no".to_owned()) });
    let Some(Overlay::Plan(planning)) = &desk.model.focus.overlay else { panic!() };
    assert_eq!(planning.draft, Draft::Refused("no".to_owned()));
    assert_eq!(desk.keys("y"), []);
}

#[test]
fn scaling_asks_how_many_and_takes_numbers_only() {
    let mut desk = desk();
    desk.keys("s x enter");
    let Some(Overlay::Ask(ask)) = &desk.model.focus.overlay else { panic!() };
    assert_eq!((ask.answer.text.as_str(), ask.now.as_str()), ("2x", "2 of 2 replicas run"));
    assert!(ask.answer.error.is_some());
    let Extent::Service { key: service, .. } = ask.extent.clone() else { panic!() };
    let asked = desk.keys("backspace backspace 5 enter");
    assert_eq!(
        asked,
        [Effect::Prepare { job: JobId(1), request: Request::Scale { service, swarm: None, replicas: 5 } }]
    );
}

#[test]
fn an_update_begins_with_the_image_that_runs() {
    let mut desk = desk();
    let before = desk.model.known.fleet.services().last().unwrap().image.clone();
    desk.keys("u");
    desk.tell(Msg::Input(Input::Paste("-b".to_owned())));
    let effects = desk.keys("enter");
    let [Effect::Prepare { request: Request::Update { image, .. }, .. }] = effects.as_slice() else {
        panic!()
    };
    assert_eq!(*image, format!("{before}-b"));
}

#[test]
fn a_stack_is_stopped_whole_and_scaled_by_service() {
    let mut desk = Desk::showing(shop());
    let effects = desk.keys("g ctrl-s");
    let [Effect::Prepare { request: Request::Each { containers, .. }, .. }] = effects.as_slice() else {
        panic!()
    };
    assert_eq!(*containers, names(&["shop-db-1", "shop-web-1", "shop-web-2"]));
    desk.keys("esc s");
    assert_eq!(desk.notice(), "a stack is scaled service by service: select one");
}

#[test]
fn a_verb_leaves_out_what_it_does_nothing_to() {
    let mut half = shop();
    half[0] = exited(replica("shop", "web", 1), 0, false);
    let mut desk = Desk::showing(half);
    desk.model.tree.selected = Some(RowKey::Stack(Some("shop".into()), crate::domain::StackKind::Compose));
    let effects = desk.keys("ctrl-t");
    let [Effect::Prepare { request: Request::Each { containers, .. }, .. }] = effects.as_slice() else {
        panic!()
    };
    assert_eq!(*containers, names(&["shop-web-1"]));
}

#[test]
fn a_dashboard_that_only_looks_changes_nothing() {
    let mut desk = desk();
    desk.model.access = Access::ReadOnly;
    for key in ["r", "s", "u", "p", "ctrl-s", "ctrl-t", "ctrl-k", "ctrl-d", "delete"] {
        assert_eq!(desk.keys(key), [], "{key}");
        assert!(desk.notice().ends_with("this dashboard is read-only"), "{key}");
        assert_eq!(desk.model.focus.overlay, None, "{key}");
    }
}

#[test]
fn nothing_is_changed_on_an_engine_that_does_not_answer() {
    let mut desk = desk();
    desk.keys("r");
    desk.planned(1, restart());
    desk.tell(Msg::Engine(Observation::Link(lost())));
    assert_eq!(desk.keys("y"), []);
    assert!(desk.notice().contains("the engine does not answer"), "{}", desk.notice());
    assert!(desk.model.focus.overlay.is_some(), "the plan waits");
}

#[test]
fn a_name_typed_while_the_engine_is_lost_does_not_begin_a_removal() {
    let mut desk = desk();
    desk.keys("ctrl-d");
    desk.planned(1, removal());
    desk.tell(Msg::Engine(Observation::Link(lost())));
    assert_eq!(desk.keys("s h o p / w e b enter"), []);
}

#[test]
fn a_job_tells_how_far_it_is_with_each_part() {
    let mut desk = Desk::at_work();
    desk.hears("shop-web-1", "acting", Stage::Begins);
    desk.hears("shop-web-1", "acting", Stage::Done);
    desk.hears("shop-web-1", "gate", Stage::Waits);
    let job = &desk.model.jobs.all[0];
    assert_eq!((job.steps, job.current().unwrap().state.as_str()), ((1, 4), "gate"));
    assert_eq!(job.parts[1].stage, None);
}

#[test]
fn an_exchange_is_followed_by_the_names_of_its_containers() {
    let step = |state, call| Step { slot: Some(1), state, cause: String::new(), act: Act::Call(call) };
    let rename =
        |container: &str, name: &str| Call::Rename { container: container.to_owned(), name: name.to_owned() };
    let (temporary, lasting) = ("a29e48fb50ab_shop-web-1", "shop-web-1");
    let create = Call::Create { name: temporary.to_owned(), body: serde_json::Value::Null };
    let steps = vec![
        step("creating", create),
        step("swapping", rename(lasting, "shop-web-1.old-0p")),
        step("swapping", rename(temporary, lasting)),
    ];
    let mut desk = desk();
    desk.keys("r");
    desk.planned(1, Plan { phases: vec![Phase::single("slot 1", steps)], ..restart() });
    desk.keys("y");
    let names = |desk: &Desk| {
        let part = &desk.model.jobs.all[0].parts[0];
        (part.old.clone().unwrap_or_default(), part.new.clone().unwrap_or_default())
    };
    assert_eq!(names(&desk), (lasting.to_owned(), String::new()));
    for (target, state) in [(temporary, "creating"), (lasting, "swapping"), (temporary, "swapping")] {
        let mut progress = Progress {
            operation: "0p".to_owned(),
            sequence: 1,
            phase: "slot 1".to_owned(),
            slot: Some(1),
            target: target.to_owned(),
            state: state.to_owned(),
            stage: Stage::Begins,
            detail: String::new(),
            elapsed: Duration::ZERO,
            deadline: None,
            left: None,
        };
        desk.tell(Msg::Progress { job: JobId(1), progress: progress.clone() });
        progress.stage = Stage::Done;
        desk.tell(Msg::Progress { job: JobId(1), progress });
    }
    assert_eq!(names(&desk), ("shop-web-1.old-0p".to_owned(), lasting.to_owned()));
    assert!(desk.model.jobs.all[0].parts[0].is_done());
}

#[test]
fn a_job_that_is_done_says_so_and_goes_a_while_later() {
    let mut desk = Desk::at_work();
    desk.ends(End::Walk(Ending::Done));
    assert!(desk.notice().starts_with("restart 2 containers of shop/web: done in"), "{}", desk.notice());
    (0..11).for_each(|_| drop(desk.tell(Msg::Tick)));
    assert!(desk.model.jobs.all.is_empty());
}

#[test]
fn a_job_that_failed_stays_until_it_is_read() {
    let mut desk = Desk::at_work();
    desk.ends(End::Walk(Ending::Failed(failure())));
    assert_eq!(desk.model.jobs.all[0].evidence, ["log: no database"]);
    (0..60).for_each(|_| drop(desk.tell(Msg::Tick)));
    assert!(desk.notice().ends_with("failed: shop-web-1 did not become ready: exit 1"), "{}", desk.notice());
    assert_eq!(desk.model.jobs.all.len(), 1);
    desk.keys("esc");
    assert!(desk.model.jobs.all.is_empty() && desk.notice().is_empty());
}

#[test]
fn an_operation_that_is_stuck_says_what_a_person_can_do() {
    let mut desk = Desk::at_work();
    desk.hears("shop-web-1", "gate", Stage::Begins);
    desk.ends(End::Operation(Verdict::Stuck { failure: Some(failure()), why: "no space".to_owned() }));
    let notice = desk.notice();
    assert!(notice.contains("exit 1; the way back failed: no space"), "{notice}");
    assert!(notice.contains("`stacktop ops rollback 0p`"), "{notice}");
}

#[test]
fn a_job_is_asked_once_to_stop_and_is_stopped_by_its_running_step() {
    let mut desk = Desk::at_work();
    assert_eq!(desk.keys("x x"), [Effect::Stop(JobId(1))]);
    assert_eq!(desk.model.jobs.all[0].state, JobState::Stops);
    desk.ends(End::Walk(Ending::Cancelled));
    assert!(matches!(&desk.model.jobs.all[0].state, JobState::Ended { outcome: Outcome::Paused(_), .. }));
}

#[test]
fn leaving_while_a_job_is_at_work_asks_waits_and_then_leaves() {
    let mut desk = Desk::at_work();
    assert_eq!(desk.keys("q"), []);
    assert_eq!(desk.model.focus.overlay, Some(Overlay::Leave(Leaving::Asked)));
    assert_eq!(desk.keys("q"), [Effect::Stop(JobId(1))]);
    assert_eq!(desk.ends(End::Walk(Ending::Cancelled))[0], Effect::Quit);
}

#[test]
fn who_stays_stays_and_who_insists_leaves_with_a_word_on_what_is_left() {
    let mut desk = Desk::at_work();
    assert_eq!(desk.keys("q esc"), []);
    assert_eq!(desk.model.focus.overlay, None);
    desk.hears("shop-web-1", "gate", Stage::Begins);
    assert_eq!(desk.keys("q q ctrl-c"), [Effect::Stop(JobId(1)), Effect::Quit]);
    let left = farewell(&desk.model).join(" ");
    assert!(left.contains("was left after 0 of 4 steps; `stacktop ops resume 0p` goes on"), "{left}");
    desk.model.jobs.all[0].operation = None;
    assert!(farewell(&desk.model).join(" ").ends_with("what is done stays done"));
}

#[test]
fn nothing_is_said_when_nothing_is_left() {
    let mut desk = Desk::at_work();
    desk.ends(End::Walk(Ending::Done));
    assert_eq!(farewell(&desk.model), Vec::<String>::new());
}

#[test]
fn a_service_of_swarm_is_restarted_by_its_spec_and_not_stopped() {
    let mut desk = Desk::showing(shop());
    let mut snapshot = of(shop());
    snapshot.services = vec![crate::domain::testing::swarm_service("blog", "app", 2)];
    desk.tell(Msg::Engine(Observation::Snapshot(Arc::new(snapshot))));
    let key = crate::domain::ServiceKey { stack: Some("blog".into()), name: "app".to_owned() };
    desk.model.tree.selected = Some(RowKey::Service(key));
    let effects = desk.keys("r");
    assert!(
        matches!(effects.as_slice(), [Effect::Prepare { request: Request::Renew { .. }, .. }]),
        "{effects:?}"
    );
    assert_eq!(desk.keys("esc ctrl-s"), []);
    assert!(desk.notice().starts_with("Swarm starts and stops"), "{}", desk.notice());
}

#[test]
fn a_shell_opens_in_the_first_replica_that_runs() {
    let mut desk = desk();
    assert_eq!(desk.keys("e"), [Effect::Shell("shop-web-1".to_owned())]);
    let mut stopped = shop();
    for container in stopped.iter_mut().filter(|it| it.name == "shop-web-1") {
        *container = exited(container.clone(), 1, false);
    }
    let mut desk = Desk::showing(stopped);
    desk.goes_to("web");
    assert_eq!(desk.keys("e"), [Effect::Shell("shop-web-2".to_owned())]);
}

#[test]
fn a_shell_wants_one_container_that_runs() {
    let mut desk = desk();
    desk.keys("g");
    assert_eq!(desk.keys("e"), []);
    assert!(desk.notice().contains("select a service or a replica"), "{}", desk.notice());
    let mut frozen = shop();
    for container in frozen.iter_mut().filter(|it| it.name.starts_with("shop-web")) {
        container.state = ContainerState::Paused;
    }
    let mut desk = Desk::showing(frozen);
    desk.goes_to("web");
    assert_eq!(desk.keys("e"), []);
    assert_eq!(desk.notice(), "no shell in shop-web-1: it is paused");
}

#[test]
fn what_is_to_be_said_of_a_shell_is_said() {
    let mut desk = desk();
    desk.tell(Msg::ShellLeft(Err("no shell in shop-web-1: it has neither bash nor sh nor ash".to_owned())));
    assert!(desk.notice().starts_with("no shell in shop-web-1"), "{}", desk.notice());
}

#[test]
fn what_nobody_uses_is_planned_for_the_whole_engine() {
    let mut desk = desk();
    assert_eq!(desk.keys("P"), [Effect::Prepare { job: JobId(1), request: Request::Prune }]);
}
