//! What an operation is about: the marked rows, else the selected one.

use std::cmp::Reverse;

use crate::{
    command::simple::Verb,
    domain::{Dependencies, Replica, Service, ServiceKey, StackKind, StackName},
    model::{Model, RowKey},
};

/// What an operation is about.
pub(super) struct Subject {
    /// As a person calls it.
    pub(super) name: String,
    /// Its rows; none where it is the engine.
    rows: Vec<RowKey>,
}

impl Subject {
    /// The engine as a whole.
    pub(super) const fn engine(name: String) -> Self {
        Self { name, rows: Vec::new() }
    }

    /// One service.
    pub(super) fn service(key: &ServiceKey) -> Self {
        Self { name: key.to_string(), rows: vec![RowKey::Service(key.clone())] }
    }

    /// A Compose project.
    pub(super) fn project(stack: &StackName) -> Self {
        let row = RowKey::Stack(Some(stack.clone()), StackKind::Compose);
        Self { name: stack.to_string(), rows: vec![row] }
    }

    /// The selected row, whatever is marked.
    pub(super) fn selected(model: &Model) -> Result<Self, String> {
        Self::of_rows(model.tree.selected.iter().cloned().collect())
    }

    /// A stack, whatever made it.
    pub(super) fn of_stack(stack: &StackName) -> Self {
        Self { name: stack.to_string(), rows: Vec::new() }
    }

    /// One row.
    pub(super) fn of_row(row: RowKey) -> Result<Self, String> {
        Self::of_rows(vec![row])
    }

    /// The marked rows, else the selected one.
    pub(super) fn of(model: &Model) -> Result<Self, String> {
        let marked: Vec<RowKey> = model.tree.marked.iter().cloned().collect();
        if marked.is_empty() { Self::selected(model) } else { Self::of_rows(marked) }
    }

    fn of_rows(rows: Vec<RowKey>) -> Result<Self, String> {
        if rows.iter().any(|row| matches!(row, RowKey::Stack(None, _))) {
            return Err("what belongs to no stack is dealt with one by one: select one".to_owned());
        }
        let name = match rows.as_slice() {
            [] => return Err("nothing is selected".to_owned()),
            [row] => name(row),
            several => count(several),
        };
        Ok(Self { name, rows })
    }

    /// Its only row.
    pub(super) fn only(&self) -> Option<&RowKey> {
        self.rows.first().filter(|_| self.rows.len() == 1)
    }

    /// All its replicas, wherever they are.
    pub(super) fn all<'a>(&self, model: &'a Model) -> impl Iterator<Item = &'a Replica> {
        let services = model.known.fleet.services().filter(|service| self.covers(service));
        services.flat_map(|service| &service.replicas).filter(|replica| self.includes(replica))
    }

    /// The replicas that it has on this engine, in the order of their turns: what others need is started before them,
    /// and stopped after them.
    pub(super) fn replicas<'a>(&self, model: &'a Model, verb: &Verb) -> Result<Vec<&'a Replica>, String> {
        let mut services: Vec<&Service> = model.known.fleet.services().filter(|it| self.covers(it)).collect();
        if let Some(service) = services.iter().find(|service| service.kind == StackKind::Swarm) {
            return Err(self.is_swarms(service));
        }
        let dependencies = Dependencies::of(&model.known.snapshot.containers);
        let depth = |service: &&Service| dependencies.depth(&service.key);
        if verb.begins_with_the_needed() {
            services.sort_by_key(depth);
        } else {
            services.sort_by_key(|service| Reverse(depth(service)));
        }
        let replicas = services.into_iter().flat_map(|service| &service.replicas);
        Ok(replicas.filter(|replica| self.includes(replica)).collect())
    }

    fn is_swarms(&self, service: &Service) -> String {
        let key = &service.key;
        let several = if self.rows.len() > 1 { " on its own, without a mark" } else { "" };
        format!("Swarm starts and stops the containers of {key} itself: restart, scale or update it{several}")
    }

    fn covers(&self, service: &Service) -> bool {
        self.rows.iter().any(|row| match row {
            RowKey::Stack(name, kind) => service.key.stack == *name && service.kind == *kind,
            RowKey::Service(key) => service.key == *key,
            RowKey::Replica(key) => service.key == key.service,
        })
    }

    fn includes(&self, replica: &Replica) -> bool {
        let service = &replica.key.service;
        self.rows.iter().any(|row| match row {
            RowKey::Stack(name, _) => service.stack == *name,
            RowKey::Service(key) => service == key,
            RowKey::Replica(key) => replica.key == *key,
        })
    }
}

fn name(row: &RowKey) -> String {
    match row {
        RowKey::Stack(name, _) => name.as_ref().map(ToString::to_string).unwrap_or_default(),
        RowKey::Service(key) => key.to_string(),
        RowKey::Replica(key) => key.to_string(),
    }
}

/// `3 services`; `4 rows` where they are of different kinds.
fn count(rows: &[RowKey]) -> String {
    let noun = |row: &RowKey| match row {
        RowKey::Stack(..) => "stacks",
        RowKey::Service(_) => "services",
        RowKey::Replica(_) => "replicas",
    };
    let mut nouns: Vec<&str> = rows.iter().map(noun).collect();
    nouns.dedup();
    let noun = if let [noun] = nouns.as_slice() { noun } else { "rows" };
    format!("{} {noun}", rows.len())
}
