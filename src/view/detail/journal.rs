//! What was done to the selection, newest first; with the whole screen each call as well.

use ratatui::text::{Line, Span};

use super::Content;
use crate::{
    action::Action,
    domain::Status,
    model::{Deed, Journal, Operation, Reading, Verdict, Went},
    theme::Role,
    view::{
        scene::Scene,
        selection::Selection,
        widgets::{
            table::{self, Side},
            wrap,
        },
    },
};

/// Cells in front of a call.
const INDENT: usize = 4;

/// With fewer cells, the age has to do for the day.
const NARROW: u16 = 70;

/// From this many cells on, a line tells who did it and how long ago.
const ROOMY: u16 = 100;

pub(super) fn content(scene: Scene<'_>, selection: Selection<'_>, width: u16) -> Content {
    let journal = &scene.model.journal;
    let all = &journal.operations;
    if let Some(says) = nothing(journal) {
        return Content::Sentence(says, String::new());
    }
    let target = target(selection);
    let of_selection: Vec<&Operation> = all.iter().filter(|it| it.concerns(&target)).collect();
    let mut lines = Vec::new();
    let shown = if of_selection.is_empty() {
        let says = format!("nothing was done to {target}; what was done to this engine:");
        lines.extend(wrap::spans(&Line::from(scene.span(says, Role::Muted)), usize::from(width), 2));
        all.iter().collect()
    } else {
        of_selection
    };
    lines.extend(listed(scene, &shown, width));
    Content::Lines(lines)
}

/// Why there is no line.
fn nothing(journal: &Journal) -> Option<String> {
    match &journal.reading {
        Reading::Failed(why) => Some(why.clone()),
        _ if !journal.operations.is_empty() => None,
        Reading::Wanted | Reading::Asked => Some("reading the journal …".to_owned()),
        Reading::Done => Some("nothing was done to this engine with stacktop from this machine".to_owned()),
    }
}

/// What journals call the selection: a replica's operations are those of its service.
fn target(selection: Selection<'_>) -> String {
    match selection {
        Selection::None => String::new(),
        Selection::Stack(stack) => stack.title().to_owned(),
        Selection::Service(service) | Selection::Replica(service, _) => service.key.to_string(),
    }
}

fn listed(scene: Scene<'_>, operations: &[&Operation], width: u16) -> Vec<Line<'static>> {
    let who = if width < ROOMY { "" } else { "WHO" };
    let columns = [
        ("TIME", Side::Left),
        ("", Side::Right),
        (who, Side::Left),
        ("VERDICT", Side::Left),
        ("WHAT", Side::Left),
    ];
    let rows = operations.iter().map(|operation| row(scene, operation, width)).collect();
    let mut table = table::lines(width, columns, scene.style(Role::Heading), rows).into_iter();
    let mut lines: Vec<Line<'static>> = table.next().into_iter().collect();
    for (line, operation) in table.zip(operations) {
        lines.push(line);
        if scene.model.focus.zoomed {
            lines.extend(detail(scene, operation, usize::from(width)));
        }
    }
    if !scene.model.focus.zoomed {
        let key = scene.key(Action::Zoom).unwrap_or_default();
        lines.push(Line::from(scene.span(format!("{key} shows each call with its result"), Role::HintText)));
    }
    lines
}

fn row(scene: Scene<'_>, operation: &Operation, width: u16) -> [Span<'static>; 5] {
    let (status, word) = verdict(&operation.verdict);
    let who = if width < ROOMY { String::new() } else { operation.who.clone() };
    let began = if width < NARROW { scene.time(operation.began) } else { scene.moment(operation.began) };
    let what = if operation.what.contains(&operation.target) {
        operation.what.clone()
    } else {
        format!("{}: {}", operation.target, operation.what)
    };
    [
        scene.span(began, Role::Muted),
        scene.span(scene.age(operation.began), Role::Muted),
        scene.span(who, Role::Text),
        scene.status(status, &word),
        scene.span(what, Role::Text),
    ]
}

fn verdict(verdict: &Verdict) -> (Status, String) {
    let (status, word) = match verdict {
        Verdict::Open => (Status::Rolling, "not ended"),
        Verdict::Done => (Status::Healthy, "done"),
        Verdict::RolledBack => (Status::Unhealthy, "put back"),
        Verdict::Halted => (Status::Paused, "half-way"),
        Verdict::Refused => (Status::Stopped, "refused"),
        Verdict::Failed => (Status::Down, "failed"),
        Verdict::Unknown(word) => (Status::Unknown, word.as_str()),
    };
    (status, word.to_owned())
}

/// Who did it, each call with its result, and why it ended so.
fn detail(scene: Scene<'_>, operation: &Operation, width: usize) -> Vec<Line<'static>> {
    let indent = " ".repeat(INDENT);
    let said = |text: String, role: Role| {
        let line = Line::from(vec![Span::raw(indent.clone()), scene.span(text, role)]);
        wrap::spans(&line, width, INDENT + 2)
    };
    let mut lines = said(format!("by {}", operation.who), Role::Muted);
    lines.extend(operation.calls.iter().flat_map(|deed| call(scene, deed, width)));
    if !operation.why.is_empty() {
        lines.extend(said(operation.why.clone(), Role::Strong));
    }
    lines.push(Line::default());
    lines
}

fn call(scene: Scene<'_>, deed: &Deed, width: usize) -> Vec<Line<'static>> {
    let role = match deed.went {
        Went::Well => Role::Healthy,
        Went::Badly => Role::Critical,
        Went::Unknown => Role::Warning,
    };
    let line = Line::from(vec![
        Span::raw(" ".repeat(INDENT)),
        scene.span(deed.what.clone(), Role::Text),
        scene.span(format!("  {}", deed.result), role),
    ]);
    wrap::spans(&line, width, INDENT + 2)
}
