//! The action layer.
