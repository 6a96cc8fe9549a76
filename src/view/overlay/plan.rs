//! What is going to be done, before it is done.

use std::time::Duration;

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use super::window::{self, Window};
use crate::{
    action::Action,
    command::{Phase, Plan},
    model::{Draft, Planning},
    text,
    theme::Role,
    view::{
        scene::Scene,
        widgets::{pane, pencil::Pencil, wrap},
    },
};

/// Wide enough for a step and its cause on most screens.
const WIDEST: u16 = 100;

/// Cells for the names of facts.
const LABEL: usize = 11;

/// What overlays tell: the lines in all and those visible, and where the cursor is.
type Drawn = ((u32, u16), Option<(u16, u16)>);

/// Draws the plan, or why there is none, over `area`.
pub(in crate::view) fn render(
    scene: Scene<'_>,
    area: Rect,
    buffer: &mut Buffer,
    planning: &Planning,
) -> Drawn {
    let width = window::room(area, WIDEST);
    let (title, lines) = match &planning.draft {
        Draft::Asked => (planning.subject.clone(), vec![said(scene, "looking at the engine …", Role::Muted)]),
        Draft::Refused(why) => {
            let line = said(scene, &format!("✖ {why}"), Role::PromptError);
            (format!("Nothing is done to {}", planning.subject), wrap::spans(&line, width, 2))
        }
        Draft::Ready(plan) => (capitalised(&plan.title), body(scene, plan, width)),
    };
    let asked = if planning.wants_name() { 2 } else { 0 };
    let window = window::open(scene, area, buffer, &title, (WIDEST, lines.len() + asked));
    let height = window.inner.height.saturating_sub(asked as u16);
    let inner = Rect { height, ..window.inner };
    let start = pane::scrolled(inner, buffer, &lines, planning.scroll);
    let place = pane::place(scene, start, height, lines.len());
    remark(scene, window, buffer, planning, place);
    let cursor = planning.wants_name().then(|| name(scene, window, buffer, planning));
    ((lines.len() as u32, height), cursor)
}

fn said(scene: Scene<'_>, text: &str, role: Role) -> Line<'static> {
    Line::from(scene.span(text.to_owned(), role))
}

/// The keys that decide, at the window's lower edge.
fn remark(
    scene: Scene<'_>,
    window: Window,
    buffer: &mut Buffer,
    planning: &Planning,
    place: Option<Line<'static>>,
) {
    let key = |action| scene.key(action).unwrap_or_default();
    let mut spans: Vec<Span<'static>> = place.map(|place| place.spans).unwrap_or_default();
    if !spans.is_empty() {
        spans.push(scene.span("   ", Role::Border));
    }
    if planning.wants_yes() {
        spans.push(scene.span(key(Action::Confirm), Role::HintKey));
        spans.push(scene.span(" does it   ", Role::HintText));
    }
    if planning.wants_name() {
        spans.push(scene.span(key(Action::Open), Role::HintKey));
        spans.push(scene.span(" does it   ", Role::HintText));
    }
    spans.push(scene.span(key(Action::Back), Role::HintKey));
    spans.push(scene.span(" closes", Role::HintText));
    pane::remark(window.outer, buffer, &Line::from(spans));
}

/// Where the name is typed.
fn name(scene: Scene<'_>, window: Window, buffer: &mut Buffer, planning: &Planning) -> (u16, u16) {
    let last = window.inner.bottom().saturating_sub(1);
    let row = |y| Rect { y, height: 1, ..window.inner };
    if let Some(error) = &planning.name.error {
        Pencil::on(buffer, row(last.saturating_sub(1)))
            .write(&format!("✖ {error}"), scene.style(Role::PromptError));
    }
    let label = format!("type {} to go on:", planning.subject);
    window::field(scene, row(last), buffer, &label, &planning.name)
}

fn body(scene: Scene<'_>, plan: &Plan, width: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    let mut fact = |label: &str, value: &str| {
        if !value.is_empty() {
            let blank = " ".repeat(LABEL.saturating_sub(text::width(label)));
            let label = scene.span(format!("{label}{blank}"), Role::Muted);
            let line = Line::from(vec![label, scene.span(value.to_owned(), Role::Text)]);
            lines.extend(wrap::spans(&line, width, LABEL));
        }
    };
    plan.facts.iter().for_each(|(label, value)| fact(label, value));
    fact("takes", &format!("about {}", span(plan.takes)));
    fact("down for", &plan.down_for.words());
    fact("undo", &plan.undo);
    plan.notes.iter().for_each(|note| fact("note", note));
    lines.push(Line::default());
    let mut number = 0;
    for phase in &plan.phases {
        lines.extend(steps(scene, phase, width, &mut number));
    }
    lines
}

fn steps(scene: Scene<'_>, phase: &Phase, width: usize, number: &mut usize) -> Vec<Line<'static>> {
    let mut lines = vec![Line::from(scene.span(phase.title.clone(), Role::Heading))];
    for step in phase.lanes.iter().flatten() {
        *number += 1;
        let line = Line::from(vec![
            scene.span(format!("{number:>4}  "), Role::Muted),
            scene.span(step.act.describe(), Role::Text),
            scene.span(format!("  {}", step.cause), Role::Muted),
        ]);
        lines.extend(wrap::spans(&line, width, 8));
    }
    lines
}

/// A span in whole seconds, minutes from two on.
fn span(span: Duration) -> String {
    let seconds = span.as_secs_f64().ceil() as u64;
    if seconds < 120 { format!("{seconds} s") } else { format!("{} min", seconds.div_ceil(60)) }
}

fn capitalised(title: &str) -> String {
    let mut chars = title.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
