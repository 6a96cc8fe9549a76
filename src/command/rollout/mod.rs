//! The rolling update of a Compose service, slot by slot, and its way back. Pure: from what is there to what is left
//! to do, so a fresh update, one that is resumed and one that is rolled back are planned by the same code.

mod gap;
pub mod project;
mod ran;
mod slot;
mod terms;
mod waves;

use std::time::Duration;

use serde_json::Value;

pub use gap::gap;
pub use ran::{PREVIOUS, REFERENCE, Ran};
pub use slot::{Making, POLICY, Slot, WAS, Was, Way};
pub use terms::{Care, OnFailure, PutBack, Terms};
pub use waves::{DEPENDS_ON, Need, Then, needs, waves};

use super::{
    clone::{self, AnonymousVolumes, Changes, Original, Refusal},
    observed::{Member, OPERATION, ObservedService},
    order::Order,
    plan::{Act, Call, Downtime, Gate, Phase, Plan, Risk, Step, seconds},
};

/// Creating, starting and swapping take about this long on an idle engine.
const HANDLING: Duration = Duration::from_millis(800);

/// A service without replicas serves nobody while the new container boots; how long that is nobody knows beforehand.
const BOOT: Duration = Duration::from_secs(1);

/// What an update is to do.
#[derive(Clone, Debug, PartialEq)]
pub struct Update {
    /// How each slot goes.
    pub way: Way,
    /// What it was agreed to be like.
    pub terms: Terms,
    /// The inspection of the image that the reference means now.
    pub image: Value,
    /// Slots that have failed and were put back: they are left alone.
    pub failed: Vec<u64>,
}

impl Update {
    /// The slots that it is about: neither failed nor such that run what they are to run.
    fn slots(&self, service: &ObservedService) -> Vec<Slot> {
        let mut slots = Slot::of(&service.members, &self.way.operation);
        slots.retain(|slot| !self.failed.contains(&slot.number) && !self.terms.is_met_by(slot));
        slots
    }
}

/// The plan of what is left of an update.
///
/// # Errors
/// [`Refusal`] where a replica cannot be cloned.
pub fn forward(service: &ObservedService, update: &Update) -> Result<Plan, Refusal> {
    let slots = update.slots(service);
    let (mut phases, mut notes) = (Vec::new(), Vec::new());
    for group in slots.chunks(update.terms.parallelism.max(1)) {
        let mut lanes = Vec::new();
        for slot in group {
            lanes.push(slot.forward(&update.way, making(slot, update, &mut notes)?));
        }
        if lanes.iter().any(|lane| !lane.is_empty()) {
            phases.extend(delay(&update.terms).filter(|_| !phases.is_empty()));
            phases.push(Phase { title: title(group), lanes });
        }
    }
    notes.dedup();
    notes.extend(left_alone(service, update, slots.len()));
    let left = slots.iter().filter(|slot| !slot.is_done()).count();
    Ok(Plan {
        title: update.terms.title(&service.key.to_string()),
        risk: if slots.is_empty() { Risk::None } else { Risk::Some },
        facts: facts(service, update, slots.len()),
        notes,
        phases,
        takes: takes(update, left),
        down_for: downtime(service, update, left),
        undo: "automatic on failure; by hand until the old containers are removed".to_owned(),
    })
}

/// Nobody serves while all replicas there are make room at once.
fn downtime(service: &ObservedService, update: &Update, left: usize) -> Downtime {
    let all_at_once = service.members.len() <= update.terms.parallelism.max(1);
    match update.way.order {
        Order::StopFirst if all_at_once && left > 0 => Downtime::Once(BOOT),
        Order::StopFirst | Order::StartFirst => Downtime::None,
    }
}

/// Time between slots in which a person, or an alert, can see how the new ones do.
fn delay(terms: &Terms) -> Option<Phase> {
    let act = Act::Gate(Gate::Delay { period: terms.delay });
    let cause = "time to see how the new ones do".to_owned();
    let step = Step { slot: None, state: "waiting", cause, act };
    (!terms.delay.is_zero()).then(|| Phase::single("delay", vec![step]))
}

/// What a person should know of replicas that nothing is done to.
fn left_alone(service: &ObservedService, update: &Update, touched: usize) -> Option<String> {
    let terms = &update.terms;
    let met = Slot::of(&service.members, &update.way.operation);
    let met = met.iter().filter(|slot| terms.is_met_by(slot)).count();
    let who = match (met, touched) {
        (0, _) => return None,
        (_, 0) => "every replica runs".to_owned(),
        (1, _) => "1 replica runs".to_owned(),
        (met, _) => format!("{met} replicas run"),
    };
    Some(format!(
        "{who} {} ({}) already and is left alone; --force replaces it too",
        terms.stands_for(),
        short(&terms.image_id)
    ))
}

/// An id as people read it: `sha256:` and twelve digits.
#[must_use]
pub fn short(id: &str) -> &str {
    id.get(..19).unwrap_or(id)
}

/// The plan that puts every slot back, the newest first, so many at once.
#[must_use]
pub fn back(service: &ObservedService, way: &Way, parallelism: usize) -> Plan {
    let mut slots = Slot::of(&service.members, &way.operation);
    slots.reverse();
    let phases = slots
        .chunks(parallelism.max(1))
        .map(|group| Phase { title: title(group), lanes: group.iter().map(|slot| slot.back(way)).collect() });
    Plan {
        title: format!("roll back the update of {}", service.key),
        risk: Risk::Some,
        facts: Vec::new(),
        notes: Vec::new(),
        phases: phases.filter(|phase| phase.lanes.iter().any(|lane| !lane.is_empty())).collect(),
        takes: HANDLING.saturating_mul(slots.len() as u32),
        down_for: Downtime::None,
        undo: "roll out again".to_owned(),
    }
}

/// The phase that puts one slot back.
#[must_use]
pub fn slot_back(service: &ObservedService, way: &Way, number: u64) -> Vec<Phase> {
    let slots = Slot::of(&service.members, &way.operation);
    let slot = slots.iter().filter(|slot| slot.number == number);
    slot.map(|slot| Phase::single(format!("slot {number}"), slot.back(way))).collect()
}

/// The phases that put back every slot that is half-way: all replicas serve while a person decides.
#[must_use]
pub fn half_way_back(service: &ObservedService, way: &Way) -> Vec<Phase> {
    let slots = Slot::of(&service.members, &way.operation);
    let half_way = slots.iter().filter(|slot| slot.new.is_some() && !slot.is_done());
    half_way.map(|slot| Phase::single(title(std::slice::from_ref(slot)), slot.back(way))).collect()
}

/// The plan that makes a complete update final: the old containers are removed.
#[must_use]
pub fn commit(service: &ObservedService, operation: &str) -> Vec<Phase> {
    let slots = Slot::of(&service.members, operation);
    let lanes = slots.iter().filter(|slot| slot.is_done()).map(Slot::commit);
    let lanes: Vec<_> = lanes.filter(|steps| !steps.is_empty()).collect();
    if lanes.is_empty() { Vec::new() } else { vec![Phase { title: "commit".to_owned(), lanes }] }
}

fn title(group: &[Slot]) -> String {
    let numbers: Vec<_> = group.iter().map(|slot| slot.number.to_string()).collect();
    format!("slot {}", numbers.join(", "))
}

/// The calls that make a slot's new container; none where it is there already. What a person should know goes to
/// `notes`.
fn making(slot: &Slot, update: &Update, notes: &mut Vec<String>) -> Result<Making, Refusal> {
    let Some(old) = slot.old.as_ref().filter(|_| slot.lacks_new() && !slot.is_done()) else {
        return Ok(Making::new());
    };
    let (name, changes) = (slot.temporary(), changes(slot, old, update));
    match update.terms.care {
        Care::Usual => clone::database_change(&old.original, &changes)?,
        Care::Forced => {}
    }
    let made = clone::body(&as_it_was(slot, old), &changes)?;
    notes.extend(made.notes);
    let mut calls = vec![Call::Create { name: name.clone(), body: made.body }];
    calls.extend(made.connect.into_iter().map(|(network, endpoint)| Call::Connect {
        network,
        container: name.clone(),
        endpoint,
    }));
    calls.extend(made.copy_in.into_iter().map(|path| Call::Copy {
        from: old.name.clone(),
        to: name.clone(),
        path,
    }));
    Ok(calls)
}

/// The old container with the restart policy that it had before the update set it aside.
fn as_it_was(slot: &Slot, old: &Member) -> Original {
    let mut original = old.original.clone();
    if let (Some(now), Some(policy)) =
        (original.container.pointer_mut("/HostConfig/RestartPolicy"), slot.policy())
    {
        *now = policy;
    }
    original
}

fn changes(slot: &Slot, old: &Member, update: &Update) -> Changes {
    let text = |pointer: &str| update.image.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let terms = &update.terms;
    let runs = Ran { reference: terms.stands_for().to_owned(), id: text("/Id").to_owned() };
    let labels = [
        (OPERATION, Some(update.way.operation.clone())),
        ("stacktop.replaces", Some(old.id.clone())),
        ("stacktop.slot", Some(slot.number.to_string())),
        (POLICY, Some(slot.policy().unwrap_or_default().to_string())),
        (WAS, Some(slot.was().unwrap_or(Was::Serving).word().to_owned())),
        (PREVIOUS, runs.note(old)),
        (REFERENCE, Some(runs.reference)),
    ];
    let labels = labels.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Changes {
        image_ref: update.terms.reference.clone(),
        new_image_id: text("/Id").to_owned(),
        new_image: update.image.clone(),
        number: slot.number,
        final_name: slot.name.clone(),
        labels: labels.collect(),
        volumes: AnonymousVolumes::Keep,
        config_targets: Vec::new(),
    }
}

fn facts(service: &ObservedService, update: &Update, slots: usize) -> Vec<(String, String)> {
    let (way, terms) = (&update.way, &update.terms);
    let old = service.members.first().map(Member::reference).unwrap_or_default();
    let all = Slot::of(&service.members, &way.operation).len();
    let count = if slots == all { slots.to_string() } else { format!("{slots} of {all}") };
    let side_by_side = terms.parallelism.min(slots).max(1);
    let mut facts = vec![
        ("image", format!("{old} → {}", terms.aim())),
        ("replicas", format!("{count}, {side_by_side} at a time{}", between(terms))),
        ("order", format!("{}: {}", way.order.word(), terms.reason)),
        (
            "gate",
            format!(
                "the service's own check, up to {}; soak {}; drain {}",
                seconds(way.deadline),
                seconds(way.soak),
                seconds(way.drain)
            ),
        ),
        ("on failure", on_failure(terms)),
    ];
    if !terms.said.is_empty() {
        facts.push(("settings", terms.said.join(", ")));
    }
    facts.into_iter().map(|(name, fact)| (name.to_owned(), fact)).collect()
}

fn between(terms: &Terms) -> String {
    if terms.delay.is_zero() { String::new() } else { format!(", {} in between", seconds(terms.delay)) }
}

fn on_failure(terms: &Terms) -> String {
    let action = match terms.on_failure {
        OnFailure::RollBack => "every replica is put back",
        OnFailure::Pause => "that replica is put back, and you decide on the others",
        OnFailure::Continue => "that replica is put back, and the others go on",
    };
    match terms.bearable {
        0 => action.to_owned(),
        bearable => format!("{action}; up to {bearable} may fail before that"),
    }
}

/// An estimate: what is waited for by design, and the handling. Boot times are not known beforehand.
fn takes(update: &Update, left: usize) -> Duration {
    let way = &update.way;
    let rounds = left.div_ceil(update.terms.parallelism.max(1)) as u32;
    let delays = update.terms.delay.saturating_mul(rounds.saturating_sub(1));
    (HANDLING + BOOT + way.soak + way.drain).saturating_mul(rounds) + delays
}
