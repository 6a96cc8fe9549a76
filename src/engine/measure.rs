//! What containers use now, for those who ask once.

use std::{collections::HashMap, time::Duration};

use futures_util::future::join_all;
use jiff::Timestamp;
use tokio::time::sleep;

use super::{Engine, EngineError, cgroup::LocalCounters};
use crate::domain::{Container, ContainerId, Sample, Usage};

/// Between two samples that give a rate: as long as an engine's own pairs are apart.
const APART: Duration = Duration::from_secs(1);

/// What a container used, and when that was measured.
pub type Measured = Result<(Timestamp, Usage), EngineError>;

impl Engine {
    /// What running containers use, in their order: from the kernel's files where they are on this host, else from the
    /// engine. Takes one to four seconds. A container that has ended meanwhile yields an error of status 404 or 409.
    pub async fn usages(&self, containers: &[&Container]) -> Vec<Measured> {
        let local = local(containers).await;
        let one = |container: &Container| {
            let found = local.get(&container.id).cloned();
            let id = container.id.clone();
            async move {
                match found {
                    Some(measured) => Ok(measured),
                    None => self.usage(&id).await,
                }
            }
        };
        join_all(containers.iter().map(|container| one(container))).await
    }

    async fn usage(&self, id: &ContainerId) -> Measured {
        let (previous, first) = self.sample_pair(id).await?;
        if let Some(previous) = previous {
            return Ok((first.at, Usage::between(Some(&previous), &first)));
        }
        sleep(APART).await;
        let (_, second) = self.sample_pair(id).await?;
        Ok((second.at, Usage::between(Some(&first), &second)))
    }
}

/// How many of these containers are measured from the files of this host's kernel.
#[must_use]
pub fn measured_here(containers: &[Container]) -> usize {
    let Some(mut counters) = LocalCounters::of_this_host() else { return 0 };
    containers.iter().filter(|container| counters.has(container)).count()
}

/// Those whose counters this host has.
async fn local(containers: &[&Container]) -> HashMap<ContainerId, (Timestamp, Usage)> {
    let Some(mut counters) = LocalCounters::of_this_host() else { return HashMap::new() };
    if containers.iter().filter(|container| counters.has(container)).count() == 0 {
        return HashMap::new();
    }
    let before: HashMap<ContainerId, Sample> = counters.sweep().into_iter().collect();
    sleep(APART).await;
    let usage = |(id, now): (ContainerId, Sample)| {
        let usage = Usage::between(before.get(&id), &now);
        (id, (now.at, usage))
    };
    counters.sweep().into_iter().map(usage).collect()
}
