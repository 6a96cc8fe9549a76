//! The lock of a service: a container that is never started, whose name only one can have. It is seen by everybody who
//! uses the engine, outlives whoever made it, and says what is being done, so that an operation that was killed can be
//! found, resumed and rolled back from anywhere. For a service of Swarm it is a config: see `swarm/keep.rs`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{patience::patiently, swarm::keep};
use crate::{
    command::{plan, rollout::Terms},
    domain::ServiceKey,
    engine::{Call, Engine, EngineError, Force, Volumes},
    journal::Holder,
};

/// The label that marks a lock, with the service it is for.
pub const LOCK: &str = "stacktop.lock";

/// The label in which it says what is being done.
pub(super) const ERRAND: &str = "stacktop.errand";

/// What is being done to a service, by whom: enough to go on with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Errand {
    /// The operation's id.
    pub operation: String,
    /// What kind it is.
    pub kind: Kind,
    /// The stack.
    pub stack: String,
    /// The service.
    pub service: String,
    /// Who began it.
    pub user: String,
    /// On which machine.
    pub host: String,
    /// The process there.
    pub pid: u32,
    /// When that process was started, as the machine counts; 0 where the lock does not tell.
    #[serde(default)]
    pub started: u64,
    /// The name space of its number; empty where the lock does not tell.
    #[serde(default)]
    pub namespace: String,
    /// When, in RFC 3339.
    pub began: String,
    /// The service's id, if it is one of Swarm: its lock is a config, its containers are Swarm's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub swarm: Option<String>,
}

/// A kind of operation, with what it takes to plan it again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Kind {
    /// A rolling update.
    Rollout(Box<Terms>),
    /// Another number of replicas.
    Scale {
        /// How many there were.
        from: u64,
        /// How many there are to be.
        to: u64,
    },
}

impl Errand {
    /// What the labels of a lock say, if they are those of one.
    #[must_use]
    pub fn of_labels(labels: &BTreeMap<String, String>) -> Option<Self> {
        labels.get(ERRAND).and_then(|said| serde_json::from_str(said).ok())
    }

    /// The service it is done to.
    #[must_use]
    pub fn key(&self) -> ServiceKey {
        let stack = Some(self.stack.as_str()).filter(|stack| !stack.is_empty());
        ServiceKey { stack: stack.map(Into::into), name: self.service.clone() }
    }

    /// The process that began it.
    #[must_use]
    pub fn begun_by(&self) -> Holder {
        let Self { user, host, pid, started, namespace, .. } = self.clone();
        Holder { user, host, pid, started, namespace }
    }

    /// The name of the container, or of the config, that is its lock.
    #[must_use]
    pub fn lock(&self) -> String {
        self.swarm.as_ref().map_or_else(|| name(&self.key()), |service| keep::lock_name(service))
    }

    /// The call that removes its lock.
    #[must_use]
    pub fn release(&self) -> plan::Call {
        match self.swarm {
            None => plan::Call::Remove { container: self.lock() },
            Some(_) => plan::Call::RemoveConfig { config: self.lock() },
        }
    }
}

fn name(key: &ServiceKey) -> String {
    let stack = key.stack.as_ref().map_or("", |stack| stack.as_str());
    format!("stacktop-lock.{stack}.{}", key.name)
}

/// Takes the lock of the errand's service. `image` is one that the engine has; nothing of it is run.
///
/// # Errors
/// A conflict ([`EngineError::is_conflict`]) if somebody has it; see [`holder`].
pub(super) async fn take(engine: &Engine, errand: &Errand, image: &str) -> Result<(), EngineError> {
    let said = serde_json::to_string(errand).unwrap_or_default();
    let body = json!({
        "Image": image,
        "Entrypoint": ["never-started"],
        "Labels": { LOCK: errand.key().to_string(), ERRAND: said },
        "HostConfig": { "NetworkMode": "none" },
    });
    let name = errand.lock();
    patiently(|| engine.create(&name, &body)).await.map(drop)
}

/// Gives the lock of a service back; one that is gone is given back.
pub(super) async fn give_back(engine: &Engine, key: &ServiceKey) -> Result<(), EngineError> {
    let name = name(key);
    let gone = patiently(|| engine.remove(&name, Force::Kill, Volumes::Keep)).await;
    match gone {
        Err(error) if error.is_not_found() => Ok(()),
        other => other,
    }
}

/// Who is at work on a service, if anybody.
pub(super) async fn holder(engine: &Engine, key: &ServiceKey) -> Result<Option<Errand>, EngineError> {
    Ok(errands(engine).await?.into_iter().find(|errand| errand.key() == *key))
}

/// All operations that have not ended, running or not.
///
/// # Errors
/// An [`EngineError`] if the engine does not list them.
pub async fn errands(engine: &Engine) -> Result<Vec<Errand>, EngineError> {
    let filters = json!({ "label": [LOCK] }).to_string();
    let call = Call::get("list unfinished operations", "/containers/json").query("all", "1");
    let listed: Vec<serde_json::Value> = engine.json(call.query("filters", &filters)).await?;
    let said =
        |container: &serde_json::Value| container.get("Labels")?.get(ERRAND)?.as_str().map(str::to_owned);
    let mut errands: Vec<Errand> =
        listed.iter().filter_map(said).filter_map(|said| serde_json::from_str(&said).ok()).collect();
    errands.extend(keep::errands(engine).await?);
    Ok(errands)
}
