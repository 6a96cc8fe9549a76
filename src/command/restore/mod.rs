//! Restoring: what a set holds becomes volumes and databases again, and the services get them.
//!
//! Nothing that is there is touched before what takes its place is whole. Files go into a fresh volume and are read back;
//! dumps go into a server of their own on a fresh volume (`server`) and are checked there. Only then those who use the
//! volume are stopped, exchanged for containers that have the fresh one (`exchange`), and started in the order of what
//! needs what. In place, the same exchange is made twice: to the fresh volume, and back to one of the old name. So at
//! every moment somebody's containers point to whole data.
//!
//! Services of Swarm (`service`) are left without tasks meanwhile, and their specs are exchanged instead of containers.
//!
//! Where an operation stands is read from labels and mounts alone ([`recovery`]), so one that was killed is turned back,
//! or finished once the old containers are being removed, from what it left. A drill ([`drill`]) is the first half
//! without the second.

mod aim;
mod deed;
pub mod drill;
mod exchange;
mod filling;
mod order;
mod plan;
pub mod recovery;
mod server;
mod service;
#[cfg(test)]
mod tests;

pub use aim::{Aim, Content, Import, Importing, Load, Origin, Restoring, Returning, Way};
pub use deed::{Deed, Feeding, Filling, From, Hook, Proving, Reading, Seeding};
pub use exchange::{Pair, pairs};
pub use plan::plan;
pub use service::{SwarmUser, Was};

/// The label of what a restore has made, with the operation's id.
pub const RESTORE: &str = "stacktop.restore";

/// The label of a fresh volume that tells, as JSON, which one it takes the place of.
pub const HOME: &str = "stacktop.restore.home";

/// The label of what a drill has made, with the operation's id.
pub const DRILL: &str = "stacktop.drill";

/// The label that tells, as JSON, which process is at a drill.
pub const HOLDER: &str = "stacktop.drill.holder";
