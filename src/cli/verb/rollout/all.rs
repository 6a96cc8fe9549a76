//! `stacktop rollout STACK --all`: every service of a project, what others depend on first.

use std::{collections::BTreeMap, time::Duration};

use super::{Args, prepared};
use crate::{
    cli::{
        exit::Failure,
        operate::{Desk, Job},
        session::remark,
    },
    command::{
        rollout::{DEPENDS_ON, Need, REFERENCE, Then, needs, waves},
        simple::{Verb, plan},
    },
    domain::{Container, Membership, Service, ServiceKey, Stack, StackName},
};

/// A restarted dependent has this long to serve again.
const DEADLINE: Duration = Duration::from_secs(60);

/// All are planned before the first is touched.
pub(super) async fn jobs(desk: &Desk, args: &Args) -> Result<Vec<Job>, Failure> {
    let stack = desk.project(&args.service)?;
    if args.pull && !args.consent.plan {
        pull(desk, stack).await?;
    }
    let Some(name) = &stack.name else { return Ok(Vec::new()) };
    let mut jobs = Vec::new();
    for wanted in waves(&depends_on(desk, name)).iter().flatten() {
        let Some(service) = stack.services.iter().find(|service| service.key.name == *wanted) else {
            continue;
        };
        // A migration that has ended, or what somebody has stopped, is not to be started by an update of the others.
        if service.running == 0 {
            remark(&format!("{} does not run and is left alone", service.key));
            continue;
        }
        jobs.push((service.key.clone(), prepared(desk, service, args).await?));
    }
    Ok(with_restarts(desk, jobs))
}

async fn pull(desk: &Desk, stack: &Stack) -> Result<(), Failure> {
    let mut images: Vec<&str> = stack.services.iter().map(|service| reference(desk, service)).collect();
    images.sort();
    images.dedup();
    for image in images {
        remark(&format!("fetching {image}"));
        desk.engine().pull(image, |_| {}).await?;
    }
    Ok(())
}

/// The reference that a service stands for: a label tells it where its containers were made from an id.
pub(super) fn reference<'a>(desk: &'a Desk, service: &'a Service) -> &'a str {
    let is_id = service.image.starts_with("sha256:");
    let stack = service.key.stack.as_ref().filter(|_| is_id);
    let mut of_it = stack.into_iter().flat_map(|stack| members(desk, stack));
    let told = of_it.find(|(name, _)| *name == service.key.name);
    told.and_then(|(_, one)| one.labels.get(REFERENCE)).map_or(&service.image, String::as_str)
}

/// After each service those that want a restart when it was replaced, unless they are replaced themselves.
pub(super) fn with_restarts(desk: &Desk, jobs: Vec<(ServiceKey, Job)>) -> Vec<Job> {
    let replaced: Vec<ServiceKey> =
        jobs.iter().filter(|(_, job)| !job.plan.is_empty()).map(|(key, _)| key.clone()).collect();
    let mut all = Vec::new();
    for (key, job) in jobs {
        let is_replaced = !job.plan.is_empty();
        all.push(job);
        if is_replaced {
            all.extend(
                dependents(desk, &key)
                    .into_iter()
                    .filter(|it| !replaced.contains(it))
                    .filter_map(|it| restart(desk, &it)),
            );
        }
    }
    all
}

/// The services that want a restart when this one was replaced.
fn dependents(desk: &Desk, key: &ServiceKey) -> Vec<ServiceKey> {
    let Some(stack) = &key.stack else { return Vec::new() };
    let wants = |needs: &Vec<Need>| needs.iter().any(|it| it.service == key.name && it.then == Then::Restart);
    let all = depends_on(desk, stack).into_iter();
    let found = all.filter(|(_, needs)| wants(needs));
    found.map(|(name, _)| ServiceKey { stack: key.stack.clone(), name }).collect()
}

fn restart(desk: &Desk, key: &ServiceKey) -> Option<Job> {
    let running =
        members(desk, key.stack.as_ref()?).filter(|(service, one)| *service == key.name && one.state.is_up());
    let names: Vec<String> = running.map(|(_, one)| one.name.clone()).collect();
    let called = key.to_string();
    let plan = plan(&Verb::Restart(None), &called, &names, DEADLINE);
    (!names.is_empty()).then(|| Job::steps(called, plan))
}

/// What each service of a project depends on, as its containers tell.
fn depends_on(desk: &Desk, stack: &StackName) -> BTreeMap<String, Vec<Need>> {
    let label = |one: &Container| needs(one.labels.get(DEPENDS_ON).map(String::as_str).unwrap_or_default());
    members(desk, stack).map(|(service, one)| (service.to_owned(), label(one))).collect()
}

fn members<'a>(desk: &'a Desk, stack: &'a StackName) -> impl Iterator<Item = (&'a str, &'a Container)> {
    desk.observed().snapshot.containers.iter().filter_map(move |one| match &one.membership {
        Membership::Compose { project, service, one_off: false, .. } if project == stack => {
            Some((service.as_str(), one))
        }
        _ => None,
    })
}
