//! What is wrong, in one line each, with its evidence.

use jiff::Timestamp;

use super::{BackupTrouble, Fleet, NodeState, Replica, Service, ServiceKey, Snapshot, StackName, Status};
use crate::text::age;

/// Something a person should look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// The service it is about; `None` for a node, the engine, or a backup.
    pub service: Option<ServiceKey>,
    /// The stack whose backups it is about, and what is wrong with them.
    pub backup: Option<BackupTrouble>,
    /// The name of what it is about.
    pub subject: String,
    /// How that is doing.
    pub status: Status,
    /// What is the matter, with the evidence: `0/1 replicas: exited 137, OOM-killed`.
    pub text: String,
}

/// How bad a finding is, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Something does not serve.
    Critical,
    /// Something serves, but not as it should.
    Warning,
}

impl Finding {
    /// The stack that it is about, or that what it is about is part of.
    #[must_use]
    pub fn stack(&self) -> Option<&StackName> {
        let of_service = self.service.as_ref().and_then(|key| key.stack.as_ref());
        of_service.or_else(|| Some(&self.backup.as_ref()?.stack))
    }

    /// The word for how what it is about is doing.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match &self.backup {
            Some(trouble) => trouble.what.word(),
            None => self.status.word(),
        }
    }
}

impl Severity {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::Warning => "warning",
        }
    }
}

/// A service that was restarted so often, the last time within [`LOOP_WINDOW`] seconds, is in a restart loop even
/// while it happens to be up.
const LOOP: u64 = 2;
const LOOP_WINDOW: i64 = 10 * 60;

/// All findings at `now`, worst first, by subject within one severity.
#[must_use]
pub fn findings(snapshot: &Snapshot, fleet: &Fleet, now: Timestamp) -> Vec<Finding> {
    let mut found: Vec<Finding> = fleet.services().filter_map(of_service).collect();
    found.extend(fleet.services().filter_map(of_update));
    found.extend(fleet.services().filter_map(|service| of_loop(service, now)));
    found.extend(of_nodes(snapshot));
    found.extend(of_swarm(snapshot));
    found.sort_by(|a, b| (a.severity, a.status, &a.subject).cmp(&(b.severity, b.status, &b.subject)));
    found
}

fn of_service(service: &Service) -> Option<Finding> {
    let worst = service.replicas.iter().map(|replica| replica.status).min();
    let status = worst.filter(|status| status.is_wrong()).unwrap_or(service.status);
    if !status.is_wrong() {
        return None;
    }
    let affected = service.replicas_that_are(status).count();
    let cause = service.replicas_that_are(status).find_map(|replica| replica.cause.clone());
    let restarts = service.restarts().filter(|&count| count > 0 && status != Status::Unhealthy);
    let mut text = match status {
        Status::Down => format!("{}/{} replicas run", service.running, service.desired),
        _ => format!("{affected}/{} replicas", service.desired.max(affected as u64)),
    };
    if let Some(cause) = cause {
        text.push_str(&format!(": {cause}"));
    }
    if let Some(count) = restarts {
        text.push_str(&format!(", {count} restarts"));
    }
    let severity = if status == Status::Unhealthy { Severity::Warning } else { Severity::Critical };
    Some(Finding {
        severity,
        service: Some(service.key.clone()),
        backup: None,
        subject: service.key.to_string(),
        status,
        text,
    })
}

/// Only where nothing worse is told of the service already.
fn of_loop(service: &Service, now: Timestamp) -> Option<Finding> {
    if service.replicas.iter().any(|replica| replica.status.is_wrong()) {
        return None;
    }
    let since =
        |replica: &Replica| now.as_second() - replica.started_at.unwrap_or(replica.created_at).as_second();
    let looping = |replica: &&Replica| replica.restarts >= Some(LOOP) && since(replica) < LOOP_WINDOW;
    let replica = service.replicas.iter().filter(looping).max_by_key(|replica| replica.restarts)?;
    let (restarts, ago) = (replica.restarts.unwrap_or_default(), age(since(replica)));
    Some(Finding {
        severity: Severity::Warning,
        service: Some(service.key.clone()),
        backup: None,
        subject: service.key.to_string(),
        status: Status::Restarting,
        text: format!("restarted {restarts} times, the last time {ago} ago"),
    })
}

fn of_update(service: &Service) -> Option<Finding> {
    let update = service.update.as_ref().filter(|update| update.state.is_stuck())?;
    Some(Finding {
        severity: Severity::Critical,
        service: Some(service.key.clone()),
        backup: None,
        subject: service.key.to_string(),
        status: Status::Rolling,
        text: format!("{}: {}", update.state.word(), update.message),
    })
}

fn of_nodes(snapshot: &Snapshot) -> impl Iterator<Item = Finding> {
    snapshot.nodes.iter().filter(|node| node.state != NodeState::Ready).map(|node| Finding {
        severity: Severity::Critical,
        service: None,
        backup: None,
        subject: format!("node {}", node.hostname),
        status: Status::Down,
        text: match node.message.as_str() {
            "" => node.state.word().to_owned(),
            message => message.to_owned(),
        },
    })
}

fn of_swarm(snapshot: &Snapshot) -> Option<Finding> {
    let error = snapshot.engine.swarm.error.as_ref()?;
    Some(Finding {
        severity: Severity::Critical,
        service: None,
        backup: None,
        subject: "swarm".to_owned(),
        status: Status::Down,
        text: error.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        Health, TaskState, UpdateState,
        testing::{at, exited, of, probed, replica, swarm_service, task, update},
    };

    /// Long after the containers of [`crate::domain::testing`] were started.
    const NOW: i64 = 100_000;

    fn found(snapshot: &Snapshot) -> Vec<String> {
        let all = findings(snapshot, &Fleet::of(snapshot), at(NOW));
        all.iter()
            .map(|f| format!("{} {} {}: {}", f.severity.word(), f.subject, f.status.word(), f.text))
            .collect()
    }

    #[test]
    fn a_healthy_fleet_has_no_findings() {
        assert!(
            found(&of(vec![replica("shop", "web", 1), exited(replica("shop", "job", 1), 0, false)]))
                .is_empty()
        );
    }

    #[test]
    fn what_does_not_run_comes_before_what_is_unhealthy() {
        let sick = probed(replica("shop", "api", 1), Health::Unhealthy, "no route");
        let dead = exited(replica("shop", "web", 1), 1, false);
        assert_eq!(
            found(&of(vec![sick, dead])),
            [
                "critical shop/web down: 0/1 replicas run: exited 1",
                "warning shop/api unhealthy: 1/1 replicas: probe \"no route\" ×1",
            ]
        );
    }

    #[test]
    fn a_service_that_was_restarted_again_and_again_is_told_while_it_happens_to_be_up() {
        let mut looping = replica("shop", "web", 1);
        looping.restarts = Some(3);
        looping.started_at = Some(at(NOW - 17));
        assert_eq!(
            found(&of(vec![looping.clone()])),
            ["warning shop/web restarting: restarted 3 times, the last time 17s ago"]
        );
        looping.started_at = Some(at(NOW - 3600));
        assert!(found(&of(vec![looping])).is_empty());
    }

    #[test]
    fn an_update_that_waits_for_a_person_is_critical_and_names_the_cause() {
        let mut app = swarm_service("media", "app", 1);
        app.update = Some(update(UpdateState::Paused, "update paused due to failure of task x"));
        let tasks = vec![task("app", 1, 100, TaskState::Running)];
        let snapshot = Snapshot { services: vec![app], tasks, ..Snapshot::default() };
        assert_eq!(
            found(&snapshot),
            ["critical media/app rolling: update paused: update paused due to failure of task x"]
        );
    }
}
