//! The tree of stacks, as rows.

use std::{collections::BTreeSet, time::Duration};

use jiff::Timestamp;

use super::logs::LineFilter;
use crate::domain::{ReplicaKey, ServiceKey, StackKind, StackName, Status};

/// The rows that are shown, which one is selected, how they are sorted.
#[derive(Debug, Default)]
pub struct Tree {
    /// The rows, from the top.
    pub rows: Vec<Row>,
    /// The selected row, by what it is: it stays selected wherever it moves.
    pub selected: Option<RowKey>,
    /// The first row that is visible.
    pub offset: usize,
    /// Rows that are marked, by what they are.
    pub marked: BTreeSet<RowKey>,
    /// Rows that are open.
    pub open: BTreeSet<RowKey>,
    /// The order.
    pub sort: Sort,
    /// Only rows whose name matches are shown, with what they are part of.
    pub filter: Option<LineFilter>,
    /// Whether only what is wrong is shown.
    pub faults_only: bool,
    /// When the rows were last put in order.
    pub sorted_at: Duration,
    /// Whether rows were left in places that are not theirs any more, so that a person can read in between.
    pub unsettled: bool,
}

/// What a row stands for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RowKey {
    /// A stack; `None` is what belongs to none.
    Stack(Option<StackName>, StackKind),
    /// A service.
    Service(ServiceKey),
    /// A replica.
    Replica(ReplicaKey),
}

/// A line of the tree.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// What it stands for.
    pub key: RowKey,
    /// How deep it is: a stack 0, a replica 2.
    pub depth: u8,
    /// Whether it has parts, and whether they are shown.
    pub twig: Twig,
    /// Its name at its depth.
    pub name: String,
    /// What stands behind the name, dimmed: the kind of a stack, the node of a replica.
    pub note: String,
    /// Replicas that run.
    pub running: u64,
    /// Replicas that should.
    pub desired: u64,
    /// How it is doing.
    pub status: Status,
    /// That in words, with a count where there are several: `1 unhealthy`.
    pub status_text: String,
    /// How often its replicas were restarted.
    pub restarts: Option<u64>,
    /// Since when it exists.
    pub created_at: Option<Timestamp>,
    /// Its image; empty for a stack.
    pub image: String,
    /// Its ports; empty for a stack.
    pub ports: String,
}

/// Whether a row has parts, and whether they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Twig {
    /// It has none.
    Leaf,
    /// They are shown.
    Open,
    /// They are not.
    Closed,
}

/// The order of rows within one parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    /// By what.
    pub column: Column,
    /// Whether the largest, or the worst, comes first.
    pub descending: bool,
}

/// A column of the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Column {
    /// The name.
    Name,
    /// Replicas that run, of those that should.
    Replicas,
    /// How it is doing, worst first.
    Health,
    /// CPU.
    Cpu,
    /// Memory.
    Memory,
    /// Network, both ways.
    Network,
    /// Block I/O, both ways.
    Block,
    /// Processes and threads.
    Pids,
    /// Restarts.
    Restarts,
    /// Age.
    Age,
    /// Image.
    Image,
    /// Ports.
    Ports,
}

impl Column {
    /// All of them, as they stand from left to right.
    pub const ALL: [Self; 12] = [
        Self::Name,
        Self::Replicas,
        Self::Health,
        Self::Cpu,
        Self::Memory,
        Self::Network,
        Self::Block,
        Self::Pids,
        Self::Restarts,
        Self::Age,
        Self::Image,
        Self::Ports,
    ];

    /// Whether its values are measured: they change without any event.
    #[must_use]
    pub const fn is_measured(self) -> bool {
        match self {
            Self::Cpu | Self::Memory | Self::Network | Self::Block | Self::Pids => true,
            Self::Name
            | Self::Replicas
            | Self::Health
            | Self::Restarts
            | Self::Age
            | Self::Image
            | Self::Ports => false,
        }
    }

    /// The column's heading.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Name => "NAME",
            Self::Replicas => "REPL",
            Self::Health => "HEALTH",
            Self::Cpu => "CPU",
            Self::Memory => "MEM",
            Self::Network => "NET",
            Self::Block => "DISK",
            Self::Pids => "PIDS",
            Self::Restarts => "↻",
            Self::Age => "AGE",
            Self::Image => "IMAGE",
            Self::Ports => "PORTS",
        }
    }
}

impl Default for Sort {
    /// Worst first: what is wrong is at the top.
    fn default() -> Self {
        Self { column: Column::Health, descending: false }
    }
}

impl Tree {
    /// The index of the selected row.
    #[must_use]
    pub fn position(&self) -> Option<usize> {
        let selected = self.selected.as_ref()?;
        self.rows.iter().position(|row| row.key == *selected)
    }

    /// The selected row.
    #[must_use]
    pub fn row(&self) -> Option<&Row> {
        self.rows.get(self.position()?)
    }

    /// The rows that `height` lines show.
    #[must_use]
    pub fn visible(&self, height: usize) -> &[Row] {
        let start = self.offset.min(self.rows.len());
        let end = (start + height).min(self.rows.len());
        self.rows.get(start..end).unwrap_or_default()
    }
}

impl RowKey {
    /// The service that the row is, or is part of.
    #[must_use]
    pub const fn service(&self) -> Option<&ServiceKey> {
        match self {
            Self::Stack(..) => None,
            Self::Service(key) => Some(key),
            Self::Replica(key) => Some(&key.service),
        }
    }

    /// The row that this one is part of.
    #[must_use]
    pub fn parent(&self, kind: StackKind) -> Option<Self> {
        match self {
            Self::Stack(..) => None,
            Self::Service(key) => Some(Self::Stack(key.stack.clone(), kind)),
            Self::Replica(key) => Some(Self::Service(key.service.clone())),
        }
    }
}
