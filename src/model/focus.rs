//! Where keys go.

use super::{
    palette::Palette,
    planning::{Ask, Planning},
};
use crate::action::Context;

/// The focused pane, and what lies over the panes.
#[derive(Clone, Debug, Default, PartialEq)]
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
    /// The jobs at work.
    Jobs,
}

/// Something that lies over the panes.
#[derive(Clone, Debug, PartialEq)]
pub enum Overlay {
    /// All keys, scrolled by so many lines.
    Help {
        /// The first line that is shown.
        scroll: u32,
    },
    /// What a command still has to be told.
    Ask(Ask),
    /// What is going to be done.
    Plan(Planning),
    /// Whether to leave while jobs are at work.
    Leave(Leaving),
    /// Actions by name.
    Palette(Palette),
}

/// How far the person is with leaving while jobs are at work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaving {
    /// It is asked.
    Asked,
    /// The jobs finish their running steps.
    Waits,
}

impl Overlay {
    /// Where a key is looked up, the innermost part of the overlay first.
    pub(super) const fn contexts(&self) -> &'static [Context] {
        match self {
            Self::Help { .. } => &[Context::Overlay],
            Self::Ask(_) => &[Context::Prompt],
            Self::Plan(planning) if planning.wants_name() => &[Context::Prompt],
            Self::Plan(planning) if planning.wants_yes() => &[Context::Plan, Context::Overlay],
            Self::Plan(_) => &[Context::Overlay],
            Self::Leave(_) => &[Context::Leaving],
            Self::Palette(_) => &[Context::Palette],
        }
    }
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
