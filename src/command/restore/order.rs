//! Who is stopped before whom, and started after whom.

use std::collections::{BTreeMap, BTreeSet};

use crate::command::clone::{Original, json::label};

/// Names of containers, those that are needed by others first. Where needs go round in a circle, any one is as good as
/// another.
pub(super) fn needed_first(users: &[&Original]) -> Vec<String> {
    let mut left: BTreeMap<&str, (String, BTreeSet<String>)> =
        users.iter().map(|user| (user.name(), (called(user), needs(user)))).collect();
    let mut ordered = Vec::new();
    while !left.is_empty() {
        let waits = |needs: &BTreeSet<String>, own: &str| {
            left.values().any(|(other, _)| other != own && needs.contains(other))
        };
        let next = left.iter().find(|(_, (own, needs))| !waits(needs, own)).or_else(|| left.iter().next());
        let Some(next) = next.map(|(name, _)| *name) else { break };
        left.remove(next);
        ordered.push(next.to_owned());
    }
    ordered
}

fn called(user: &Original) -> String {
    format!("{}/{}", user.project(), user.service())
}

fn needs(user: &Original) -> BTreeSet<String> {
    let said = label(&user.container, crate::command::rollout::DEPENDS_ON);
    let names = said.split(',').filter_map(|need| need.split(':').next()).filter(|name| !name.is_empty());
    names.map(|name| format!("{}/{name}", user.project())).collect()
}
