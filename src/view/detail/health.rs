//! Probes of each replica, the worst replica first: when, how long, with what result, and what they printed.

use ratatui::text::{Line, Span};

use super::Content;
use crate::{
    domain::{Container, Health, Probe, Replica},
    text,
    theme::Role,
    view::{scene::Scene, selection::Selection, widgets::wrap},
};

/// Cells in front of what a probe printed, where that has lines of its own.
const INDENT: usize = 4;

/// Lines of a probe's output that are shown.
const OUTPUT: usize = 12;

pub(super) fn content(scene: Scene<'_>, selection: Selection<'_>, width: u16) -> Content {
    let mut lines = Vec::new();
    let mut replicas: Vec<&Replica> = selection.replicas().collect();
    replicas.sort_by_key(|replica| replica.status);
    for replica in replicas {
        if !lines.is_empty() {
            lines.push(Line::default());
        }
        of_replica(scene, replica, usize::from(width), &mut lines);
    }
    if lines.is_empty() {
        let says = match selection {
            Selection::None => "nothing is selected".to_owned(),
            _ => format!("{} has no replica", selection.title()),
        };
        return Content::Sentence(says, String::new());
    }
    Content::Lines(lines)
}

fn of_replica(scene: Scene<'_>, replica: &Replica, width: usize, lines: &mut Vec<Line<'static>>) {
    let container = replica.container.as_ref().and_then(|id| scene.model.known.container(id));
    let mut spans = vec![
        scene.status(replica.status, replica.status.word()),
        scene.span(format!("  {}", replica.name), Role::Strong),
    ];
    if let Some(node) = &replica.node {
        spans.push(scene.span(format!("  on {node}"), Role::Muted));
    }
    if let Some(container) = container {
        spans.push(scene.span(streak(container), Role::Text));
    }
    lines.extend(wrap::spans(&Line::from(spans), width, 2));
    match container {
        None => lines.push(remark(
            scene,
            "its container runs on another node: only that node's engine knows its probes",
        )),
        Some(container) if container.probes.is_empty() => lines.push(remark(scene, no_probe(container))),
        Some(container) => {
            for probe in container.probes.iter().rev() {
                of_probe(scene, probe, width, lines);
            }
        }
    }
    if let Some(cause) = replica.cause.as_ref().filter(|_| container.is_none_or(|c| c.probes.is_empty())) {
        let line = Line::from(scene.span(format!("  {cause}"), Role::Text));
        lines.extend(wrap::spans(&line, width, 2));
    }
}

fn remark(scene: Scene<'_>, text: &'static str) -> Line<'static> {
    Line::from(vec![Span::raw("  "), scene.span(text, Role::Muted)])
}

const fn no_probe(container: &Container) -> &'static str {
    match container.health {
        Health::None => "no health check: nothing tells whether it works, only that it runs",
        Health::Starting | Health::Healthy | Health::Unhealthy | Health::Unknown(_) => "no probe has run yet",
    }
}

/// How many probes in a row ended like the last one.
fn streak(container: &Container) -> String {
    let Some(last) = container.probes.last() else { return String::new() };
    let same = container.probes.iter().rev().take_while(|probe| probe.passed() == last.passed()).count();
    let word = if last.passed() { "passed" } else { "failed" };
    match same {
        1 => format!("  last probe {word}"),
        several => format!("  last {several} probes {word}"),
    }
}

fn of_probe(scene: Scene<'_>, probe: &Probe, width: usize, lines: &mut Vec<Line<'static>>) {
    let at = probe.started_at.map_or_else(|| "–       ".to_owned(), |at| scene.time(at));
    let took = probe.took_ms.map_or_else(|| "–".to_owned(), took);
    let role = if probe.passed() { Role::Healthy } else { Role::Unhealthy };
    let verdict = match (probe.passed(), probe.is_broken()) {
        (true, _) => "passed".to_owned(),
        (false, true) => "broken".to_owned(),
        (false, false) => format!("exit {}", probe.exit_code),
    };
    let head = vec![
        scene.span(format!("  {at} {took:>6}  "), Role::Muted),
        scene.span(format!("{verdict:<9}  "), role),
    ];
    let mut head = Line::from(head);
    let mut output =
        probe.output.iter().map(|line| line.trim_end()).filter(|line| !line.is_empty()).peekable();
    if let (Some(only), true) = (output.peek().copied(), probe.output.len() == 1)
        && head.width() + text::width(only) <= width
    {
        head.push_span(scene.span(only.to_owned(), Role::Text));
        output.next();
    }
    lines.push(head);
    for text in output.by_ref().take(OUTPUT) {
        let line = Line::from(vec![Span::raw(" ".repeat(INDENT)), scene.span(text.to_owned(), Role::Text)]);
        lines.extend(wrap::spans(&line, width, INDENT));
    }
    let more = output.count();
    if more > 0 {
        let text = format!("{}{more} more lines", " ".repeat(INDENT));
        lines.push(Line::from(scene.span(text, Role::Muted)));
    }
}

fn took(milliseconds: u64) -> String {
    match milliseconds {
        ms if ms < 1000 => format!("{ms}ms"),
        ms if ms < 100_000 => format!("{:.1}s", ms as f64 / 1000.0),
        ms => format!("{}s", ms / 1000),
    }
}
