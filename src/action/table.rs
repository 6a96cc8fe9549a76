//! The table of actions.

/// Where an action applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Context {
    /// Everywhere but where text is typed.
    Global,
    /// The list of findings.
    Findings,
    /// The tree of stacks.
    Tree,
    /// The detail pane, any tab.
    Detail,
    /// The detail pane's logs.
    Logs,
    /// An overlay.
    Overlay,
    /// A line that is being typed.
    Prompt,
}

impl Context {
    /// All of them, in the order in which help lists them.
    pub const ALL: [Self; 7] =
        [Self::Global, Self::Findings, Self::Tree, Self::Detail, Self::Logs, Self::Overlay, Self::Prompt];

    /// The heading in help, and the section's name in a keymap.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Global => "everywhere",
            Self::Findings => "findings",
            Self::Tree => "stacks",
            Self::Detail => "detail",
            Self::Logs => "logs",
            Self::Overlay => "overlay",
            Self::Prompt => "prompt",
        }
    }
}

macro_rules! actions {
    ($($variant:ident $id:literal $title:literal $doc:literal)+) => {
        /// Something a person can ask for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Action {
            $(#[doc = $doc] $variant,)+
        }

        impl Action {
            /// All of them, in the order in which help lists them.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The identifier, as keymaps write it.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self { $(Self::$variant => $id,)+ }
            }

            /// One or two words for the hints line.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)+ }
            }

            /// One sentence for help.
            #[must_use]
            pub const fn doc(self) -> &'static str {
                match self { $(Self::$variant => $doc,)+ }
            }
        }
    };
}

actions! {
    Help          "help"           "help"       "Show all keys."
    Quit          "quit"           "quit"       "Leave stacktop; nothing on the engine changes."
    Suspend       "suspend"        "suspend"    "Put stacktop to sleep; `fg` in the shell wakes it."
    NextPane      "next-pane"      "next pane"  "Move the focus to the next pane."
    PreviousPane  "previous-pane"  "prev pane"  "Move the focus to the previous pane."
    Filter        "filter"         "filter"     "Keep only rows or lines that match a regular expression; `!` in front keeps the others."
    Diagnostics   "diagnostics"    "diagnostics" "Show or hide stacktop's own messages."
    Retry         "retry"          "retry now"  "Try to reach the engine now, and read everything anew."
    Redraw        "redraw"         "redraw"     "Draw the whole screen again."
    Back          "back"           "back"       "Close what is open: an overlay, the zoom, a filter, then the pane."
    Up            "up"             "up"         "Go up one row or line."
    Down          "down"           "down"       "Go down one row or line."
    PageUp        "page-up"        "page up"    "Go up one page."
    PageDown      "page-down"      "page down"  "Go down one page."
    Top           "top"            "top"        "Go to the first row or line."
    Bottom        "bottom"         "bottom"     "Go to the last row or line; logs follow from there."
    Open          "open"           "open"       "Open the row: its parts, or its detail; on a finding, its evidence."
    Close         "close"          "close"      "Close the row, or go to the one that it is part of."
    OpenAll       "open-all"       "open all"   "Open or close all rows."
    SortNext      "sort-next"      "sort"       "Sort by the next column."
    SortPrevious  "sort-previous"  "sort"       "Sort by the previous column."
    SortReverse   "sort-reverse"   "reverse"    "Sort the other way round."
    FaultsOnly    "faults-only"    "faults"     "Show only what is wrong."
    Zoom          "zoom"           "zoom"       "Give the detail pane the whole screen, or back."
    NextTab       "next-tab"       "next tab"   "Show the next tab."
    PreviousTab   "previous-tab"   "prev tab"   "Show the previous tab."
    Overview      "overview"       "overview"   "Show the overview of the selection: facts and charts of the last 15 minutes."
    Logs          "logs"           "logs"       "Show the logs of the selection, merged over its replicas."
    Health        "health"         "health"     "Show the health of the selection: probes, their outputs and exit codes."
    Events        "events"         "events"     "Show what happened to the selection."
    Inspect       "inspect"        "inspect"    "Show the engine's own description of the selection, secrets masked."
    Nodes         "nodes"          "nodes"      "Show the nodes of the swarm."
    Wrap          "wrap"           "wrap"       "Wrap long lines, or cut them."
    Timestamps    "timestamps"     "time"       "Show or hide the time of each line."
    ClearLogs     "clear-logs"     "clear"      "Forget the lines shown so far."
}

impl Action {
    /// Finds an action by its identifier.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| action.id() == id)
    }
}
