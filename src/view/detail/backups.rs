//! The backups of the selection: how the last good one compares with what was promised, then all sets, newest first.

use std::time::Duration;

use ratatui::text::{Line, Span};

use super::{Content, facts::Facts};
use crate::{
    action::Action,
    domain::{BackupPart, BackupSet, Drill, Due, Soundness, StackBackups, Standing, Status},
    model::{Job, JobState, Outcome, Pane, Reading},
    text,
    theme::Role,
    view::{
        jobs,
        scene::Scene,
        selection::Selection,
        widgets::{
            table::{self, Side},
            wrap,
        },
    },
};

/// Cells in front of what is told of a set.
const INDENT: usize = 3;

/// Sets whose sizes are compared.
const TREND: usize = 24;

pub(super) fn content(scene: Scene<'_>, selection: Selection<'_>, width: u16) -> Content {
    let stack = scene.model.tree.selected.as_ref().and_then(|row| row.stack());
    let job = stack.and_then(|stack| scene.model.jobs.on_backups(stack));
    let work: Vec<Line<'static>> = job.into_iter().flat_map(|job| at_work(scene, job, width)).collect();
    let Some((_, backups)) = scene.model.backups() else {
        return if work.is_empty() { nothing(scene, selection) } else { Content::Rows(work, None) };
    };
    if let Some(why) = &backups.unreadable {
        return Content::Sentence(why.clone(), scene.model.known.backups.folder.clone());
    }
    let mut lines = summary(scene, &backups, width);
    let begins = work.is_empty();
    lines.extend(work);
    if backups.sets.is_empty() {
        lines.extend(if begins { how_to_begin(scene, width) } else { Vec::new() });
        return Content::Rows(lines, None);
    }
    lines.push(Line::default());
    let (sets, selected) = listed(scene, &backups, width);
    let selected = Some(lines.len() + selected);
    lines.extend(sets);
    Content::Rows(lines, selected)
}

/// Why nothing is shown, and how the first backup is made.
fn nothing(scene: Scene<'_>, selection: Selection<'_>) -> Content {
    let Some(stack) = scene.model.tree.selected.as_ref().and_then(|row| row.stack()) else {
        let says = "only stacks are backed up".to_owned();
        let then = format!("a compose file makes a stack of {}", selection.title());
        let is_one = !matches!(selection, Selection::None | Selection::Stack(_));
        return Content::Sentence(says, if is_one { then } else { String::new() });
    };
    match &scene.model.shelf.reading {
        Reading::Failed(why) => Content::Sentence(why.clone(), String::new()),
        Reading::Wanted | Reading::Asked if scene.model.known.backups.folder.is_empty() => {
            Content::Sentence("reading the sets …".to_owned(), String::new())
        }
        Reading::Wanted | Reading::Asked | Reading::Done => {
            let folder = &scene.model.known.backups.folder;
            Content::Sentence(format!("there is no backup of {stack} in {folder}"), first(scene))
        }
    }
}

/// How the first one is made.
fn first(scene: Scene<'_>) -> String {
    match scene.key(Action::BackUp) {
        Some(key) => format!("{key} makes one, and so does `stacktop backup run`"),
        None => "`stacktop backup run` makes one".to_owned(),
    }
}

/// What is being done to the backups, or was.
fn at_work(scene: Scene<'_>, job: &Job, width: u16) -> Vec<Line<'static>> {
    let (done, all) = job.steps;
    let seconds = job.took(scene.model.clock.running).as_secs();
    let left = job.left.filter(|_| job.is_at_work()).map(|(left, told)| {
        let since = scene.model.clock.running.saturating_sub(told);
        format!(", {} s left", left.saturating_sub(since).as_secs())
    });
    let counts = format!("  step {done} of {all}, {seconds} s{}", left.unwrap_or_default());
    let heading = vec![scene.status(jobs::status(job), &job.title), scene.span(counts, Role::Text)];
    let (says, role) = match &job.state {
        JobState::Ended { outcome: Outcome::Done, .. } => ("done".to_owned(), Role::Strong),
        JobState::Ended { outcome, .. } => (jobs::outcome_words(outcome), Role::Critical),
        JobState::Waits | JobState::Runs | JobState::Pauses | JobState::Stops => (now(job), Role::Text),
    };
    let mut lines = vec![Line::default()];
    lines.extend(wrap::spans(&Line::from(heading), usize::from(width), 2));
    lines.extend(said(scene, says, role, usize::from(width)));
    let keys = scene.key(Action::StopJob).filter(|_| job.state == JobState::Runs);
    lines.extend(
        keys.iter()
            .flat_map(|key| said(scene, format!("{key} stops it"), Role::HintText, usize::from(width))),
    );
    lines
}

/// The part at work, with how far it is.
fn now(job: &Job) -> String {
    job.current()
        .map_or_else(|| "begins".to_owned(), |part| format!("{}: {} {}", part.name, part.state, part.detail))
}

fn how_to_begin(scene: Scene<'_>, width: u16) -> Vec<Line<'static>> {
    let line = Line::from(scene.span(first(scene), Role::HintText));
    [vec![Line::default()], wrap::spans(&line, usize::from(width), 0)].concat()
}

/// How things stand, in a few lines.
fn summary(scene: Scene<'_>, backups: &StackBackups, width: u16) -> Vec<Line<'static>> {
    let verdicts = backups.dues.iter().map(|due| Line::from(verdict(scene, due)));
    let mut lines: Vec<Line<'static>> =
        verdicts.flat_map(|line| wrap::spans(&line, usize::from(width), 2)).collect();
    let mut facts = Facts::new(scene, width);
    facts.text("due", &backups.promise.schedule);
    if !backups.sets.is_empty() {
        facts.spans("drill", drill(scene, backups));
    }
    if let Some(trend) = trend(scene, backups) {
        facts.spans("size", trend);
    }
    facts.text("folder", &scene.model.known.backups.folder);
    lines.extend(facts.lines());
    lines
}

/// The one thing that a person wants to know.
fn verdict(scene: Scene<'_>, due: &Due) -> Span<'static> {
    let most = due.most.map(text::long_span).unwrap_or_default();
    let old = due.last.map(|last| scene.age(last)).unwrap_or_default();
    let (status, role, says) = match due.standing(scene.model.clock.wall) {
        Standing::Within => {
            let says = format!("the last good backup is {old} old, within the {most} that may be lost");
            (Status::Healthy, Role::Healthy, says)
        }
        Standing::Overdue => {
            let says = format!("overdue: the last good backup is {old} old; at most {most} may be lost");
            (Status::Down, Role::Critical, says)
        }
        Standing::Unmeasured => {
            let says = format!("the last good backup is {old} old; how old it may be is not settled");
            (Status::Running, Role::Text, says)
        }
        Standing::Nothing if due.most.is_some() => {
            (Status::Down, Role::Critical, format!("there is no good backup; at most {most} may be lost"))
        }
        Standing::Nothing => (Status::Unhealthy, Role::Warning, "there is no good backup".to_owned()),
    };
    scene.span(format!("{} {}{says}", scene.theme.glyphs.glyph(status), due.lead()), role)
}

fn drill(scene: Scene<'_>, backups: &StackBackups) -> Vec<Span<'static>> {
    let promised = backups.promise.rto.map(|rto| format!(" of {}", text::long_span(rto))).unwrap_or_default();
    let Some(Drill { at, took, failed, .. }) = &backups.drill else {
        return vec![scene.span("no restore was tried yet", Role::Muted)];
    };
    let (ago, took_words) = (scene.age(*at), text::long_span(*took));
    match failed {
        Some(why) => vec![scene.status(Status::Down, &format!("failed {ago} ago: {why}"))],
        None => {
            let slow = backups.promise.rto.is_some_and(|rto| *took > rto);
            let status = if slow { Status::Unhealthy } else { Status::Healthy };
            vec![scene.status(status, &format!("a restore was tried {ago} ago: {took_words}{promised}"))]
        }
    }
}

/// Sizes of sets that hold the same, oldest first.
fn trend(scene: Scene<'_>, backups: &StackBackups) -> Option<Vec<Span<'static>>> {
    let sizes = backups.sizes();
    let sizes = sizes.get(sizes.len().saturating_sub(TREND)..)?;
    let (last, most) = (sizes.last()?, sizes.iter().max().copied().filter(|most| *most > 0)?);
    let bar = |size: &u64| scene.theme.glyphs.bar(*size as f64 / most as f64);
    let bars: String = sizes.iter().map(bar).collect();
    let raw = backups.last_good().map(|set| text::bytes(set.raw())).unwrap_or_default();
    Some(vec![
        scene.span(format!("{}  ", text::bytes(*last)), Role::Text),
        scene.span(bars, Role::ChartMemory),
        scene.span(format!("  {raw} before compression"), Role::Muted),
    ])
}

/// The sets with what is told of them, and the line of the selected one.
fn listed(scene: Scene<'_>, backups: &StackBackups, width: u16) -> (Vec<Line<'static>>, usize) {
    let columns = [
        ("", Side::Left),
        ("WHEN", Side::Left),
        ("AGE", Side::Right),
        ("STATE", Side::Left),
        ("SIZE", Side::Right),
        ("TOOK", Side::Right),
        ("PARTS", Side::Right),
        ("MODE", Side::Left),
        ("HOLDS", Side::Left),
    ];
    let place = scene.model.set_place(backups);
    let focused = scene.has_focus(Pane::Detail);
    let mark = |at| if focused && at == place { "›" } else { "" };
    let rows = backups.sets.iter().enumerate().map(|(at, set)| row(scene, set, mark(at))).collect();
    let mut table = table::lines(width, columns, scene.style(Role::Heading), rows).into_iter();
    let mut lines: Vec<Line<'static>> = table.next().into_iter().collect();
    let mut selected = 0;
    for (at, (line, set)) in table.zip(&backups.sets).enumerate() {
        if at == place {
            selected = lines.len();
        }
        lines.push(line);
        lines.extend(trouble(scene, set, usize::from(width)));
        if at == place && scene.model.focus.zoomed {
            lines.extend(parts(scene, set, width));
        }
    }
    if !scene.model.focus.zoomed {
        let key = scene.key(Action::Zoom).unwrap_or_default();
        lines.push(Line::from(
            scene.span(format!("{key} shows the parts of the selected set"), Role::HintText),
        ));
    }
    (lines, selected)
}

fn row(scene: Scene<'_>, set: &BackupSet, mark: &'static str) -> [Span<'static>; 9] {
    let is_written = set.finished.is_some();
    let known = |text: String| if is_written { text } else { "–".to_owned() };
    [
        scene.span(mark, Role::Strong),
        scene.span(scene.moment(set.began), Role::Text),
        scene.span(scene.age(set.began), Role::Muted),
        state(scene, set),
        scene.span(known(text::bytes(set.stored())), Role::Text),
        scene.span(set.took().map_or_else(|| "–".to_owned(), short), Role::Text),
        scene.span(known(set.parts.len().to_string()), Role::Text),
        scene.span(set.modes().join(" "), Role::Text),
        scene.span(set.scope.clone(), Role::Muted),
    ]
}

fn state(scene: Scene<'_>, set: &BackupSet) -> Span<'static> {
    match (&set.soundness, scene.model.shelf.verified.get(&set.id)) {
        (Soundness::Whole, Some(Err(_))) => scene.status(Status::Down, "damaged"),
        (Soundness::Whole, Some(Ok(()))) => scene.status(Status::Healthy, "verified"),
        (Soundness::Whole, None) => scene.status(Status::Running, "good"),
        (Soundness::Growing, _) => scene.status(Status::Rolling, "at work"),
        (Soundness::Unfinished | Soundness::Broken(_), _) => scene.status(Status::Down, "no good"),
    }
}

/// Why a set is no good.
fn trouble(scene: Scene<'_>, set: &BackupSet, width: usize) -> Vec<Line<'static>> {
    let verified = scene.model.shelf.verified.get(&set.id).and_then(|seen| seen.as_ref().err());
    let Some(why) = set.soundness.trouble().or_else(|| verified.map(String::as_str)) else {
        return Vec::new();
    };
    said(scene, why.to_owned(), Role::Critical, width)
}

fn said(scene: Scene<'_>, text: String, role: Role, width: usize) -> Vec<Line<'static>> {
    let line = Line::from(vec![Span::raw(" ".repeat(INDENT)), scene.span(text, role)]);
    wrap::spans(&line, width, INDENT + 2)
}

/// The parts of a set, and what a person should know of it.
fn parts(scene: Scene<'_>, set: &BackupSet, width: u16) -> Vec<Line<'static>> {
    let columns = [
        ("", Side::Left),
        ("PART", Side::Left),
        ("MODE", Side::Left),
        ("SIZE", Side::Right),
        ("RAW", Side::Right),
        ("SERVICES", Side::Left),
    ];
    let rows = set.parts.iter().map(|part| part_row(scene, part)).collect();
    let mut lines = said(scene, format!("set {}", set.id), Role::Muted, usize::from(width));
    lines.extend(table::lines(width, columns, scene.style(Role::Heading), rows));
    let warnings = set.warnings.iter();
    lines.extend(warnings.flat_map(|text| said(scene, text.clone(), Role::Warning, usize::from(width))));
    lines.push(Line::default());
    lines
}

fn part_row(scene: Scene<'_>, part: &BackupPart) -> [Span<'static>; 6] {
    [
        Span::raw(" "),
        scene.span(part.called.clone(), Role::Strong),
        scene.span(part.mode.clone(), Role::Text),
        scene.span(text::bytes(part.stored), Role::Text),
        scene.span(text::bytes(part.raw), Role::Muted),
        scene.span(part.services.join(", "), Role::Text),
    ]
}

/// A span in at most five cells.
fn short(span: Duration) -> String {
    if span < Duration::from_secs(10) {
        format!("{:.1}s", span.as_secs_f64())
    } else {
        text::age(span.as_secs().min(i64::MAX.unsigned_abs()) as i64)
    }
}
