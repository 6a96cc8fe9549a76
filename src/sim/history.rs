//! What happened to the stacks of a world before it began, as far as it left anything outside of the engine.

use std::{collections::BTreeMap, time::Duration};

use super::{World, spec::Span};

/// How a stack was backed up until the world began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backups {
    /// The stack.
    pub stack: String,
    /// How far its sets are apart.
    pub every: Duration,
    /// How old the newest is.
    pub last: Duration,
    /// How many there are.
    pub sets: u32,
    /// How old the newest may be at most.
    pub rpo: Duration,
    /// How long a restore may take.
    pub rto: Duration,
    /// Its volumes, and for each the services that have it mounted, and where.
    pub volumes: BTreeMap<String, BTreeMap<String, String>>,
}

impl World {
    /// How its stacks were backed up until it began.
    #[must_use]
    pub fn backups(&self) -> Vec<Backups> {
        let stacks = self.spec.stacks.iter();
        let told = stacks.filter_map(|(stack, spec)| {
            let backups = spec.backups?;
            let volume = |name: &String| {
                let mounts = spec.services.iter().filter_map(|(service, it)| {
                    let target = it.volumes.iter().find_map(|mount| mounted(mount, name))?;
                    Some((service.clone(), target))
                });
                (format!("{stack}_{name}"), mounts.collect())
            };
            Some(Backups {
                stack: stack.clone(),
                every: span(backups.every),
                last: span(backups.last),
                sets: backups.sets,
                rpo: span(backups.rpo),
                rto: span(backups.rto),
                volumes: spec.volumes.keys().map(volume).collect(),
            })
        });
        told.collect()
    }
}

/// Where a volume is mounted, if this says that it is.
fn mounted(mount: &str, volume: &str) -> Option<String> {
    let (name, rest) = mount.split_once(':')?;
    (name == volume).then(|| rest.split(':').next().unwrap_or(rest).to_owned())
}

fn span(span: Span) -> Duration {
    Duration::from_nanos(span.0.max(0).unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_world_has_one_stack_whose_backup_is_overdue_and_one_whose_is_not() {
        let told = World::builtin().backups();
        let overdue: Vec<bool> = told.iter().map(|backups| backups.last > backups.rpo).collect();
        assert!(overdue.contains(&true) && overdue.contains(&false), "{told:?}");
        assert!(told.iter().all(|backups| backups.volumes.values().any(|users| !users.is_empty())));
    }
}
