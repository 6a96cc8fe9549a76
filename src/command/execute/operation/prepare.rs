//! Looks at a service and plans; touches nothing.

use std::time::Duration;

use serde_json::Value;

use super::{
    Claim, Direction, Refused,
    agree::{Aim, terms},
    backup::prepare_back,
    before::before,
    doubt::{BETWEEN_LOOKS, LOOKS},
    find, free,
    planning::{plan, plan_back},
    restore,
    swarm::prepare_rest,
    voices::listen,
};
use crate::{
    command::{
        ObservedService, Plan,
        clone::Refusal,
        execute::{
            lock::{Errand, Kind},
            look::{self, observe},
        },
        order::Order,
        rollout::{Care, OnFailure, Ran, short},
        scale,
    },
    domain::ServiceKey,
    engine::Engine,
};

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
    /// Slots at once.
    pub parallelism: Option<usize>,
    /// How long is waited between slots.
    pub delay: Option<Duration>,
    /// What is done about a slot that fails.
    pub on_failure: Option<OnFailure>,
    /// Volumes (with or without the project's name) and folders that bear two writers.
    pub allow_shared: Vec<String>,
    /// How careful it is.
    pub care: Care,
}

/// An operation that is planned and can be begun.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// What would be done.
    pub plan: Plan,
    /// What the lock would say.
    pub errand: Errand,
    pub(super) service: ObservedService,
    pub(super) claim: Claim,
}

impl Prepared {
    /// The same with another view of a lock whose process nobody here can see.
    #[must_use]
    pub const fn claiming(mut self, claim: Claim) -> Self {
        self.claim = claim;
        self
    }
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
    /// When it was started, as the machine counts.
    pub started: u64,
    /// The name space of its number.
    pub namespace: String,
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
    let image = options.image.clone().unwrap_or_else(|| first.reference().to_owned());
    let image_id = present(engine, key, &image).await?;
    let aim = Aim { image, image_id, put_back: None };
    agreed(engine, service, options, aim, holder).await
}

/// Plans to put a finished update back: an update to what ran before it, with all its gates; touches nothing.
///
/// # Errors
/// [`Refused`], with the way out.
pub async fn prepare_put_back(
    engine: &Engine,
    key: &ServiceKey,
    options: &RolloutOptions,
    holder: Holder,
) -> Result<Prepared, Refused> {
    let service = observe(engine, key).await?;
    free(engine, key).await?;
    if service.members.is_empty() {
        return Err(Refusal::NothingToClone { service: key.to_string() }.into());
    }
    let known = before(engine, &service).await?;
    let put_back = known.ok_or_else(|| Refused::NothingKnown(key.to_string()))?;
    let Ran { reference, id } = put_back.to.clone();
    let means = engine.image(&reference).await?;
    let means = means.as_ref().and_then(|image| image.get("Id")).and_then(Value::as_str).unwrap_or_default();
    let (image, moved) = if means == id {
        (reference, None)
    } else if engine.image(&id).await?.is_some() {
        let note = moved(&reference, &id, means);
        (id.clone(), Some(note))
    } else {
        return Err(Refused::PreviousGone { service: key.to_string(), reference, id });
    };
    let aim = Aim { image, image_id: id, put_back: Some(put_back) };
    let mut prepared = agreed(engine, service, options, aim, holder).await?;
    prepared.plan.notes.extend(moved);
    Ok(prepared)
}

/// What the next `compose up` does where a reference has come to mean another image.
fn moved(reference: &str, id: &str, means: &str) -> String {
    let now = if means.is_empty() { "no image".to_owned() } else { short(means).to_owned() };
    format!(
        "{reference} means {now} by now, so the containers are made from {}; the next `docker compose up` goes to what \
         {reference} then means, `docker tag {} {reference}` makes it mean this one",
        short(id),
        short(id)
    )
}

/// The id of an image that the engine must have.
async fn present(engine: &Engine, key: &ServiceKey, reference: &str) -> Result<String, Refused> {
    let image = engine.image(reference).await?;
    let image = image
        .ok_or_else(|| Refused::NoImage { service: key.to_string(), reference: reference.to_owned() })?;
    Ok(image.get("Id").and_then(Value::as_str).unwrap_or_default().to_owned())
}

/// Agrees on the terms and plans.
async fn agreed(
    engine: &Engine,
    service: ObservedService,
    options: &RolloutOptions,
    aim: Aim,
    holder: Holder,
) -> Result<Prepared, Refused> {
    let voices = listen(engine, &service).await;
    let terms = terms(&service, options, &voices, aim)?;
    let errand = errand(&service.key, Kind::Rollout(Box::new(terms)), holder);
    let mut plan = plan(engine, &service, &errand, &[]).await?;
    plan.notes.extend(voices.notes());
    Ok(Prepared { plan, errand, service, claim: Claim::Respect })
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
    let (voices, from) = (listen(engine, &service).await, service.running().count() as u64);
    let errand = errand(key, Kind::Scale { from, to: replicas, hooks: voices.hooks() }, holder);
    let mut plan = plan(engine, &service, &errand, &[]).await?;
    if replicas < from {
        plan.notes.extend(voices.files.notes.clone());
    }
    plan.notes.extend(scale::note(voices.files.written_replicas().as_ref(), replicas));
    Ok(Prepared { plan, errand, service, claim: Claim::Respect })
}

/// Plans what is left of an operation that was killed; touches nothing.
///
/// # Errors
/// [`Refused`] if there is no such operation.
pub async fn prepare_resume(engine: &Engine, operation: &str) -> Result<Prepared, Refused> {
    let errand = find(engine, operation).await?;
    if let Kind::Restore(_) = errand.kind {
        return restore::prepare_back(engine, errand).await;
    }
    if !errand.kind.goes_on() {
        return Err(Refused::again(&errand));
    }
    if errand.swarm.is_some() {
        return prepare_rest(engine, errand, Direction::Forward).await;
    }
    let service = observe_left(engine, &errand).await?;
    let plan = plan(engine, &service, &errand, &[]).await?;
    Ok(Prepared { plan, errand, service, claim: Claim::Respect })
}

/// Plans the way back of an operation that was killed; touches nothing.
///
/// # Errors
/// [`Refused`] if there is no such operation.
pub async fn prepare_rollback(engine: &Engine, operation: &str) -> Result<Prepared, Refused> {
    let errand = find(engine, operation).await?;
    if let Kind::Restore(_) = errand.kind {
        return restore::prepare_back(engine, errand).await;
    }
    if let Kind::Backup(_) = errand.kind {
        return prepare_back(engine, errand).await;
    }
    if errand.swarm.is_some() {
        return prepare_rest(engine, errand, Direction::Back).await;
    }
    let service = observe_left(engine, &errand).await?;
    let plan = plan_back(&service, &errand)?;
    Ok(Prepared { plan, errand, service, claim: Claim::Respect })
}

/// What a killed process has left. The engine may still be at what it was asked last, so the service is looked at once
/// two looks find the same.
async fn observe_left(engine: &Engine, errand: &Errand) -> Result<ObservedService, Refused> {
    let key = errand.key();
    let mut seen = look::present(engine, &key).await?;
    for _ in 0..LOOKS {
        tokio::time::sleep(BETWEEN_LOOKS).await;
        let now = look::present(engine, &key).await?;
        if now == seen {
            break;
        }
        seen = now;
    }
    Ok(observe(engine, &key).await?)
}

pub(super) fn errand(key: &ServiceKey, kind: Kind, holder: Holder) -> Errand {
    let Holder { user, host, pid, started, namespace, began, operation } = holder;
    let stack = key.stack.as_ref().map(ToString::to_string).unwrap_or_default();
    Errand {
        operation,
        kind,
        stack,
        service: key.name.clone(),
        user,
        host,
        pid,
        started,
        namespace,
        began,
        swarm: None,
    }
}
