//! Updates of services of one Compose project and what they mean for the others: the order in which all are updated,
//! and who is restarted when what it depends on was replaced. Both front ends plan by this.

use std::{collections::BTreeMap, time::Duration};

use super::{DEPENDS_ON, Need, REFERENCE, Then, needs, waves};
use crate::{
    command::{
        plan::Plan,
        simple::{self, Verb},
    },
    domain::{Container, Membership, Service, ServiceKey, Snapshot, Stack, StackName},
};

/// A restarted dependent has this long to serve again.
const DEADLINE: Duration = Duration::from_secs(60);

/// The services of a project, as far as an update of all is about them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Turns<'a> {
    /// Those that run, what others depend on first.
    pub services: Vec<&'a Service>,
    /// Those that do not: a migration that has ended, or what somebody has stopped, is not to be started by an update of
    /// the others.
    pub left_alone: Vec<&'a ServiceKey>,
}

/// The order in which the services of a project are updated.
#[must_use]
pub fn turns<'a>(snapshot: &Snapshot, stack: &'a Stack) -> Turns<'a> {
    let mut turns = Turns::default();
    let Some(name) = &stack.name else { return turns };
    for wanted in waves(&depends_on(snapshot, name)).iter().flatten() {
        match stack.services.iter().find(|service| service.key.name == *wanted) {
            Some(service) if service.running == 0 => turns.left_alone.push(&service.key),
            Some(service) => turns.services.push(service),
            None => {}
        }
    }
    turns
}

/// The reference that a service stands for: a label tells it where its containers were made from an id.
#[must_use]
pub fn reference<'a>(snapshot: &'a Snapshot, service: &'a Service) -> &'a str {
    let is_id = service.image.starts_with("sha256:");
    let stack = service.key.stack.as_ref().filter(|_| is_id);
    let mut of_it = stack.into_iter().flat_map(|stack| members(snapshot, stack));
    let told = of_it.find(|(name, _)| *name == service.key.name);
    told.and_then(|(_, one)| one.labels.get(REFERENCE)).map_or(&service.image, String::as_str)
}

/// For each of several services that are replaced, the restarts that follow: those of the services that want one when
/// it was replaced, unless they are replaced themselves.
#[must_use]
pub fn restarts(snapshot: &Snapshot, replaced: &[ServiceKey]) -> Vec<Vec<(ServiceKey, Plan)>> {
    let is_replaced = |key: &ServiceKey| replaced.contains(key);
    let of = |key: &ServiceKey| {
        let wanting = dependents(snapshot, key).into_iter().filter(|key| !is_replaced(key));
        wanting.filter_map(|key| restart(snapshot, &key).map(|plan| (key, plan))).collect()
    };
    replaced.iter().map(of).collect()
}

/// The services that want a restart when this one was replaced.
fn dependents(snapshot: &Snapshot, key: &ServiceKey) -> Vec<ServiceKey> {
    let Some(stack) = &key.stack else { return Vec::new() };
    let wants = |needs: &Vec<Need>| needs.iter().any(|it| it.service == key.name && it.then == Then::Restart);
    let all = depends_on(snapshot, stack).into_iter();
    let found = all.filter(|(_, needs)| wants(needs));
    found.map(|(name, _)| ServiceKey { stack: key.stack.clone(), name }).collect()
}

fn restart(snapshot: &Snapshot, key: &ServiceKey) -> Option<Plan> {
    let all = members(snapshot, key.stack.as_ref()?);
    let running = all.filter(|(service, one)| *service == key.name && one.state.is_up());
    let names: Vec<String> = running.map(|(_, one)| one.name.clone()).collect();
    (!names.is_empty()).then(|| simple::plan(&Verb::Restart(None), &key.to_string(), &names, DEADLINE))
}

/// What each service of a project depends on, as its containers tell.
fn depends_on(snapshot: &Snapshot, stack: &StackName) -> BTreeMap<String, Vec<Need>> {
    let label = |one: &Container| needs(one.labels.get(DEPENDS_ON).map(String::as_str).unwrap_or_default());
    members(snapshot, stack).map(|(service, one)| (service.to_owned(), label(one))).collect()
}

fn members<'a>(
    snapshot: &'a Snapshot,
    stack: &'a StackName,
) -> impl Iterator<Item = (&'a str, &'a Container)> {
    snapshot.containers.iter().filter_map(move |one| match &one.membership {
        Membership::Compose { project, service, one_off: false, .. } if project == stack => {
            Some((service.as_str(), one))
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        Fleet,
        testing::{exited, of, replica},
    };

    /// `web` depends on `db` and wants a restart with it, `cron` depends on `web`; `job` has ended.
    fn shop() -> Snapshot {
        let on = |name: &str, needs: &str| {
            let mut container = replica("shop", name, 1);
            container.labels.insert(DEPENDS_ON.to_owned(), needs.to_owned());
            container
        };
        let web = on("web", "db:service_healthy:true");
        let cron = on("cron", "web:service_started:false");
        of(vec![web, cron, on("db", ""), exited(replica("shop", "job", 1), 0, false)])
    }

    fn key(name: &str) -> ServiceKey {
        ServiceKey { stack: Some("shop".into()), name: name.to_owned() }
    }

    #[test]
    fn what_others_depend_on_has_its_turn_first_and_what_does_not_run_has_none() {
        let snapshot = shop();
        let fleet = Fleet::of(&snapshot);
        let turns = turns(&snapshot, &fleet.stacks[0]);
        let names: Vec<&str> = turns.services.iter().map(|service| service.key.name.as_str()).collect();
        assert_eq!((names, turns.left_alone), (vec!["db", "web", "cron"], vec![&key("job")]));
    }

    #[test]
    fn who_wants_a_restart_has_one_unless_it_is_replaced_itself() {
        let snapshot = shop();
        let restarted = |replaced: &[&str]| -> Vec<Vec<String>> {
            let replaced: Vec<ServiceKey> = replaced.iter().map(|name| key(name)).collect();
            let all = restarts(&snapshot, &replaced).into_iter();
            all.map(|of| of.into_iter().map(|(key, _)| key.name).collect()).collect()
        };
        assert_eq!(restarted(&["db"]), [["web"]]);
        assert_eq!(restarted(&["db", "web"]), [Vec::<String>::new(), Vec::new()]);
        assert_eq!(restarted(&["web"]), [Vec::<String>::new()], "`cron` does not want one");
    }
}
