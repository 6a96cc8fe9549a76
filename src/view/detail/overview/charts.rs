//! Charts of the last 15 minutes: CPU, memory, network.

use ratatui::text::{Line, Span};

use crate::{
    domain::Usage,
    model::{Course, Metric},
    text,
    theme::Role,
    view::{
        scene::Scene,
        selection::Selection,
        widgets::chart::{Chart, ceiling},
    },
};

/// From this many cells on, charts stand side by side.
const TWO_COLUMNS: u16 = 70;

/// Cells for the scale at the left of a chart, with its line.
const SCALE: usize = 7;

/// Cells between charts that stand side by side.
const BETWEEN: usize = 2;

/// Rows of a chart: at least, at most.
const ROWS: (usize, usize) = (3, 14);

/// The charts in `rows` rows, or a little more where that is too little.
pub(super) fn lines(
    scene: Scene<'_>,
    selection: Selection<'_>,
    width: u16,
    rows: usize,
) -> Vec<Line<'static>> {
    let charted = scene.model.detail.charted.as_ref().map(|charted| &charted.course);
    let Some(course) = charted.filter(|course| !course.is_empty()) else {
        return vec![Line::from(scene.span("nothing was measured in the last 15 minutes", Role::Muted))];
    };
    let usage = selection.usage(scene.model);
    let limit = selection.memory_limit(scene.model).map(|limit| limit as f64);
    let metrics = [Metric::Cpu, Metric::Memory, Metric::Received, Metric::Sent];
    let [cpu, memory, received, sent] =
        metrics.map(|metric| Plot { scene, course, metric, usage: usage.as_ref(), limit });
    let two_columns = width >= TWO_COLUMNS;
    let width = usize::from(width);
    let half = width.saturating_sub(BETWEEN) / 2;
    let blocks = if two_columns { 2 } else { 3 };
    let height = (rows.saturating_sub(1 + blocks) / blocks).clamp(ROWS.0, ROWS.1);
    let mut lines = if two_columns {
        beside(cpu.lines(half, height), memory.lines(half, height), half)
    } else {
        [cpu.lines(width, height), memory.lines(width, height)].concat()
    };
    lines.extend(beside(received.lines(half, height), sent.lines(half, height), half));
    lines.extend(beside(vec![axis(scene, half)], vec![axis(scene, half)], half));
    lines
}

/// One chart with its caption and scale.
struct Plot<'a> {
    scene: Scene<'a>,
    course: &'a Course,
    metric: Metric,
    usage: Option<&'a Usage>,
    limit: Option<f64>,
}

impl Plot<'_> {
    fn lines(&self, width: usize, rows: usize) -> Vec<Line<'static>> {
        let scene = self.scene;
        let (glyphs, cells) = (scene.theme.glyphs, width.saturating_sub(SCALE));
        let buckets = Chart::buckets(glyphs, cells);
        let series = self.course.series(self.metric, buckets);
        let most = series.iter().flatten().copied().fold(0.0, f64::max);
        let limit = self.limit.filter(|_| self.metric == Metric::Memory);
        let near = limit.filter(|limit| *limit <= most * 4.0);
        let top = near.map_or_else(|| ceiling(most, self.metric == Metric::Memory), |limit| most.max(limit));
        let style = scene.style(self.role());
        let limit_style = scene.style(Role::ChartLimit);
        let chart = Chart { rows, cells, top, limit: near, style, limit_style, glyphs };
        let drawn = chart.draw(&series);
        let mut lines = vec![self.caption(limit, most, width)];
        lines.extend(drawn.into_iter().enumerate().map(|(row, line)| self.scaled(row, rows, top, line)));
        lines
    }

    const fn role(&self) -> Role {
        match self.metric {
            Metric::Cpu => Role::ChartCpu,
            Metric::Memory => Role::ChartMemory,
            Metric::Received => Role::ChartReceived,
            Metric::Sent => Role::ChartSent,
        }
    }

    /// What is measured, its value now, what it may be, what it was at most.
    fn caption(&self, limit: Option<f64>, most: f64, width: usize) -> Line<'static> {
        let scene = self.scene;
        let label = match self.metric {
            Metric::Cpu => "cpu",
            Metric::Memory => "memory",
            Metric::Received => "net in",
            Metric::Sent => "net out",
        };
        let now = self.now();
        // What is measured now is no point of the history yet.
        let peak = now.map_or(most, |now| now.max(most));
        let now = now.map_or_else(|| "–".to_owned(), |value| self.value(value));
        let spans = vec![
            scene.span(format!("{label:<8}"), Role::Muted),
            scene.span(format!("{now:>6}"), Role::Strong),
            scene.span(self.remark(limit), Role::Muted),
        ];
        let mut line = Line::from(spans);
        let peak = scene.span(format!("  peak {}", self.value(peak)), Role::Muted);
        if most > 0.0 && line.width() + peak.width() <= width {
            line.spans.push(peak);
        }
        line
    }

    fn remark(&self, limit: Option<f64>) -> String {
        match self.metric {
            Metric::Cpu => match self.scene.model.known.snapshot.engine.cpus {
                0 => String::new(),
                1 => "  of 1 core".to_owned(),
                cores => format!("  of {cores} cores"),
            },
            Metric::Memory => match limit {
                Some(limit) => format!("  of limit {}", self.value(limit)),
                None => "  no limit".to_owned(),
            },
            Metric::Received | Metric::Sent => String::new(),
        }
    }

    fn now(&self) -> Option<f64> {
        let usage = self.usage?;
        match self.metric {
            Metric::Cpu => usage.cpu_percent,
            Metric::Memory => Some(usage.memory.used as f64),
            Metric::Received => usage.network_rate.map(|(received, _)| received),
            Metric::Sent => usage.network_rate.map(|(_, sent)| sent),
        }
    }

    fn value(&self, value: f64) -> String {
        match self.metric {
            Metric::Cpu => text::percent(value),
            Metric::Memory => text::bytes(value.max(0.0) as u64),
            Metric::Received | Metric::Sent => text::rate(value),
        }
    }

    /// A row of the chart with the scale in front: the top value, and 0.
    fn scaled(&self, row: usize, rows: usize, top: f64, line: Line<'static>) -> Line<'static> {
        let label = match row {
            0 => match self.metric {
                Metric::Cpu => format!("{top:.0}%"),
                Metric::Memory => text::bytes(top as u64),
                Metric::Received | Metric::Sent => text::count(top as u64),
            },
            row if row + 1 == rows => "0".to_owned(),
            _ => String::new(),
        };
        let mark = if label.is_empty() { "│" } else { "┤" };
        let scale = self.scene.span(format!("{label:>5} {mark}"), Role::ChartAxis);
        Line::from([vec![scale], line.spans].concat())
    }
}

/// The times under a chart.
fn axis(scene: Scene<'_>, width: usize) -> Line<'static> {
    let cells = width.saturating_sub(SCALE);
    let marks = ["15m", "10m", "5m", "now"];
    let mut text = " ".repeat(SCALE);
    for (third, mark) in marks.iter().enumerate() {
        let at = match third {
            0 => SCALE,
            3 => (SCALE + cells).saturating_sub(mark.len()),
            third => (SCALE + cells * third / 3).saturating_sub(1),
        };
        let blank = at.saturating_sub(text.len());
        text.push_str(&" ".repeat(blank));
        text.push_str(mark);
    }
    Line::from(scene.span(text, Role::ChartAxis))
}

/// Two blocks of lines side by side.
fn beside(left: Vec<Line<'static>>, right: Vec<Line<'static>>, width: usize) -> Vec<Line<'static>> {
    left.into_iter()
        .zip(right)
        .map(|(left, right)| {
            let blank = (width + BETWEEN).saturating_sub(left.width());
            let mut spans = left.spans;
            spans.push(Span::raw(" ".repeat(blank)));
            spans.extend(right.spans);
            Line::from(spans)
        })
        .collect()
}
