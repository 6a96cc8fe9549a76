//! The rows of the tree: built from the fleet, put in order, filtered.

use std::{cmp::Ordering, collections::HashMap, time::Duration};

use crate::{
    domain::{Fleet, Replica, Service, Stack, Status, Usage, ports},
    model::{Column, Known, Model, Row, RowKey, Sort, Tree, Twig},
};

/// Rows change places at most this often; a person reads in between.
const SETTLES: Duration = Duration::from_secs(2);

/// A fleet of at most this many services is shown whole at the start.
const SMALL: usize = 12;

/// Whether rows may change places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Yes: the person asked for it.
    Fresh,
    /// Only if the last time was long enough ago.
    Settle,
}

/// Opens the stacks that need a look; in a small fleet all of them.
pub(super) fn open_what_is_wrong(model: &mut Model) {
    let small = model.known.fleet.services().count() <= SMALL;
    let wrong = |status: Status| status.is_wrong() || status == Status::Rolling;
    for stack in &model.known.fleet.stacks {
        if small || wrong(stack.status()) {
            model.tree.open.insert(stack_key(stack));
        }
    }
}

/// Builds all rows anew.
pub fn rebuild(model: &mut Model, order: Order) {
    let settle = order == Order::Settle && is_settling(model);
    let places = if settle { places(&model.tree) } else { HashMap::new() };
    let mut branches = branches(&model.known.fleet, &Wanted { known: &model.known, tree: &model.tree });
    prune(&mut branches, &model.tree);
    sort(&mut branches, &model.tree.sort, &places);
    let mut rows = Vec::new();
    for branch in branches {
        flatten(branch, &model.tree, &mut rows);
    }
    model.tree.unsettled = settle;
    if !settle {
        model.tree.sorted_at = model.clock.running;
    }
    keep_selection(&mut model.tree, rows);
    super::navigate::scroll_to_selection(model);
    model.dirty = true;
}

/// Puts rows in order that were left in place for a while, and those whose order follows from measurements.
pub(super) fn settle(model: &mut Model) {
    let may_differ = model.tree.unsettled || model.tree.sort.column.is_measured();
    if may_differ && !is_settling(model) {
        rebuild(model, Order::Settle);
    }
}

/// The key of a stack's row.
pub(super) fn stack_key(stack: &Stack) -> RowKey {
    RowKey::Stack(stack.name.clone(), stack.kind)
}

fn is_settling(model: &Model) -> bool {
    !model.tree.rows.is_empty() && model.clock.running.saturating_sub(model.tree.sorted_at) < SETTLES
}

fn places(tree: &Tree) -> HashMap<RowKey, usize> {
    tree.rows.iter().enumerate().map(|(place, row)| (row.key.clone(), place)).collect()
}

/// A row and its parts.
struct Branch {
    row: Row,
    /// What it uses, if it is sorted by that.
    usage: Option<Usage>,
    parts: Vec<Self>,
}

/// What rows are made from, and for which order.
struct Wanted<'a> {
    known: &'a Known,
    tree: &'a Tree,
}

impl Wanted<'_> {
    fn usage(&self, of: impl FnOnce(&Known) -> Option<Usage>) -> Option<Usage> {
        if self.tree.sort.column.is_measured() { of(self.known) } else { None }
    }

    /// The branches of the parts of a row. Nobody looks for them in one that is closed.
    fn parts<T>(&self, of: &RowKey, parts: &[T], branch: fn(&T, &Self) -> Branch) -> Vec<Branch> {
        if is_open(of, self.tree) {
            parts.iter().map(|part| branch(part, self)).collect()
        } else {
            Vec::new()
        }
    }
}

fn branches(fleet: &Fleet, wanted: &Wanted<'_>) -> Vec<Branch> {
    fleet.stacks.iter().map(|stack| stack_branch(stack, wanted)).collect()
}

fn stack_branch(stack: &Stack, wanted: &Wanted<'_>) -> Branch {
    let row = Row {
        key: stack_key(stack),
        depth: 0,
        twig: Twig::Closed,
        name: stack.title().to_owned(),
        note: stack.kind.word().to_owned(),
        running: stack.running(),
        desired: stack.desired(),
        status: stack.status(),
        status_text: counted(stack.status(), stack.services.iter().map(|service| service.status)),
        restarts: stack.services.iter().filter_map(Service::restarts).reduce(|a, b| a + b),
        created_at: stack.created_at(),
        image: String::new(),
        ports: String::new(),
    };
    let parts = wanted.parts(&row.key, &stack.services, service_branch);
    Branch { row, usage: wanted.usage(|known| known.stack_usage(stack)), parts }
}

fn service_branch(service: &Service, wanted: &Wanted<'_>) -> Branch {
    let single = service.replicas.len() == 1;
    let row = Row {
        key: RowKey::Service(service.key.clone()),
        depth: 1,
        twig: if service.replicas.len() > 1 { Twig::Closed } else { Twig::Leaf },
        name: service.key.name.clone(),
        note: service.replicas.first().filter(|_| single).and_then(|r| r.node.clone()).unwrap_or_default(),
        running: service.running,
        desired: service.desired,
        status: service.status,
        status_text: service_text(service),
        restarts: service.restarts(),
        created_at: service.created_at,
        image: service.image.clone(),
        ports: ports(&service.ports),
    };
    let replicas = if single { &[] } else { service.replicas.as_slice() };
    let parts = wanted.parts(&row.key, replicas, replica_branch);
    Branch { row, usage: wanted.usage(|known| known.service_usage(service)), parts }
}

fn replica_branch(replica: &Replica, wanted: &Wanted<'_>) -> Branch {
    let container = replica.container.as_ref().and_then(|id| wanted.known.container(id));
    let row = Row {
        key: RowKey::Replica(replica.key.clone()),
        depth: 2,
        twig: Twig::Leaf,
        name: format!(".{}", replica.key.slot),
        note: replica.node.clone().unwrap_or_default(),
        running: u64::from(replica.status.is_up()),
        desired: 1,
        status: replica.status,
        status_text: replica.status.word().to_owned(),
        restarts: replica.restarts,
        created_at: Some(replica.created_at),
        image: replica.image.clone(),
        ports: container.map(|container| ports(&container.ports)).unwrap_or_default(),
    };
    let usage = wanted.usage(|known| known.replica_usage(replica).cloned());
    Branch { row, usage, parts: Vec::new() }
}

/// A rolling service tells how far it is; another one how many of its replicas are as it is.
fn service_text(service: &Service) -> String {
    match &service.update {
        Some(update) if update.state.is_rolling() || update.state.is_stuck() => {
            let newest =
                service.replicas.iter().filter(|r| r.image == service.image && r.status.is_up()).count();
            format!("{} {newest}/{}", update.state.word(), service.desired)
        }
        _ => counted(service.status, service.replicas.iter().map(|replica| replica.status)),
    }
}

/// `1 unhealthy` where only some are; the bare word where all are, or where all is well.
fn counted(status: Status, parts: impl Iterator<Item = Status>) -> String {
    let (mut same, mut all) = (0, 0);
    for part in parts {
        all += 1;
        same += usize::from(part == status);
    }
    let quiet = matches!(status, Status::Healthy | Status::Running | Status::Stopped);
    if quiet || same == all || same == 0 {
        status.word().to_owned()
    } else {
        format!("{same} {}", status.word())
    }
}

/// Leaves out what the filter or the wish for faults does not want.
fn prune(branches: &mut Vec<Branch>, tree: &Tree) {
    if tree.faults_only {
        retain(branches, &|row| row.status.is_wrong() || row.status == Status::Rolling, Parts::OnlyWanted);
    }
    if let Some(filter) = &tree.filter {
        let wants = |row: &Row| filter.keeps(&row.name) || (!filter.inverted && filter.keeps(&row.image));
        let parts = if filter.inverted { Parts::OnlyWanted } else { Parts::All };
        retain(branches, &wants, parts);
    }
}

/// Which parts of a wanted row stay.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Parts {
    All,
    OnlyWanted,
}

/// Keeps what `wants` wants, and what that is part of.
fn retain(branches: &mut Vec<Branch>, wants: &impl Fn(&Row) -> bool, parts: Parts) {
    branches.retain_mut(|branch| {
        let wanted = wants(&branch.row);
        if branch.parts.is_empty() || (wanted && parts == Parts::All) {
            return wanted;
        }
        retain(&mut branch.parts, wants, parts);
        !branch.parts.is_empty()
    });
}

fn sort(branches: &mut [Branch], sort_by: &Sort, places: &HashMap<RowKey, usize>) {
    branches.sort_by(|a, b| {
        let place = |branch: &Branch| places.get(&branch.row.key).copied();
        match (place(a), place(b)) {
            (Some(a), Some(b)) => a.cmp(&b),
            (a_place, b_place) => {
                b_place.is_some().cmp(&a_place.is_some()).then_with(|| compare(a, b, sort_by))
            }
        }
    });
    for branch in branches {
        sort(&mut branch.parts, sort_by, places);
    }
}

/// By the column; what is alike there, and what belongs to no stack, by its place.
fn compare(a: &Branch, b: &Branch, sort: &Sort) -> Ordering {
    let loose = |branch: &Branch| matches!(branch.row.key, RowKey::Stack(None, _));
    let by_column = by_column(a, b, sort.column);
    let by_column = if sort.descending { by_column.reverse() } else { by_column };
    loose(a).cmp(&loose(b)).then(by_column).then_with(|| a.row.key.cmp(&b.row.key))
}

fn by_column(one: &Branch, other: &Branch, column: Column) -> Ordering {
    let (a, b) = (&one.row, &other.row);
    let by_usage = |value: fn(&Usage) -> Option<f64>| by_usage(one, other, value);
    match column {
        Column::Name => a.key.cmp(&b.key),
        Column::Replicas => a.running.cmp(&b.running),
        Column::Health => a.status.cmp(&b.status),
        Column::Cpu => by_usage(|usage| usage.cpu_percent),
        Column::Memory => by_usage(|usage| Some(usage.memory.used as f64)),
        Column::Network => by_usage(|usage| usage.network_rate.map(|(input, output)| input + output)),
        Column::Block => by_usage(|usage| usage.block_rate.map(|(input, output)| input + output)),
        Column::Pids => by_usage(|usage| usage.pids.map(|pids| pids as f64)),
        Column::Restarts => a.restarts.cmp(&b.restarts),
        Column::Age => b.created_at.cmp(&a.created_at),
        Column::Image => a.image.cmp(&b.image),
        Column::Ports => a.ports.cmp(&b.ports),
    }
}

fn by_usage(a: &Branch, b: &Branch, value: fn(&Usage) -> Option<f64>) -> Ordering {
    let of = |branch: &Branch| branch.usage.as_ref().and_then(value).unwrap_or(-1.0);
    of(a).total_cmp(&of(b))
}

/// Whether the parts of a row are shown: what is searched for is shown wherever it is.
fn is_open(key: &RowKey, tree: &Tree) -> bool {
    tree.filter.is_some() || tree.faults_only || tree.open.contains(key)
}

fn flatten(branch: Branch, tree: &Tree, rows: &mut Vec<Row>) {
    let Branch { mut row, parts, .. } = branch;
    let open = is_open(&row.key, tree);
    if row.twig != Twig::Leaf {
        row.twig = if open { Twig::Open } else { Twig::Closed };
    }
    rows.push(row);
    if open {
        for part in parts {
            flatten(part, tree, rows);
        }
    }
}

/// A selected row that is gone leaves the selection with what it was part of, else with its neighbour.
fn keep_selection(tree: &mut Tree, rows: Vec<Row>) {
    let before = tree.position().unwrap_or_default();
    tree.rows = rows;
    if tree.position().is_some() {
        return;
    }
    let parents = tree.selected.as_ref().and_then(RowKey::service).cloned().map(RowKey::Service);
    let neighbour = tree.rows.get(before.min(tree.rows.len().saturating_sub(1)));
    let parent = parents.filter(|key| tree.rows.iter().any(|row| row.key == *key));
    tree.selected = parent.or_else(|| neighbour.map(|row| row.key.clone()));
}
