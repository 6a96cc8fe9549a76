//! What one engine said at one moment.

use std::collections::BTreeMap;

use super::{Container, EngineFacts, Node, SwarmService, Task};

/// Everything an engine runs, as one consistent reading.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Snapshot {
    /// The engine.
    pub engine: EngineFacts,
    /// Its containers, stopped ones too.
    pub containers: Vec<Container>,
    /// Services of its swarm; empty unless it is a manager.
    pub services: Vec<SwarmService>,
    /// Tasks of those services.
    pub tasks: Vec<Task>,
    /// Nodes of its swarm; empty unless it is a manager.
    pub nodes: Vec<Node>,
    /// Labels of those configs of its swarm that stand for operations at work.
    pub locks: Vec<BTreeMap<String, String>>,
}
