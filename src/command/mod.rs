//! What stacktop does to an engine, as data: every change is computed before anything is touched.

pub mod clone;
pub mod order;
