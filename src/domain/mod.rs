//! The nouns of stacktop: what an engine runs, how it is grouped, how it is doing.
//!
//! Nothing here does I/O, waits or reads a clock: the engine's answers become these types once, at the edge
//! ([`crate::engine`]), and everything behind it works on them. A value that this version does not know is kept
//! as `Unknown(text)`, never dropped. All text in these types has passed [`crate::text::sanitize`].
//!
//! A [`Snapshot`] is what one engine said; a [`Fleet`] is the same as people think of it: stacks of services of
//! replicas, Compose and Swarm alike. [`Finding`]s are what is wrong with it.

mod backup;
mod container;
mod dependency;
mod engine;
mod event;
mod finding;
mod fleet;
mod health;
mod id;
mod link;
mod log;
mod mask;
mod node;
mod rollout;
mod sample;
mod service;
mod snapshot;
mod status;
mod structured;
mod target;
mod task;
#[cfg(test)]
pub(crate) mod testing;
mod update;

pub use backup::{
    BackupPart, BackupSet, BackupTrouble, Backups, Drill, Due, Promise, Soundness, StackBackups, Standing,
    Trouble,
};
pub use container::{
    Container, ContainerState, Exit, Limits, Membership, Mount, Port, Protocol, RestartPolicy, ports,
};
pub use dependency::Dependencies;
pub use engine::{EngineFacts, SwarmFacts, SwarmRole};
pub use event::{EngineEvent, EventKind, Subject};
pub use finding::{Finding, Severity, findings};
pub use fleet::{Fleet, Replica, Service, Stack, StackKind, Tally};
pub use health::{Health, Probe};
pub use id::{ContainerId, ImageId, NodeId, ReplicaKey, ServiceId, ServiceKey, Slot, StackName, TaskId};
pub use link::{HostUsage, Link, Observation};
pub use log::{LogBatch, LogLine, LogQuery, LogSource, LogStream};
pub use mask::{MASK, is_secret, mask_env, mask_json};
pub use node::{Availability, Node, NodeRole, NodeState};
pub use rollout::{Driver, Exchange, ExchangePhase, Rollout, RolloutStage, Side, Turn, exchanged};
pub use sample::{CpuShare, Memory, Pressure, Sample, SampleSource, Traffic, Usage};
pub use service::{ServiceMode, SwarmService};
pub use snapshot::Snapshot;
pub use status::Status;
pub use structured::Structured;
pub use target::{Target, TargetError, resolve};
pub use task::{Task, TaskState};
pub use update::{UpdatePolicy, UpdateState, UpdateStatus};
