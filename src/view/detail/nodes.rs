//! The nodes of the swarm.

use super::Content;
use crate::{
    domain::{Availability, Node, NodeState, Status, SwarmRole, TaskState},
    text,
    theme::Role,
    view::{
        scene::Scene,
        widgets::table::{self, Side},
    },
};
use ratatui::text::Span;

pub(super) fn content(scene: Scene<'_>, width: u16) -> Content {
    let snapshot = &scene.model.known.snapshot;
    if snapshot.nodes.is_empty() {
        return nothing(scene);
    }
    let columns = [
        ("NODE", Side::Left),
        ("ROLE", Side::Left),
        ("STATE", Side::Left),
        ("AVAIL", Side::Left),
        ("TASKS", Side::Right),
        ("CPUS", Side::Right),
        ("MEM", Side::Right),
        ("ENGINE", Side::Left),
        ("ADDRESS", Side::Left),
        ("", Side::Left),
    ];
    let rows = snapshot.nodes.iter().map(|node| row(scene, node)).collect();
    Content::Lines(table::lines(width, columns, scene.style(Role::Heading), rows))
}

fn nothing(scene: Scene<'_>) -> Content {
    let (says, then) = match scene.model.known.snapshot.engine.swarm.role {
        SwarmRole::None => ("this engine is in no swarm", "it has no nodes but itself"),
        SwarmRole::Worker => ("this engine is a worker", "only a manager knows the nodes: connect to one"),
        SwarmRole::Manager => ("the swarm's nodes are not known yet", ""),
    };
    Content::Sentence(says.to_owned(), then.to_owned())
}

fn row(scene: Scene<'_>, node: &Node) -> [Span<'static>; 10] {
    let role = if node.leader { "leader" } else { node.role.word() }.to_owned();
    let state = match node.state {
        NodeState::Ready => Status::Healthy,
        NodeState::Down | NodeState::Disconnected => Status::Down,
        NodeState::Unknown(_) => Status::Unknown,
    };
    let availability = match &node.availability {
        Availability::Active => scene.span("active", Role::Text),
        Availability::Pause => scene.span("pause", Role::Warning),
        Availability::Drain => scene.span("drain", Role::Warning),
        Availability::Unknown(word) => scene.span(word.clone(), Role::Unknown),
    };
    let tasks = scene.model.known.snapshot.tasks.iter();
    let running =
        tasks.filter(|task| task.state == TaskState::Running && task.node.as_ref() == Some(&node.id));
    [
        scene.span(node.hostname.clone(), Role::Strong),
        scene.span(role, Role::Text),
        scene.status(state, node.state.word()),
        availability,
        scene.span(running.count().to_string(), Role::Text),
        scene.span(format!("{:.0}", node.cpus), Role::Text),
        scene.span(text::bytes(node.memory), Role::Text),
        scene.span(node.engine_version.clone(), Role::Muted),
        scene.span(node.address.clone(), Role::Muted),
        scene.span(node.message.clone(), Role::Warning),
    ]
}
