//! `stacktop nodes`

use crate::cli::{
    exit::{Exit, Failure},
    render::{Cell, Column, Paint, Table, json},
    session::{Session, remark},
};
use crate::domain::{Availability, Node, NodeState, SwarmRole};
use crate::text;

/// Lists the nodes of the swarm.
///
/// # Errors
/// Any [`Failure`]; a worker does not know the nodes.
pub async fn run(session: &mut Session) -> Result<Exit, Failure> {
    let snapshot = session.observe().await?.snapshot;
    match snapshot.engine.swarm.role {
        SwarmRole::Manager => {}
        SwarmRole::None => remark("this engine is in no swarm"),
        SwarmRole::Worker => {
            let sentence = "this engine is a worker, and only managers know the nodes; name one with --host";
            return Err(Failure::Refused(sentence.to_owned()));
        }
    }
    if session.options.json {
        let records: Vec<json::Node> = snapshot.nodes.iter().map(json::Node::from).collect();
        session.out.json(&records)?;
    } else if !snapshot.nodes.is_empty() {
        session.out.table(&table(&snapshot.nodes))?;
    }
    Ok(Exit::Fine)
}

fn table(nodes: &[Node]) -> Table {
    let mut table = Table::new(&[
        Column::words("NODE"),
        Column::words("ID"),
        Column::words("STATE"),
        Column::words("AVAILABILITY"),
        Column::words("ROLE"),
        Column::words("ADDRESS"),
        Column::words("ENGINE"),
        Column::numbers("CPUS"),
        Column::numbers("MEMORY"),
        Column::rare("MESSAGE"),
    ]);
    for node in nodes {
        table.row([
            node.hostname.clone().into(),
            node.id.short().into(),
            state(&node.state),
            availability(&node.availability),
            role(node).into(),
            node.address.clone().into(),
            node.engine_version.clone().into(),
            node.cpus.to_string().into(),
            text::bytes(node.memory).into(),
            node.message.clone().into(),
        ]);
    }
    table
}

fn state(state: &NodeState) -> Cell {
    let paint = if *state == NodeState::Ready { Paint::Green } else { Paint::Red };
    Cell::painted(state.word(), paint)
}

fn availability(availability: &Availability) -> Cell {
    match availability {
        Availability::Active => availability.word().into(),
        _ => Cell::painted(availability.word(), Paint::Yellow),
    }
}

fn role(node: &Node) -> String {
    let leads = if node.leader { ", leader" } else { "" };
    format!("{}{leads}", node.role.word())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{fixture, surface::Surface};

    #[test]
    fn the_leader_is_told_from_other_managers() {
        let table = table(&[fixture::node()]).render(&Surface::PLAIN);
        assert!(table.contains("manager, leader"), "{table}");
        assert!(table.contains("8.0G"), "{table}");
    }
}
