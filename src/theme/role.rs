//! What a piece of the screen is, as far as its looks go.

use crate::domain::{Severity, Status};

/// How many colours replicas take turns with.
const REPLICAS: usize = 6;

macro_rules! roles {
    ($($variant:ident $id:literal $doc:literal)+) => {
        /// What a piece of the screen is. Themes name roles by their ids.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Role {
            $(#[doc = $doc] $variant,)+
        }

        impl Role {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The id, as themes write it.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self { $(Self::$variant => $id,)+ }
            }
        }
    };
}

roles! {
    Screen "screen" "The whole screen, under everything else."
    Text "text" "Plain text."
    Muted "muted" "Text of less weight: notes, units, labels."
    Strong "strong" "Text of more weight: names, the program's own."
    Stale "stale" "Over everything that is known from an engine that does not answer."
    Border "border" "A pane's border."
    BorderFocused "border.focused" "The border of the pane that has the focus."
    Title "title" "A pane's title."
    Heading "heading" "The heading of a column or a section."
    Sorted "heading.sorted" "The heading of the column that rows are sorted by."
    Marked "marked" "The mark on a row, and how many rows have one."
    Selected "selected" "The selected row."
    Tab "tab" "A tab that is not open."
    TabOpen "tab.open" "The open tab."
    Down "status.down" "Something that should run and does not."
    Unhealthy "status.unhealthy" "Something whose health check fails."
    Restarting "status.restarting" "Something that ends and starts over and over."
    Rolling "status.rolling" "Something that is being replaced."
    Starting "status.starting" "Something whose health is not known yet."
    Paused "status.paused" "Something frozen."
    Unknown "status.unknown" "Something whose state this version does not know."
    Healthy "status.healthy" "Something whose health check passes."
    Running "status.running" "Something that runs without a health check."
    Stopped "status.stopped" "Something that nobody expects to run."
    Critical "severity.critical" "A finding: something does not serve."
    Warning "severity.warning" "A finding: something does not serve as it should."
    LinkLive "link.live" "The connection stands."
    LinkLost "link.lost" "The connection is lost, or not there yet."
    ChartCpu "chart.cpu" "The chart of CPU."
    ChartMemory "chart.memory" "The chart of memory."
    ChartReceived "chart.received" "The chart of bytes received."
    ChartSent "chart.sent" "The chart of bytes sent."
    ChartLimit "chart.limit" "The line of a limit in a chart."
    ChartAxis "chart.axis" "The axes of charts."
    LogError "log.error" "The word for an error in a log line."
    LogWarn "log.warn" "The word for a warning in a log line."
    LogInfo "log.info" "The word for a note in a log line."
    LogDebug "log.debug" "The word for a detail in a log line."
    LogField "log.field" "The fields of a structured log line."
    Replica1 "replica.1" "The name of the first of several replicas, and of every sixth from there."
    Replica2 "replica.2" "The name of the second replica."
    Replica3 "replica.3" "The name of the third replica."
    Replica4 "replica.4" "The name of the fourth replica."
    Replica5 "replica.5" "The name of the fifth replica."
    Replica6 "replica.6" "The name of the sixth replica."
    HintKey "hint.key" "A key in the hints line and in help."
    HintText "hint.text" "What the key does."
    NoticeNote "notice.note" "A message that is good to know."
    NoticeError "notice.error" "A message that something failed."
    Prompt "prompt" "The line that is being typed."
    PromptError "prompt.error" "Why it cannot be used as it is."
}

impl Role {
    /// The role of a status.
    #[must_use]
    pub const fn of_status(status: Status) -> Self {
        match status {
            Status::Down => Self::Down,
            Status::Unhealthy => Self::Unhealthy,
            Status::Restarting => Self::Restarting,
            Status::Rolling => Self::Rolling,
            Status::Starting => Self::Starting,
            Status::Paused => Self::Paused,
            Status::Unknown => Self::Unknown,
            Status::Healthy => Self::Healthy,
            Status::Running => Self::Running,
            Status::Stopped => Self::Stopped,
        }
    }

    /// The role of a severity.
    #[must_use]
    pub const fn of_severity(severity: Severity) -> Self {
        match severity {
            Severity::Critical => Self::Critical,
            Severity::Warning => Self::Warning,
        }
    }

    /// The role of a replica's name, by its place among the others: it keeps its colour.
    #[must_use]
    pub const fn of_replica(place: usize) -> Self {
        match place % REPLICAS {
            0 => Self::Replica1,
            1 => Self::Replica2,
            2 => Self::Replica3,
            3 => Self::Replica4,
            4 => Self::Replica5,
            _ => Self::Replica6,
        }
    }

    /// Finds a role by its id.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|role| role.id() == id)
    }

    pub(super) const fn index(self) -> usize {
        self as usize
    }
}
