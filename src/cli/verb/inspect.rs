//! `stacktop inspect TARGET`

use serde_json::Value;

use crate::cli::{
    exit::{Exit, Failure},
    session::{Observed, Session},
};
use crate::domain::{self, Fleet, Node, Replica, Service, Target, mask_json};
use crate::engine::{Engine, EngineError};

/// Arguments of `inspect`.
#[derive(Clone, Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  stacktop inspect medianest/app/2\n  stacktop inspect app | jq '.[].State.Health'"
)]
pub struct Args {
    /// A stack, service, replica, container or node
    #[arg(value_name = "TARGET")]
    pub target: String,
}

/// Prints what the engine knows of a thing: its containers, or its Swarm services, tasks and nodes.
///
/// # Errors
/// Any [`Failure`].
pub async fn run(session: &mut Session, args: Args) -> Result<Exit, Failure> {
    let engine = session.connect().await?;
    let observed = Observed::from_engine(&engine).await?;
    let mut found = Vec::new();
    for object in objects(&observed, &args.target)? {
        let mut value = object.inspect(&engine).await?;
        mask_json(&mut value);
        found.push(value);
    }
    session.out.json(&found)?;
    Ok(Exit::Fine)
}

/// An object that the engine can be asked for.
#[derive(Debug, PartialEq, Eq)]
enum Object {
    Container(String),
    Service(String),
    Task(String),
    Node(String),
}

impl Object {
    async fn inspect(&self, engine: &Engine) -> Result<Value, EngineError> {
        match self {
            Self::Container(id) => engine.inspect_container(id).await,
            Self::Service(id) => engine.inspect_service(id).await,
            Self::Task(id) => engine.inspect_task(id).await,
            Self::Node(id) => engine.inspect_node(id).await,
        }
    }

    /// A replica's container; its task where the container is another engine's.
    fn of_replica(replica: &Replica) -> Option<Self> {
        let container = replica.container.as_ref().map(|id| Self::Container(id.to_string()));
        container.or_else(|| replica.task.as_ref().map(|id| Self::Task(id.to_string())))
    }

    fn of_service(service: &Service) -> Vec<Self> {
        match &service.id {
            Some(id) => vec![Self::Service(id.to_string())],
            None => service.replicas.iter().filter_map(Self::of_replica).collect(),
        }
    }
}

fn objects(observed: &Observed, name: &str) -> Result<Vec<Object>, Failure> {
    match domain::resolve(&observed.fleet, name) {
        Ok(target) => Ok(of_target(&observed.fleet, &target)),
        Err(error) => match node(&observed.snapshot.nodes, name) {
            Some(node) => Ok(vec![Object::Node(node.id.to_string())]),
            None => Err(error.into()),
        },
    }
}

fn of_target(fleet: &Fleet, target: &Target) -> Vec<Object> {
    match target {
        Target::Stack(name) => fleet
            .services()
            .filter(|service| service.key.stack.as_ref() == Some(name))
            .flat_map(Object::of_service)
            .collect(),
        Target::Service(key) => fleet.service(key).map(Object::of_service).unwrap_or_default(),
        Target::Replica(key) => fleet.replica(key).and_then(Object::of_replica).into_iter().collect(),
    }
}

fn node<'a>(nodes: &'a [Node], name: &str) -> Option<&'a Node> {
    nodes.iter().find(|node| node.hostname == name || node.id.as_str() == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::fixture;

    #[test]
    fn a_stack_is_all_its_containers_and_a_node_has_its_name() {
        let observed = Observed::of(fixture::snapshot());
        assert_eq!(objects(&observed, "shop").unwrap().len(), 4);
        assert_eq!(objects(&observed, "alpha").unwrap(), [Object::Node("node1".into())]);
        assert!(objects(&observed, "nothing").is_err());
    }
}
