//! The columns of the tree: which ones fit, how wide they are, what stands in them.

use std::borrow::Cow;

use ratatui::style::Style;

use crate::{
    domain::{Status, Usage},
    model::{Column, Row},
    text,
    theme::Role,
    view::{scene::Scene, widgets::pencil::Pencil},
};

/// Cells in front of the first column: for the pointer at the selected row, and for a mark.
pub(super) const MARK: u16 = 2;

/// Cells between columns.
pub(super) const GAP: u16 = 1;

/// Columns in the order in which room is given to them, with their widths.
const WANTED: [(Column, u16); 12] = [
    (Column::Name, 16),
    (Column::Replicas, 5),
    (Column::Health, 12),
    (Column::Cpu, 5),
    (Column::Memory, 4),
    (Column::Restarts, 3),
    (Column::Age, 4),
    (Column::Network, 11),
    (Column::Block, 12),
    (Column::Pids, 4),
    (Column::Image, 24),
    (Column::Ports, 16),
];

/// A name gets this share of the width but for its first cells, where that is more than its smallest width.
const NAME_PERCENT: u16 = 31;
const UNSHARED: u16 = 10;

/// A health cell gets this much as soon as there is room: `⟳ rolling back 1 of 3`.
const HEALTH_WIDEST: u16 = 21;

/// Before further columns come, it gets this much: `⟳ updating 2 of 3`.
const HEALTH_WIDE: u16 = 17;

/// From this many cells on, a health cell need not be narrow.
const WIDE: u16 = 62;

/// What is not reported is not 0.
const UNKNOWN: &str = "–";

/// A column with its width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Placed {
    pub(super) column: Column,
    pub(super) width: u16,
}

impl Placed {
    /// Writes a cell, and the gap behind it.
    pub(super) fn write(&self, pencil: &mut Pencil<'_>, text: &str, style: Style) {
        match self.column {
            Column::Name | Column::Health | Column::Image | Column::Ports => {
                pencil.left(text, self.width, style)
            }
            _ => pencil.right(text, self.width, style),
        };
        pencil.skip(GAP);
    }
}

/// The columns that fit into `width` cells, from left to right. It depends on nothing but the width: a column never
/// moves because a value changed.
pub(super) fn place(width: u16) -> Vec<Placed> {
    let mut room = (width + GAP).saturating_sub(MARK);
    let mut placed = Vec::with_capacity(WANTED.len());
    for (column, wanted) in WANTED {
        let share = (u32::from(width.saturating_sub(UNSHARED)) * u32::from(NAME_PERCENT) / 100) as u16;
        let wanted = match column {
            Column::Name => wanted.max(share),
            Column::Health if width >= WIDE => HEALTH_WIDE,
            _ => wanted,
        };
        if room >= wanted + GAP {
            room -= wanted + GAP;
            placed.push(Placed { column, width: wanted });
        }
    }
    placed.sort_by_key(|placed| Column::ALL.iter().position(|column| *column == placed.column));
    widen(&mut placed, room);
    placed
}

/// Gives what is left to health up to its widest, then to the name.
fn widen(placed: &mut [Placed], mut room: u16) {
    for column in placed.iter_mut() {
        if column.column == Column::Health {
            let more = room.min(HEALTH_WIDEST.saturating_sub(column.width));
            column.width += more;
            room -= more;
        }
    }
    if let Some(name) = placed.first_mut() {
        name.width += room;
    }
}

/// A column's heading; rates say that they are rates.
pub(super) const fn title(column: Column) -> &'static str {
    match column {
        Column::Network => "NET ↓/s ↑/s",
        Column::Block => "DISK r/s w/s",
        other => other.title(),
    }
}

/// A row with what it uses now.
#[derive(Clone, Copy)]
pub(super) struct Measured<'a> {
    pub(super) row: &'a Row,
    pub(super) usage: Option<&'a Usage>,
}

/// The text of a cell, and its role.
pub(super) fn cell<'a>(
    scene: Scene<'_>,
    Measured { row, usage }: Measured<'a>,
    column: Column,
) -> (Cow<'a, str>, Role) {
    let number = |text: Option<String>| match text {
        Some(text) => (Cow::Owned(text), Role::Text),
        None => (Cow::Borrowed(UNKNOWN), Role::Muted),
    };
    let pair =
        |rates: Option<(f64, f64)>| number(rates.map(|(a, b)| format!("{:>5} {:>5}", rate(a), rate(b))));
    match column {
        Column::Name => (Cow::Borrowed(row.name.as_str()), Role::Text),
        Column::Health => (Cow::Borrowed(row.status_text.as_str()), Role::of_status(row.status)),
        Column::Replicas => replicas(row),
        Column::Cpu => number(usage.and_then(|usage| usage.cpu_percent).map(text::percent)),
        Column::Memory => number(usage.map(|usage| text::bytes(usage.memory.used))),
        Column::Network => pair(usage.and_then(|usage| usage.network_rate)),
        Column::Block => pair(usage.and_then(|usage| usage.block_rate)),
        Column::Pids => number(usage.and_then(|usage| usage.pids).map(text::count)),
        Column::Restarts => restarts(row),
        Column::Age => number(row.created_at.map(|at| scene.age(at))),
        Column::Image => (Cow::Borrowed(row.image.as_str()), Role::Muted),
        Column::Ports => (Cow::Borrowed(row.ports.as_str()), Role::Muted),
    }
}

fn replicas(row: &Row) -> (Cow<'static, str>, Role) {
    if row.depth > 1 {
        return (Cow::Borrowed(""), Role::Muted);
    }
    let quiet = matches!(row.status, Status::Healthy | Status::Running | Status::Stopped);
    let role = if row.running < row.desired && !quiet { Role::Warning } else { Role::Text };
    (Cow::Owned(format!("{}/{}", text::count(row.running), text::count(row.desired))), role)
}

fn restarts(row: &Row) -> (Cow<'static, str>, Role) {
    match row.restarts {
        None => (Cow::Borrowed(UNKNOWN), Role::Muted),
        Some(0) => (Cow::Borrowed("0"), Role::Muted),
        Some(1000..) => (Cow::Borrowed("1k+"), Role::Warning),
        Some(count) => (Cow::Owned(text::count(count)), Role::Warning),
    }
}

/// Bytes a second, the unit left to the heading.
fn rate(bytes: f64) -> String {
    let whole = if bytes.is_finite() { bytes.max(0.0).round() as u64 } else { 0 };
    text::count(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_never_take_more_than_there_is() {
        for width in 0..250 {
            let placed = place(width);
            let taken: u16 = placed.iter().map(|placed| placed.width + GAP).sum();
            assert!(placed.is_empty() || taken + MARK <= width + GAP, "{width}: {placed:?}");
        }
    }

    #[test]
    fn eighty_columns_show_what_an_incident_needs() {
        let shown: Vec<Column> = place(78).iter().map(|placed| placed.column).collect();
        for column in
            [Column::Replicas, Column::Health, Column::Cpu, Column::Memory, Column::Restarts, Column::Age]
        {
            assert!(shown.contains(&column), "{shown:?}");
        }
    }

    #[test]
    fn a_wide_pane_shows_all_columns() {
        assert_eq!(place(180).len(), Column::ALL.len());
    }
}
