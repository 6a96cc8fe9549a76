//! What an update is to be like: a flag counts most, then a label, then a compose file, then the rules.

use std::time::Duration;

use super::{
    RolloutOptions,
    planning::{deadline, drain},
    voices::{Purpose, Voices},
};
use crate::command::{
    ObservedService,
    clone::Refusal,
    compose::{Course, Said},
    order::{Explicit, Order, decide},
    plan::seconds,
    rollout::{PutBack, Ran, Terms},
};

/// A new container goes on serving for this long before it counts, if nobody says otherwise.
const SOAK: Duration = Duration::from_secs(10);

/// Where an update goes.
pub(super) struct Aim {
    /// A reference or an id.
    pub(super) image: String,
    /// The id that it means.
    pub(super) image_id: String,
    /// What is put back, if anything is.
    pub(super) put_back: Option<PutBack>,
}

/// The terms of an update.
///
/// # Errors
/// [`Refusal`] where a rule says no.
pub(super) fn terms(
    service: &ObservedService,
    options: &RolloutOptions,
    voices: &Voices,
    aim: Aim,
) -> Result<Terms, Refusal> {
    let first = service
        .members
        .first()
        .ok_or_else(|| Refusal::NothingToClone { service: service.key.to_string() })?;
    let purpose = if aim.put_back.is_some() { Purpose::PutBack } else { Purpose::Update };
    let (of_labels, of_files) = voices.courses(purpose);
    let originals: Vec<_> = service.members.iter().map(|member| member.original.clone()).collect();
    let explicit = Explicit {
        flag: options.order,
        label: value(&of_labels.order),
        compose: value(&of_files.order),
        allow_shared: options.allow_shared.clone(),
    };
    let decision = decide(&originals, originals.len(), &explicit)?;
    let course = of_labels.over(of_files);
    let (of_labels, of_files) = voices.courses(Purpose::PutBack);
    let back = of_labels.over(of_files);
    let replicas = service.members.len();
    Ok(Terms {
        image_id: aim.image_id,
        reference: aim.image,
        order: decision.order,
        reason: decision.reason,
        deadline: options.timeout.unwrap_or_else(|| deadline(service)),
        soak: options.soak.or_else(|| value(&course.monitor)).unwrap_or(SOAK),
        drain: options.drain.unwrap_or_else(|| drain(first)),
        parallelism: options.parallelism.map_or_else(|| at_once(&course, replicas), |n| n.max(1)),
        delay: options.delay.or_else(|| value(&course.delay)).unwrap_or_default(),
        bearable: bearable(&course, replicas),
        on_failure: options.on_failure.or_else(|| value(&course.failure_action)).unwrap_or_default(),
        back_order: back_order(&back, decision.order),
        back_parallelism: at_once(&back, replicas),
        care: options.care,
        hooks: voices.hooks(),
        said: told(&course, options, voices),
        previous: Some(Ran::by(first)),
        put_back: aim.put_back,
    })
}

/// Nought is all at once, as Swarm and Compose have it.
fn at_once(course: &Course, replicas: usize) -> usize {
    match value(&course.parallelism) {
        None => 1,
        Some(0) => replicas.max(1),
        Some(count) => count,
    }
}

/// How many may fail: more than this part of all is too many.
fn bearable(course: &Course, replicas: usize) -> usize {
    let ratio = value(&course.max_failure_ratio).unwrap_or(0.0);
    // What is meant by 0.29 of 100 is 29, whatever the machine makes of it.
    (ratio * replicas as f64 + 1e-9) as usize
}

/// What could not live side by side on the way there cannot on the way back.
fn back_order(back: &Course, order: Order) -> Order {
    match order {
        Order::StopFirst => Order::StopFirst,
        Order::StartFirst => value(&back.order).unwrap_or(order),
    }
}

fn value<T: Copy>(said: &Option<Said<T>>) -> Option<T> {
    said.as_ref().map(|said| said.value)
}

/// What labels and files have decided, for people; why in this order is told with the order.
fn told(course: &Course, options: &RolloutOptions, voices: &Voices) -> Vec<String> {
    let mut told = Vec::new();
    if let Some(Said { value, by }) = course.parallelism.as_ref().filter(|_| options.parallelism.is_none()) {
        told.push(format!("parallelism {value} ({by})"));
    }
    for (name, said, flag) in
        [("delay", &course.delay, options.delay), ("monitor", &course.monitor, options.soak)]
    {
        let said = said.as_ref().filter(|_| flag.is_none());
        told.extend(said.map(|Said { value, by }| format!("{name} {} ({by})", seconds(*value))));
    }
    if let Some(Said { value, by }) = course.failure_action.as_ref().filter(|_| options.on_failure.is_none())
    {
        told.push(format!("failure_action {} ({by})", value.word()));
    }
    if let Some(Said { value, by }) = &course.max_failure_ratio {
        told.push(format!("max_failure_ratio {value} ({by})"));
    }
    let mut by: Vec<&str> = voices.files.pre_stop.iter().map(|said| said.by.as_str()).collect();
    by.dedup();
    if !by.is_empty() {
        told.push(format!("pre_stop ({})", by.join(", ")));
    }
    told
}
