//! Health checks: probes on a schedule, as the daemon runs them.

use super::{
    Deed, State,
    container::{Container, Probe, Status},
    faults::Affliction,
};
use crate::sim::{
    clock::{MILLI, Nanos, SECOND},
    ids, noise,
};

/// Time between probes while a container starts, since engine 25.
const START_INTERVAL: Nanos = 5 * SECOND;
const REMEMBERED: usize = 5;

impl State {
    /// Plans the first probe after a start.
    pub(super) fn plan_first_probe(&mut self, id: &str, run: u64) {
        let Some(interval) = self.containers.get(id).and_then(|c| interval(c, self.now)) else { return };
        self.queue.plan(self.now + interval, Deed::Probe { id: id.to_owned(), run });
    }

    /// A probe begins: an exec in the container.
    pub(super) fn probe(&mut self, id: &str, run: u64) {
        let Some(container) = self.containers.get(id).filter(|c| c.life.run == run && c.is_up()) else {
            return;
        };
        let Some(check) = container.health.as_ref().map(|health| health.check.clone()) else { return };
        if container.life.status == Status::Paused {
            self.queue.plan(self.now + check.interval.0, Deed::Probe { id: id.to_owned(), run });
            return;
        }
        let key = noise::part(container.key, self.now);
        let takes = match self.affliction(container) {
            Some(Affliction::Probe { code: -1, .. }) => check.timeout.0,
            _ => noise::between(key, 5, 30, 140) as Nanos * MILLI,
        };
        let command = check.test.iter().skip(1).cloned().collect::<Vec<_>>().join(" ");
        let command = if check.test.first().is_some_and(|word| word == "CMD-SHELL") {
            format!("/bin/sh -c {command}")
        } else {
            command
        };
        let exec = self.exec_id(id, self.now);
        self.tell(id, format!("exec_create: {command}"), &[("execID", exec.clone())]);
        self.tell(id, format!("exec_start: {command}"), &[("execID", exec)]);
        let begun = self.now;
        self.queue.plan(self.now + takes, Deed::Probed { id: id.to_owned(), run, begun });
    }

    fn exec_id(&self, id: &str, begun: Nanos) -> String {
        ids::hex(self.seed, &format!("exec {id} {begun}"))
    }

    /// A probe ends.
    pub(super) fn probed(&mut self, id: &str, run: u64, begun: Nanos) {
        let Some(container) = self.containers.get(id).filter(|c| c.life.run == run && c.is_up()) else {
            return;
        };
        let (code, output) = match self.affliction(container) {
            Some(Affliction::Probe { code, output }) => (code, output),
            Some(Affliction::Memory { .. }) | None => {
                (0, container.health.as_ref().map(|health| health.check.output.clone()).unwrap_or_default())
            }
        };
        if code != -1 {
            let exec = self.exec_id(id, begun);
            self.tell(id, "exec_die", &[("execID", exec), ("exitCode", code.to_string())]);
        }
        let now = self.now;
        let Some(container) = self.containers.get_mut(id) else { return };
        let changed = record(container, Probe { begun, ended: now, code, output });
        let next = interval(container, now).unwrap_or(START_INTERVAL);
        self.queue.plan(now + next, Deed::Probe { id: id.to_owned(), run });
        if let Some(status) = changed {
            self.tell(id, format!("health_status: {status}"), &[]);
            self.task_health_changed(id, status);
        }
    }
}

/// Time to the next probe of a container with a check.
fn interval(container: &Container, now: Nanos) -> Option<Nanos> {
    let health = container.health.as_ref()?;
    let starting = health.status == "starting"
        && container.life.started.is_some_and(|started| now - started < health.check.start_period.0);
    Some(if starting { START_INTERVAL.min(health.check.interval.0) } else { health.check.interval.0 })
}

/// Adds a probe to the health log and gives the new status if it changed.
pub(super) fn record(container: &mut Container, probe: Probe) -> Option<&'static str> {
    let started = container.life.started.unwrap_or(probe.begun);
    let health = container.health.as_mut()?;
    let old = health.status;
    if probe.code == 0 {
        health.streak = 0;
        health.status = "healthy";
    } else if old != "starting" || probe.begun - started >= health.check.start_period.0 {
        health.streak += 1;
        if health.streak >= health.check.retries {
            health.status = "unhealthy";
        }
    }
    if health.log.len() == REMEMBERED {
        health.log.pop_front();
    }
    health.log.push_back(probe);
    (health.status != old).then_some(health.status)
}
