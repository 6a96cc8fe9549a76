//! The lock of a service, or of a whole stack: a container that is never started, whose name only one can have. It is
//! seen by everybody who uses the engine, outlives whoever made it, and says what is being done, so that an operation
//! that was killed can be found, resumed and rolled back from anywhere. For a service of Swarm it is a config: see
//! `swarm/keep.rs`.
//!
//! Two locks of different names may be about the same service: a backup has that of its stack, and holds containers of
//! others. So everybody looks before taking one, and again after: of two who took theirs at once, each sees the other
//! and gives its own back.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{patience::patiently, swarm::keep};
use crate::{
    command::{
        backup::{Held, Holding},
        compose::Hook,
        plan,
        restore::Returning,
        rollout::Terms,
    },
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
    /// The service; empty for all of the stack.
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
        /// What is run in one that goes before it is stopped, where no label of its own says.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        hooks: Vec<Hook>,
    },
    /// A backup.
    Backup(Box<Holding>),
    /// A restore.
    Restore(Box<Returning>),
}

impl Kind {
    /// The containers that it keeps still for a while.
    #[must_use]
    pub fn held(&self) -> &[Held] {
        match self {
            Self::Backup(holding) => &holding.held,
            Self::Restore(returning) => &returning.held,
            Self::Rollout(_) | Self::Scale { .. } => &[],
        }
    }

    /// What it is, in a few words.
    #[must_use]
    pub const fn noun(&self) -> &'static str {
        match self {
            Self::Rollout(_) => "an update",
            Self::Scale { .. } => "a scaling",
            Self::Backup(_) => "a backup",
            Self::Restore(_) => "a restore",
        }
    }

    /// Whether one that was killed can be gone on with; else there is only the way back.
    #[must_use]
    pub const fn goes_on(&self) -> bool {
        match self {
            Self::Rollout(_) | Self::Scale { .. } => true,
            Self::Backup(_) | Self::Restore(_) => false,
        }
    }
}

impl Errand {
    /// What the labels of a lock say, if they are those of one.
    #[must_use]
    pub fn of_labels(labels: &BTreeMap<String, String>) -> Option<Self> {
        labels.get(ERRAND).and_then(|said| serde_json::from_str(said).ok())
    }

    /// The service it is done to; its name is empty where it is done to all of a stack.
    #[must_use]
    pub fn key(&self) -> ServiceKey {
        let stack = Some(self.stack.as_str()).filter(|stack| !stack.is_empty());
        ServiceKey { stack: stack.map(Into::into), name: self.service.clone() }
    }

    /// What it is done to, as a person calls it: `shop/web`, or `shop` for all of it.
    #[must_use]
    pub fn called(&self) -> String {
        if self.service.is_empty() { self.stack.clone() } else { self.key().to_string() }
    }

    /// Whether nobody else may be at work on this service meanwhile.
    #[must_use]
    pub fn covers(&self, key: &ServiceKey) -> bool {
        let of_stack =
            self.service.is_empty() && key.stack.as_ref().is_some_and(|it| it.as_str() == self.stack);
        of_stack || self.key() == *key || {
            let called = key.to_string();
            self.kind.held().iter().any(|held| held.service == called)
        }
    }

    /// Whether both cannot be at work at once.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        let holds = |one: &Self, other: &Self| {
            other.kind.held().iter().any(|held| one.covers(&called_key(&held.service)))
        };
        let is_within = |one: &Self, other: &Self| {
            if other.service.is_empty() {
                one.service.is_empty() && one.stack == other.stack
            } else {
                one.covers(&other.key())
            }
        };
        is_within(self, other) || is_within(other, self) || holds(self, other) || holds(other, self)
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

/// The service that a person calls so.
fn called_key(called: &str) -> ServiceKey {
    match called.split_once('/') {
        Some((stack, name)) => ServiceKey { stack: Some(stack.into()), name: name.to_owned() },
        None => ServiceKey { stack: None, name: called.to_owned() },
    }
}

fn name(key: &ServiceKey) -> String {
    let stack = legal(key.stack.as_ref().map_or("", |stack| stack.as_str()));
    if key.name.is_empty() {
        return format!("stacktop-lock.{stack}");
    }
    format!("stacktop-lock.{stack}.{}", legal(&key.name))
}

/// A label may hold anything, a container's name may not.
fn legal(name: &str) -> String {
    let is_legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let written = |byte| if is_legal(byte) { char::from(byte).to_string() } else { format!(".{byte:02x}") };
    name.bytes().map(written).collect()
}

/// Takes the lock of the errand's service or stack. `image` is one that the engine has; nothing of it is run.
///
/// # Errors
/// A conflict ([`EngineError::is_conflict`]) if somebody has it; see [`overlapping`].
pub(super) async fn take(engine: &Engine, errand: &Errand, image: &str) -> Result<(), EngineError> {
    let said = serde_json::to_string(errand).unwrap_or_default();
    let body = json!({
        "Image": image,
        "Entrypoint": ["never-started"],
        "Labels": { LOCK: errand.called(), ERRAND: said },
        "HostConfig": { "NetworkMode": "none" },
    });
    let name = errand.lock();
    patiently(|| engine.create(&name, &body)).await.map(drop)
}

/// Gives a lock back; one that is gone, or that somebody else is removing, is given back.
pub(super) async fn give_back(engine: &Engine, errand: &Errand) -> Result<(), EngineError> {
    let name = errand.lock();
    if errand.swarm.is_some() {
        return keep::drop_config(engine, &name).await;
    }
    let gone = patiently(|| engine.remove(&name, Force::Kill, Volumes::Keep)).await;
    match gone {
        Err(error) if error.is_not_found() || error.is_being_removed() => Ok(()),
        other => other,
    }
}

/// Who is at work on a service, if anybody.
pub(super) async fn holder(engine: &Engine, key: &ServiceKey) -> Result<Option<Errand>, EngineError> {
    Ok(errands(engine).await?.into_iter().find(|errand| errand.covers(key)))
}

/// Who is at work where an errand is to be done, if anybody: the operation itself goes before all others.
pub(super) async fn overlapping(engine: &Engine, errand: &Errand) -> Result<Option<Errand>, EngineError> {
    let mut found = errands(engine).await?;
    found.retain(|other| other.operation == errand.operation || other.overlaps(errand));
    found.sort_by_key(|other| other.operation != errand.operation);
    Ok(found.into_iter().next())
}

/// Who else is at work there, if anybody: to be asked once more when one's own lock is taken.
pub(super) async fn other(engine: &Engine, errand: &Errand) -> Result<Option<Errand>, EngineError> {
    let found = errands(engine).await?.into_iter();
    let mut others = found.filter(|other| other.operation != errand.operation && other.overlaps(errand));
    Ok(others.next())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::backup::Hold;

    fn errand(called: &str, kind: Kind) -> Errand {
        let (stack, service) = called.split_once('/').unwrap_or((called, ""));
        Errand {
            operation: called.to_owned(),
            kind,
            stack: stack.to_owned(),
            service: service.to_owned(),
            user: String::new(),
            host: String::new(),
            pid: 1,
            started: 0,
            namespace: String::new(),
            began: String::new(),
            swarm: None,
        }
    }

    fn scaling(called: &str) -> Errand {
        errand(called, Kind::Scale { from: 1, to: 2, hooks: Vec::new() })
    }

    fn backup(stack: &str, services: &[&str]) -> Errand {
        let held = services.iter().map(|service| Held {
            container: format!("{service}-1"),
            service: (*service).to_owned(),
            by: Hold::Stop,
        });
        errand(stack, Kind::Backup(Box::new(Holding { held: held.collect(), ..Holding::default() })))
    }

    #[test]
    fn a_backup_covers_its_stack_and_whom_it_holds_elsewhere() {
        let backup = backup("shop", &["shop/db", "lab/worker"]);
        for (called, covered) in [
            ("shop/db", true),
            ("shop/web", true),
            ("lab/worker", true),
            ("lab/web", false),
            ("shops/web", false),
        ] {
            assert_eq!(backup.covers(&called_key(called)), covered, "{called}");
            assert_eq!(backup.overlaps(&scaling(called)), covered, "{called}");
            assert_eq!(scaling(called).overlaps(&backup), covered, "{called}");
        }
    }

    #[test]
    fn two_backups_overlap_where_they_hold_the_same() {
        let shop = backup("shop", &["lab/worker"]);
        assert!(shop.overlaps(&backup("shop", &[])) && shop.overlaps(&backup("lab", &[])));
        assert!(
            shop.overlaps(&backup("other", &["lab/worker"]))
                && !shop.overlaps(&backup("other", &["lab/web"]))
        );
    }

    #[test]
    fn a_name_with_odd_characters_makes_a_lock_that_an_engine_takes() {
        assert_eq!(backup("my shöp", &[]).lock(), "stacktop-lock.my.20sh.c3.b6p");
    }
}
