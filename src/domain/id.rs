//! Identities: distinct types, so that a task's id cannot be used for a container's.

use std::{fmt, sync::Arc};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Wraps the engine's own spelling.
            #[must_use]
            pub fn new(id: impl AsRef<str>) -> Self {
                Self(Arc::from(id.as_ref()))
            }

            /// The engine's own spelling, whole.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The first twelve characters, as the Docker CLI prints ids; a `sha256:` prefix is left out.
            #[must_use]
            pub fn short(&self) -> &str {
                let hex = self.0.strip_prefix("sha256:").unwrap_or(&self.0);
                hex.get(..12).unwrap_or(hex)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self::new(id)
            }
        }
    )+};
}

ids! {
    /// A container's id: 64 hexadecimal digits.
    ContainerId
    /// An image's id: `sha256:` and 64 hexadecimal digits.
    ImageId
    /// A Swarm node's id.
    NodeId
    /// A Swarm service's id.
    ServiceId
    /// A Swarm task's id.
    TaskId
    /// A stack's name: the Compose project or the Swarm namespace.
    StackName
}

/// A service's place: its stack and its name within it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ServiceKey {
    /// The stack; `None` for what belongs to no stack.
    pub stack: Option<StackName>,
    /// The name within the stack, as the stack's file has it.
    pub name: String,
}

impl fmt::Display for ServiceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.stack {
            Some(stack) => write!(f, "{stack}/{}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

/// Which replica of its service: Compose's container number or Swarm's slot; a global service has one a node.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Slot {
    /// Compose's `container-number` or a replicated Swarm task's slot, from 1.
    Number(u64),
    /// The node of a global service's task.
    Node(NodeId),
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Node(node) => f.write_str(node.short()),
        }
    }
}

/// A replica's place: its service and its slot.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReplicaKey {
    /// The service.
    pub service: ServiceKey,
    /// Which of its replicas.
    pub slot: Slot,
}

impl fmt::Display for ReplicaKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.service, self.slot)
    }
}
