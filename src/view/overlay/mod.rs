//! What lies over the panes.

pub(super) mod help;
