//! The verbs: one file each, with its arguments, its work and its table.

pub mod doctor;
pub mod each;
pub mod events;
pub mod exec;
pub mod health;
pub mod inspect;
pub mod journal;
pub mod kill;
pub mod logs;
pub mod ls;
pub mod node;
pub mod nodes;
pub mod ops;
pub mod prune;
pub mod ps;
pub mod pull;
pub mod restart;
pub mod rm;
pub mod rollback;
pub mod rollout;
pub mod scale;
pub mod sim;
pub mod stats;
pub mod stop;
pub mod version;
