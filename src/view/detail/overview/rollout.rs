//! The job on the selected service: where it stands with each replica.

use ratatui::text::{Line, Span};

use crate::{
    command::Stage,
    domain::{Container, Status},
    model::{Job, JobState, Part},
    theme::Role,
    view::{
        jobs,
        scene::Scene,
        widgets::{
            table::{self, Side},
            wrap,
        },
    },
};

/// From this many cells on, what was seen of each replica stands in its row.
const ROOMY: u16 = 76;

/// The lines of the newest job on a service, if there is one.
pub(super) fn lines(scene: Scene<'_>, job: &Job, width: u16) -> Vec<Line<'static>> {
    let mut lines = heading(scene, job, usize::from(width));
    let exchange = job.parts.iter().any(|part| part.old.is_some() || part.name.parse::<u64>().is_ok());
    let (part, old, new) = if exchange { ("SLOT", "OLD", "NEW") } else { ("CONTAINER", "", "STATE") };
    let columns = [
        (part, Side::Left),
        (old, Side::Left),
        (new, Side::Left),
        ("PHASE", Side::Left),
        ("TIME", Side::Right),
        (if width < ROOMY { "" } else { "PROBE" }, Side::Left),
    ];
    let rows = job.parts.iter().map(|part| row(scene, part, width)).collect();
    lines.extend(table::lines(width, columns, scene.style(Role::Heading), rows));
    if width < ROOMY {
        lines.extend(seen(scene, job, usize::from(width)));
    }
    lines.push(Line::default());
    lines
}

/// What was seen last, under the table.
fn seen(scene: Scene<'_>, job: &Job, width: usize) -> Vec<Line<'static>> {
    let Some(part) = job.current().filter(|part| !part.detail.is_empty()) else { return Vec::new() };
    let line = Line::from(vec![
        scene.span(format!("{}  ", part.name), Role::Strong),
        scene.span(part.detail.clone(), Role::Text),
    ]);
    wrap::spans(&line, width, 6)
}

fn heading(scene: Scene<'_>, job: &Job, width: usize) -> Vec<Line<'static>> {
    let done = job.parts.iter().filter(|part| part.is_done()).count();
    let seconds = job.took(scene.model.clock.running).as_secs();
    let image = job.facts.iter().find(|(name, _)| name == "image").map(|(_, image)| format!("  {image}"));
    let mut spans = vec![
        scene.status(jobs::status(job), &job.title),
        scene.span(image.unwrap_or_default(), Role::Rolling),
        scene.span(format!("  {done}/{} done  {seconds} s", job.parts.len()), Role::Text),
    ];
    if let JobState::Ended { outcome, .. } = &job.state {
        spans.push(scene.span(format!("  {}", jobs::outcome_words(outcome)), Role::Strong));
    }
    wrap::spans(&Line::from(spans), width, 2)
}

fn row(scene: Scene<'_>, part: &Part, width: u16) -> [Span<'static>; 6] {
    let name = scene.span(part.name.clone(), Role::Strong);
    let alone = part.new.as_ref() == Some(&part.name);
    let old = if alone { Span::default() } else { state(scene, part.old.as_deref()) };
    let new = state(scene, part.new.as_deref());
    let (phase, role) = match (part.stage, part.is_done()) {
        (_, true) => ("done".to_owned(), Role::Healthy),
        (None, false) => ("waits".to_owned(), Role::Muted),
        (Some(Stage::Failed), false) => (part.state.clone(), Role::Critical),
        (Some(Stage::Begins | Stage::Waits | Stage::Done), false) => (part.state.clone(), Role::Rolling),
    };
    let time = match (part.stage, part.is_done(), part.began) {
        (None, ..) => String::new(),
        (Some(_), true, Some(began)) => format!("{} s", part.heard.saturating_sub(began).as_secs()),
        (Some(_), ..) => jobs::time(scene, part),
    };
    let detail = if width < ROOMY { String::new() } else { part.detail.clone() };
    let detail = scene.span(detail, Role::Text);
    [name, old, new, scene.span(phase, role), scene.span(time, Role::Text), detail]
}

/// A container of the exchange, as the engine has it now.
fn state(scene: Scene<'_>, name: Option<&str>) -> Span<'static> {
    let find = |name| scene.model.known.snapshot.containers.iter().find(|it: &&Container| it.name == name);
    match name.and_then(find) {
        Some(container) => {
            let status = Status::of_container(container);
            scene.status(status, status.word())
        }
        None => scene.span("–", Role::Muted),
    }
}
