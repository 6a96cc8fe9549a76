//! What the engine's connection reports.

use std::sync::Arc;

use jiff::Timestamp;

use super::{Effects, backups, mark, notify, rows, unfinished};
use crate::{
    domain::ContainerId,
    domain::{EngineEvent, HostUsage, Link, Observation, Sample, Snapshot},
    model::{EVENTS_KEPT, Inspection, Model, NoticeLevel, RowKey},
    text::age,
};

pub(super) fn apply(model: &mut Model, observation: Observation) -> Effects {
    match observation {
        Observation::Link(link) => connection(model, link),
        Observation::Snapshot(snapshot) => return snapshot_taken(model, snapshot),
        Observation::Event(event) => happened(model, event),
        Observation::Samples(samples) => measured(model, samples),
    }
    Effects::new()
}

fn connection(model: &mut Model, link: Link) {
    match (&model.link, &link) {
        (Link::Live, Link::Lost { .. }) => {
            model.history.gap(model.clock.running);
            model.known.forget_samples();
        }
        (Link::Lost { since, .. }, Link::Live) => welcome_back(model, *since),
        _ => {}
    }
    model.link = link;
    model.dirty = true;
}

fn welcome_back(model: &mut Model, since: Timestamp) {
    let away = age(model.clock.seconds_since(since));
    notify(model, NoticeLevel::Note, format!("the engine is back after {away}; everything was read anew"));
}

fn snapshot_taken(model: &mut Model, snapshot: Arc<Snapshot>) -> Effects {
    let first = model.known.taken_at.is_none();
    model.known.replace(snapshot, model.clock.wall);
    mark::settle(model);
    unfinished::look(model);
    backups::grow(model);
    let known = &model.known;
    model.history.retain(|id| known.container(id).is_some());
    if first {
        rows::open_what_is_wrong(model);
    }
    rows::rebuild(model, rows::Order::Settle);
    let findings = model.known.findings.len();
    model.focus.finding = model.focus.finding.min(findings.saturating_sub(1));
    model.dirty = true;
    unfinished::ask(model)
}

fn happened(model: &mut Model, event: EngineEvent) {
    if event.kind.is_exec() {
        return;
    }
    model.events.push_back(event);
    if model.events.len() > EVENTS_KEPT {
        model.events.pop_front();
    }
    model.dirty = true;
}

/// What is heard late of a container that has ended is not what it uses.
fn measured(model: &mut Model, mut samples: Vec<(ContainerId, Sample)>) {
    samples.retain(|(id, _)| model.known.container(id).is_some_and(|container| container.state.is_up()));
    for (id, sample) in samples {
        let now = model.clock.running;
        model.history.push(&id, now, model.known.measure(&id, sample, now));
    }
    model.dirty = true;
}

pub(super) fn inspected(model: &mut Model, row: RowKey, answer: Result<Vec<String>, String>) -> Effects {
    if model.detail.inspection.row() == Some(&row) {
        model.detail.inspection = match answer {
            Ok(lines) => Inspection::Answer(row, lines),
            Err(why) => Inspection::Failed(row, why),
        };
        model.dirty = true;
    }
    Effects::new()
}

/// Is drawn with what changes next, the clock at the latest.
pub(super) fn host(model: &mut Model, usage: HostUsage) -> Effects {
    model.dirty |= model.host.is_none();
    model.host = Some(usage);
    Effects::new()
}
