//! Where keys go.

/// The focused pane, and what lies over the panes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Focus {
    /// The pane that has the focus.
    pub pane: Pane,
    /// The overlay, if one is open.
    pub overlay: Option<Overlay>,
    /// The line being typed, if one is.
    pub prompt: Option<Prompt>,
    /// Whether the detail pane has the whole screen.
    pub zoomed: bool,
    /// Which finding is selected.
    pub finding: usize,
}

/// A pane that can have the focus.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pane {
    /// What is wrong.
    Findings,
    /// The tree of stacks.
    #[default]
    Tree,
    /// The selection.
    Detail,
}

/// Something that lies over the panes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Overlay {
    /// All keys, scrolled by so many lines.
    Help {
        /// The first line that is shown.
        scroll: u32,
    },
}

/// A line that is being typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt {
    /// What it is for.
    pub purpose: PromptPurpose,
    /// What was typed so far.
    pub text: String,
    /// Why it cannot be used as it is.
    pub error: Option<String>,
}

/// What a typed line is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PromptPurpose {
    /// Which rows of the tree are shown.
    FilterTree,
    /// Which log lines are shown.
    FilterLogs,
}
