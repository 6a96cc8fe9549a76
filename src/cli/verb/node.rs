//! `stacktop drain NODE` and `stacktop activate NODE`

use crate::{
    cli::{
        exit::{Exit, Failure},
        operate::{self, Consent, Desk, Job},
        session::Session,
    },
    command::swarm::{Load, node_plan},
    domain::{Node, SwarmRole},
};

/// Arguments of `drain` and `activate`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  stacktop drain worker-2 --yes\n  stacktop activate worker-2")]
pub struct Args {
    /// The node, by its host name or id
    #[arg(value_name = "NODE")]
    pub node: String,
    /// Who agrees.
    #[command(flatten)]
    pub consent: Consent,
}

/// Sets whether a node takes tasks: `drain` or `active`.
///
/// # Errors
/// Any [`Failure`]; only managers know the nodes.
pub async fn run(session: &mut Session, args: Args, availability: &str) -> Result<Exit, Failure> {
    let desk = Desk::open(session, &args.consent).await?;
    let snapshot = &desk.observed().snapshot;
    if snapshot.engine.swarm.role != SwarmRole::Manager {
        let sentence =
            "this engine is no manager of a swarm, and only managers know the nodes; name one with --host";
        return Err(Failure::Usage(sentence.to_owned()));
    }
    let node = find(&snapshot.nodes, &args.node)?;
    let plan = node_plan(node, &Load::of(node, snapshot), availability);
    let jobs = vec![Job::steps(node.hostname.clone(), plan)];
    operate::perform(session, &desk, jobs, &args.consent).await
}

fn find<'a>(nodes: &'a [Node], name: &str) -> Result<&'a Node, Failure> {
    let found = nodes.iter().find(|node| [node.id.as_str(), node.id.short(), &node.hostname].contains(&name));
    found.ok_or_else(|| {
        let names: Vec<&str> = nodes.iter().map(|node| node.hostname.as_str()).collect();
        Failure::Usage(format!("no node is called `{name}`; there are {}", names.join(", ")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::fixture;

    #[test]
    fn a_node_goes_by_name_or_id() {
        let nodes = [fixture::node()];
        assert!(find(&nodes, "alpha").is_ok() && find(&nodes, "node1").is_ok());
        assert!(find(&nodes, "beta").unwrap_err().to_string().contains("alpha"));
    }
}
