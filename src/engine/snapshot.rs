//! Everything an engine runs, as one reading: one list, inspections of what changed, and the swarm if this engine
//! manages one.

use std::collections::{BTreeMap, HashMap, HashSet};

use futures_util::{StreamExt as _, stream};
use serde::de::DeserializeOwned;

use super::{
    Call, Engine, EngineError, Inspections,
    call::segment,
    convert,
    convert::{facts::Info, inspection::Inspected},
};
use crate::domain::{Container, ContainerId, EngineFacts, Node, Snapshot, SwarmRole, SwarmService, Task};

/// Inspections that are under way at once.
const IN_FLIGHT: usize = 8;

/// The configs that stand for operations at work.
const LOCKS: &str = r#"{"label":["stacktop.lock"]}"#;

/// What a manager knows of its swarm.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct SwarmView {
    pub(super) services: Vec<SwarmService>,
    pub(super) tasks: Vec<Task>,
    pub(super) nodes: Vec<Node>,
    pub(super) locks: Vec<BTreeMap<String, String>>,
}

impl Engine {
    /// What the engine says of itself and its host.
    ///
    /// # Errors
    /// An [`EngineError`] if it does not answer.
    pub async fn facts(&self) -> Result<EngineFacts, EngineError> {
        let call = Call::get("read the engine's facts", "/info").within(super::LIST_DEADLINE);
        Ok(self.json::<Info>(call).await?.facts())
    }

    /// The oldest and the newest API version that it speaks: `1.24`, `1.45`. An engine starts programs to tell it.
    ///
    /// # Errors
    /// An [`EngineError`] if it does not answer.
    pub async fn api_versions(&self) -> Result<(String, String), EngineError> {
        let version = self.bollard().version().await;
        let version =
            version.map_err(|error| EngineError::of_bollard("read the engine's version", &error))?;
        let clean = |version: Option<String>| convert::clean(&version.unwrap_or_default());
        Ok((clean(version.min_api_version), clean(version.api_version)))
    }

    /// Reads everything. `known` remembers what inspections told, so that the next call asks only for changes.
    ///
    /// # Errors
    /// An [`EngineError`] if the engine does not answer. A swarm without a quorum is no error: the snapshot then
    /// has no services, and its facts say why.
    pub async fn snapshot(&self, known: &mut Inspections) -> Result<Snapshot, EngineError> {
        let outline = self.outline(known).await?;
        self.completed(outline, known).await
    }

    /// What lists tell, and what is known of the containers in them: enough for a first look at hundreds of containers,
    /// whose inspections take longer.
    pub(super) async fn outline(&self, known: &mut Inspections) -> Result<Snapshot, EngineError> {
        let (containers, facts) = tokio::join!(self.containers(), self.facts_or(known.facts()));
        let (mut containers, mut engine) = (containers?, facts?);
        known.keep_facts(engine.clone());
        let swarm = match self.swarm_if(engine.swarm.role == SwarmRole::Manager).await {
            Ok(swarm) => swarm,
            Err(EngineError::Refused { message, .. }) => {
                engine.swarm.error.get_or_insert(message);
                SwarmView::default()
            }
            Err(error) => return Err(error),
        };
        containers.iter_mut().for_each(|container| known.complete(container));
        let SwarmView { services, tasks, nodes, locks } = swarm;
        Ok(Snapshot { engine, containers, services, tasks, nodes, locks })
    }

    /// Completes an outline by inspecting the containers that changed.
    pub(super) async fn completed(
        &self,
        outline: Snapshot,
        known: &mut Inspections,
    ) -> Result<Snapshot, EngineError> {
        let containers = self.inspected(outline.containers, known).await?;
        Ok(Snapshot { containers, ..outline })
    }

    /// Services, tasks and nodes, asked for at once.
    pub(super) async fn swarm(&self) -> Result<SwarmView, EngineError> {
        let services = Call::get("list services", "/services").query("status", "true");
        let (services, tasks, nodes, locks) = tokio::try_join!(
            self.list(services, |listed: convert::service::Listed| Some(listed.service())),
            self.list(Call::get("list tasks", "/tasks"), |listed: convert::task::Listed| Some(listed.task())),
            self.list(Call::get("list nodes", "/nodes"), |listed: convert::node::Listed| Some(listed.node())),
            self.locks(),
        )?;
        Ok(SwarmView { services, tasks, nodes: by_name(nodes), locks })
    }

    /// Operations at work. Proxies in front of an engine refuse configs first: nobody needs them to see what runs.
    async fn locks(&self) -> Result<Vec<BTreeMap<String, String>>, EngineError> {
        let call = Call::get("list operations at work", "/configs").query("filters", LOCKS);
        match self.list(call, |listed: convert::config::Listed| Some(listed.labels())).await {
            Err(EngineError::Refused { .. }) => Ok(Vec::new()),
            listed => listed,
        }
    }

    async fn swarm_if(&self, manages: bool) -> Result<SwarmView, EngineError> {
        if manages { self.swarm().await } else { Ok(SwarmView::default()) }
    }

    async fn facts_or(&self, known: Option<EngineFacts>) -> Result<EngineFacts, EngineError> {
        match known {
            Some(facts) => Ok(facts),
            None => self.facts().await,
        }
    }

    async fn containers(&self) -> Result<Vec<Container>, EngineError> {
        let call = Call::get("list containers", "/containers/json").query("all", "1");
        let named = |listed: convert::container::Listed| {
            Some(listed).filter(|one| !one.id.is_empty()).map(convert::container::Listed::container)
        };
        self.list(call, named).await
    }

    /// Completes listed containers by inspecting those that changed. One that is gone meanwhile is left out.
    async fn inspected(
        &self,
        mut containers: Vec<Container>,
        known: &mut Inspections,
    ) -> Result<Vec<Container>, EngineError> {
        let wanted = known.wanted(&containers);
        let places: HashMap<ContainerId, usize> =
            containers.iter().enumerate().map(|(place, container)| (container.id.clone(), place)).collect();
        let mut gone = HashSet::new();
        let mut answers = stream::iter(wanted)
            .map(|id| async move { (self.inspection(&id).await, id) })
            .buffer_unordered(IN_FLIGHT);
        while let Some((answer, id)) = answers.next().await {
            match answer {
                Ok(told) => {
                    if let Some(container) = places.get(&id).and_then(|place| containers.get(*place)) {
                        known.keep(container, told.into());
                    }
                }
                Err(error) if error.is_not_found() => {
                    gone.insert(id);
                }
                Err(error) if error.is_link_lost() => return Err(error),
                Err(error) => log::warn!("{error}"),
            }
        }
        containers.retain(|container| !gone.contains(&container.id));
        containers.iter_mut().for_each(|container| known.complete(container));
        Ok(containers)
    }

    async fn inspection(&self, id: &ContainerId) -> Result<Inspected, EngineError> {
        let path = format!("/containers/{}/json", segment(id.as_str()));
        self.json(Call::get(format!("inspect container {}", id.short()), path)).await
    }

    /// Reads a list leniently: an element that cannot be read is left out, and one of which nothing becomes.
    async fn list<T: DeserializeOwned, U>(
        &self,
        call: Call,
        become_of: impl FnMut(T) -> Option<U>,
    ) -> Result<Vec<U>, EngineError> {
        let call = call.within(super::LIST_DEADLINE);
        self.stream(call, Some(super::PIECE)).await?.list(become_of).await
    }
}

/// Nodes in an order that a person finds again.
fn by_name(mut nodes: Vec<Node>) -> Vec<Node> {
    nodes.sort_by(|a, b| (&a.hostname, &a.id).cmp(&(&b.hostname, &b.id)));
    nodes
}
