//! The update layer.
