//! The sim layer.
