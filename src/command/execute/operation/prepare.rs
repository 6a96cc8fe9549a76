//! Looks at a service and plans; touches nothing.

use std::time::Duration;

use super::{
    Direction, Refused, find, free,
    planning::{deadline, decision, drain, plan, plan_back},
    swarm::prepare_rest,
};
use crate::{
    command::{
        ObservedService, Plan,
        clone::Refusal,
        execute::{
            lock::{Errand, Kind},
            look::observe,
        },
        order::Order,
        rollout::Terms,
    },
    domain::ServiceKey,
    engine::Engine,
};

/// A new container goes on serving for this long before it counts, if nobody says otherwise.
const SOAK: Duration = Duration::from_secs(10);

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

/// An operation that is planned and can be begun.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// What would be done.
    pub plan: Plan,
    /// What the lock would say.
    pub errand: Errand,
    pub(super) service: ObservedService,
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
    let terms = Terms {
        reference,
        order: decision.order,
        reason: decision.reason,
        deadline: options.timeout.unwrap_or_else(|| deadline(&service)),
        soak: options.soak.unwrap_or(SOAK),
        drain: options.drain.unwrap_or_else(|| drain(first)),
        parallelism: options.parallelism.max(1),
    };
    let errand = errand(key, Kind::Rollout(Box::new(terms)), holder);
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
    if errand.swarm.is_some() {
        return prepare_rest(engine, errand, Direction::Forward).await;
    }
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
    if errand.swarm.is_some() {
        return prepare_rest(engine, errand, Direction::Back).await;
    }
    let service = observe(engine, &errand.key()).await?;
    let plan = plan_back(&service, &errand)?;
    Ok(Prepared { plan, errand, service })
}

pub(super) fn errand(key: &ServiceKey, kind: Kind, holder: Holder) -> Errand {
    let Holder { user, host, pid, began, operation } = holder;
    let stack = key.stack.as_ref().map(ToString::to_string).unwrap_or_default();
    Errand { operation, kind, stack, service: key.name.clone(), user, host, pid, began, swarm: None }
}
