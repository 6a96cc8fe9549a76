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
    /// The jobs at work.
    Jobs,
    /// An overlay.
    Overlay,
    /// A plan that waits for a yes.
    Plan,
    /// The question whether to leave while jobs are at work.
    Leaving,
    /// A line that is being typed.
    Prompt,
    /// The line in which an action is named.
    Palette,
}

impl Context {
    /// All of them, in the order in which help lists them.
    pub const ALL: [Self; 11] = [
        Self::Global,
        Self::Findings,
        Self::Tree,
        Self::Detail,
        Self::Logs,
        Self::Jobs,
        Self::Overlay,
        Self::Plan,
        Self::Leaving,
        Self::Prompt,
        Self::Palette,
    ];

    /// The heading in help, and the section's name in a keymap.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Global => "everywhere",
            Self::Findings => "findings",
            Self::Tree => "stacks",
            Self::Detail => "detail",
            Self::Logs => "logs",
            Self::Jobs => "jobs",
            Self::Overlay => "overlay",
            Self::Plan => "plan",
            Self::Leaving => "leaving",
            Self::Prompt => "prompt",
            Self::Palette => "palette",
        }
    }
}

/// What an action does to the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Touch {
    /// At most it asks.
    Reads,
    /// It changes something, or leads to that.
    Changes,
}

macro_rules! actions {
    ($($variant:ident $id:literal $touch:ident $title:literal $doc:literal)+) => {
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

            /// What it does to the engine.
            #[must_use]
            pub const fn touch(self) -> Touch {
                match self { $(Self::$variant => Touch::$touch,)+ }
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
    Help         "help"          Reads   "help"        "Show all keys."
    Quit         "quit"          Reads   "quit"        "Leave stacktop; while a job is at work it asks first."
    Suspend      "suspend"       Reads   "suspend"     "Put stacktop to sleep; `fg` in the shell wakes it."
    NextPane     "next-pane"     Reads   "next pane"   "Move the focus to the next pane."
    PreviousPane "previous-pane" Reads   "prev pane"   "Move the focus to the previous pane."
    Filter       "filter"        Reads   "filter"      "Keep only rows or lines that match a regular expression; `!` in front keeps the others."
    Palette      "palette"       Reads   "command"     "Run an action by its name; `scale 5` and `update REF` go straight to the plan."
    Diagnostics  "diagnostics"   Reads   "diagnostics" "Show or hide stacktop's own messages."
    Retry        "retry"         Reads   "retry now"   "Try to reach the engine now, and read everything anew."
    Redraw       "redraw"        Reads   "redraw"      "Draw the whole screen again."
    Back         "back"          Reads   "back"        "Close what is open: an overlay, the zoom, a filter, then the pane."
    Up           "up"            Reads   "up"          "Go up one row or line."
    Down         "down"          Reads   "down"        "Go down one row or line."
    PageUp       "page-up"       Reads   "page up"     "Go up one page."
    PageDown     "page-down"     Reads   "page down"   "Go down one page."
    Top          "top"           Reads   "top"         "Go to the first row or line."
    Bottom       "bottom"        Reads   "bottom"      "Go to the last row or line; logs follow from there."
    Open         "open"          Reads   "open"        "Open the row: its parts, or its detail; on a finding, its evidence."
    Close        "close"         Reads   "close"       "Close the row, or go to the one that it is part of."
    OpenAll      "open-all"      Reads   "open all"    "Open or close all rows."
    Mark         "mark"          Reads   "mark"        "Mark the row, or take its mark away: what acts on rows acts on all that are marked."
    MarkAll      "mark-all"      Reads   "mark all"    "Mark all services that are shown, or take all marks away."
    SortNext     "sort-next"     Reads   "sort"        "Sort by the next column."
    SortPrevious "sort-previous" Reads   "sort"        "Sort by the previous column."
    SortReverse  "sort-reverse"  Reads   "reverse"     "Sort the other way round."
    FaultsOnly   "faults-only"   Reads   "faults"      "Show only what is wrong."
    Restart      "restart"       Changes "restart"     "Restart the selection, one replica at a time, each once the one before serves again."
    Scale        "scale"         Changes "scale"       "Change how many replicas the service has."
    Update       "update"        Changes "update"      "Roll the service to another image, replica by replica."
    Pause        "pause"         Changes "pause"       "Freeze the selection, or thaw it."
    Start        "start"         Changes "start"       "Start what is stopped of the selection."
    Stop         "stop"          Changes "stop"        "Stop the selection."
    Kill         "kill"          Changes "kill"        "Kill the selection at once, without a grace."
    Remove       "remove"        Changes "remove"      "Remove the containers of the selection."
    Shell        "shell"         Changes "shell"       "Open a shell in the container of the selection; `exit` returns."
    Prune        "prune"         Changes "prune"       "Remove what nobody uses: ended containers, networks, nameless images, the build cache."
    BackUp       "back-up"       Changes "back up"     "Back up the selection: its databases and volumes, as one set."
    Verify       "verify"        Reads   "verify"      "Read the selected backup set to its last byte, and compare it with its checksums."
    Restore      "restore"       Changes "restore"     "Bring the data of the selection back from the selected backup set, else from the newest good one."
    Drill        "drill"         Changes "drill"       "Try to restore the stack in throw-away copies, and take the time."
    Confirm      "confirm"       Changes "do it"       "Carry the plan out."
    Resume       "resume"        Changes "resume"      "Go on with the operation on the selection that was stopped half-way."
    RollBack     "roll-back"     Changes "roll back"   "Put back what an operation on the selection has changed: one that was stopped half-way, else the last update."
    PauseJob     "pause-job"     Reads   "pause job"   "Ask the job to stop once the replicas at work are done; it can go on later."
    StopJob      "stop-job"      Reads   "stop job"    "Ask the job to stop after its running step."
    Zoom         "zoom"          Reads   "zoom"        "Give the detail pane the whole screen, or back."
    NextTab      "next-tab"      Reads   "next tab"    "Show the next tab."
    PreviousTab  "previous-tab"  Reads   "prev tab"    "Show the previous tab."
    Overview     "overview"      Reads   "overview"    "Show the overview of the selection: facts and charts of the last 15 minutes."
    Logs         "logs"          Reads   "logs"        "Show the logs of the selection, merged over its replicas."
    Health       "health"        Reads   "health"      "Show the health of the selection: probes, their outputs and exit codes."
    Events       "events"        Reads   "events"      "Show what happened to the selection."
    Inspect      "inspect"       Reads   "inspect"     "Show the engine's own description of the selection, secrets masked."
    Nodes        "nodes"         Reads   "nodes"       "Show the nodes of the swarm."
    Journal      "journal"       Reads   "journal"     "Show what was done to the selection with stacktop: when, by whom, how it ended; zoomed, each call."
    Backups      "backups"       Reads   "backups"     "Show the backups of the selection: how old the last good one is, and all sets; zoomed, each part."
    Wrap         "wrap"          Reads   "wrap"        "Wrap long lines, or cut them."
    Timestamps   "timestamps"    Reads   "time"        "Show or hide the time of each line."
    ClearLogs    "clear-logs"    Reads   "clear"       "Forget the lines shown so far."
}

impl Action {
    /// Finds an action by its identifier.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| action.id() == id)
    }
}
