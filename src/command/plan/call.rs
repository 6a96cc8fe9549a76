//! Calls of the engine's API, as a plan has them.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use serde_json::Value;

use crate::command::{
    backup::{Closing, Storing},
    compose::Hook,
    restore::Deed,
};

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
    /// Stores the files of a volume, or what a command writes, as a part of a backup set.
    Store(Box<Storing>),
    /// Writes the manifest of a backup set, from what its parts have left beside them.
    CloseSet(Box<Closing>),
    /// Takes away what is left of the backup set of an operation that did not finish it.
    ClearSet {
        /// The set's folder.
        folder: PathBuf,
        /// The operation's id.
        operation: String,
    },
    /// Gives something back that a backup set holds.
    Restore(Box<Deed>),
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
    /// The kinds of nodes that the image is made for.
    Platforms(Value),
    /// The same spec; every task is replaced, because the number of forced updates becomes this one.
    Force(u64),
    /// The task template that was saved before an update.
    Template(Value),
    /// Other volumes at the places of these: names of now, with those that take their place.
    Volumes(BTreeMap<String, String>),
    /// The constraints on nodes, all of them.
    Constraints(Vec<String>),
    /// How tasks are replaced; null for nothing said.
    UpdateConfig(Value),
    /// Several changes in one update.
    All(Vec<Self>),
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
            Self::Store(storing) => &storing.file,
            Self::CloseSet(closing) => &closing.id,
            Self::ClearSet { operation, .. } => operation,
            Self::Restore(deed) => deed.target(),
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
            Self::Store(storing) => format!("store the {}", storing.source.called()),
            Self::CloseSet(closing) => format!("write the manifest of set {}", closing.id),
            Self::ClearSet { folder, .. } => format!("remove the unfinished set {}", folder.display()),
            Self::Restore(deed) => deed.describe(),
            Self::UpdateService { service, change } => format!("{} {service}", change.describe()),
            Self::RemoveConfig { config } => format!("remove config {config}"),
            Self::UpdateNode { node, availability } => format!("make node {node} {availability}"),
        }
    }
}

/// A reference for people: of its digest, as many digits as an id has.
#[must_use]
pub fn brief(reference: &str) -> String {
    match reference.split_once("@sha256:") {
        Some((name, digest)) => format!("{name}@sha256:{}", digest.get(..12).unwrap_or(digest)),
        None => reference.to_owned(),
    }
}

impl ServiceChange {
    fn describe(&self) -> String {
        match self {
            Self::Replicas(count) => format!("set {count} replicas of"),
            Self::Image(reference) => format!("set image {} of", brief(reference)),
            Self::Platforms(_) => "set the platforms of".to_owned(),
            Self::Force(_) => "replace every task of".to_owned(),
            Self::Template(_) => "put back the saved spec of".to_owned(),
            Self::Volumes(moves) => {
                let moves: Vec<String> = moves.iter().map(|(from, to)| format!("{to} for {from}")).collect();
                format!("set volume {} of", moves.join(", "))
            }
            Self::Constraints(_) => "set the placement constraints of".to_owned(),
            Self::UpdateConfig(_) => "set the update_config of".to_owned(),
            // The first is what is wanted, the others go with it.
            Self::All(changes) => changes.first().map(Self::describe).unwrap_or_default(),
        }
    }
}
