//! What a container said last that holds a rolling update up: asked for while the update is on screen.

use std::time::Duration;

use super::{Effect, Effects};
use crate::{
    domain::{ContainerId, Rollout},
    model::{Model, RowKey, Tail},
};

/// It may say more meanwhile.
const AGAIN: Duration = Duration::from_secs(5);

/// Asks for the output of the container that holds up the rolling update of the selection, if one does.
pub(super) fn ask(model: &mut Model) -> Option<Effect> {
    let key = model.tree.selected.as_ref().and_then(RowKey::service)?;
    let rollout = Rollout::of(&model.known.snapshot, key, model.clock.wall)?;
    let container = rollout.trouble()?.suspect.clone()?;
    let asked = model.clock.running;
    let before = model.detail.tail.take().filter(|tail| tail.container == container);
    let fresh = before.as_ref().is_some_and(|tail| asked.saturating_sub(tail.asked) < AGAIN);
    if fresh {
        model.detail.tail = before;
        return None;
    }
    let lines = before.map(|tail| tail.lines).unwrap_or_default();
    model.detail.tail = Some(Tail { container: container.clone(), asked, lines });
    Some(Effect::Tail(container))
}

pub(super) fn arrived(model: &mut Model, container: &ContainerId, lines: Vec<String>) -> Effects {
    if let Some(tail) = &mut model.detail.tail
        && tail.container == *container
    {
        tail.lines = lines;
        model.dirty = true;
    }
    Effects::new()
}
