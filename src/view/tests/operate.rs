//! Screens on which something is done to the engine.

use std::time::Duration;

use super::{fixture, *};
use crate::{
    command::{
        Act, Call, Downtime, Gate, Phase, Plan, Progress, Risk, Stage, Step,
        simple::{self, Running, Verb},
    },
    domain::ServiceKey,
    model::{
        Access, Ask, Draft, Extent, Field, Job, JobId, JobState, Leaving, Origin, Outcome, Overlay, Palette,
        Pane, Planning, Wish,
    },
};

fn check(name: &str, model: &Model, sizes: &[(u16, u16)]) {
    for size in sizes {
        let text = text(model, &Theme::default(), *size);
        insta::assert_snapshot!(format!("{name}-{}x{}", size.0, size.1), text);
    }
}

pub(super) fn on(name: &str) -> Model {
    let mut model = fixture::model();
    fixture::select(&mut model, name);
    model
}

fn api() -> ServiceKey {
    ServiceKey { stack: Some("xorb".into()), name: "api-prod".to_owned() }
}

fn steps(slot: u64) -> Phase {
    let lasting = format!("xorb-api-prod-{slot}");
    let temporary = format!("a29e48fb50ab_{lasting}");
    let deadline = Duration::from_secs(60);
    let step = |state, cause: &str, act| Step { slot: Some(slot), state, cause: cause.to_owned(), act };
    let call = |state, cause: &str, call| step(state, cause, Act::Call(call));
    let rename = |from: &str, to: String| Call::Rename { container: from.to_owned(), name: to };
    let create = Call::Create { name: temporary.clone(), body: serde_json::Value::Null };
    Phase::single(
        format!("slot {slot}"),
        vec![
            call("creating", "the new container is made beside the old one", create),
            call("starting", "it is started", Call::Start { container: temporary.clone() }),
            step(
                "gate",
                "it must be seen to serve",
                Act::Gate(Gate::Ready { container: temporary.clone(), deadline }),
            ),
            call(
                "replacing",
                "the old container makes room",
                Call::Stop { container: lasting.clone(), grace: None },
            ),
            call(
                "swapping",
                "the old container gives its name away",
                rename(&lasting, format!("{lasting}.old-0p")),
            ),
            call("swapping", "the new container takes the name", rename(&temporary, lasting.clone())),
        ],
    )
}

/// The update of the sketches.
fn update() -> Plan {
    let fact = |name: &str, fact: &str| (name.to_owned(), fact.to_owned());
    Plan {
        title: "rolling update of xorb/api-prod".to_owned(),
        risk: Risk::Some,
        facts: vec![
            fact("image", "xorb/api:v1.2.3 → xorb/api:v1.2.4"),
            fact("replicas", "3, 1 at a time"),
            fact("order", "start-first: no fixed port, no exclusive volume"),
            fact("gate", "the service's own check, up to 60 s; soak 10 s; drain 10 s"),
        ],
        notes: vec![
            "the compose file may still say v1.2.3: edit it, or the next `compose up` goes back to it"
                .to_owned(),
        ],
        phases: (1..=3).map(steps).collect(),
        takes: Duration::from_secs(75),
        down_for: Downtime::None,
        undo: "automatic on failure; by hand until the old containers are removed".to_owned(),
    }
}

/// Three services are marked, one of them under the pointer.
pub(super) fn marked() -> Model {
    let mut model = on("xorb/api-prod");
    for name in ["xorb/api-prod", "codecave/api", "codecave/search"] {
        fixture::select(&mut model, name);
        model.tree.marked.extend(model.tree.selected.clone());
    }
    model
}

#[test]
fn marked_rows_have_a_glyph_and_the_hints_say_how_many_there_are() {
    check("marked", &marked(), &[SMALL, MEDIUM]);
}

pub(super) fn palette(text: &str) -> Model {
    let mut model = on("xorb/api-prod");
    model.focus.overlay = Some(Overlay::Palette(Palette { field: Field::of(text), selected: 0 }));
    model
}

#[test]
fn the_palette_lists_what_applies_with_its_keys() {
    check("palette", &palette(""), &[SMALL, MEDIUM]);
    check("palette-typed", &palette("scale 5"), &[SMALL]);
    check("palette-nothing", &palette("xyzzy"), &[SMALL]);
}

fn planning(draft: Draft) -> Model {
    let mut model = on("xorb/api-prod");
    model.focus.overlay = Some(Overlay::Plan(Planning {
        job: JobId(1),
        subject: "xorb/api-prod".to_owned(),
        service: Some(api()),
        backup: None,
        origin: Origin::New,
        turns: Vec::new(),
        draft,
        name: Field::default(),
        scroll: 0,
    }));
    model
}

pub(super) fn planned() -> Model {
    planning(Draft::Ready(Box::new(update())))
}

fn removal() -> Model {
    let containers = ["xorb-api-prod-1", "xorb-api-prod-2"].map(str::to_owned);
    let verb = Verb::Remove(Running::Killed);
    let plan = simple::plan(&verb, "xorb/api-prod", &containers, Duration::ZERO);
    let mut model = planning(Draft::Ready(Box::new(plan)));
    if let Some(Overlay::Plan(planning)) = &mut model.focus.overlay {
        planning.name = Field { text: "xorb/api".to_owned(), error: None };
    }
    model
}

fn report(slot: u64, state: &str, stage: Stage, target: &str, detail: &str) -> Progress {
    Progress {
        operation: "0p".to_owned(),
        sequence: 1,
        phase: format!("slot {slot}"),
        slot: Some(slot),
        target: target.to_owned(),
        state: state.to_owned(),
        stage,
        detail: detail.to_owned(),
        elapsed: Duration::ZERO,
        deadline: (state == "gate").then_some(Duration::from_secs(60)),
        left: None,
    }
}

/// The update: its first replica is replaced, the second one does not answer yet.
pub(super) fn job(model: &Model) -> Job {
    let now = model.clock.running;
    let ago = |seconds| now - Duration::from_secs(seconds);
    let mut job = Job::of(JobId(1), update(), Some(api()), ago(41));
    let (lasting, temporary) = ("xorb-api-prod-1", "a29e48fb50ab_xorb-api-prod-1");
    for (state, target, began, seen) in [
        ("creating", temporary, 41, "created"),
        ("starting", temporary, 40, "started"),
        ("gate", temporary, 39, "ready after 0.6 s"),
        ("replacing", lasting, 30, "stopped"),
        ("swapping", lasting, 28, "renamed"),
        ("swapping", temporary, 28, "ready after 0.6 s"),
    ] {
        job.hear(report(1, state, Stage::Begins, target, ""), ago(began));
        job.hear(report(1, state, Stage::Done, target, seen), ago(began - 1));
    }
    let second = "a29e48fb50ab_xorb-api-prod-2";
    job.hear(report(2, "creating", Stage::Begins, second, ""), ago(14));
    job.hear(report(2, "creating", Stage::Done, second, "created"), ago(14));
    job.hear(report(2, "gate", Stage::Begins, second, "it must be seen to serve"), ago(13));
    job.hear(report(2, "gate", Stage::Waits, second, "probe: exit 1 \"connection refused\""), ago(3));
    job
}

pub(super) fn at_work() -> Model {
    let mut model = on("xorb/api-prod");
    let job = job(&model);
    let failed = Job {
        id: JobId(2),
        title: "scale codecave/web from 1 to 3".to_owned(),
        state: JobState::Ended {
            outcome: Outcome::Failed("start codecave-web-2: port 8080 is taken by codecave-api-1".to_owned()),
            at: model.clock.running,
        },
        ..job.clone()
    };
    model.jobs.all = vec![Job { service: None, ..failed }, job];
    model
}

/// The update, after its second replica failed and everything was put back.
pub(super) fn put_back() -> Model {
    let mut model = on("xorb/api-prod");
    let why = "a29e48fb50ab_xorb-api-prod-2 did not become ready: exit 1 \"connection refused\"";
    let outcome = Outcome::RolledBack(why.to_owned());
    let evidence = [
        "probe: exit 1 \"connection refused\"",
        "probe: exit 1 \"connection refused\"",
        "log: INFO listening on :8000",
        "log: FATAL no route to payments",
    ];
    let state = JobState::Ended { outcome, at: model.clock.running };
    model.jobs.all = vec![Job { state, evidence: evidence.map(str::to_owned).into(), ..job(&model) }];
    model.focus.pane = Pane::Detail;
    model
}

#[test]
fn an_update_that_failed_stays_on_screen_with_what_its_container_said_last() {
    check("put-back", &put_back(), &[SMALL, MEDIUM]);
}

#[test]
fn a_plan_is_shown_before_anything_is_done() {
    check("plan", &planned(), &[SMALL, MEDIUM]);
    check("plan-asked", &planning(Draft::Asked), &[SMALL]);
    let why = "xorb/api-prod: image xorb/api:v9 is not on the engine; `stacktop pull xorb/api:v9` fetches it";
    check("plan-refused", &planning(Draft::Refused(why.to_owned())), &[SMALL]);
}

#[test]
fn what_is_lost_for_good_wants_its_name_typed() {
    let mut model = removal();
    check("plan-name", &model, &[SMALL]);
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
    terminal.draw(|frame| _ = draw(&model, &Theme::default(), frame)).unwrap();
    let (x, y) = find(terminal.backend().buffer(), "xorb/api ").unwrap();
    terminal.backend_mut().assert_cursor_position((x + 8, y));
    if let Some(Overlay::Plan(planning)) = &mut model.focus.overlay {
        planning.name.error = Some("that is not xorb/api-prod".to_owned());
    }
    assert!(text(&model, &Theme::default(), SMALL).contains("that is not xorb/api-prod"));
}

#[test]
fn a_long_plan_is_scrolled_to_its_end() {
    let mut model = planned();
    if let Some(Overlay::Plan(planning)) = &mut model.focus.overlay {
        planning.scroll = u32::MAX;
    }
    let (buffer, hits) = screen(&model, &Theme::default(), SMALL);
    assert!(hits.overlay.0 > u32::from(hits.overlay.1), "{hits:?}");
    assert!(find(&buffer, &format!("{} of {0}", hits.overlay.0)).is_some());
}

#[test]
fn an_argument_is_asked_for_with_what_is_now() {
    let ask = |wish, now: &str, answer| Ask {
        wish,
        extent: Extent::Service { key: api(), swarm: None },
        now: now.to_owned(),
        answer,
    };
    let mut model = on("xorb/api-prod");
    model.focus.overlay = Some(Overlay::Ask(ask(Wish::Scale, "2 of 3 replicas run", Field::of("3"))));
    check("ask-scale", &model, &[SMALL, MEDIUM]);
    let wrong =
        Field { text: String::new(), error: Some("an image is written like `shop/web:1.4`".to_owned()) };
    model.focus.overlay = Some(Overlay::Ask(ask(Wish::Update, "it runs xorb/api:v1.2.3", wrong)));
    check("ask-update", &model, &[SMALL]);
}

#[test]
fn an_update_of_a_whole_project_says_in_which_order_and_asks_about_the_images() {
    let mut model = on("xorb");
    let now = "each service to what its image's name means now, in this order: postgres, redis, api-prod, api-staging, \
               nginx; left alone, as it does not run: migrate";
    let extent = Extent::Project("xorb".into());
    let ask = Ask { wish: Wish::Update, extent, now: now.to_owned(), answer: Field::of("no") };
    model.focus.overlay = Some(Overlay::Ask(ask));
    check("ask-project", &model, &[SMALL]);
}

#[test]
fn jobs_have_a_pane_and_the_service_tells_where_each_replica_stands() {
    let mut model = at_work();
    check("jobs", &model, &[SMALL, MEDIUM]);
    model.focus.pane = Pane::Detail;
    check("rollout", &model, &[SMALL, MEDIUM]);
    model.focus.pane = Pane::Jobs;
    check("jobs-focused", &model, &[MEDIUM]);
}

#[test]
fn leaving_asks_while_a_job_is_at_work() {
    let mut model = at_work();
    model.focus.overlay = Some(Overlay::Leave(Leaving::Asked));
    check("leave", &model, &[SMALL]);
    model.focus.overlay = Some(Overlay::Leave(Leaving::Waits));
    assert!(text(&model, &Theme::default(), SMALL).contains("Leaving after the running step"));
}

#[test]
fn a_dashboard_that_only_looks_has_no_keys_that_change_anything() {
    let mut model = on("xorb/api-prod");
    model.access = Access::ReadOnly;
    check("read-only", &model, &[SMALL, MEDIUM]);
    model.focus.overlay = Some(Overlay::Help { scroll: 0 });
    let help = text(&model, &Theme::default(), (120, 140));
    assert!(!help.contains("Restart the selection") && !help.contains("Carry the plan out"), "{help}");
}
