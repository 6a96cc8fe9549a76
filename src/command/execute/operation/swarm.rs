//! Operations on services of Swarm, from lock to verdict. Swarm replaces the tasks; what is done here is to change the
//! spec once, to watch the tasks, and to put the spec of before back. An operation that was killed is gone on with by
//! watching: its change is found made, and is not made again.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::{
    Claim, Direction, Holder, IsNew, Prepared, Refused, Verdict, alone, free, hands, prepare::errand, turn,
};
use crate::{
    command::{
        Act, Call, Failure, ObservedService, Plan, ServiceChange,
        execute::{
            Ending, Halt, Progress, Walker,
            diary::{Diary, Title},
            lock::{self, Errand, Kind},
            swarm::{
                keep::{self, Kept},
                pin,
            },
        },
        rollout::{Care, Terms},
        swarm::{
            DEADLINE, Settings, SwarmRefusal, SwarmService, back_plan, idle_plan, restore_plan, rollout_plan,
            scale_plan, watch_plan,
        },
    },
    domain::ServiceKey,
    engine::Engine,
};

/// What a Swarm service is to become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SwarmAim {
    /// One of this image; `None` is what its own reference means now.
    Image(Option<String>, Care),
    /// The same, with all tasks replaced.
    Renewed,
    /// One of so many replicas.
    Replicas(u64),
    /// What it was before its last update, with the replicas of now.
    Before,
}

/// Plans a change of a Swarm service, which its manager knows by this id or name; touches nothing.
///
/// # Errors
/// [`Refused`], with the way out.
pub async fn prepare_swarm(
    engine: &Engine,
    (key, id): (&ServiceKey, &str),
    aim: &SwarmAim,
    deadline: Option<Duration>,
    holder: Holder,
) -> Result<Prepared, Refused> {
    let service = observe(engine, key, id).await?;
    free(engine, key).await?;
    let deadline = deadline.unwrap_or(DEADLINE);
    let (plan, kind) = match aim {
        SwarmAim::Image(reference, care) => {
            let pin = pin(engine, service.wanted(reference.as_deref())?).await;
            let change = service.rollout(Some(&pin.reference))?.on_platforms(&pin.platforms);
            let mut plan = match care {
                Care::Usual if change.is_forced() => idle_plan(&service, &change, deadline),
                Care::Usual | Care::Forced => rollout_plan(&service, &change, deadline),
            };
            plan.notes.extend(pin.note(service.image()));
            (plan, rollout(&service, &change, deadline))
        }
        SwarmAim::Renewed => {
            let change = service.rollout(Some(service.image()))?;
            let plan = rollout_plan(&service, &change, deadline);
            let title = format!("restart all tasks of {key}");
            (Plan { title, ..plan }, rollout(&service, &change, deadline))
        }
        SwarmAim::Replicas(to) => {
            let from = service.replicas().unwrap_or_default();
            let kind = Kind::Scale { from, to: *to, hooks: Vec::new() };
            (scale_plan(&service, *to, deadline)?, kind)
        }
        SwarmAim::Before => {
            let change = service.restore(&template_of_before(engine, &service).await?);
            (restore_plan(&service, &change, deadline), rollout(&service, &change, deadline))
        }
    };
    let errand = Errand { swarm: Some(service.id().to_owned()), ..errand(key, kind, holder) };
    Ok(prepared(plan, errand))
}

/// The containers of a Swarm service are Swarm's, none is exchanged here.
fn prepared(plan: Plan, errand: Errand) -> Prepared {
    let service = ObservedService { key: errand.key(), members: Vec::new() };
    Prepared { plan, errand, service, claim: Claim::Respect }
}

async fn observe(engine: &Engine, key: &ServiceKey, id: &str) -> Result<SwarmService, Refused> {
    Ok(SwarmService { key: key.clone(), inspect: engine.inspect_service(id).await? })
}

fn rollout(service: &SwarmService, change: &ServiceChange, deadline: Duration) -> Kind {
    let settings = Settings::of(service);
    let reference = service.with_spec(&change.applied(service.spec())).image().to_owned();
    Kind::Rollout(Box::new(Terms {
        deadline,
        soak: settings.monitor,
        parallelism: usize::try_from(settings.parallelism).unwrap_or_default(),
        ..Terms::new(reference, settings.decision)
    }))
}

/// What was kept at the last update; what the engine keeps only until the next change of anything.
async fn template_of_before(engine: &Engine, service: &SwarmService) -> Result<Value, Refused> {
    let own = keep::before(engine, service.id()).await?;
    let template = own.or_else(|| service.inspect.pointer("/PreviousSpec/TaskTemplate").cloned());
    let now = service.spec().get("TaskTemplate");
    let template = template.filter(|template| Some(template) != now);
    Ok(template.ok_or_else(|| SwarmRefusal::NothingKept { service: service.key.to_string() })?)
}

/// The service of before and what the operation makes of it.
struct Course {
    before: SwarmService,
    forward: ServiceChange,
    back: ServiceChange,
    deadline: Duration,
}

impl Course {
    fn of(errand: &Errand, kept: &Kept) -> Self {
        let id = errand.swarm.as_deref().unwrap_or_default();
        let inspect = json!({ "ID": id, "Spec": kept.before });
        let before = SwarmService { key: errand.key(), inspect };
        let (forward, back, deadline) = match &errand.kind {
            Kind::Rollout(terms) => {
                let forward = if kept.template.is_null() {
                    before.change_to(&terms.reference).on_platforms(&kept.platforms)
                } else {
                    before.restore(&kept.template)
                };
                (forward, before.undo(), terms.deadline)
            }
            Kind::Scale { from, to, .. } => {
                (ServiceChange::Replicas(*to), ServiceChange::Replicas(*from), DEADLINE)
            }
            // Backups have no config for a lock.
            Kind::Backup(_) | Kind::Restore(_) => {
                (ServiceChange::All(Vec::new()), ServiceChange::All(Vec::new()), DEADLINE)
            }
        };
        Self { before, forward, back, deadline }
    }

    fn plan_back(&self) -> Plan {
        back_plan(&self.before, &self.back)
    }

    /// What is left to be done, as the service now is.
    fn plan_on(&self, now: &SwarmService, errand: &Errand) -> Result<Plan, SwarmRefusal> {
        let (service, operation) = (errand.key().to_string(), errand.operation.clone());
        let is_made = self.forward.is_made(now.spec());
        if !is_made && !self.back.is_made(now.spec()) {
            return Err(SwarmRefusal::Meanwhile { service, operation });
        }
        if let Some((state, message)) = now.halted() {
            return Err(SwarmRefusal::Halted { service, state, message, operation });
        }
        match (&errand.kind, is_made) {
            (Kind::Scale { to, .. }, false) => scale_plan(now, *to, self.deadline),
            (Kind::Rollout(_), false) => Ok(rollout_plan(now, &self.forward, self.deadline)),
            (Kind::Rollout(_) | Kind::Scale { .. } | Kind::Backup(_) | Kind::Restore(_), _) => {
                Ok(watch_plan(&self.before, &self.forward, self.deadline))
            }
        }
    }
}

/// Plans what is left of an operation, in one direction or the other.
pub(super) async fn prepare_rest(
    engine: &Engine,
    errand: Errand,
    direction: Direction,
) -> Result<Prepared, Refused> {
    let course = course(engine, &errand).await?;
    let plan = match direction {
        Direction::Back => course.plan_back(),
        Direction::Forward => {
            let now = observe(engine, &errand.key(), course.before.id()).await?;
            course.plan_on(&now, &errand)?
        }
    };
    Ok(prepared(plan, errand))
}

async fn course(engine: &Engine, errand: &Errand) -> Result<Course, Refused> {
    let kept = keep::kept(engine, errand).await?;
    let kept = kept.ok_or_else(|| Refused::NoOperation(errand.operation.clone()))?;
    Ok(Course::of(errand, &kept))
}

/// Carries a prepared operation out; see [`super::run`].
pub(super) async fn run(
    engine: &Engine,
    prepared: Prepared,
    direction: Direction,
    reports: mpsc::Sender<Progress>,
    halt: Halt,
) -> Result<Verdict, Refused> {
    let (course, is_new) = hold(engine, &prepared.errand, &prepared.plan).await?;
    if is_new == IsNew::Yes {
        return Box::pin(go(engine, prepared, (course, is_new), direction, (reports, halt))).await;
    }
    hands::claim(engine, &prepared.errand, prepared.claim).await?;
    let turn = turn::seize(engine, &prepared.errand, prepared.claim).await?;
    turn.during(Box::pin(go(engine, prepared, (course, is_new), direction, (reports, halt)))).await
}

/// Carries it out once the lock is held.
async fn go(
    engine: &Engine,
    prepared: Prepared,
    (course, is_new): (Course, IsNew),
    direction: Direction,
    (reports, halt): (mpsc::Sender<Progress>, Halt),
) -> Result<Verdict, Refused> {
    let Prepared { plan, errand, .. } = prepared;
    let diary = match open(engine, &errand, &course, &plan).await {
        Ok(diary) => diary,
        Err(refused) => {
            // Nothing was done, so nothing is left to be gone on with.
            if is_new == IsNew::Yes {
                keep::drop_config(engine, &errand.lock()).await?;
            }
            return Err(refused);
        }
    };
    let walker = Walker::new(engine.clone(), errand.operation.clone(), reports, halt).with(diary.clone());
    let work = SwarmWork { engine, errand, course, walker };
    let verdict = match direction {
        Direction::Forward => work.forward(&plan).await,
        Direction::Back => work.back(None).await,
    };
    diary.verdict(&verdict);
    work.close(&verdict, direction).await?;
    Ok(verdict)
}

async fn open(engine: &Engine, errand: &Errand, course: &Course, plan: &Plan) -> Result<Diary, Refused> {
    let mut details = serde_json::to_value(errand).unwrap_or_default();
    if let Some(members) = details.as_object_mut() {
        members.insert("spec".to_owned(), course.before.spec().clone());
    }
    let (operation, user) = (errand.operation.as_str(), errand.user.as_str());
    let title = Title { operation, user, target: errand.key().to_string(), details };
    Ok(Diary::open(engine, title, plan).await?)
}

/// Takes the lock, unless the operation has it from before.
async fn hold(engine: &Engine, errand: &Errand, plan: &Plan) -> Result<(Course, IsNew), Refused> {
    let key = errand.key();
    let busy = |holder: &Errand| Refused::busy(errand.called(), holder);
    if let Some(holder) = lock::overlapping(engine, errand).await? {
        let ours = holder.operation == errand.operation;
        return if ours { Ok((course(engine, errand).await?, IsNew::No)) } else { Err(busy(&holder)) };
    }
    let id = errand.swarm.as_deref().unwrap_or_default();
    let now = observe(engine, &key, id).await?;
    // Between the plan and the word of a person, Swarm may have paused an update.
    match &errand.kind {
        Kind::Rollout(terms) => now.rollout(Some(&terms.reference)).map(drop)?,
        Kind::Scale { .. } => now.scalable().map(drop)?,
        Kind::Backup(_) | Kind::Restore(_) => {}
    }
    let (template, platforms) = (named_in(plan, template), named_in(plan, platforms));
    let kept = Kept { before: now.spec().clone(), template, platforms };
    match keep::take(engine, errand, &kept).await {
        Err(error) if error.is_name_taken() => match lock::overlapping(engine, errand).await? {
            // The first attempt was heard, only its answer was not.
            Some(holder) if holder.operation == errand.operation => {}
            Some(holder) => return Err(busy(&holder)),
            None => return Err(error.into()),
        },
        other => other?,
    }
    alone(engine, errand).await?;
    Ok((Course::of(errand, &kept), IsNew::Yes))
}

/// What a change of the plan names, null if none does.
fn named_in(plan: &Plan, named: impl Fn(&ServiceChange) -> Option<Value>) -> Value {
    let updates = plan.steps().filter_map(|step| match &step.act {
        Act::Call(Call::UpdateService { change, .. }) => Some(change),
        Act::Call(_) | Act::Gate(_) => None,
    });
    updates.filter_map(named).next().unwrap_or_default()
}

/// The template that is put back.
fn template(change: &ServiceChange) -> Option<Value> {
    match change {
        ServiceChange::Template(template) => Some(template.clone()),
        ServiceChange::All(changes) => changes.iter().find_map(template),
        ServiceChange::Replicas(_)
        | ServiceChange::Image(_)
        | ServiceChange::Platforms(_)
        | ServiceChange::Force(_)
        | ServiceChange::Volumes(_)
        | ServiceChange::Constraints(_)
        | ServiceChange::UpdateConfig(_) => None,
    }
}

/// The kinds of nodes that the new image is made for.
fn platforms(change: &ServiceChange) -> Option<Value> {
    match change {
        ServiceChange::Platforms(platforms) => Some(platforms.clone()),
        ServiceChange::All(changes) => changes.iter().find_map(platforms),
        ServiceChange::Replicas(_)
        | ServiceChange::Image(_)
        | ServiceChange::Template(_)
        | ServiceChange::Force(_)
        | ServiceChange::Volumes(_)
        | ServiceChange::Constraints(_)
        | ServiceChange::UpdateConfig(_) => None,
    }
}

struct SwarmWork<'a> {
    engine: &'a Engine,
    errand: Errand,
    course: Course,
    walker: Walker,
}

impl SwarmWork<'_> {
    async fn forward(&self, plan: &Plan) -> Verdict {
        match self.walker.walk(&plan.phases).await {
            Ending::Done => Verdict::Done,
            Ending::Cancelled => self.halted(),
            Ending::Failed(failure) => self.give_up(failure).await,
        }
    }

    /// After a failure the spec of before is put back, unless the service is somebody else's by now.
    async fn give_up(&self, failure: Failure) -> Verdict {
        let now = match observe(self.engine, &self.errand.key(), self.course.before.id()).await {
            Ok(now) => now,
            Err(error) => return Verdict::Paused(self.how_to_go_on(&error.to_string())),
        };
        let Course { forward, back, .. } = &self.course;
        if forward.is_made(now.spec()) || back.is_made(now.spec()) {
            return self.back(Some(failure)).await;
        }
        Verdict::Paused(self.how_to_go_on(&failure.why))
    }

    async fn back(&self, failure: Option<Failure>) -> Verdict {
        match (self.walker.walk(&self.course.plan_back().phases).await, failure) {
            (Ending::Done, Some(failure)) => Verdict::RolledBack(failure),
            (Ending::Done, None) => Verdict::Done,
            (Ending::Cancelled, _) => self.halted(),
            (Ending::Failed(second), failure) => {
                Verdict::Stuck { failure, why: format!("{}: {}", second.attempt, second.why) }
            }
        }
    }

    /// What was before an update is kept for a later rollback; the lock goes where nothing is left to be done.
    async fn close(&self, verdict: &Verdict, direction: Direction) -> Result<(), Refused> {
        let is_update = matches!(self.errand.kind, Kind::Rollout(_));
        if *verdict == Verdict::Done && direction == Direction::Forward && is_update {
            let template = self.course.before.spec().get("TaskTemplate").cloned().unwrap_or_default();
            let service = (self.course.before.id(), &self.course.before.key);
            keep::keep_before(self.engine, service, &template).await?;
        }
        if matches!(verdict, Verdict::Done | Verdict::RolledBack(_)) {
            keep::drop_config(self.engine, &self.errand.lock()).await?;
        }
        Ok(())
    }

    fn halted(&self) -> Verdict {
        Verdict::Paused(self.how_to_go_on(self.walker.wish().sentence()))
    }

    fn how_to_go_on(&self, why: &str) -> String {
        let operation = &self.errand.operation;
        format!(
            "{why}; `stacktop ops resume {operation}` watches on, `stacktop ops rollback {operation}` goes back"
        )
    }
}
