//! What only an inspection tells of a container: `GET /containers/{id}/json`.

use jiff::Timestamp;

use super::{clean, cpus, limit, moment, some_clean, wire};
use crate::domain::{Container, ContainerState, Exit, Health, Limits, Probe, RestartPolicy};

wire! {
    /// The parts of the answer that are used.
    struct Inspected {
        state: State = "State",
        restarts: u64 = "RestartCount",
        host: HostConfig = "HostConfig",
        config: Config = "Config",
    }

    /// How it is doing.
    struct State {
        status: String = "Status",
        oom_killed: bool = "OOMKilled",
        pid: u32 = "Pid",
        exit_code: i64 = "ExitCode",
        error: String = "Error",
        started_at: String = "StartedAt",
        finished_at: String = "FinishedAt",
        health: Option<HealthState> = "Health",
    }

    /// Its health check.
    struct HealthState { status: String = "Status", log: Vec<HealthResult> = "Log" }

    /// One result of it.
    struct HealthResult {
        start: String = "Start",
        end: String = "End",
        exit_code: i64 = "ExitCode",
        output: String = "Output",
    }

    /// What its creator asked of the host.
    struct HostConfig {
        memory: i64 = "Memory",
        nano_cpus: i64 = "NanoCpus",
        cpu_quota: i64 = "CpuQuota",
        cpu_period: i64 = "CpuPeriod",
        restart_policy: Policy = "RestartPolicy",
    }

    /// Its restart policy.
    struct Policy { name: String = "Name", most: u64 = "MaximumRetryCount" }

    /// What its creator asked of the container.
    struct Config { tty: bool = "Tty" }
}

/// What an inspection adds to a listed container.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::engine) struct Inspection {
    pub(in crate::engine) state: ContainerState,
    pub(in crate::engine) health: Health,
    exit: Exit,
    started_at: Option<Timestamp>,
    restarts: u64,
    limits: Limits,
    restart_policy: RestartPolicy,
    tty: bool,
    pid: Option<u32>,
    probes: Vec<Probe>,
}

impl From<Inspected> for Inspection {
    fn from(inspected: Inspected) -> Self {
        let Inspected { state, restarts, host, config } = inspected;
        let health = state.health.unwrap_or_default();
        Self {
            state: ContainerState::parse(&clean(&state.status)),
            health: Health::parse(&clean(&health.status)),
            exit: Exit {
                code: state.exit_code,
                oom_killed: state.oom_killed,
                error: some_clean(&state.error),
                finished_at: moment(&state.finished_at),
            },
            started_at: moment(&state.started_at),
            restarts,
            limits: host.limits(),
            restart_policy: host.restart_policy.policy(),
            tty: config.tty,
            pid: Some(state.pid).filter(|pid| *pid > 0),
            probes: health.log.into_iter().map(HealthResult::probe).collect(),
        }
    }
}

impl Inspection {
    /// Completes a container that did not change since: a list is no newer than this inspection.
    pub(in crate::engine) fn complete(&self, container: &mut Container) {
        self.recall(container);
        container.state = self.state.clone();
        container.pid = self.pid.filter(|_| self.state.is_up());
        let is_over = !self.state.is_up() && self.state != ContainerState::Created;
        container.exit = is_over.then(|| self.exit.clone());
        container.health = if self.state.is_up() { self.health.clone() } else { Health::None };
        container.probes.clone_from(&self.probes);
    }

    /// Adds what holds even if the container has changed since.
    pub(in crate::engine) fn recall(&self, container: &mut Container) {
        container.started_at = self.started_at;
        container.restarts = Some(self.restarts);
        container.limits = Some(self.limits.clone());
        container.restart_policy = Some(self.restart_policy.clone());
        container.tty = Some(self.tty);
    }
}

impl HostConfig {
    /// `--cpus` is kept as billionths; `--cpu-quota` and `--cpu-period` as microseconds, 100 000 by default.
    fn limits(&self) -> Limits {
        const DEFAULT_PERIOD: i64 = 100_000;
        let period = if self.cpu_period > 0 { self.cpu_period } else { DEFAULT_PERIOD };
        let by_quota = (self.cpu_quota > 0).then(|| self.cpu_quota as f64 / period as f64);
        Limits { memory: limit(self.memory), cpus: cpus(self.nano_cpus).or(by_quota) }
    }
}

impl Policy {
    fn policy(&self) -> RestartPolicy {
        match self.name.as_str() {
            "" | "no" => RestartPolicy::No,
            "always" => RestartPolicy::Always,
            "unless-stopped" => RestartPolicy::UnlessStopped,
            "on-failure" => RestartPolicy::OnFailure(self.most),
            other => RestartPolicy::Unknown(clean(other)),
        }
    }
}

impl HealthResult {
    fn probe(self) -> Probe {
        let (start, end) = (moment(&self.start), moment(&self.end));
        let took = start.zip(end).map(|(start, end)| end.duration_since(start).as_millis());
        Probe {
            started_at: start,
            took_ms: took.and_then(|millis| u64::try_from(millis).ok()),
            exit_code: self.exit_code,
            output: self.output.trim_end().lines().map(clean).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::engine::convert::container::Listed;

    fn inspection(json: &serde_json::Value) -> Inspection {
        serde_json::from_str::<Inspected>(&json.to_string()).unwrap().into()
    }

    fn listed(state: &str, status: &str) -> Container {
        let listed = json!({"Id": "a", "Names": ["/a"], "State": state, "Status": status});
        serde_json::from_str::<Listed>(&listed.to_string()).unwrap().container()
    }

    #[test]
    fn an_inspection_completes_a_running_container() {
        let inspection = inspection(&json!({
            "State": {"Status": "running", "Pid": 7, "StartedAt": "2026-08-20T10:00:00Z", "ExitCode": 0,
                "Health": {"Status": "unhealthy", "Log": [{"Start": "2026-08-20T10:00:00.5Z",
                    "End": "2026-08-20T10:00:00.75Z", "ExitCode": 1, "Output": "a\u{1b}[2J\nrefused\n"}]}},
            "RestartCount": 4,
            "HostConfig": {"Memory": 1024, "CpuQuota": 50_000, "RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 3}},
            "Config": {"Tty": true},
        }));
        let mut container = listed("running", "Up 1 second (unhealthy)");
        inspection.complete(&mut container);
        assert_eq!(container.limits, Some(Limits { memory: Some(1024), cpus: Some(0.5) }));
        assert_eq!(container.restart_policy, Some(RestartPolicy::OnFailure(3)));
        assert_eq!((container.pid, container.restarts, container.tty), (Some(7), Some(4), Some(true)));
        assert_eq!((container.exit, container.health), (None, Health::Unhealthy));
        let probe = container.probes.first().unwrap();
        assert_eq!((probe.took_ms, probe.verdict()), (Some(250), "refused"));
        assert_eq!(probe.output, ["a", "refused"]);
    }

    #[test]
    fn an_oom_kill_is_told_only_by_the_inspection() {
        let inspection =
            inspection(&json!({"State": {"Status": "exited", "OOMKilled": true, "ExitCode": 137,
            "FinishedAt": "2026-08-20T10:00:00Z"}}));
        let mut container = listed("exited", "Exited (137) 1 second ago");
        inspection.complete(&mut container);
        assert_eq!(container.exit.map(|exit| exit.describe()), Some("exited 137, OOM-killed".into()));
    }

    #[test]
    fn a_container_that_was_never_started_has_not_ended() {
        let mut container = listed("created", "Created");
        inspection(&json!({"State": {"Status": "created"}})).complete(&mut container);
        assert_eq!(container.exit, None);
    }
}
