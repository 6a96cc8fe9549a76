//! The rolling update of a Compose service, slot by slot, and its way back. Pure: from what is there to what is left
//! to do, so a fresh update, one that is resumed and one that is rolled back are planned by the same code.

mod slot;
mod terms;

use std::time::Duration;

use serde_json::Value;

pub use slot::{Making, POLICY, Slot, WAS, Was, Way};
pub use terms::Terms;

use super::{
    clone::{self, AnonymousVolumes, Changes, Original, Refusal},
    observed::{Member, OPERATION, ObservedService},
    order::Order,
    plan::{Call, Phase, Plan, Risk, seconds},
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
}

/// The plan of what is left of an update.
///
/// # Errors
/// [`Refusal`] where a replica cannot be cloned.
pub fn forward(service: &ObservedService, update: &Update) -> Result<Plan, Refusal> {
    let slots = Slot::of(&service.members, &update.way.operation);
    let (mut phases, mut notes) = (Vec::new(), Vec::new());
    for group in slots.chunks(update.terms.parallelism.max(1)) {
        let mut lanes = Vec::new();
        for slot in group {
            lanes.push(slot.forward(&update.way, making(slot, update, &mut notes)?));
        }
        if lanes.iter().any(|lane| !lane.is_empty()) {
            phases.push(Phase { title: title(group), lanes });
        }
    }
    notes.dedup();
    let left = slots.iter().filter(|slot| !slot.is_done()).count();
    Ok(Plan {
        title: format!("rolling update of {}", service.key),
        risk: Risk::Some,
        facts: facts(service, update, slots.len()),
        notes,
        phases,
        takes: takes(update, left),
        down_for: if update.way.order == Order::StopFirst && slots.len() == 1 {
            BOOT
        } else {
            Duration::ZERO
        },
        undo: "automatic on failure; by hand until the old containers are removed".to_owned(),
    })
}

/// The plan that puts every slot back, the newest first.
#[must_use]
pub fn back(service: &ObservedService, way: &Way) -> Plan {
    let mut slots = Slot::of(&service.members, &way.operation);
    slots.reverse();
    let phases = slots.iter().map(|slot| Phase::single(format!("slot {}", slot.number), slot.back(way)));
    Plan {
        title: format!("roll back the update of {}", service.key),
        risk: Risk::Some,
        facts: Vec::new(),
        notes: Vec::new(),
        phases: phases.filter(|phase| phase.lanes.iter().any(|lane| !lane.is_empty())).collect(),
        takes: HANDLING.saturating_mul(slots.len() as u32),
        down_for: Duration::ZERO,
        undo: "roll out again".to_owned(),
    }
}

/// The plan that makes a complete update final: the old containers are removed.
#[must_use]
pub fn commit(service: &ObservedService, operation: &str) -> Vec<Phase> {
    let slots = Slot::of(&service.members, operation);
    let steps: Vec<_> = slots.iter().filter(|slot| slot.is_done()).flat_map(Slot::commit).collect();
    if steps.is_empty() { Vec::new() } else { vec![Phase::single("commit", steps)] }
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
    let name = slot.temporary();
    let made = clone::body(&as_it_was(slot, old), &changes(slot, old, update))?;
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
    let labels = [
        (OPERATION, update.way.operation.clone()),
        ("stacktop.replaces", old.id.clone()),
        ("stacktop.slot", slot.number.to_string()),
        (POLICY, slot.policy().unwrap_or_default().to_string()),
        (WAS, slot.was().unwrap_or(Was::Serving).word().to_owned()),
    ];
    Changes {
        image_ref: update.terms.reference.clone(),
        new_image_id: text("/Id").to_owned(),
        new_image: update.image.clone(),
        number: slot.number,
        final_name: slot.name.clone(),
        labels: labels.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        volumes: AnonymousVolumes::Keep,
        config_targets: Vec::new(),
    }
}

fn facts(service: &ObservedService, update: &Update, slots: usize) -> Vec<(String, String)> {
    let way = &update.way;
    let old = service.members.first().map(Member::image).unwrap_or_default();
    let side_by_side = update.terms.parallelism.min(slots).max(1);
    let facts = [
        ("image", format!("{old} → {}", update.terms.reference)),
        ("replicas", format!("{slots}, {side_by_side} at a time")),
        ("order", format!("{}: {}", way.order.word(), update.terms.reason)),
        (
            "gate",
            format!(
                "the service's own check, up to {}; soak {}; drain {}",
                seconds(way.deadline),
                seconds(way.soak),
                seconds(way.drain)
            ),
        ),
    ];
    facts.into_iter().map(|(name, fact)| (name.to_owned(), fact)).collect()
}

/// An estimate: what is waited for by design, and the handling. Boot times are not known beforehand.
fn takes(update: &Update, left: usize) -> Duration {
    let way = &update.way;
    let rounds = left.div_ceil(update.terms.parallelism.max(1)) as u32;
    (HANDLING + BOOT + way.soak + way.drain).saturating_mul(rounds)
}
