//! The order in which the services of a project are updated: what others depend on goes first.

use std::collections::{BTreeMap, BTreeSet};

/// The label in which Compose keeps what a service depends on.
pub const DEPENDS_ON: &str = "com.docker.compose.depends_on";

/// A service that another one depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// Its name.
    pub service: String,
    /// What is to be done with the dependent when it is replaced.
    pub then: Then,
}

/// What a dependent does when what it depends on was replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// It goes on.
    Nothing,
    /// It is restarted: `depends_on` says `restart: true`.
    Restart,
}

/// What a label says: `db:service_healthy:true,cache:service_started:false`. Compose v1 writes names alone.
#[must_use]
pub fn needs(label: &str) -> Vec<Need> {
    let need = |entry: &str| {
        let mut parts = entry.trim().split(':');
        let service = parts.next().filter(|name| !name.is_empty())?.to_owned();
        let restarts = parts.nth(1).is_some_and(|word| word.eq_ignore_ascii_case("true"));
        Some(Need { service, then: if restarts { Then::Restart } else { Then::Nothing } })
    };
    label.split(',').filter_map(need).collect()
}

/// The services in waves: each wave depends only on the ones before it. What is not of the project is not waited for;
/// services that depend on each other, which Compose refuses, are the last wave.
#[must_use]
pub fn waves(services: &BTreeMap<String, Vec<Need>>) -> Vec<Vec<String>> {
    let mut left: BTreeSet<&String> = services.keys().collect();
    let mut waves = Vec::new();
    while !left.is_empty() {
        let is_free = |name: &&String| {
            services.get(*name).is_none_or(|needs| needs.iter().all(|need| !left.contains(&need.service)))
        };
        let mut wave: BTreeSet<&String> = left.iter().copied().filter(is_free).collect();
        if wave.is_empty() {
            wave.clone_from(&left);
        }
        left.retain(|name| !wave.contains(name));
        waves.push(wave.into_iter().cloned().collect());
    }
    waves
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(services: &[(&str, &str)]) -> BTreeMap<String, Vec<Need>> {
        services.iter().map(|(name, label)| ((*name).to_owned(), needs(label))).collect()
    }

    #[test]
    fn what_others_depend_on_goes_first() {
        let shop = project(&[
            ("front", "web:service_started:false"),
            ("web", "db:service_healthy:true,cache:service_started:false"),
            ("db", ""),
            ("cache", ""),
            ("cron", "db"),
        ]);
        assert_eq!(waves(&shop), [vec!["cache", "db"], vec!["cron", "web"], vec!["front"]]);
    }

    #[test]
    fn a_circle_and_a_stranger_keep_nobody_waiting() {
        let odd = project(&[("a", "b"), ("b", "a"), ("c", "gone:service_started:false"), ("d", "d")]);
        assert_eq!(waves(&odd), [vec!["c"], vec!["a", "b", "d"]]);
        assert_eq!(waves(&BTreeMap::new()), Vec::<Vec<String>>::new());
    }

    #[test]
    fn a_restart_is_the_third_word() {
        let of = |label| needs(label).into_iter().map(|need| need.then).collect::<Vec<_>>();
        assert_eq!(of("db:service_healthy:true"), [Then::Restart]);
        assert_eq!(of("db:service_healthy:false,db,:x:true,"), [Then::Nothing, Then::Nothing]);
    }
}
