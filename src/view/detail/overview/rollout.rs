//! The job on the selected service: where it stands with each replica.

use ratatui::text::{Line, Span};

use super::elsewhere;
use crate::{
    action::Action,
    command::Stage,
    domain::{Container, Status},
    model::{Job, JobState, Outcome, Part},
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

/// Lines of evidence that are told: the last ones say most.
const EVIDENCE: usize = 8;

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
    let rows = job.parts.iter().map(|part| row(scene, job, part, width)).collect();
    lines.extend(table::lines(width, columns, scene.style(Role::Heading), rows));
    if width < ROOMY && job.is_at_work() {
        lines.extend(seen(scene, job, usize::from(width)));
    }
    lines.extend(evidence(scene, job, width));
    lines.extend(elsewhere::hints(scene, offers(job)));
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

/// What the container that failed said last: it may be gone by now.
fn evidence(scene: Scene<'_>, job: &Job, width: u16) -> Vec<Line<'static>> {
    let skip = job.evidence.len().saturating_sub(EVIDENCE);
    let told = job.evidence.iter().skip(skip).map(|line| line.split_once(": ").unwrap_or(("", line)));
    told.flat_map(|(label, text)| elsewhere::said(scene, label, text, width)).collect()
}

/// What a person can do about it.
const fn offers(job: &Job) -> &'static [(Action, &'static str)] {
    match &job.state {
        JobState::Runs => {
            &[(Action::PauseJob, "pauses after the slot"), (Action::StopJob, "stops after the step")]
        }
        JobState::Pauses => &[(Action::StopJob, "stops after the step")],
        JobState::Ended { outcome: Outcome::Paused(_) | Outcome::Failed(_), .. }
            if job.operation.is_some() =>
        {
            &[(Action::Resume, "goes on"), (Action::RollBack, "goes back"), (Action::Logs, "logs")]
        }
        JobState::Ended { outcome: Outcome::RolledBack(_) | Outcome::Failed(_), .. } => {
            &[(Action::Update, "to another image"), (Action::Back, "closes")]
        }
        JobState::Waits | JobState::Stops | JobState::Ended { .. } => &[],
    }
}

fn heading(scene: Scene<'_>, job: &Job, room: usize) -> Vec<Line<'static>> {
    let image = job.facts.iter().find(|(name, _)| name == "image").map(|(_, image)| format!("  {image}"));
    let facts = [
        scene.status(jobs::status(job), &job.title),
        scene.span(image.unwrap_or_default(), Role::Rolling),
        scene.span(format!("  {}", counts(scene, job)), Role::Text),
    ];
    let mut lines = elsewhere::broken(facts, room);
    if let JobState::Ended { outcome, .. } = &job.state {
        let role = if *outcome == Outcome::Done { Role::Strong } else { Role::Critical };
        let words = scene.span(format!("  {}", jobs::outcome_words(outcome)), role);
        lines.extend(wrap::spans(&Line::from(words), room, 4));
    }
    lines
}

fn counts(scene: Scene<'_>, job: &Job) -> String {
    if matches!(job.state, JobState::Ended { outcome: Outcome::RolledBack(_), .. }) {
        return format!("{} s", job.took(scene.model.clock.running).as_secs());
    }
    let done = job.parts.iter().filter(|part| part.is_done()).count();
    let seconds = job.took(scene.model.clock.running).as_secs();
    let left = job.left.filter(|_| job.is_at_work()).map(|(left, told)| {
        let since = scene.model.clock.running.saturating_sub(told);
        format!("  {} s left", left.saturating_sub(since).as_secs())
    });
    format!("{done}/{} done  {seconds} s{}", job.parts.len(), left.unwrap_or_default())
}

fn row(scene: Scene<'_>, job: &Job, part: &Part, width: u16) -> [Span<'static>; 6] {
    let name = scene.span(part.name.clone(), Role::Strong);
    let alone = part.new.as_ref() == Some(&part.name);
    let old = if alone { Span::default() } else { state(scene, part.old.as_deref()) };
    let new = state(scene, part.new.as_deref());
    let (phase, role) = phase(job, part);
    let time = match (part.stage, part.is_done(), part.began) {
        (None, ..) => String::new(),
        (Some(_), true, Some(began)) => format!("{} s", part.heard.saturating_sub(began).as_secs()),
        (Some(_), ..) => jobs::time(scene, part),
    };
    let detail = if width < ROOMY { String::new() } else { part.detail.clone() };
    let detail = scene.span(detail, Role::Text);
    [name, old, new, scene.span(phase, role), scene.span(time, Role::Text), detail]
}

/// How far a part is; once everything was put back, whether it had to be.
fn phase(job: &Job, part: &Part) -> (String, Role) {
    let put_back = matches!(job.state, JobState::Ended { outcome: Outcome::RolledBack(_), .. });
    match (part.stage, part.is_done()) {
        (None, _) if put_back => ("not touched".to_owned(), Role::Muted),
        (Some(_), _) if put_back => ("put back".to_owned(), Role::Unhealthy),
        (_, true) => ("done".to_owned(), Role::Healthy),
        (None, false) => ("waits".to_owned(), Role::Muted),
        (Some(Stage::Failed), false) => (part.state.clone(), Role::Critical),
        (Some(Stage::Begins | Stage::Waits | Stage::Done), false) => (part.state.clone(), Role::Rolling),
    }
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
