//! `stacktop rollout STACK --all`: every service of a project, what others depend on first.

use super::{Args, prepared};
use crate::{
    cli::{
        exit::Failure,
        operate::{Desk, Job},
        session::remark,
    },
    command::rollout::project::{reference, restarts, turns},
    domain::{ServiceKey, Stack},
};

/// All are planned before the first is touched.
pub(super) async fn jobs(desk: &Desk, args: &Args) -> Result<Vec<Job>, Failure> {
    let stack = desk.project(&args.service)?;
    if args.pull && !args.consent.plan {
        pull(desk, stack).await?;
    }
    let turns = turns(&desk.observed().snapshot, stack);
    for key in turns.left_alone {
        remark(&format!("{key} does not run and is left alone"));
    }
    let mut jobs = Vec::new();
    for service in turns.services {
        jobs.push((service.key.clone(), prepared(desk, service, args).await?));
    }
    Ok(with_restarts(desk, jobs))
}

async fn pull(desk: &Desk, stack: &Stack) -> Result<(), Failure> {
    let snapshot = &desk.observed().snapshot;
    let mut images: Vec<&str> = stack.services.iter().map(|service| reference(snapshot, service)).collect();
    images.sort();
    images.dedup();
    for image in images {
        remark(&format!("fetching {image}"));
        desk.engine().pull(image, |_| {}).await?;
    }
    Ok(())
}

/// After each service those that want a restart when it was replaced, unless they are replaced themselves.
pub(super) fn with_restarts(desk: &Desk, jobs: Vec<(ServiceKey, Job)>) -> Vec<Job> {
    let is_replaced = |job: &Job| !job.plan.is_empty();
    let replaced = jobs.iter().filter(|(_, job)| is_replaced(job)).map(|(key, _)| key.clone());
    let mut restarts = restarts(&desk.observed().snapshot, &replaced.collect::<Vec<_>>()).into_iter();
    let mut all = Vec::new();
    for (_, job) in jobs {
        let after = if is_replaced(&job) { restarts.next() } else { None };
        all.push(job);
        let after = after.into_iter().flatten();
        all.extend(after.map(|(key, plan)| Job::steps(key.to_string(), plan)));
    }
    all
}
