//! What happened to the selection, newest first.

use ratatui::text::Line;

use super::Content;
use crate::{
    domain::{EngineEvent, EventKind},
    text,
    theme::Role,
    view::{scene::Scene, selection::Selection},
};

/// Names are padded to this width, so that what happened stands in a column.
const NAME: usize = 28;

pub(super) fn content(scene: Scene<'_>, selection: Selection<'_>) -> Content {
    let lines = latest(scene, selection, usize::MAX);
    if lines.is_empty() {
        let about = match selection {
            Selection::None => "nothing happened since stacktop was started".to_owned(),
            _ => format!("nothing happened to {} since stacktop was started", selection.title()),
        };
        return Content::Sentence(about, String::new());
    }
    Content::Lines(lines)
}

/// At most `count` lines.
pub(super) fn latest(scene: Scene<'_>, selection: Selection<'_>, count: usize) -> Vec<Line<'static>> {
    let events = scene.model.events.iter().rev().filter(|event| selection.concerns(event));
    events.take(count).map(|event| line(scene, event)).collect()
}

fn line(scene: Scene<'_>, event: &EngineEvent) -> Line<'static> {
    let name = if event.name.is_empty() { short(&event.id) } else { event.name.as_str() };
    let name = text::fit(name, NAME);
    let blank = " ".repeat(NAME.saturating_sub(text::width(&name)));
    Line::from(vec![
        scene.span(format!("{} {:>4}  ", scene.time(event.at), scene.age(event.at)), Role::Muted),
        scene.span(format!("{:<9} ", text::fit(event.subject.word(), 9)), Role::Muted),
        scene.span(format!("{name}{blank}  "), Role::Text),
        scene.span(event.kind.describe(), role(&event.kind)),
    ])
}

/// The first digits of an id, as the Docker CLI prints them.
fn short(id: &str) -> &str {
    let hex = id.strip_prefix("sha256:").unwrap_or(id);
    hex.get(..12).unwrap_or(hex)
}

fn role(kind: &EventKind) -> Role {
    match kind {
        EventKind::Die(0) => Role::Text,
        EventKind::Die(_) | EventKind::Oom => Role::Down,
        EventKind::Health(word) if word.as_str() == "unhealthy" => Role::Unhealthy,
        EventKind::Health(word) if word.as_str() == "healthy" => Role::Healthy,
        EventKind::Start => Role::Healthy,
        EventKind::Kill(_) | EventKind::Stop | EventKind::Restart | EventKind::Destroy => Role::Starting,
        EventKind::Health(_)
        | EventKind::Create
        | EventKind::Pause
        | EventKind::Unpause
        | EventKind::Update
        | EventKind::Other(_) => Role::Text,
    }
}
