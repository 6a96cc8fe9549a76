//! The gap between two replicas that cannot live side by side, found after whoever made it is gone.

use super::Slot;
use crate::command::{
    observed::{Condition, Member, ObservedService},
    plan::{Act, Call, Phase, Step},
    rollout::Was,
};

/// What brings a service back that a stop-first update has left without a replica; nothing where one runs, or none
/// did before.
#[must_use]
pub fn gap(service: &ObservedService, operation: &str) -> Vec<Phase> {
    if service.running().next().is_some() {
        return Vec::new();
    }
    let slots = Slot::of(&service.members, operation);
    let steps = |slot: &Slot| steps(slot).map(|steps| Phase::single(format!("slot {}", slot.number), steps));
    slots.iter().filter_map(steps).collect()
}

/// Only where the old container still has its name: later the new one has been seen to serve.
fn steps(slot: &Slot) -> Option<Vec<Step>> {
    let old = slot.old.as_ref().filter(|old| old.name == slot.name && old.condition == Condition::Ended)?;
    let new = slot.new.as_ref()?;
    (slot.was()? != Was::Stopped).then_some(())?;
    let mut steps = Vec::new();
    let mut push = |cause: &str, call| {
        let (slot, cause) = (Some(slot.number), cause.to_owned());
        steps.push(Step { slot, state: "healing", cause, act: Act::Call(call) });
    };
    if is_looping(new) {
        let call = Call::Stop { container: new.name.clone(), grace: Some(new.grace()) };
        push("the new container does not serve and is in the way", call);
    }
    if let Some(policy) = slot.policy().filter(|policy| *policy != old.restart_policy()) {
        push("it is kept running again", Call::RestartPolicy { container: old.name.clone(), policy });
    }
    push("the service has no replica", Call::Start { container: old.name.clone() });
    Some(steps)
}

/// Whether the engine starts it over and over.
fn is_looping(member: &Member) -> bool {
    member.status() == "restarting"
}
