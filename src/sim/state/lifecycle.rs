//! Starts and ends of containers, with the events that a real daemon tells about them.

use serde_json::Value;

use super::{
    Deed, State,
    container::{Container, Health, Status},
};
use crate::sim::{
    behaviour::{load::Meter, logs::Stream},
    clock::{MILLI, Nanos, SECOND},
};

/// Why the daemon does not do what it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refused {
    /// It is so already (304).
    Already,
    /// It cannot be done in this state (409), with the daemon's words.
    Conflict(String),
    /// Anything else: a status, with the daemon's words.
    Failed(u16, String),
}

impl Refused {
    /// With a status and the daemon's words.
    pub(crate) fn failed(status: u16, message: impl Into<String>) -> Self {
        Self::Failed(status, message.into())
    }
}

impl State {
    /// Starts a container that does not run.
    pub(crate) fn start(&mut self, id: &str) -> Result<(), Refused> {
        let container = self.containers.get_mut(id).ok_or(Refused::Already)?;
        match container.life.status {
            Status::Running => return Err(Refused::Already),
            Status::Paused => {
                return Err(Refused::Conflict(
                    "cannot start a paused container, try unpause instead".to_owned(),
                ));
            }
            Status::Created | Status::Restarting | Status::Exited => {}
        }
        container.life.by_hand = false;
        container.life.restarts = 0;
        if let Err(refused) = self.attach(id).and_then(|()| self.bind_ports(id)) {
            self.fail_start(id, &refused);
            return Err(refused);
        }
        self.launch(id);
        Ok(())
    }

    /// A container that cannot start says why.
    fn fail_start(&mut self, id: &str, refused: &Refused) {
        let Refused::Failed(_, message) = refused else { return };
        let Some(container) = self.containers.get_mut(id) else { return };
        container.life.error.clone_from(message);
        container.life.code = 128;
    }

    /// Brings a container up, whatever made it start.
    pub(crate) fn launch(&mut self, id: &str) {
        self.pids += 7;
        let (pid, now) = (self.pids, self.now);
        let Some(container) = self.containers.get_mut(id) else { return };
        let life = &mut container.life;
        life.status = Status::Running;
        life.started = Some(now);
        life.pid = pid;
        life.run += 1;
        life.oom = false;
        life.stopping = false;
        life.error.clear();
        life.code = 0;
        let run = life.run;
        container.meter = Meter::new(now);
        container.log.start(&self.clock, now);
        container.health = container.health.take().map(|health| Health::starting(health.check));
        self.tell_networks(id, "connect");
        self.tell(id, "start", &[]);
        self.plan_first_probe(id, run);
        self.afflict(id, 0);
        self.plan_own_end(id, run);
    }

    /// Plans the end of a program that ends by itself, with its last words.
    fn plan_own_end(&mut self, id: &str, run: u64) {
        let Some(container) = self.containers.get(id) else { return };
        let conduct = self.conduct_of(container);
        let (after, code) = match (conduct.crash, super::programs::own_end(container)) {
            (Some(crash), _) | (None, Some(crash)) => crash,
            (None, None) => return,
        };
        let clock = self.clock.clone();
        if let Some(container) = self.containers.get_mut(id).filter(|_| conduct.crash.is_some()) {
            for (number, line) in conduct.lines.iter().enumerate() {
                let at = self.now + (after / 2).min((number as Nanos + 4) * 90 * MILLI);
                container.log.store(&clock, at, Stream::Err, line);
            }
        }
        self.queue.plan(self.now + after, Deed::Exit { id: id.to_owned(), run, code });
    }

    /// Stops a container: it gets a signal and ends after a moment; what has not ended after `patience` seconds
    /// is killed (negative: never). One that waits for its restart ends at once.
    pub(crate) fn stop(&mut self, id: &str, patience: Option<i64>) -> Result<(), Refused> {
        let container = self.containers.get_mut(id).ok_or(Refused::Already)?;
        match container.life.status {
            Status::Created | Status::Exited => Err(Refused::Already),
            Status::Restarting => {
                container.life.status = Status::Exited;
                container.life.by_hand = true;
                self.tell(id, "stop", &[]);
                Ok(())
            }
            Status::Running | Status::Paused => {
                // A frozen program hears nothing until it is killed.
                let paused = container.life.status == Status::Paused;
                let signal = if paused { 9 } else { container.stop_signal() };
                let own = container.config.get("StopTimeout").and_then(Value::as_i64);
                let patience = patience.or(own).unwrap_or(10);
                container.life.stopping = true;
                let run = container.life.run;
                self.signal(id, signal, true);
                if patience >= 0 {
                    self.queue.plan(self.now + patience * SECOND, Deed::Kill { id: id.to_owned(), run });
                }
                Ok(())
            }
        }
    }

    /// A restart is complete.
    pub(crate) fn restarted(&mut self, id: &str) {
        self.tell(id, "restart", &[]);
    }

    /// The restart policy's turn.
    pub(super) fn restart_by_policy(&mut self, id: &str, run: u64) {
        let waits = |c: &&mut Container| c.life.run == run && c.life.status == Status::Restarting;
        let Some(container) = self.containers.get_mut(id).filter(waits) else { return };
        container.life.restarts += 1;
        let was_oom = container.life.oom;
        self.launch(id);
        // The engine keeps the flag of the last end until the next one; people look for it.
        if let Some(container) = self.containers.get_mut(id) {
            container.life.oom = was_oom;
        }
    }

    /// Freezes or thaws a container.
    pub(crate) fn freeze(&mut self, id: &str, freeze: bool) -> Result<(), Refused> {
        let now = self.now;
        let Some(container) = self.containers.get_mut(id) else { return Err(Refused::Already) };
        let (name, factor) = (container.id.clone(), if freeze { 0.0 } else { 1.0 });
        let complaint = match (container.life.status, freeze) {
            (Status::Running, true) | (Status::Paused, false) => None,
            (Status::Paused, true) => Some(format!("Container {name} is already paused")),
            (Status::Running, false) | (_, false) => Some(format!("Container {name} is not paused")),
            (_, true) => Some(format!("Container {name} is not running")),
        };
        if let Some(complaint) = complaint {
            return Err(Refused::Conflict(complaint));
        }
        container.life.status = if freeze { Status::Paused } else { Status::Running };
        let (key, profile) = (container.key, std::sync::Arc::clone(&container.profile));
        container.meter.pace(key, &profile.spec.load, now, factor);
        self.tell(id, if freeze { "pause" } else { "unpause" }, &[]);
        Ok(())
    }

    /// Changes limits or the restart policy of a container.
    pub(crate) fn update(&mut self, id: &str, wanted: &Value) -> Result<(), Refused> {
        let Some(container) = self.containers.get_mut(id) else { return Ok(()) };
        let number = |value: &Value, name: &str| value.get(name).and_then(Value::as_i64).unwrap_or_default();
        let (memory, swap) = (number(wanted, "Memory"), number(&container.host, "MemorySwap"));
        if memory > swap && swap > 0 && number(wanted, "MemorySwap") == 0 {
            return Err(Refused::Conflict(format!(
                "Cannot update container {id}: Memory limit should be smaller than already set memoryswap limit, \
                 update the memoryswap at the same time"
            )));
        }
        let given = |value: &Value| !value.is_null() && value.as_i64() != Some(0) && *value != "";
        let named = |value: &Value| value.get("Name").is_none_or(|name| *name != "");
        let wanted =
            wanted.as_object().into_iter().flatten().filter(|(_, value)| given(value) && named(value));
        if let Some(host) = container.host.as_object_mut() {
            host.extend(wanted.map(|(name, value)| (name.clone(), value.clone())));
        }
        self.tell(id, "update", &[]);
        Ok(())
    }

    /// Gives a container another name.
    pub(crate) fn rename(&mut self, id: &str, name: &str) -> Result<(), Refused> {
        self.check_name(name).map_err(|refused| match refused {
            Refused::Conflict(text) => Refused::Conflict(format!("Error when allocating new name: {text}")),
            other => other,
        })?;
        let Some(container) = self.containers.get_mut(id) else { return Err(Refused::Already) };
        let old = std::mem::replace(&mut container.name, name.to_owned());
        self.tell(id, "rename", &[("oldName", format!("/{old}"))]);
        Ok(())
    }

    /// Removes a container; one that runs only by force.
    pub(crate) fn remove(&mut self, id: &str, force: bool) -> Result<(), Refused> {
        let Some(container) = self.containers.get(id) else { return Err(Refused::Already) };
        if container.is_up() && !force {
            let advice = match container.life.status {
                Status::Paused => {
                    "Unpause and then stop the container before attempting removal or force remove"
                }
                _ => "Stop the container before attempting removal or force remove",
            };
            let (id, name, word) = (&container.id, &container.name, container.life.status.word());
            let text = format!("cannot remove container \"/{name}\": container is {word}: {advice}");
            let old = format!("You cannot remove a {word} container {id}. {advice}");
            return Err(Refused::Conflict(if self.engine.cgroup == 2 { text } else { old }));
        }
        if container.is_up() {
            let run = container.life.run;
            self.tell(id, "kill", &[("signal", "9".to_owned())]);
            self.forget_policy(id);
            self.exit(id, run, 137);
        }
        self.tell(id, "destroy", &[]);
        self.containers.remove(id);
        Ok(())
    }

    fn forget_policy(&mut self, id: &str) {
        if let Some(container) = self.containers.get_mut(id) {
            container.life.by_hand = true;
        }
    }
}
