//! Health checks: probes on a schedule, as the daemon runs them.

use serde_json::Value;

use super::{
    Deed, State,
    container::{Container, Probe, Status},
    faults::Affliction,
};
use crate::sim::{
    clock::{MILLI, Nanos, SECOND},
    ids, noise,
    spec::{HealthSpec, Span},
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
        let command = probe_words(container, &check).join(" ");
        let exec = self.exec_id(id, self.now);
        self.tell(id, format!("exec_create: {command}"), &[("execID", exec.clone())]);
        self.tell(id, format!("exec_start: {command}"), &[("execID", exec)]);
        let begun = self.now;
        self.queue.plan(self.now + takes, Deed::Probed { id: id.to_owned(), run, begun });
    }

    fn exec_id(&self, id: &str, begun: Nanos) -> String {
        ids::hex(self.seed, &format!("exec {id} {begun}"))
    }

    /// What a probe of a container would yield now: exit code and output. Code -1 is a probe that hangs.
    pub(super) fn true_health(&self, container: &Container) -> (i64, String) {
        if let Some(Affliction::Probe { code, output }) = self.affliction(container) {
            return (code, output);
        }
        let conduct = self.conduct_of(container);
        if let Some(failure) = conduct.unhealthy {
            return failure;
        }
        let check = container.health.as_ref().map(|health| &health.check);
        let ran = self.now - container.life.started.unwrap_or(self.now);
        if ran < conduct.ready_after {
            return (1, "connection refused\n".to_owned());
        }
        if check.is_some_and(|check| container.files.contains(&check.drain_file)) {
            return (1, "draining\n".to_owned());
        }
        (0, check.map(|check| check.output.clone()).unwrap_or_default())
    }

    /// A probe ends.
    pub(super) fn probed(&mut self, id: &str, run: u64, begun: Nanos) {
        let Some(container) = self.containers.get(id).filter(|c| c.life.run == run && c.is_up()) else {
            return;
        };
        let (code, output) = self.true_health(container);
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

/// The words of a health check's command.
pub(super) fn probe_words(container: &Container, check: &HealthSpec) -> Vec<String> {
    let rest = check.test.iter().skip(1).cloned();
    if check.test.first().is_none_or(|word| word != "CMD-SHELL") {
        return rest.collect();
    }
    let shell = container.config.get("Shell").and_then(Value::as_array).into_iter().flatten();
    let mut words: Vec<String> = shell.filter_map(Value::as_str).map(str::to_owned).collect();
    if words.is_empty() {
        words = vec!["/bin/sh".to_owned(), "-c".to_owned()];
    }
    words.extend(rest);
    words
}

/// The check of a container's `Config`, with the engine's defaults. What probes print is not in it: that
/// comes from what the world says of the service.
pub(crate) fn check_of(config: &Value, hint: Option<&HealthSpec>) -> Option<HealthSpec> {
    let check = config.get("Healthcheck")?;
    let words = check.get("Test").and_then(Value::as_array).into_iter().flatten();
    let test: Vec<String> = words.filter_map(Value::as_str).map(str::to_owned).collect();
    if test.first().is_none_or(|word| word == "NONE") {
        return None;
    }
    let number = |name: &str| check.get(name).and_then(Value::as_i64).filter(|number| *number > 0);
    Some(HealthSpec {
        test,
        interval: Span(number("Interval").unwrap_or(30 * SECOND)),
        timeout: Span(number("Timeout").unwrap_or(30 * SECOND)),
        retries: number("Retries").and_then(|number| u64::try_from(number).ok()).unwrap_or(3),
        start_period: Span(number("StartPeriod").unwrap_or_default()),
        output: hint.map(|hint| hint.output.clone()).unwrap_or_default(),
        drain_file: hint.map(|hint| hint.drain_file.clone()).unwrap_or_default(),
    })
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
