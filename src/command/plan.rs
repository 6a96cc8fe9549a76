//! What is going to be done: steps in order, each one call of the engine's API, with its cause and its way back.

use std::time::Duration;

use serde_json::Value;

use super::compose::Hook;

/// Everything a command is going to do, made from one observation of the engine and touching nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// What is done, to what: `rolling update of shop/web`.
    pub title: String,
    /// How bad a mistake would be.
    pub risk: Risk,
    /// Facts that a person decides by, in order: image, order and its reason, gate.
    pub facts: Vec<(String, String)>,
    /// What a person should know beforehand: what the next `compose up` will do.
    pub notes: Vec<String>,
    /// Phases, one after the other.
    pub phases: Vec<Phase>,
    /// How long it takes, as far as can be told.
    pub takes: Duration,
    /// How long the service is down in between; 0 where it is not.
    pub down_for: Duration,
    /// How it is undone, in a sentence.
    pub undo: String,
}

/// Steps that belong together, in lanes that run side by side.
#[derive(Clone, Debug, PartialEq)]
pub struct Phase {
    /// What it does: `slot 1`, `commit`.
    pub title: String,
    /// Lanes, each a sequence of steps.
    pub lanes: Vec<Vec<Step>>,
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Which part it belongs to: a replica's number, or nothing in particular.
    pub slot: Option<u64>,
    /// What state the part is in while this is done.
    pub state: &'static str,
    /// Why it is done, in a few words.
    pub cause: String,
    /// What is done.
    pub act: Act,
}

/// Something to do, or to wait for.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// One call.
    Call(Call),
    /// Something that must be seen before the next step.
    Gate(Gate),
}

/// One call of the engine's API. Containers go by name: the names of containers that are yet to be made are known.
#[derive(Clone, Debug, PartialEq)]
pub enum Call {
    /// Makes a container.
    Create {
        /// Its name.
        name: String,
        /// What it is made from.
        body: Value,
    },
    /// Attaches a container to one more network.
    Connect {
        /// The network.
        network: String,
        /// The container.
        container: String,
        /// Aliases and addresses.
        endpoint: Value,
    },
    /// Copies a file that was put into the old container by hand, such as a secret.
    Copy {
        /// Where it is.
        from: String,
        /// Where it goes.
        to: String,
        /// Its path in both.
        path: String,
    },
    /// Starts a container.
    Start {
        /// The container.
        container: String,
    },
    /// Asks a container to end, and kills it after the grace.
    Stop {
        /// The container.
        container: String,
        /// Seconds it is given; `None` is its own.
        grace: Option<Duration>,
    },
    /// Stops and starts a container.
    Restart {
        /// The container.
        container: String,
        /// Seconds it is given to stop; `None` is its own.
        grace: Option<Duration>,
    },
    /// Sends a signal.
    Kill {
        /// The container.
        container: String,
        /// The signal's name.
        signal: String,
    },
    /// Freezes a container.
    Pause {
        /// The container.
        container: String,
    },
    /// Thaws a container.
    Unpause {
        /// The container.
        container: String,
    },
    /// Gives a container another name.
    Rename {
        /// The container.
        container: String,
        /// Its new name.
        name: String,
    },
    /// Removes a container that does not run.
    Remove {
        /// The container.
        container: String,
    },
    /// Removes a container, killing it if it runs.
    RemoveRunning {
        /// The container.
        container: String,
    },
    /// Sets what the engine does when a container ends.
    RestartPolicy {
        /// The container.
        container: String,
        /// The policy as the engine has it.
        policy: Value,
    },
    /// Runs a command in a container.
    Exec {
        /// The container.
        container: String,
        /// The command and who runs it.
        hook: Hook,
    },
    /// Fetches an image.
    Pull {
        /// Its reference.
        reference: String,
    },
    /// Removes something that nobody uses; the engine refuses what somebody does.
    Discard {
        /// What it is.
        kind: Unused,
        /// What the engine knows it by.
        id: String,
        /// What a person knows it by.
        name: String,
    },
    /// Changes a Swarm service as it then is, by its version index.
    UpdateService {
        /// Its id or name.
        service: String,
        /// What is changed of its spec.
        change: ServiceChange,
    },
    /// Removes a config of the swarm, such as the lock of a service.
    RemoveConfig {
        /// Its name.
        config: String,
    },
    /// Changes whether a node takes tasks.
    UpdateNode {
        /// Its id.
        node: String,
        /// `active`, `pause` or `drain`.
        availability: String,
    },
}

/// A thing that is no container and that nobody uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unused {
    /// An image.
    Image,
    /// A network.
    Network,
    /// A volume, with what is in it.
    Volume,
    /// All records of the build cache that no build uses.
    BuildCache,
}

impl Unused {
    const fn word(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Network => "network",
            Self::Volume => "volume",
            Self::BuildCache => "build cache",
        }
    }
}

/// A change of a Swarm service's spec, made to the spec as it is at that moment.
#[derive(Clone, Debug, PartialEq)]
pub enum ServiceChange {
    /// Another number of replicas.
    Replicas(u64),
    /// Another image.
    Image(String),
    /// The same spec; every task is replaced, because the number of forced updates becomes this one.
    Force(u64),
    /// The task template that was saved before an update.
    Template(Value),
    /// How tasks are replaced; null for nothing said.
    UpdateConfig(Value),
    /// Several changes in one update.
    All(Vec<Self>),
}

/// Something that must be seen before the next step.
#[derive(Clone, Debug, PartialEq)]
pub enum Gate {
    /// The container serves: its own health check passes, or it stays up where it has none.
    Ready {
        /// The container.
        container: String,
        /// How long is waited.
        deadline: Duration,
    },
    /// The engine itself says that the container is healthy: proxies send nothing to it before.
    Healthy {
        /// The container.
        container: String,
        /// How long is waited.
        deadline: Duration,
    },
    /// The container goes on serving for this long.
    Soak {
        /// The container.
        container: String,
        /// How long.
        period: Duration,
    },
    /// Nothing is looked at: connections run out.
    Drain {
        /// How long.
        period: Duration,
    },
    /// Nothing is looked at: the new ones have time to show how they do before the next ones come.
    Delay {
        /// How long.
        period: Duration,
    },
    /// As many tasks of the service as should run do, on the spec that the change has made.
    Converged {
        /// The service.
        service: String,
        /// What was changed of its spec.
        change: ServiceChange,
        /// How long is waited for the next task.
        deadline: Duration,
    },
}

/// How bad a mistake would be; it decides the confirmation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Risk {
    /// Undone by the same verb: done without asking.
    None,
    /// Replicas are replaced or stopped: asked for with one key.
    Some,
    /// Something is lost for good: the name is to be typed.
    High,
}

impl Call {
    /// What it acts on.
    #[must_use]
    pub fn target(&self) -> &str {
        match self {
            Self::Create { name, .. } => name,
            Self::Copy { to, .. } => to,
            Self::Connect { container, .. }
            | Self::Start { container }
            | Self::Stop { container, .. }
            | Self::Restart { container, .. }
            | Self::Kill { container, .. }
            | Self::Pause { container }
            | Self::Unpause { container }
            | Self::Rename { container, .. }
            | Self::Remove { container }
            | Self::RemoveRunning { container }
            | Self::RestartPolicy { container, .. }
            | Self::Exec { container, .. } => container,
            Self::Pull { reference } => reference,
            Self::Discard { name, .. } => name,
            Self::UpdateService { service, .. } => service,
            Self::RemoveConfig { config } => config,
            Self::UpdateNode { node, .. } => node,
        }
    }

    /// It in a few words: `stop shop-web-1`.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Create { name, .. } => format!("create {name}"),
            Self::Connect { network, container, .. } => format!("connect {container} to {network}"),
            Self::Copy { path, to, .. } => format!("copy {path} into {to}"),
            Self::Start { container } => format!("start {container}"),
            Self::Stop { container, .. } => format!("stop {container}"),
            Self::Restart { container, .. } => format!("restart {container}"),
            Self::Kill { container, signal } => format!("send {signal} to {container}"),
            Self::Pause { container } => format!("pause {container}"),
            Self::Unpause { container } => format!("unpause {container}"),
            Self::Rename { container, name } => format!("rename {container} to {name}"),
            Self::Remove { container } => format!("remove {container}"),
            Self::RemoveRunning { container } => format!("kill and remove {container}"),
            Self::RestartPolicy { container, policy } => {
                let name = policy.get("Name").and_then(Value::as_str).unwrap_or("no");
                format!("set the restart policy of {container} to {name}")
            }
            Self::Exec { container, hook } => format!("run `{}` in {container}", hook.command.join(" ")),
            Self::Pull { reference } => format!("pull {reference}"),
            Self::Discard { kind: Unused::BuildCache, .. } => "empty the build cache".to_owned(),
            Self::Discard { kind, name, .. } => format!("remove {} {name}", kind.word()),
            Self::UpdateService { service, change } => format!("{} {service}", change.describe()),
            Self::RemoveConfig { config } => format!("remove config {config}"),
            Self::UpdateNode { node, availability } => format!("make node {node} {availability}"),
        }
    }
}

impl ServiceChange {
    fn describe(&self) -> String {
        match self {
            Self::Replicas(count) => format!("set {count} replicas of"),
            Self::Image(reference) => format!("set image {reference} of"),
            Self::Force(_) => "replace every task of".to_owned(),
            Self::Template(_) => "put back the saved spec of".to_owned(),
            Self::UpdateConfig(_) => "set the update_config of".to_owned(),
            // The first is what is wanted, the others go with it.
            Self::All(changes) => changes.first().map(Self::describe).unwrap_or_default(),
        }
    }
}

impl Gate {
    /// What is waited for, in a few words.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Ready { container, deadline } => {
                format!("{container} is ready, within {}", seconds(*deadline))
            }
            Self::Healthy { container, deadline } => {
                format!("the engine calls {container} healthy, within {}", seconds(*deadline))
            }
            Self::Soak { container, period } => format!("{container} stays ready for {}", seconds(*period)),
            Self::Drain { period } => format!("connections run out for {}", seconds(*period)),
            Self::Delay { period } => format!("wait for {}", seconds(*period)),
            Self::Converged { service, deadline, .. } => {
                let span = seconds(*deadline);
                format!("all tasks of {service} run; without progress for {span} they do not")
            }
        }
    }
}

impl Act {
    /// It in a few words.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Call(call) => call.describe(),
            Self::Gate(gate) => gate.describe(),
        }
    }
}

impl Plan {
    /// All steps, in an order in which they may happen.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        self.phases.iter().flat_map(|phase| phase.lanes.iter().flatten())
    }

    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps().next().is_none()
    }
}

impl Phase {
    /// A phase of one lane.
    #[must_use]
    pub fn single(title: impl Into<String>, steps: Vec<Step>) -> Self {
        Self { title: title.into(), lanes: vec![steps] }
    }
}

/// A span in a person's words: `0.5 s`, `90 s`.
#[must_use]
pub fn seconds(span: Duration) -> String {
    if span.subsec_millis() == 0 {
        format!("{} s", span.as_secs())
    } else {
        format!("{:.1} s", span.as_secs_f64())
    }
}
