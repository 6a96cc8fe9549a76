//! The connection to the engine, and what arrives over it.

use std::sync::Arc;

use jiff::Timestamp;

use super::{ContainerId, EngineEvent, Sample, Snapshot};

/// How the connection to the engine stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Link {
    /// The first connection is being made.
    #[default]
    Connecting,
    /// Events and samples arrive.
    Live,
    /// Nothing arrives. What is known stays on screen, with its age.
    Lost {
        /// When it was lost.
        since: Timestamp,
        /// Why, as a sentence.
        cause: String,
        /// Tries to get it back so far.
        attempts: u32,
        /// When the next try is made.
        retry_at: Timestamp,
    },
}

/// Something that the supervisor of the connection reports.
#[derive(Clone, Debug, PartialEq)]
pub enum Observation {
    /// The connection changed.
    Link(Link),
    /// All there is, replacing what was known. The supervisor keeps the same one.
    Snapshot(Arc<Snapshot>),
    /// Something happened.
    Event(EngineEvent),
    /// Newest samples, at most one a container; older ones that nobody fetched in time are not delivered.
    Samples(Vec<(ContainerId, Sample)>),
}

/// CPU and memory of the machine that stacktop runs on.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct HostUsage {
    /// CPU use of all cores together, 0 to 100.
    pub cpu_percent: f64,
    /// Bytes of memory that are not available.
    pub memory_used: u64,
    /// Bytes of memory.
    pub memory_total: u64,
}
