//! What holds the selection back, and who has counted: throttling, pressure, the source of the numbers and their age.

use std::time::Duration;

use crate::{
    domain::{ContainerId, SampleSource, Usage},
    text,
    theme::Role,
    view::{detail::facts::Facts, scene::Scene, selection::Selection},
};

/// What is older than this is told with its age: measurements of what is on screen come each second.
const FRESH: Duration = Duration::from_secs(4);

/// From this part of the time on, waiting is a reason for slow answers.
const MUCH: f64 = 10.0;

/// Adds what is known of it; nothing where nothing is measured.
pub(super) fn tell(scene: Scene<'_>, selection: Selection<'_>, facts: &mut Facts<'_>) {
    let Some(usage) = selection.usage(scene.model) else { return };
    if let Some(percent) = usage.throttled_percent {
        let words = format!("{} of its periods by the CPU limit", text::percent(percent));
        facts.spans("throttled", vec![scene.span(words, role(percent))]);
    }
    if let Some(pressure) = usage.pressure {
        let parts = [("cpu", pressure.cpu), ("memory", pressure.memory), ("io", pressure.io)];
        let mut spans: Vec<_> = parts
            .map(|(what, percent)| {
                let percent = f64::from(percent);
                scene.span(format!("{what} {}  ", text::percent(percent)), role(percent))
            })
            .into();
        spans.push(scene.span("of the last 10 s waited", Role::Muted));
        facts.spans("pressure", spans);
    }
    facts.text("measured", &source(scene, selection, &usage));
}

fn role(percent: f64) -> Role {
    if percent >= MUCH { Role::Warning } else { Role::Text }
}

fn source(scene: Scene<'_>, selection: Selection<'_>, usage: &Usage) -> String {
    let who = match usage.source {
        SampleSource::Kernel => "from this host's cgroup files",
        SampleSource::Engine => "by the engine",
    };
    let model = scene.model;
    let age = |id: &ContainerId| Some(model.clock.running.saturating_sub(model.known.heard_at(id)?));
    let oldest = selection.container_ids().filter_map(age).max().unwrap_or_default();
    if oldest < FRESH {
        return who.to_owned();
    }
    let seconds = i64::try_from(oldest.as_secs()).unwrap_or(i64::MAX);
    format!("{who}, up to {} ago", text::age(seconds))
}
