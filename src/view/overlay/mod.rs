//! What lies over the panes.

pub(super) mod ask;
pub(super) mod help;
pub(super) mod leave;
pub(super) mod palette;
pub(super) mod plan;
mod window;
