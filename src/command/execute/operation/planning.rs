//! From an errand to what is left of it to do, as the service now stands.

use std::time::Duration;

use super::Refused;
use crate::{
    command::{
        Member, ObservedService, Phase, Plan,
        execute::lock::{Errand, Kind},
        rollout::{self, Slot, Terms, Update, Way},
        scale::{self, Scale},
    },
    engine::Engine,
};

/// A new container has at least, and at most, this long to become ready.
const DEADLINE: (Duration, Duration) = (Duration::from_secs(60), Duration::from_secs(300));

/// Connections run out for this long behind a proxy that finds its servers by labels.
const PROXY_DRAIN: Duration = Duration::from_secs(10);

/// Long enough for docker's own check to come to a verdict, within bounds.
pub(super) fn deadline(service: &ObservedService) -> Duration {
    let verdict = service.members.iter().filter_map(Member::time_to_verdict).max();
    verdict.unwrap_or_default().clamp(DEADLINE.0, DEADLINE.1)
}

pub(super) fn drain(member: &Member) -> Duration {
    if member.is_proxied() { PROXY_DRAIN } else { Duration::ZERO }
}

/// The plan of what an errand has left to do, as the service now stands, without the slots that have failed.
pub(super) async fn plan(
    engine: &Engine,
    service: &ObservedService,
    errand: &Errand,
    failed: &[u64],
) -> Result<Plan, Refused> {
    match &errand.kind {
        Kind::Rollout(terms) => {
            let image = engine.image(&terms.reference).await?.ok_or_else(|| Refused::NoImage {
                service: errand.key().to_string(),
                reference: terms.reference.clone(),
            })?;
            let terms = terms.as_ref().clone();
            let update = Update { way: way(errand, &terms), terms, image, failed: failed.to_vec() };
            Ok(rollout::forward(service, &update)?)
        }
        Kind::Scale { to, .. } => Ok(scale::plan(service, &scaling(errand, service, *to))?),
        Kind::Backup(_) | Kind::Restore(_) => Err(Refused::again(errand)),
    }
}

pub(super) fn plan_back(service: &ObservedService, errand: &Errand) -> Result<Plan, Refused> {
    match &errand.kind {
        Kind::Rollout(_) if Slot::of(&service.members, &errand.operation).iter().any(Slot::is_final) => {
            Err(Refused::TooLate { service: errand.key().to_string(), operation: errand.operation.clone() })
        }
        Kind::Rollout(terms) => Ok(rollout::back(service, &way_back(errand, terms), terms.back_parallelism)),
        Kind::Scale { from, .. } => Ok(scale::plan(service, &scaling(errand, service, *from))?),
        Kind::Backup(_) | Kind::Restore(_) => Err(Refused::again(errand)),
    }
}

fn scaling(errand: &Errand, service: &ObservedService, replicas: u64) -> Scale {
    Scale {
        operation: errand.operation.clone(),
        replicas,
        deadline: deadline(service),
        drain: service.members.first().map(drain).unwrap_or_default(),
        hooks: match &errand.kind {
            Kind::Scale { hooks, .. } => hooks.clone(),
            Kind::Rollout(terms) => terms.hooks.clone(),
            Kind::Backup(_) | Kind::Restore(_) => Vec::new(),
        },
    }
}

/// What is put back of an update that has failed in part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// This slot: the others go on.
    Slot(u64),
    /// Every slot that is not done: nobody goes on with them for now.
    HalfWay,
}

/// The way back of a part.
pub(super) fn part_back(service: &ObservedService, errand: &Errand, part: Part) -> Vec<Phase> {
    match (&errand.kind, part) {
        (Kind::Rollout(terms), Part::Slot(slot)) => {
            rollout::slot_back(service, &way_back(errand, terms), slot)
        }
        (Kind::Rollout(terms), Part::HalfWay) => rollout::half_way_back(service, &way_back(errand, terms)),
        (Kind::Scale { .. } | Kind::Backup(_) | Kind::Restore(_), _) => Vec::new(),
    }
}

fn way_back(errand: &Errand, terms: &Terms) -> Way {
    Way { order: terms.back_order, ..way(errand, terms) }
}

fn way(errand: &Errand, terms: &Terms) -> Way {
    Way {
        operation: errand.operation.clone(),
        order: terms.order,
        deadline: terms.deadline,
        soak: terms.soak,
        drain: terms.drain,
        hooks: terms.hooks.clone(),
    }
}
