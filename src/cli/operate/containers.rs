//! Verbs that do one thing to each container of what was named.

use std::{cmp::Reverse, time::Duration};

use super::{Consent, Desk, Job, perform};
use crate::{
    cli::{
        exit::{Exit, Failure},
        scope::{Scope, containers},
        session::Session,
    },
    command::simple::{Running, Verb, plan},
    domain::{Container, ContainerState, Dependencies, Membership, Replica, Service},
};

/// A verb, what it is for and who agrees.
#[derive(Clone, Debug)]
pub struct Change {
    /// What is done to each container.
    pub verb: Verb,
    /// What a person named.
    pub targets: Vec<String>,
    /// How long a restarted container has to serve again.
    pub deadline: Duration,
    /// Who agrees.
    pub consent: Consent,
}

/// Plans and does it.
///
/// # Errors
/// Any [`Failure`]; tasks of Swarm are refused with the way out.
pub async fn change(session: &mut Session, change: Change) -> Result<Exit, Failure> {
    let desk = Desk::open(session, &change.consent).await?;
    let scope = Scope::of(&desk.observed().fleet, &change.targets)?;
    let members = members(&desk, &scope, &change.verb)?;
    let mut services: Vec<_> =
        scope.replicas(&desk.observed().fleet).iter().map(|(service, _)| service.key.clone()).collect();
    services.dedup();
    desk.free(&services).await?;
    let names: Vec<String> = members.iter().map(|container| container.name.clone()).collect();
    let called = change.targets.join(" ");
    let plan = plan(&change.verb, &called, &names, change.deadline);
    let jobs = vec![Job::steps(called, plan)];
    perform(session, &desk, jobs, &change.consent).await
}

/// The containers that the verb does something to, in the order of their turns.
fn members<'a>(desk: &'a Desk, scope: &Scope, verb: &Verb) -> Result<Vec<&'a Container>, Failure> {
    let observed = desk.observed();
    let (known, needs) = (containers(&observed.snapshot), Dependencies::of(&observed.snapshot.containers));
    let mut members = Vec::new();
    let mut replicas = scope.replicas(&observed.fleet);
    let depth = |(service, _): &(&Service, &Replica)| needs.depth(&service.key);
    if verb.begins_with_the_needed() {
        replicas.sort_by_key(depth);
    } else {
        replicas.sort_by_key(|one| Reverse(depth(one)));
    }
    for (service, replica) in replicas {
        let container = replica.container.as_ref().and_then(|id| known.get(id).copied());
        let of_swarm = container.is_none_or(|it| matches!(it.membership, Membership::Swarm { .. }));
        if of_swarm {
            return Err(Failure::Usage(task(&replica.name, &service.key.to_string())));
        }
        members.extend(container.filter(|container| concerns(verb, container)));
    }
    refuse_running(verb, &members)?;
    Ok(members)
}

fn task(replica: &str, service: &str) -> String {
    format!(
        "{replica} belongs to Swarm service {service}, which replaces what is changed by hand; use \
         `stacktop rollout {service}` to restart its tasks or `stacktop scale {service}=N` to set their number"
    )
}

/// Whether the verb does anything to a container in this state.
fn concerns(verb: &Verb, container: &Container) -> bool {
    use ContainerState::{Paused, Restarting, Running};
    let state = &container.state;
    match verb {
        Verb::Start => !matches!(state, Running | Paused | Restarting),
        Verb::Stop(_) | Verb::Restart(_) | Verb::Kill(_) => matches!(state, Running | Paused | Restarting),
        Verb::Pause => *state == Running,
        Verb::Unpause => *state == Paused,
        Verb::Remove(_) => true,
    }
}

fn refuse_running(verb: &Verb, members: &[&Container]) -> Result<(), Failure> {
    let running = members.iter().find(|container| container.state.is_up());
    match (verb, running) {
        (Verb::Remove(Running::Refused), Some(container)) => Err(Failure::Usage(format!(
            "{} runs; `stacktop stop` it first, or --force kills and removes it",
            container.name
        ))),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::fixture;

    #[test]
    fn a_verb_concerns_what_it_changes() {
        let container = |state| Container { state, ..fixture::container("shop", "web", 1) };
        let (running, paused, exited) = (
            container(ContainerState::Running),
            container(ContainerState::Paused),
            container(ContainerState::Exited),
        );
        for (verb, expected) in [
            (Verb::Start, [false, false, true]),
            (Verb::Stop(None), [true, true, false]),
            (Verb::Pause, [true, false, false]),
            (Verb::Unpause, [false, true, false]),
            (Verb::Remove(Running::Killed), [true, true, true]),
        ] {
            assert_eq!([&running, &paused, &exited].map(|it| concerns(&verb, it)), expected, "{verb:?}");
        }
    }
}
