//! What several panes share.

pub(super) mod ascii;
pub(super) mod chart;
pub(super) mod pane;
pub(super) mod pencil;
pub(super) mod table;
pub(super) mod wrap;
