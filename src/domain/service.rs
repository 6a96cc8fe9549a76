//! Swarm services as their managers keep them. Compose has no such object: see [`super::Service`] for both.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Limits, Port, ServiceId, StackName, UpdatePolicy, UpdateStatus};

/// A service of a swarm.
#[derive(Clone, Debug, PartialEq)]
pub struct SwarmService {
    /// Its id.
    pub id: ServiceId,
    /// Its whole name: `medianest_app`.
    pub name: String,
    /// `com.docker.stack.namespace`, unless it was made outside a stack.
    pub stack: Option<StackName>,
    /// The version index that the next change must name.
    pub version: u64,
    /// The image, without the digest that Swarm pins.
    pub image: String,
    /// How many tasks it should have.
    pub mode: ServiceMode,
    /// Tasks that should run, as the managers count them; for a global service one a fitting node.
    pub desired: Option<u64>,
    /// The ceilings of each of its tasks.
    pub limits: Limits,
    /// Published ports.
    pub ports: Vec<Port>,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// How it is to be updated, if its spec says so.
    pub policy: Option<UpdatePolicy>,
    /// Its last update.
    pub update: Option<UpdateStatus>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// How many tasks a service should have.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ServiceMode {
    /// This many.
    Replicated(u64),
    /// One on each node.
    Global,
    /// This many completions, then none.
    ReplicatedJob(u64),
    /// One completion on each node.
    GlobalJob,
    /// A word that this version does not know.
    Unknown(String),
}
