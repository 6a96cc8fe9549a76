//! Operations on a Compose service from lock to verdict: begun, gone on with, turned back.

use std::{collections::HashSet, time::Duration};

use serde_json::Value;
use thiserror::Error;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{
    Ending, Failure, Progress, Walker, lock,
    look::{Present, observe, present},
};
use crate::{
    command::{
        Member, ObservedService, Phase, Plan,
        clone::{Refusal, names},
        execute::lock::{Errand, Kind},
        order::{Decision, Explicit, Order, decide},
        rollout::{self, Slot, Update, Way},
        scale::{self, Scale},
    },
    domain::ServiceKey,
    engine::{Engine, EngineError},
};

/// A new container has at least, and at most, this long to become ready.
const DEADLINE: (Duration, Duration) = (Duration::from_secs(60), Duration::from_secs(300));

/// Connections run out for this long behind a proxy that finds its servers by labels.
const PROXY_DRAIN: Duration = Duration::from_secs(10);

/// What a rolling update is to be like.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RolloutOptions {
    /// The new reference; `None` is the one the service has, whose meaning may have changed.
    pub image: Option<String>,
    /// What is done first, if not what the rules say.
    pub order: Option<Order>,
    /// How long a new container has to become ready.
    pub timeout: Option<Duration>,
    /// How long it must then stay so.
    pub soak: Option<Duration>,
    /// How long connections to the old one run out.
    pub drain: Option<Duration>,
    /// Slots at once; 0 is one.
    pub parallelism: usize,
}

/// Why an operation is not begun. Nothing was touched.
#[derive(Debug, Error)]
pub enum Refused {
    /// A rule says no.
    #[error(transparent)]
    Rule(#[from] Refusal),
    /// The engine does not tell, or says no.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// There is no such image on the engine.
    #[error("{service}: image {reference} is not on the engine; `stacktop pull {reference}` fetches it")]
    NoImage {
        /// The service.
        service: String,
        /// The reference.
        reference: String,
    },
    /// Somebody is at work on the service.
    #[error(
        "{service}: operation {operation} of {user}@{host} (pid {pid}, since {began}) has not ended; wait for it, or \
         `stacktop ops resume {operation}` or `stacktop ops rollback {operation}` if it was killed"
    )]
    Busy {
        /// The service.
        service: String,
        /// The operation.
        operation: String,
        /// Who began it.
        user: String,
        /// On which machine.
        host: String,
        /// The process there.
        pid: u32,
        /// When.
        began: String,
    },
    /// The old containers are being removed: there is nothing to go back to.
    #[error(
        "{service}: operation {operation} is past its way back, old containers are removed already; \
         `stacktop ops resume {operation}` finishes it, then roll out the old image"
    )]
    TooLate {
        /// The service.
        service: String,
        /// The operation.
        operation: String,
    },
    /// Somebody was at work between the plan and its beginning.
    #[error("{0}: its containers are not those of the plan any more; look again, then repeat")]
    Changed(String),
    /// Nothing of that name.
    #[error("no operation is called {0}; `stacktop ops ls` lists them")]
    NoOperation(String),
}

/// How an operation ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As it was planned.
    Done,
    /// It failed and everything is as before.
    RolledBack(Failure),
    /// It was stopped half-way and can go on.
    Paused(String),
    /// It failed, and so did the way back: a person is needed.
    Stuck {
        /// What failed first.
        failure: Option<Failure>,
        /// What failed on the way back.
        why: String,
    },
}

/// An operation that is planned and can be begun.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// What would be done.
    pub plan: Plan,
    /// What the lock would say.
    pub errand: Errand,
    service: ObservedService,
}

/// Who begins an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The user's name.
    pub user: String,
    /// The machine's name.
    pub host: String,
    /// This process.
    pub pid: u32,
    /// Now, in RFC 3339.
    pub began: String,
    /// The id that the operation is to have.
    pub operation: String,
}

/// Plans a rolling update; touches nothing.
///
/// # Errors
/// [`Refused`], with the way out.
pub async fn prepare_rollout(
    engine: &Engine,
    key: &ServiceKey,
    options: &RolloutOptions,
    holder: Holder,
) -> Result<Prepared, Refused> {
    let service = observe(engine, key).await?;
    free(engine, key).await?;
    let first =
        service.members.first().ok_or_else(|| Refusal::NothingToClone { service: key.to_string() })?;
    let reference = options.image.clone().unwrap_or_else(|| first.image().to_owned());
    let decision = decision(&service, options)?;
    let kind = Kind::Rollout {
        reference,
        order: decision.order.word().to_owned(),
        reason: decision.reason,
        deadline: options.timeout.unwrap_or_else(|| deadline(&service)).as_secs(),
        soak: options.soak.unwrap_or(Duration::from_secs(10)).as_secs(),
        drain: options.drain.unwrap_or_else(|| drain(first)).as_secs(),
        parallelism: options.parallelism.max(1),
    };
    let errand = errand(key, kind, holder);
    let plan = plan(engine, &service, &errand).await?;
    Ok(Prepared { plan, errand, service })
}

/// Plans a scaling; touches nothing.
///
/// # Errors
/// [`Refused`], with the way out.
pub async fn prepare_scale(
    engine: &Engine,
    key: &ServiceKey,
    replicas: u64,
    holder: Holder,
) -> Result<Prepared, Refused> {
    let service = observe(engine, key).await?;
    free(engine, key).await?;
    let kind = Kind::Scale { from: service.running().count() as u64, to: replicas };
    let errand = errand(key, kind, holder);
    let plan = plan(engine, &service, &errand).await?;
    Ok(Prepared { plan, errand, service })
}

/// Plans what is left of an operation that was killed; touches nothing.
///
/// # Errors
/// [`Refused`] if there is no such operation.
pub async fn prepare_resume(engine: &Engine, operation: &str) -> Result<Prepared, Refused> {
    let errand = find(engine, operation).await?;
    let service = observe(engine, &errand.key()).await?;
    let plan = plan(engine, &service, &errand).await?;
    Ok(Prepared { plan, errand, service })
}

/// Plans the way back of an operation that was killed; touches nothing.
///
/// # Errors
/// [`Refused`] if there is no such operation.
pub async fn prepare_rollback(engine: &Engine, operation: &str) -> Result<Prepared, Refused> {
    let errand = find(engine, operation).await?;
    let service = observe(engine, &errand.key()).await?;
    let plan = plan_back(&service, &errand)?;
    Ok(Prepared { plan, errand, service })
}

/// Which way an operation goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// To what was asked for.
    Forward,
    /// To what was before.
    Back,
}

/// Carries a prepared operation out, and tells `reports` what happens. The lock is taken first and given back last; it
/// stays where something is left to be done.
///
/// # Errors
/// [`Refused`] if somebody else was faster.
pub async fn run(
    engine: &Engine,
    prepared: Prepared,
    direction: Direction,
    reports: mpsc::Sender<Progress>,
    token: CancellationToken,
) -> Result<Verdict, Refused> {
    let Prepared { plan, errand, service } = prepared;
    let is_new = hold(engine, &errand, &service).await?;
    let now = present(engine, &errand.key()).await?;
    if !is_same(&service, &now) {
        if is_new {
            lock::give_back(engine, &errand.key()).await?;
        }
        return Err(Refused::Changed(errand.key().to_string()));
    }
    let walker = Walker::new(engine.clone(), errand.operation.clone(), reports, token);
    let work = Work { engine, errand, walker };
    let verdict = match direction {
        Direction::Forward => work.forward(&plan, &service).await,
        Direction::Back => work.turn_back(None, &plan.phases).await,
    };
    if matches!(verdict, Verdict::Done | Verdict::RolledBack(_)) {
        lock::give_back(engine, &work.errand.key()).await?;
    }
    Ok(verdict)
}

/// Drops the lock of an operation and leaves everything as it is.
///
/// # Errors
/// [`Refused`] if there is no such operation.
pub async fn abort(engine: &Engine, operation: &str) -> Result<Errand, Refused> {
    let errand = find(engine, operation).await?;
    lock::give_back(engine, &errand.key()).await?;
    Ok(errand)
}

async fn find(engine: &Engine, operation: &str) -> Result<Errand, Refused> {
    let errands = lock::errands(engine).await?;
    let found = errands.into_iter().find(|errand| errand.operation == operation);
    found.ok_or_else(|| Refused::NoOperation(operation.to_owned()))
}

/// Refuses a service that somebody is at work on.
async fn free(engine: &Engine, key: &ServiceKey) -> Result<(), Refused> {
    match lock::holder(engine, key).await? {
        None => Ok(()),
        Some(errand) => Err(busy(key, errand)),
    }
}

fn busy(key: &ServiceKey, errand: Errand) -> Refused {
    let Errand { operation, user, host, pid, began, .. } = errand;
    Refused::Busy { service: key.to_string(), operation, user, host, pid, began }
}

/// Whether the containers are those that the plan was made for, under the same names.
fn is_same(planned: &ObservedService, now: &[Present]) -> bool {
    let mut planned: Vec<_> =
        planned.members.iter().map(|member| (member.id.as_str(), member.name.as_str())).collect();
    planned.sort_unstable();
    planned == now.iter().map(|one| (one.id.as_str(), one.name.as_str())).collect::<Vec<_>>()
}

/// Takes the lock, unless the operation has it from before; tells whether it did not.
async fn hold(engine: &Engine, errand: &Errand, service: &ObservedService) -> Result<bool, Refused> {
    let key = errand.key();
    if let Some(holder) = lock::holder(engine, &key).await? {
        let ours = holder.operation == errand.operation;
        return if ours { Ok(false) } else { Err(busy(&key, holder)) };
    }
    let image = service.members.first().map(Member::image_id).unwrap_or_default();
    match lock::take(engine, errand, image).await {
        Err(error) if error.is_conflict() => match lock::holder(engine, &key).await? {
            // The first attempt was heard, only its answer was not.
            Some(holder) if holder.operation == errand.operation => Ok(true),
            Some(holder) => Err(busy(&key, holder)),
            None => Err(error.into()),
        },
        other => Ok(other.map(|()| true)?),
    }
}

fn errand(key: &ServiceKey, kind: Kind, holder: Holder) -> Errand {
    let Holder { user, host, pid, began, operation } = holder;
    let stack = key.stack.as_ref().map(ToString::to_string).unwrap_or_default();
    Errand { operation, kind, stack, service: key.name.clone(), user, host, pid, began }
}

fn decision(service: &ObservedService, options: &RolloutOptions) -> Result<Decision, Refusal> {
    let originals: Vec<_> = service.members.iter().map(|member| member.original.clone()).collect();
    let label = originals.first().and_then(|original| Order::parse(original.label("stacktop.update.order")));
    let explicit = Explicit { flag: options.order, label, ..Explicit::default() };
    decide(&originals, originals.len(), &explicit)
}

/// Long enough for docker's own check to come to a verdict, within bounds.
fn deadline(service: &ObservedService) -> Duration {
    let verdict = service.members.iter().filter_map(Member::time_to_verdict).max();
    verdict.unwrap_or_default().clamp(DEADLINE.0, DEADLINE.1)
}

fn drain(member: &Member) -> Duration {
    if member.is_proxied() { PROXY_DRAIN } else { Duration::ZERO }
}

/// The plan of what an errand has left to do, as the service now stands.
async fn plan(engine: &Engine, service: &ObservedService, errand: &Errand) -> Result<Plan, Refused> {
    match &errand.kind {
        Kind::Rollout { reference, .. } => {
            let image = engine.image(reference).await?.ok_or_else(|| Refused::NoImage {
                service: errand.key().to_string(),
                reference: reference.clone(),
            })?;
            Ok(rollout::forward(service, &update(errand, image))?)
        }
        Kind::Scale { to, .. } => Ok(scale::plan(service, &scaling(errand, service, *to))?),
    }
}

fn plan_back(service: &ObservedService, errand: &Errand) -> Result<Plan, Refused> {
    match &errand.kind {
        Kind::Rollout { .. } if Slot::of(&service.members, &errand.operation).iter().any(Slot::is_final) => {
            Err(Refused::TooLate { service: errand.key().to_string(), operation: errand.operation.clone() })
        }
        Kind::Rollout { .. } => Ok(rollout::back(service, &way(errand))),
        Kind::Scale { from, .. } => Ok(scale::plan(service, &scaling(errand, service, *from))?),
    }
}

fn scaling(errand: &Errand, service: &ObservedService, replicas: u64) -> Scale {
    Scale {
        operation: errand.operation.clone(),
        replicas,
        deadline: deadline(service),
        drain: service.members.first().map(drain).unwrap_or_default(),
    }
}

fn update(errand: &Errand, image: Value) -> Update {
    let Kind::Rollout { reference, reason, parallelism, .. } = &errand.kind else {
        return Update {
            way: way(errand),
            decision: Decision { order: Order::StopFirst, reason: String::new() },
            reference: String::new(),
            parallelism: 1,
            image,
        };
    };
    let way = way(errand);
    Update {
        decision: Decision { order: way.order, reason: reason.clone() },
        reference: reference.clone(),
        parallelism: *parallelism,
        image,
        way,
    }
}

fn way(errand: &Errand) -> Way {
    let (order, deadline, soak, drain) = match &errand.kind {
        Kind::Rollout { order, deadline, soak, drain, .. } => (Order::parse(order), *deadline, *soak, *drain),
        Kind::Scale { .. } => (None, DEADLINE.0.as_secs(), 0, 0),
    };
    Way {
        operation: errand.operation.clone(),
        order: order.unwrap_or(Order::StopFirst),
        deadline: Duration::from_secs(deadline),
        soak: Duration::from_secs(soak),
        drain: Duration::from_secs(drain),
    }
}

/// An operation at work.
struct Work<'a> {
    engine: &'a Engine,
    errand: Errand,
    walker: Walker,
}

impl Work<'_> {
    async fn forward(&self, plan: &Plan, service: &ObservedService) -> Verdict {
        let known: HashSet<String> = service.members.iter().map(|member| member.id.clone()).collect();
        for phase in &plan.phases {
            match self.walker.walk(std::slice::from_ref(phase)).await {
                Ending::Done => {}
                Ending::Cancelled => return Verdict::Paused(self.how_to_go_on("it was stopped")),
                Ending::Failed(failure) => return self.give_up(failure).await,
            }
            if let Some(verdict) = self.interference(&known).await {
                return verdict;
            }
        }
        self.finish().await
    }

    /// A container of the service that neither was there nor is ours: somebody else is at work, `compose up` as a rule.
    async fn interference(&self, known: &HashSet<String>) -> Option<Verdict> {
        let now = match present(self.engine, &self.errand.key()).await {
            Ok(now) => now,
            Err(error) => return Some(Verdict::Paused(self.how_to_go_on(&error.to_string()))),
        };
        let foreign = |one: &&Present| {
            !known.contains(&one.id) && one.operation.as_deref() != Some(&self.errand.operation)
        };
        let stranger = now.iter().find(foreign)?;
        let why = format!("somebody else has made {} meanwhile", stranger.name);
        Some(Verdict::Paused(self.how_to_go_on(&why)))
    }

    /// The old containers go, and what was planned is compared with what is there.
    async fn finish(&self) -> Verdict {
        let paused = |why: String| Verdict::Paused(self.how_to_go_on(&why));
        let now = match observe(self.engine, &self.errand.key()).await {
            Ok(now) => now,
            Err(error) => return paused(error.to_string()),
        };
        if let Kind::Rollout { .. } = self.errand.kind {
            match self.walker.walk(&rollout::commit(&now, &self.errand.operation)).await {
                Ending::Done => {}
                Ending::Cancelled => return paused("it was stopped".to_owned()),
                Ending::Failed(failure) => return paused(failure.why),
            }
        }
        match self.amiss(&now) {
            None => Verdict::Done,
            Some(why) => paused(why),
        }
    }

    /// What is not as it was to be.
    fn amiss(&self, service: &ObservedService) -> Option<String> {
        match &self.errand.kind {
            Kind::Rollout { .. } => {
                let slots = Slot::of(&service.members, &self.errand.operation);
                let open = slots.iter().find(|slot| !slot.is_done())?;
                Some(format!("replica {} is not replaced", open.number))
            }
            Kind::Scale { to, .. } => miscounted(service, *to),
        }
    }

    /// After a failure everything is put back.
    async fn give_up(&self, failure: Failure) -> Verdict {
        let stuck = |why: String| Verdict::Stuck { failure: Some(failure.clone()), why };
        let service = match observe(self.engine, &self.errand.key()).await {
            Ok(service) => service,
            Err(error) => return stuck(error.to_string()),
        };
        match plan_back(&service, &self.errand) {
            Ok(plan) => self.turn_back(Some(failure), &plan.phases).await,
            Err(refused) => stuck(refused.to_string()),
        }
    }

    async fn turn_back(&self, failure: Option<Failure>, phases: &[Phase]) -> Verdict {
        let why = match self.walker.walk(phases).await {
            Ending::Done => match observe(self.engine, &self.errand.key()).await {
                Ok(service) => left_over(&service, &self.errand),
                Err(error) => Some(error.to_string()),
            },
            Ending::Cancelled => return Verdict::Paused(self.how_to_go_on("it was stopped")),
            Ending::Failed(failure) => Some(format!("{}: {}", failure.attempt, failure.why)),
        };
        match (why, failure) {
            (Some(why), failure) => Verdict::Stuck { failure, why },
            (None, Some(failure)) => Verdict::RolledBack(failure),
            (None, None) => Verdict::Done,
        }
    }

    fn how_to_go_on(&self, why: &str) -> String {
        let operation = &self.errand.operation;
        format!(
            "{why}; `stacktop ops resume {operation}` goes on, `stacktop ops rollback {operation}` goes back"
        )
    }
}

/// What a way back has not put back.
fn left_over(service: &ObservedService, errand: &Errand) -> Option<String> {
    match &errand.kind {
        Kind::Rollout { .. } => {
            let is_left = |member: &&Member| {
                member.operation.as_deref() == Some(&errand.operation)
                    || names::lasting(&member.name) != member.name
            };
            let left = service.members.iter().find(is_left)?;
            Some(format!("{} is not as it was", left.name))
        }
        Kind::Scale { from, .. } => miscounted(service, *from),
    }
}

/// At zero, one replica stays, stopped.
fn miscounted(service: &ObservedService, wanted: u64) -> Option<String> {
    let (running, all) = (service.running().count() as u64, service.members.len() as u64);
    if running != wanted {
        return Some(format!("{running} replicas run where {wanted} were to"));
    }
    (all != wanted.max(1)).then(|| format!("{} containers are there that do not run", all - running))
}
