//! On which nodes the tasks of Swarm's services are. Volumes belong to a node, and an engine reads and fills those of its
//! own only.

use serde_json::{Value, json};

use crate::{
    command::{clone::json::text, swarm::SwarmService},
    domain::ServiceKey,
    engine::{Call, Engine, EngineError},
    text::sanitize,
};

const NAMESPACE: &str = "com.docker.stack.namespace";

/// Swarm, as a manager tells it.
pub(super) struct Swarm {
    /// The id of this engine's node.
    pub(super) own: String,
    nodes: Vec<Value>,
    /// All services.
    pub(super) services: Vec<SwarmService>,
}

impl Swarm {
    /// Looks; `None` on an engine that is no manager.
    pub(super) async fn look(engine: &Engine) -> Result<Option<Self>, EngineError> {
        let info: Value = engine.json(Call::get("ask the engine about itself", "/info")).await?;
        if info.pointer("/Swarm/ControlAvailable") != Some(&Value::Bool(true)) {
            return Ok(None);
        }
        let listed: Vec<Value> = engine.json(Call::get("list the services", "/services")).await?;
        let nodes = engine.json(Call::get("list the nodes", "/nodes")).await?;
        let own = text(&info, "/Swarm/NodeID").to_owned();
        Ok(Some(Self { own, nodes, services: listed.into_iter().map(named).collect() }))
    }

    /// How many nodes there are.
    pub(super) const fn count(&self) -> usize {
        self.nodes.len()
    }

    /// The name of a node.
    pub(super) fn called(&self, node: &str) -> String {
        let found = self.nodes.iter().find(|one| text(one, "/ID") == node);
        let name = found.map(|one| text(one, "/Description/Hostname")).filter(|name| !name.is_empty());
        sanitize(name.unwrap_or(node))
    }

    /// The tasks of a service that are to be there, those that are about to take another's place included.
    pub(super) async fn tasks(
        &self,
        engine: &Engine,
        service: &SwarmService,
    ) -> Result<Vec<Value>, EngineError> {
        let filters = json!({ "service": [service.id()], "desired-state": ["running", "accepted", "ready"] });
        let call = Call::get(format!("list the tasks of service {}", service.name()), "/tasks");
        engine.json(call.query("filters", &filters.to_string())).await
    }

    /// The node of a task, if it is another one than this engine's.
    pub(super) fn away<'a>(&self, task: &'a Value) -> Option<&'a str> {
        Some(text(task, "/NodeID")).filter(|node| !node.is_empty() && *node != self.own)
    }

    /// What a backup of a stack, or of one service of it, does not reach, in sentences.
    pub(super) async fn out_of_reach(
        &self,
        engine: &Engine,
        stack: &str,
        service: Option<&str>,
    ) -> Result<Vec<String>, EngineError> {
        let mut told = Vec::new();
        for one in &self.services {
            let key = &one.key;
            let is_of = key.stack.as_ref().is_some_and(|it| it.as_str() == stack);
            if !is_of || service.is_some_and(|name| name != key.name) || one.volumes().next().is_none() {
                continue;
            }
            let tasks = self.tasks(engine, one).await?;
            let mut nodes: Vec<String> =
                tasks.iter().filter_map(|it| self.away(it)).map(|it| self.called(it)).collect();
            nodes.sort();
            nodes.dedup();
            if !nodes.is_empty() {
                let (nodes, own) = (nodes.join(", "), self.called(&self.own));
                told.push(format!(
                    "{key} has tasks on {nodes}: what they keep there is not in a set of this engine, which is {own}; back \
                     it up with --host and the engine of {nodes}, too"
                ));
            }
        }
        Ok(told)
    }
}

/// A service with the key by which people call it.
fn named(inspect: Value) -> SwarmService {
    let name = text(&inspect, "/Spec/Name").to_owned();
    let labels = inspect.pointer("/Spec/Labels");
    let stack = labels.and_then(|labels| labels.get(NAMESPACE)?.as_str()).map(str::to_owned);
    let within = stack.as_ref().and_then(|stack| name.strip_prefix(stack.as_str())?.strip_prefix('_'));
    let name = within.map_or_else(|| name.clone(), str::to_owned);
    SwarmService { key: ServiceKey { stack: stack.map(|stack| stack.as_str().into()), name }, inspect }
}
