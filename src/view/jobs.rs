//! What is being done to the engine, a line each: a pane, or one line where there is little room.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use super::{
    scene::Scene,
    widgets::{pane, pencil::Pencil},
};
use crate::{
    action::Action,
    command::Stage,
    domain::Status,
    model::{Job, JobState, Outcome, Pane, Part},
    text,
    theme::Role,
};

/// The longest title that is shown whole.
const TITLE: usize = 44;

/// Draws the jobs.
pub(super) fn render(scene: Scene<'_>, area: Rect, buffer: &mut Buffer) {
    let jobs = &scene.model.jobs;
    let focused = scene.has_focus(Pane::Jobs);
    let selected = jobs.selected.min(jobs.all.len().saturating_sub(1));
    let inner = if area.height < 3 {
        area
    } else {
        let title = Line::from(scene.span("Jobs", Role::Title));
        pane::frame(scene, area, buffer, &title, focused)
    };
    let rows = usize::from(inner.height);
    let start = (selected + 1).saturating_sub(rows);
    let visible = || jobs.all.iter().enumerate().skip(start).take(rows);
    let title = visible().map(|(_, job)| text::width(&job.title)).max().unwrap_or(0).min(TITLE) as u16;
    for (y, (place, job)) in (inner.y..inner.bottom()).zip(visible()) {
        let row = Rect { y, height: 1, ..inner };
        let is_selected = focused && place == selected;
        line(scene, job, title, is_selected, &mut Pencil::on(buffer, row));
        if is_selected {
            buffer.set_style(row, scene.style(Role::Selected));
        }
    }
    if area.height >= 3
        && let Some(place) = pane::place(scene, start, inner.height, jobs.all.len())
    {
        pane::remark(area, buffer, &place);
    }
}

fn line(scene: Scene<'_>, job: &Job, title: u16, selected: bool, pencil: &mut Pencil<'_>) {
    pencil.write(if selected { "›" } else { " " }, scene.style(Role::Strong));
    let status = status(job);
    pencil.write(scene.theme.glyphs.glyph(status), scene.style(Role::of_status(status))).skip(1);
    pencil.left(&job.title, title, scene.style(Role::Strong)).skip(2);
    let (done, all) = job.steps;
    pencil.right(&format!("{done}/{all}"), 5, scene.style(Role::Text)).skip(2);
    let hint = hint(scene, job).filter(|hint| usize::from(pencil.room()) > text::width(hint) + 30);
    let room = pencil.room().saturating_sub(hint.as_ref().map_or(0, |hint| text::width(hint) as u16 + 3));
    let now = Line::from(now(scene, job));
    pencil.left(&now.to_string(), room, scene.style(Role::Text));
    if let Some(hint) = hint {
        pencil.skip(2).write(&hint, scene.style(Role::HintKey));
    }
}

fn hint(scene: Scene<'_>, job: &Job) -> Option<String> {
    if job.state == JobState::Runs {
        let key = |action, does| scene.key(action).map(|key| format!("{key} {does}"));
        let keys = [key(Action::PauseJob, "pause"), key(Action::StopJob, "stop")];
        return Some(keys.into_iter().flatten().collect::<Vec<_>>().join("  "));
    }
    (!job.is_at_work()).then(|| scene.key(Action::Back).map(|key| format!("{key} closes")))?
}

/// The shape and colour of a job.
pub(super) const fn status(job: &Job) -> Status {
    match &job.state {
        JobState::Waits => Status::Stopped,
        JobState::Runs => Status::Rolling,
        JobState::Pauses | JobState::Stops => Status::Starting,
        JobState::Ended { outcome: Outcome::Done, .. } => Status::Healthy,
        JobState::Ended { outcome: Outcome::Paused(_), .. } => Status::Paused,
        JobState::Ended { outcome: Outcome::RolledBack(_), .. } => Status::Unhealthy,
        JobState::Ended { outcome: Outcome::Failed(_), .. } => Status::Down,
    }
}

/// What a job does now, or how it ended.
fn now(scene: Scene<'_>, job: &Job) -> Vec<Span<'static>> {
    let text = match &job.state {
        JobState::Ended { outcome, .. } => outcome_words(outcome),
        JobState::Waits => "waits for the one before".to_owned(),
        JobState::Pauses => format!("pauses after this replica: {}", current(scene, job)),
        JobState::Stops => format!("stops after this: {}", current(scene, job)),
        JobState::Runs => current(scene, job),
    };
    vec![scene.span(text, Role::Text)]
}

/// The words for an outcome.
pub(super) fn outcome_words(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Done => "done".to_owned(),
        Outcome::RolledBack(why) => format!("failed, everything is as before: {why}"),
        Outcome::Paused(how) => format!("stopped half-way: {how}"),
        Outcome::Failed(why) => format!("failed: {why}"),
    }
}

fn current(scene: Scene<'_>, job: &Job) -> String {
    let Some(part) = job.current() else { return "begins".to_owned() };
    let place = job.parts.iter().position(|other| other.name == part.name).unwrap_or_default() + 1;
    let of = job.parts.len();
    format!("{place} of {of}  {}  {}  {}", part.state, time(scene, part), part.detail)
}

/// How long the running step has taken; of how long it may, where it waits for something.
pub(super) fn time(scene: Scene<'_>, part: &Part) -> String {
    let end = match part.stage {
        Some(Stage::Begins | Stage::Waits) => scene.model.clock.running,
        Some(Stage::Done | Stage::Failed) | None => part.heard,
    };
    let seconds = end.saturating_sub(part.since).as_secs();
    match part.deadline {
        Some(deadline) => format!("{seconds} s of {} s", deadline.as_secs()),
        None => format!("{seconds} s"),
    }
}
