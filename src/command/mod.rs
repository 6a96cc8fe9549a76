//! What changes the world: one way for all of it.
//!
//! A command looks at the engine ([`ObservedService`]), plans ([`Plan`]: steps, each one call with its cause), is
//! confirmed by its [`Risk`], and is walked through ([`Walker`]). Plans are pure functions of what was observed, so
//! `--plan` shows exactly what would be done, and an operation that was killed is planned on from what it left.

pub mod backup;
pub mod clone;
pub mod compose;
pub mod execute;
pub mod observed;
pub mod order;
pub mod plan;
pub mod prune;
pub mod restore;
pub mod rollout;
pub mod scale;
pub mod simple;
pub mod swarm;

pub use execute::{Cause, Ending, Failure, Halt, Progress, Stage, Walker, Wish};
pub use observed::{Member, ObservedService};
pub use plan::{Act, Call, Downtime, Gate, Phase, Plan, Risk, ServiceChange, Step, Unused};
