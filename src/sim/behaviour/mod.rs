//! How simulated programs behave: what they use and what they write, as pure functions of time.

pub(crate) mod load;
pub(crate) mod logs;
