//! Moving: through rows, lines, panes and tabs.

use super::{
    Effects, backups,
    rows::{self, Order},
};
use crate::{
    domain::{Finding, StackKind, StackName, Status},
    model::{Column, Hits, Model, Overlay, Pane, Planning, RowKey, Sort, Tab, Twig},
};

/// The screen was drawn, perhaps with other sizes than before.
pub(super) fn drawn(model: &mut Model, hits: Hits) -> Effects {
    model.drawn_at = model.clock.running;
    if model.hits != hits {
        model.hits = hits;
        model.detail.scroll = model.detail.scroll.min(last_detail_line(&hits));
        scroll_to_selection(model);
        model.dirty = true;
    }
    Effects::new()
}

fn last_detail_line(hits: &Hits) -> u32 {
    hits.detail_lines.saturating_sub(u32::from(hits.detail_rows))
}

/// Moves the visible part of the tree just so far that the selection is in it.
pub(super) fn scroll_to_selection(model: &mut Model) {
    let height = usize::from(model.hits.tree_rows).max(1);
    let tree = &mut model.tree;
    let selected = tree.position().unwrap_or_default();
    let first = (selected + 1).saturating_sub(height);
    let last = tree.rows.len().saturating_sub(height);
    tree.offset = tree.offset.clamp(first, selected.max(first)).min(last.max(first));
}

/// Which way round a ring of panes, tabs or columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    Forward,
    Back,
}

impl Turn {
    /// The neighbour of `at` in `ring`, around its ends; the first if `at` is not in it.
    fn from<T: Copy + PartialEq>(self, at: T, ring: &[T]) -> Option<T> {
        let place = ring.iter().position(|item| *item == at);
        let step = match self {
            Self::Forward => 1,
            Self::Back => ring.len().saturating_sub(1),
        };
        place.map_or_else(|| ring.first(), |place| ring.iter().cycle().nth(place + step)).copied()
    }
}

/// A movement within what has the focus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Move {
    Up,
    Down,
    PageUp,
    PageDown,
    Top,
    Bottom,
}

impl Move {
    /// The position after this movement from `at`, of `count`, with `page` to a page.
    pub(super) fn from(self, at: usize, count: usize, page: usize) -> usize {
        let last = count.saturating_sub(1);
        let page = page.saturating_sub(1).max(1);
        match self {
            Self::Up => at.saturating_sub(1),
            Self::Down => (at + 1).min(last),
            Self::PageUp => at.saturating_sub(page),
            Self::PageDown => (at + page).min(last),
            Self::Top => 0,
            Self::Bottom => last,
        }
    }
}

pub(super) fn go(model: &mut Model, movement: Move) {
    match (&mut model.focus.overlay, model.focus.pane) {
        (Some(Overlay::Help { scroll } | Overlay::Plan(Planning { scroll, .. })), _) => {
            let (lines, rows) = model.hits.overlay;
            *scroll = scrolled(movement, *scroll, lines, rows);
        }
        (Some(Overlay::Ask(_) | Overlay::Leave(_)), _) => {}
        (Some(Overlay::Palette(_)), _) => choose(model, movement),
        (None, Pane::Jobs) => {
            let count = model.jobs.all.len();
            model.jobs.selected = movement.from(model.jobs.selected, count, count);
        }
        (None, Pane::Findings) => {
            let count = model.known.findings.len();
            model.focus.finding = movement.from(model.focus.finding, count, count);
        }
        (None, Pane::Tree) => select(model, movement),
        (None, Pane::Detail) if model.detail.tab == Tab::Logs => scroll_logs(model, movement),
        (None, Pane::Detail) if model.detail.tab == Tab::Backups => backups::select(model, movement),
        (None, Pane::Detail) => {
            let hits = model.hits;
            model.detail.scroll =
                scrolled(movement, model.detail.scroll, hits.detail_lines, hits.detail_rows);
        }
    }
    model.dirty = true;
}

fn choose(model: &mut Model, movement: Move) {
    let Some(Overlay::Palette(palette)) = &model.focus.overlay else { return };
    let count = palette.offers(model).len();
    if let Some(Overlay::Palette(palette)) = &mut model.focus.overlay {
        palette.selected = movement.from(palette.selected, count, count);
    }
}

/// The first visible of `lines` after a movement, `rows` being visible.
fn scrolled(movement: Move, first: u32, lines: u32, rows: u16) -> u32 {
    let places = lines.saturating_sub(u32::from(rows)) as usize + 1;
    movement.from(first as usize, places, usize::from(rows)) as u32
}

fn select(model: &mut Model, movement: Move) {
    let tree = &mut model.tree;
    let page = usize::from(model.hits.tree_rows);
    let to = movement.from(tree.position().unwrap_or_default(), tree.rows.len(), page);
    tree.selected = tree.rows.get(to).map(|row| row.key.clone());
    selection_changed(model);
}

fn selection_changed(model: &mut Model) {
    model.detail.scroll = 0;
    scroll_to_selection(model);
    model.dirty = true;
}

/// Logs are scrolled from their newest line upwards.
fn scroll_logs(model: &mut Model, movement: Move) {
    let (_, shown) = model.logs.counts();
    let upside_down = match movement {
        Move::Up => Move::Down,
        Move::Down => Move::Up,
        Move::PageUp => Move::PageDown,
        Move::PageDown => Move::PageUp,
        Move::Top => Move::Bottom,
        Move::Bottom => Move::Top,
    };
    model.logs.scroll = upside_down.from(model.logs.scroll, shown, usize::from(model.hits.detail_rows));
}

/// Enter: opens a row's parts, else shows the row; on a finding shows its evidence.
pub(super) fn open(model: &mut Model) {
    match model.focus.pane {
        Pane::Findings => show_evidence(model),
        Pane::Detail => model.focus.zoomed = !model.focus.zoomed,
        Pane::Jobs => show_job(model),
        Pane::Tree => match model.tree.row().map(|row| (row.key.clone(), row.twig)) {
            Some((key, Twig::Closed)) => {
                model.tree.open.insert(key);
                rows::rebuild(model, Order::Settle);
            }
            Some((_, Twig::Open | Twig::Leaf)) => model.focus.pane = Pane::Detail,
            None => {}
        },
    }
    model.dirty = true;
}

pub(super) fn close(model: &mut Model) {
    let Some(row) = model.tree.row() else { return };
    let (key, twig) = (row.key.clone(), row.twig);
    if twig == Twig::Open {
        model.tree.open.remove(&key);
        rows::rebuild(model, Order::Settle);
    } else if let Some(parent) = parent(model, &key) {
        model.tree.selected = Some(parent);
        selection_changed(model);
    }
}

fn parent(model: &Model, key: &RowKey) -> Option<RowKey> {
    let kind = model
        .known
        .fleet
        .stacks
        .iter()
        .find(|stack| stack.services.iter().any(|service| Some(&service.key) == key.service()));
    key.parent(kind.map_or(StackKind::Loose, |stack| stack.kind))
}

/// Opens every row, or, if every one is open, closes all.
pub(super) fn open_all(model: &mut Model) {
    let fleet = &model.known.fleet;
    let stacks = fleet.stacks.iter().map(rows::stack_key);
    let services = fleet.services().filter(|service| service.replicas.len() > 1);
    let all: Vec<RowKey> =
        stacks.chain(services.map(|service| RowKey::Service(service.key.clone()))).collect();
    if all.iter().all(|key| model.tree.open.contains(key)) {
        model.tree.open.clear();
    } else {
        model.tree.open.extend(all);
    }
    rows::rebuild(model, Order::Settle);
}

/// Selects what the finding is about and shows the tab that tells most of it.
fn show_evidence(model: &mut Model) {
    let Some(finding) = model.known.findings.get(model.focus.finding).cloned() else { return };
    let tab = evidence_tab(&finding);
    let stack = finding.backup.as_ref().and_then(|trouble| stack_row(model, &trouble.stack));
    if let Some(row) = stack {
        reveal(model, row);
    } else if let Some(service) = finding.service {
        reveal(model, RowKey::Service(service));
    }
    show(model, tab);
    model.focus.pane = Pane::Detail;
}

/// Selects what the job is about, and shows how far it is.
fn show_job(model: &mut Model) {
    let job = model.jobs.all.get(model.jobs.selected);
    if let Some(service) = job.and_then(|job| job.service.clone()) {
        reveal(model, RowKey::Service(service));
        show(model, Tab::Overview);
        model.focus.pane = Pane::Detail;
    }
}

fn evidence_tab(finding: &Finding) -> Tab {
    match (&finding.service, finding.status) {
        _ if finding.backup.is_some() => Tab::Backups,
        (None, _) => Tab::Nodes,
        (Some(_), Status::Unhealthy) => Tab::Health,
        (Some(_), Status::Down | Status::Restarting) => Tab::Logs,
        (Some(_), _) => Tab::Overview,
    }
}

fn stack_row(model: &Model, name: &StackName) -> Option<RowKey> {
    let stack = model.known.fleet.stacks.iter().find(|stack| stack.name.as_ref() == Some(name))?;
    Some(rows::stack_key(stack))
}

/// Selects a row, opening what it is part of and dropping a filter that hides it.
fn reveal(model: &mut Model, key: RowKey) {
    if let Some(stack) = parent(model, &key) {
        model.tree.open.insert(stack);
    }
    model.tree.selected = Some(key.clone());
    rows::rebuild(model, Order::Settle);
    if model.tree.selected.as_ref() != Some(&key) {
        model.tree.filter = None;
        model.tree.faults_only = false;
        model.tree.selected = Some(key);
        rows::rebuild(model, Order::Settle);
    }
    selection_changed(model);
}

/// Shows a tab.
pub(super) fn show(model: &mut Model, tab: Tab) {
    if model.detail.tab != tab {
        model.detail.tab = tab;
        model.detail.scroll = 0;
    }
    model.dirty = true;
}

pub(super) fn next_tab(model: &mut Model, turn: Turn) {
    if let Some(tab) = turn.from(model.detail.tab, &Tab::ALL) {
        show(model, tab);
    }
}

/// Findings and jobs are panes only while there are some.
pub(super) fn next_pane(model: &mut Model, turn: Turn) {
    let mut panes = vec![Pane::Tree, Pane::Detail];
    if !model.jobs.all.is_empty() {
        panes.push(Pane::Jobs);
    }
    if !model.known.findings.is_empty() {
        panes.push(Pane::Findings);
    }
    if let Some(pane) = turn.from(model.focus.pane, &panes) {
        model.focus.pane = pane;
    }
}

/// Numbers begin with the largest, words with the first.
pub(super) fn sort_by_next(model: &mut Model, turn: Turn) {
    if let Some(column) = turn.from(model.tree.sort.column, &Column::ALL) {
        let words = [Column::Name, Column::Health, Column::Age, Column::Image, Column::Ports];
        model.tree.sort = Sort { column, descending: !words.contains(&column) };
    }
    rows::rebuild(model, Order::Fresh);
}

pub(super) fn sort_reverse(model: &mut Model) {
    model.tree.sort.descending = !model.tree.sort.descending;
    rows::rebuild(model, Order::Fresh);
}
