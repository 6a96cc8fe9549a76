//! Where each pane is.

use ratatui::layout::{Constraint, Layout, Rect};

use crate::model::{Model, Pane, Shown};

/// Columns and rows below which nothing useful fits.
pub(super) const SMALLEST: (u16, u16) = (60, 15);

/// From this many columns on, the tree and the detail stand side by side.
const SIDE_BY_SIDE: u16 = 100;

/// From this many columns on, the detail gets the larger part.
const WIDE: u16 = 160;

/// From this many rows on, findings have a pane of their own.
const TALL: u16 = 30;

/// Findings that are visible at once.
const FINDINGS: u16 = 5;

/// Jobs that are visible at once.
const JOBS: u16 = 4;

/// Rows of the diagnostics pane.
const DIAGNOSTICS: u16 = 10;

/// The areas of one frame.
#[derive(Clone, Copy, Debug)]
pub(super) struct Areas {
    pub(super) header: Rect,
    pub(super) findings: Option<Rect>,
    /// Tree and detail together.
    pub(super) body: Rect,
    pub(super) tree: Option<Rect>,
    pub(super) detail: Option<Rect>,
    pub(super) jobs: Option<Rect>,
    pub(super) diagnostics: Option<Rect>,
    /// Everything that shows what is known of the engine.
    pub(super) known: Rect,
    /// What overlays may cover.
    pub(super) overlay: Rect,
    pub(super) notice: Rect,
    pub(super) hints: Rect,
}

/// Whether the screen is too small for any pane.
pub(super) fn is_too_small(area: Rect) -> bool {
    area.width < SMALLEST.0 || area.height < SMALLEST.1
}

impl Areas {
    pub(super) fn of(model: &Model, area: Rect) -> Self {
        let findings = findings_height(model, area);
        let diagnostics = diagnostics_height(model, area);
        let jobs = jobs_height(model, area);
        let [header, found, body, work, messages, hints] = Layout::vertical([
            Constraint::Length(2),
            Constraint::Length(findings),
            Constraint::Min(0),
            Constraint::Length(jobs),
            Constraint::Length(diagnostics),
            Constraint::Length(1),
        ])
        .areas(area);
        let (tree, detail) = split(model, body);
        Self {
            header,
            findings: (findings > 0).then_some(found),
            body,
            tree,
            detail,
            jobs: (jobs > 0).then_some(work),
            diagnostics: (diagnostics > 0).then_some(messages),
            known: found.union(body),
            // A notice may stand below it.
            overlay: Rect { height: area.height.saturating_sub(4), y: area.y + 2, ..area }.intersection(area),
            notice: Rect { y: hints.y.saturating_sub(1), ..hints },
            hints,
        }
    }
}

fn findings_height(model: &Model, area: Rect) -> u16 {
    let count = model.known.findings.len();
    if count == 0 || model.focus.zoomed {
        0
    } else if area.width >= SIDE_BY_SIDE && area.height >= TALL {
        (count as u64).min(u64::from(FINDINGS)) as u16 + 2
    } else {
        1
    }
}

/// Jobs have a pane while there are some; where there is little room, a line.
fn jobs_height(model: &Model, area: Rect) -> u16 {
    let count = (model.jobs.all.len() as u64).min(u64::from(JOBS)) as u16;
    if count == 0 || area.height < TALL { count.min(1) } else { count + 2 }
}

fn diagnostics_height(model: &Model, area: Rect) -> u16 {
    match model.diagnostics {
        Shown::Yes => DIAGNOSTICS.min(area.height / 3),
        Shown::No => 0,
    }
}

/// The tree and the detail: side by side, or one of them.
fn split(model: &Model, body: Rect) -> (Option<Rect>, Option<Rect>) {
    let on_detail = model.focus.pane == Pane::Detail;
    if model.focus.zoomed || (body.width < SIDE_BY_SIDE && on_detail) {
        return (None, Some(body));
    }
    if body.width < SIDE_BY_SIDE {
        return (Some(body), None);
    }
    let share = if body.width >= WIDE { 45 } else { 53 };
    let [tree, detail] = Layout::horizontal([Constraint::Percentage(share), Constraint::Min(0)]).areas(body);
    (Some(tree), Some(detail))
}
