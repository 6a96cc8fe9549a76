//! The theme layer.
