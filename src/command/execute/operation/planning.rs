//! From an errand to what is left of it to do, as the service now stands.

use std::time::Duration;

use serde_json::Value;

use super::{Refused, RolloutOptions};
use crate::{
    command::{
        Member, ObservedService, Plan,
        clone::Refusal,
        execute::lock::{Errand, Kind},
        order::{Decision, Explicit, Order, decide},
        rollout::{self, Slot, Update, Way},
        scale::{self, Scale},
    },
    engine::Engine,
};

/// A new container has at least, and at most, this long to become ready.
const DEADLINE: (Duration, Duration) = (Duration::from_secs(60), Duration::from_secs(300));

/// Connections run out for this long behind a proxy that finds its servers by labels.
const PROXY_DRAIN: Duration = Duration::from_secs(10);

pub(super) fn decision(service: &ObservedService, options: &RolloutOptions) -> Result<Decision, Refusal> {
    let originals: Vec<_> = service.members.iter().map(|member| member.original.clone()).collect();
    let label = originals.first().and_then(|original| Order::parse(original.label("stacktop.update.order")));
    let explicit = Explicit { flag: options.order, label, ..Explicit::default() };
    decide(&originals, originals.len(), &explicit)
}

/// Long enough for docker's own check to come to a verdict, within bounds.
pub(super) fn deadline(service: &ObservedService) -> Duration {
    let verdict = service.members.iter().filter_map(Member::time_to_verdict).max();
    verdict.unwrap_or_default().clamp(DEADLINE.0, DEADLINE.1)
}

pub(super) fn drain(member: &Member) -> Duration {
    if member.is_proxied() { PROXY_DRAIN } else { Duration::ZERO }
}

/// The plan of what an errand has left to do, as the service now stands.
pub(super) async fn plan(
    engine: &Engine,
    service: &ObservedService,
    errand: &Errand,
) -> Result<Plan, Refused> {
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

pub(super) fn plan_back(service: &ObservedService, errand: &Errand) -> Result<Plan, Refused> {
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
