//! The pane that shows the selection.

use std::time::Duration;

use super::{Course, Model, RowKey};
use crate::domain::ContainerId;

/// Which tab is open, how far it is scrolled.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Detail {
    /// The open tab.
    pub tab: Tab,
    /// The first line that is shown. The logs keep their own place.
    pub scroll: u32,
    /// The engine's own description of the selection.
    pub inspection: Inspection,
    /// What a container said last that holds a rolling update up.
    pub tail: Option<Tail>,
    /// What the charts show.
    pub charted: Option<Charted>,
}

/// The measurements of a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Charted {
    /// The row.
    pub row: RowKey,
    /// What it used.
    pub course: Course,
}

impl Charted {
    /// Those of this row up to now.
    #[must_use]
    pub fn of(model: &Model, row: &RowKey) -> Self {
        let replicas = model.known.row_replicas(row);
        let containers = replicas.filter_map(|replica| replica.container.as_ref());
        let course = model.history.course(containers, model.clock.running);
        Self { row: row.clone(), course }
    }

    /// Whether it is what the charts of this row show now.
    #[must_use]
    pub fn is_right(&self, row: &RowKey, now: Duration) -> bool {
        self.row == *row && self.course.is_fresh(now) && !self.course.is_empty()
    }
}

/// The last lines of a container's output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tail {
    /// The container.
    pub container: ContainerId,
    /// When they were asked for, by the time since the program's start.
    pub asked: Duration,
    /// They; none as long as there is no answer.
    pub lines: Vec<String>,
}

/// A tab of the detail pane.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Tab {
    /// Facts and charts.
    #[default]
    Overview,
    /// Output, merged over replicas.
    Logs,
    /// Probes.
    Health,
    /// What happened.
    Events,
    /// The engine's own description.
    Inspect,
    /// The nodes of the swarm.
    Nodes,
    /// What was done with stacktop.
    Journal,
    /// Backup sets.
    Backups,
}

impl Tab {
    /// All of them, as they stand from left to right.
    pub const ALL: [Self; 8] = [
        Self::Overview,
        Self::Logs,
        Self::Health,
        Self::Events,
        Self::Inspect,
        Self::Nodes,
        Self::Journal,
        Self::Backups,
    ];

    /// The tab's title.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Logs => "Logs",
            Self::Health => "Health",
            Self::Events => "Events",
            Self::Inspect => "Inspect",
            Self::Nodes => "Nodes",
            Self::Journal => "Journal",
            Self::Backups => "Backups",
        }
    }
}

/// The engine's description of a thing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Inspection {
    /// Nothing was asked.
    #[default]
    None,
    /// The engine was asked about this row.
    Asked(RowKey),
    /// Its answer, line by line, secrets masked.
    Answer(RowKey, Vec<String>),
    /// Why there is no answer.
    Failed(RowKey, String),
}

impl Inspection {
    /// The row that it is about.
    #[must_use]
    pub const fn row(&self) -> Option<&RowKey> {
        match self {
            Self::None => None,
            Self::Asked(row) | Self::Answer(row, _) | Self::Failed(row, _) => Some(row),
        }
    }
}
