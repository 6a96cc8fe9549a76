//! Where a verb that changes things begins: the engine, what it runs, and who asks.

use jiff::Timestamp;

use super::{Consent, consent::refuse_read_only};
use crate::{
    cli::{
        exit::Failure,
        session::{Observed, Session},
    },
    command::execute::{
        lock::errands,
        operation::{Holder, Refused},
    },
    domain::{self, ReplicaKey, Service, ServiceKey, Stack, StackKind, Target},
    engine::Engine,
    runtime,
};

/// The engine and what it runs, for a verb that may change it.
pub struct Desk {
    engine: Engine,
    observed: Observed,
    now: Timestamp,
}

impl Desk {
    /// Reaches the engine; refused where only reading is allowed, unless only a plan is asked for.
    ///
    /// # Errors
    /// [`Failure::Usage`] where only reading is allowed, and what keeps the engine from telling.
    pub async fn open(session: &Session, consent: &Consent) -> Result<Self, Failure> {
        refuse_read_only(&session.options, consent)?;
        let engine = session.connect().await?;
        let observed = Observed::from_engine(&engine).await?;
        Ok(Self { engine, observed, now: session.now() })
    }

    /// The engine.
    #[must_use]
    pub const fn engine(&self) -> &Engine {
        &self.engine
    }

    /// What it runs.
    #[must_use]
    pub const fn observed(&self) -> &Observed {
        &self.observed
    }

    /// Who begins an operation now, with an id for it.
    #[must_use]
    pub fn holder(&self) -> Holder {
        runtime::holder(self.now)
    }

    /// The one service that a name means.
    ///
    /// # Errors
    /// [`Failure`] for a name of nothing, of several things, or of something else; it says what to name instead.
    pub fn service(&self, name: &str) -> Result<&Service, Failure> {
        let key = match domain::resolve(&self.observed.fleet, name)? {
            Target::Service(key) => key,
            Target::Stack(stack) => {
                let of_it = self.observed.fleet.services().filter(|it| it.key.stack.as_ref() == Some(&stack));
                let names: Vec<_> = of_it.map(|service| service.key.to_string()).collect();
                return Err(Failure::Usage(format!(
                    "{stack} is a stack; name a service: {}",
                    names.join(", ")
                )));
            }
            Target::Replica(key) => {
                let sentence = format!("{key} is one replica; name its service, {}", key.service);
                return Err(Failure::Usage(sentence));
            }
        };
        let service = self.observed.fleet.service(&key).filter(|service| service.kind != StackKind::Loose);
        service.ok_or_else(|| {
            Failure::Usage(format!(
                "{key} is a container of its own; only services of Compose and Swarm have replicas"
            ))
        })
    }

    /// The one Compose project that a name means.
    ///
    /// # Errors
    /// [`Failure`] for a name of nothing or of something else; it says what to name instead.
    pub fn project(&self, name: &str) -> Result<&Stack, Failure> {
        let found = match domain::resolve(&self.observed.fleet, name)? {
            Target::Stack(found) => found,
            Target::Service(key) | Target::Replica(ReplicaKey { service: key, .. }) => {
                let stack = key.stack.map(|stack| format!(", {stack}")).unwrap_or_default();
                return Err(Failure::Usage(format!("{name} is no stack; name its stack{stack}")));
            }
        };
        let stack = self.observed.fleet.stacks.iter().find(|stack| stack.name.as_ref() == Some(&found));
        stack.filter(|stack| stack.kind == StackKind::Compose).ok_or_else(|| {
            Failure::Usage(format!(
                "{found} is a Swarm stack: its services have no order among them; roll them out one by one"
            ))
        })
    }

    /// Refuses services on which an operation has not ended.
    ///
    /// # Errors
    /// [`Refused::Busy`] as a [`Failure`].
    pub async fn free(&self, services: &[ServiceKey]) -> Result<(), Failure> {
        let errands = errands(&self.engine).await?;
        let holder = services.iter().find_map(|key| Some((key, errands.iter().find(|it| it.covers(key))?)));
        holder.map_or(Ok(()), |(key, holder)| Err(Refused::busy(key.to_string(), holder).into()))
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Engine(error) => error.into(),
            Refused::Backup(error) => Self::Storage(error.to_string()),
            other => Self::Usage(other.to_string()),
        }
    }
}
