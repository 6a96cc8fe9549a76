//! Changes of a service's spec. Each is absolute: made twice it is the same as made once, so that whoever goes on with
//! an operation can see whether its change was made already.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::command::{ServiceChange, clone::json::text};

impl ServiceChange {
    /// The spec with the change made to it.
    #[must_use]
    pub fn applied(&self, spec: &Value) -> Value {
        let mut spec = spec.clone();
        self.apply(&mut spec);
        spec
    }

    /// Whether a spec is as the change would make it. Nothing is sent then: a service whose update Swarm has paused
    /// loses healthy old tasks when it is given the same spec once more.
    #[must_use]
    pub fn is_made(&self, spec: &Value) -> bool {
        self.applied(spec) == *spec
    }

    /// Whether it replaces tasks by the same ones.
    #[must_use]
    pub fn is_forced(&self) -> bool {
        match self {
            Self::Force(_) => true,
            Self::All(changes) => changes.iter().any(Self::is_forced),
            Self::Replicas(_)
            | Self::Image(_)
            | Self::Platforms(_)
            | Self::Template(_)
            | Self::Volumes(_)
            | Self::Constraints(_)
            | Self::UpdateConfig(_) => false,
        }
    }

    fn apply(&self, spec: &mut Value) {
        match self {
            Self::Replicas(count) => put(spec, &["Mode", "Replicated", "Replicas"], json!(count)),
            Self::Image(reference) => {
                put(spec, &["TaskTemplate", "ContainerSpec", "Image"], json!(reference));
            }
            Self::Platforms(platforms) => {
                put(spec, &["TaskTemplate", "Placement", "Platforms"], platforms.clone());
            }
            Self::Force(number) => put(spec, &["TaskTemplate", "ForceUpdate"], json!(number)),
            Self::Template(template) => put(spec, &["TaskTemplate"], template.clone()),
            Self::Volumes(moves) => exchange(spec, moves),
            // What says nothing is not made to say so.
            Self::Constraints(told) if told.is_empty() => {
                let placement = spec.pointer_mut("/TaskTemplate/Placement").and_then(Value::as_object_mut);
                placement.map(|placement| placement.remove("Constraints"));
            }
            Self::Constraints(told) => put(spec, &["TaskTemplate", "Placement", "Constraints"], json!(told)),
            Self::UpdateConfig(config) => put(spec, &["UpdateConfig"], config.clone()),
            Self::All(changes) => changes.iter().for_each(|change| change.apply(spec)),
        }
    }
}

/// Volumes that a service mounts by name.
fn exchange(spec: &mut Value, moves: &BTreeMap<String, String>) {
    let mounts = spec.pointer_mut("/TaskTemplate/ContainerSpec/Mounts").and_then(Value::as_array_mut);
    for mount in mounts.into_iter().flatten().filter(|mount| text(mount, "/Type") == "volume") {
        if let Some(moved) = moves.get(text(mount, "/Source")).cloned() {
            mount["Source"] = json!(moved);
        }
    }
}

/// Sets a member at a path; null takes it away, as the engine leaves out what is not set.
fn put(value: &mut Value, path: &[&str], new: Value) {
    let Some((last, parents)) = path.split_last() else { return };
    let place = parents.iter().try_fold(value, |value, name| {
        if value.is_null() {
            *value = json!({});
        }
        value.as_object_mut().map(|members| members.entry(*name).or_insert_with(|| json!({})))
    });
    let Some(members) = place.and_then(Value::as_object_mut) else { return };
    if new.is_null() {
        members.remove(*last);
    } else {
        members.insert((*last).to_owned(), new);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec() -> Value {
        json!({
            "Mode": { "Replicated": { "Replicas": 2 } },
            "TaskTemplate": { "ContainerSpec": { "Image": "web:1", "Env": ["MODE=prod"] }, "ForceUpdate": 3 },
        })
    }

    #[test]
    fn a_change_touches_nothing_else_and_is_made_once() {
        let config = json!({ "Parallelism": 1 });
        let changes = ServiceChange::All(vec![
            ServiceChange::Image("web:2".to_owned()),
            ServiceChange::Force(4),
            ServiceChange::UpdateConfig(config.clone()),
        ]);
        let made = changes.applied(&spec());
        let expected = json!({
            "Mode": { "Replicated": { "Replicas": 2 } },
            "TaskTemplate": { "ContainerSpec": { "Image": "web:2", "Env": ["MODE=prod"] }, "ForceUpdate": 4 },
            "UpdateConfig": config,
        });
        assert_eq!(made, expected);
        assert!(changes.is_made(&made) && !changes.is_made(&spec()));
    }

    #[test]
    fn a_volume_is_exchanged_where_it_is_mounted_and_back() {
        let mounted = |source: &str| {
            json!({ "TaskTemplate": { "ContainerSpec": { "Mounts": [
                { "Type": "volume", "Source": source, "Target": "/data", "ReadOnly": true },
                { "Type": "bind", "Source": "shop_data", "Target": "/host" },
            ] } } })
        };
        let change = |from: &str, to: &str| ServiceChange::Volumes([(from.to_owned(), to.to_owned())].into());
        let there = change("shop_data", "fresh");
        assert_eq!(there.applied(&mounted("shop_data")), mounted("fresh"));
        assert!(there.is_made(&mounted("fresh")) && there.is_made(&mounted("other")));
        assert_eq!(change("fresh", "shop_data").applied(&mounted("fresh")), mounted("shop_data"));
    }

    #[test]
    fn constraints_are_set_and_taken_away_without_a_trace() {
        let set = ServiceChange::Constraints(vec!["node.id == a".to_owned()]).applied(&spec());
        assert_eq!(set["TaskTemplate"]["Placement"], json!({ "Constraints": ["node.id == a"] }));
        let none = ServiceChange::Constraints(Vec::new());
        assert!(none.is_made(&none.applied(&set)) && none.is_made(&spec()));
    }

    #[test]
    fn what_was_not_set_before_is_not_set_afterwards() {
        let changed = ServiceChange::UpdateConfig(json!({ "Parallelism": 1 })).applied(&spec());
        let back = ServiceChange::UpdateConfig(Value::Null);
        assert_eq!(back.applied(&changed), spec());
        assert!(back.is_made(&spec()));
    }
}
