//! The verbs: one file each, with its arguments, its work and its table.

pub mod doctor;
pub mod events;
pub mod health;
pub mod inspect;
pub mod logs;
pub mod ls;
pub mod nodes;
pub mod ps;
pub mod sim;
pub mod stats;
pub mod version;
