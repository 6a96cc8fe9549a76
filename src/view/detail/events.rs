//! What happened to the selection, newest first.

use ratatui::text::Line;

use super::Content;
use crate::{
    domain::{EngineEvent, EventKind},
    text,
    theme::Role,
    view::{scene::Scene, selection::Selection},
};

/// The longest name that is shown whole.
const NAME: usize = 32;

/// From this many cells on, the kind of object is told.
const WIDE: u16 = 72;

pub(super) fn content(scene: Scene<'_>, selection: Selection<'_>, width: u16) -> Content {
    let lines = latest(scene, selection, width, usize::MAX);
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
pub(super) fn latest(
    scene: Scene<'_>,
    selection: Selection<'_>,
    width: u16,
    count: usize,
) -> Vec<Line<'static>> {
    let all = scene.model.events.iter().rev();
    let events: Vec<&EngineEvent> = all.filter(|event| selection.concerns(event)).take(count).collect();
    let longest = events.iter().map(|event| text::width(name(event))).max().unwrap_or(0).min(NAME);
    events.into_iter().map(|event| line(scene, event, longest, width >= WIDE)).collect()
}

fn name(event: &EngineEvent) -> &str {
    if event.name.is_empty() { short(&event.id) } else { event.name.as_str() }
}

fn line(scene: Scene<'_>, event: &EngineEvent, longest: usize, wide: bool) -> Line<'static> {
    let name = text::fit(name(event), longest);
    let blank = " ".repeat(longest.saturating_sub(text::width(&name)));
    let subject = if wide { format!("{:<9} ", text::fit(event.subject.word(), 9)) } else { String::new() };

    Line::from(vec![
        scene.span(format!("{} {:>4}  ", scene.time(event.at), scene.age(event.at)), Role::Muted),
        scene.span(subject, Role::Muted),
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
