//! Everything on screen: the one state of the dashboard.
//!
//! Only [`crate::update`] changes it, only [`crate::view`] draws it. It holds no connection, no clock and no lock:
//! time arrives with each message and is kept in [`Clock`].

mod clock;
mod detail;
mod fleet;
mod focus;
mod history;
mod job;
mod journal;
mod logs;
mod notice;
mod palette;
mod part;
mod planning;
mod shelf;
mod tree;

pub use clock::Clock;
pub use detail::{Charted, Detail, Inspection, Tab, Tail};
pub use fleet::Known;
pub use focus::{Focus, Leaving, Overlay, Pane, Prompt, PromptPurpose};
pub use history::{Course, History, Metric, SPAN};
pub use job::{Job, JobId, JobState, Jobs, Outcome};
pub use journal::{Deed, Journal, Operation, Reading, Verdict, Went};
pub use logs::{Entry, LineFilter, LogOrigin, Logs};
pub use notice::{Notice, NoticeLevel, Notices};
pub use palette::{Offer, Palette};
pub use part::Part;
pub use planning::{Ask, Draft, Extent, Field, Origin, Planning, Turn, Wish};
pub use shelf::Shelf;
pub use tree::{Column, Row, RowKey, Sort, Tree, Twig};

use std::{collections::VecDeque, time::Duration};

use jiff::tz::TimeZone;

use crate::{
    action::{Action, Context, Keymap, Touch},
    domain::{ContainerId, EngineEvent, HostUsage, Link},
};

/// How many events are kept.
pub const EVENTS_KEPT: usize = 1000;

/// The state of the dashboard.
#[derive(Debug)]
pub struct Model {
    /// What the engine runs, as last heard.
    pub known: Known,
    /// The connection to it.
    pub link: Link,
    /// Its address, as shown.
    pub endpoint: String,
    /// Use of this machine, where the engine runs on it.
    pub host: Option<HostUsage>,
    /// Measurements of the last 15 minutes.
    pub history: History,
    /// What happened, oldest first.
    pub events: VecDeque<EngineEvent>,
    /// The tree of stacks.
    pub tree: Tree,
    /// The pane that shows the selection.
    pub detail: Detail,
    /// The logs of the selection.
    pub logs: Logs,
    /// Where keys go.
    pub focus: Focus,
    /// What was done to the engine.
    pub journal: Journal,
    /// Backup sets of its stacks.
    pub shelf: Shelf,
    /// What is being done to it.
    pub jobs: Jobs,
    /// Whether anything may be done to it.
    pub access: Access,
    /// Why nothing may, in a sentence, where somebody has settled that.
    pub guard: Option<String>,
    /// Messages to the person.
    pub notices: Notices,
    /// The time, as of the newest message.
    pub clock: Clock,
    /// The time zone in which times of day are shown.
    pub zone: TimeZone,
    /// The keys.
    pub keymap: Keymap,
    /// What the screen last told of itself.
    pub hits: Hits,
    /// When it was last drawn, by the time since the program's start.
    pub drawn_at: Duration,
    /// Containers that are measured often.
    pub watched: Vec<ContainerId>,
    /// Whether the diagnostics pane is shown.
    pub diagnostics: Shown,
    /// Whether what is on screen has changed since it was last drawn.
    pub dirty: bool,
}

/// Whether this dashboard may change anything on the engine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Access {
    /// It may.
    #[default]
    ReadWrite,
    /// It only looks.
    ReadOnly,
}

impl Access {
    /// The words for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::ReadWrite => "read-write",
            Self::ReadOnly => "read-only",
        }
    }
}

/// Whether an optional pane is on screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shown {
    /// It is.
    Yes,
    /// It is not.
    #[default]
    No,
}

/// What only the drawing knows and the state needs: sizes of areas, in cells and rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hits {
    /// Columns and rows of the whole screen.
    pub screen: (u16, u16),
    /// Rows of the tree that are visible.
    pub tree_rows: u16,
    /// Lines of the detail pane's text that are visible.
    pub detail_rows: u16,
    /// Lines that the detail pane's text has in all at its width; logs count for themselves.
    pub detail_lines: u32,
    /// Lines that the overlay's text has in all, and how many are visible.
    pub overlay: (u32, u16),
}

impl Model {
    /// An empty dashboard for the engine at `endpoint`.
    #[must_use]
    pub fn new(endpoint: String, clock: Clock) -> Self {
        Self {
            known: Known::default(),
            link: Link::Connecting,
            endpoint,
            host: None,
            history: History::default(),
            events: VecDeque::new(),
            tree: Tree::default(),
            detail: Detail::default(),
            logs: Logs::default(),
            focus: Focus::default(),
            journal: Journal::default(),
            shelf: Shelf::default(),
            jobs: Jobs::default(),
            access: Access::ReadWrite,
            guard: None,
            notices: Notices::default(),
            clock,
            zone: TimeZone::UTC,
            keymap: Keymap::shipped(),
            hits: Hits::default(),
            drawn_at: Duration::ZERO,
            watched: Vec::new(),
            diagnostics: Shown::No,
            dirty: true,
        }
    }

    /// Where a key is looked up, the innermost part of the screen first.
    #[must_use]
    pub const fn contexts(&self) -> &'static [Context] {
        match (&self.focus.prompt, &self.focus.overlay) {
            (Some(_), _) => &[Context::Prompt],
            (None, Some(overlay)) => overlay.contexts(),
            (None, None) => self.pane_contexts(),
        }
    }

    /// The same for the pane that has the focus, whatever lies over it.
    #[must_use]
    pub const fn pane_contexts(&self) -> &'static [Context] {
        match (self.focus.pane, self.detail.tab) {
            (Pane::Jobs, _) => &[Context::Jobs, Context::Global],
            (Pane::Findings, _) => &[Context::Findings, Context::Global],
            (Pane::Tree, _) => &[Context::Tree, Context::Global],
            (Pane::Detail, Tab::Logs) => &[Context::Logs, Context::Detail, Context::Global],
            (Pane::Detail, _) => &[Context::Detail, Context::Global],
        }
    }

    /// Whether this dashboard has the action at all: one that only looks has none that changes anything.
    #[must_use]
    pub fn offers(&self, action: Action) -> bool {
        match action.touch() {
            Touch::Reads => true,
            Touch::Changes => self.access == Access::ReadWrite,
        }
    }
}
