//! How programs end: by a signal, by themselves, for their memory; and what follows from it.

use super::{
    Deed, State,
    container::{Container, Status},
    faults::Affliction,
};
use crate::sim::{
    clock::{MILLI, Nanos, SECOND},
    noise,
};

const FIRST_BACKOFF: Nanos = 100 * MILLI;
const LONGEST_BACKOFF: Nanos = 60 * SECOND;
const SETTLED: Nanos = 10 * SECOND;

impl State {
    /// Tells a container to end with a signal; it obeys after a moment. `by_hand` keeps the restart policy
    /// from starting it again.
    pub(crate) fn signal(&mut self, id: &str, signal: u64, by_hand: bool) {
        let Some(container) = self.containers.get_mut(id) else { return };
        container.life.by_hand |= by_hand;
        let run = container.life.run;
        let ends = self.end_by(id, signal);
        self.tell(id, "kill", &[("signal", signal.to_string())]);
        if let Some((takes, code)) = ends {
            self.queue.plan(self.now + takes, Deed::Exit { id: id.to_owned(), run, code });
        }
    }

    /// How a signal ends a program: after what time, and with which code.
    fn end_by(&self, id: &str, signal: u64) -> Option<(Nanos, i64)> {
        let container = self.containers.get(id)?;
        if signal == 9 {
            return Some((15 * MILLI, 137));
        }
        if !matches!(signal, 2 | 3 | 15) && signal != container.stop_signal() {
            return None;
        }
        let own = &container.profile.spec.stop;
        let how = self.conduct_of(container).stop.unwrap_or_else(|| own.clone());
        let run = container.life.run as i64;
        let usual = 120 * MILLI + noise::between(container.key, run, 0, 900) as Nanos * MILLI;
        (!how.ignores).then_some((how.takes.map_or(usual, |span| span.0), how.code))
    }

    /// A program has not obeyed in time.
    pub(super) fn kill_late(&mut self, id: &str, run: u64) {
        let waits = |c: &&Container| c.life.run == run && c.is_up();
        if self.containers.get(id).is_some_and(|c| waits(&c)) {
            self.tell(id, "kill", &[("signal", "9".to_owned())]);
            self.exit(id, run, 137);
        }
    }

    /// The program has ended.
    pub(super) fn exit(&mut self, id: &str, run: u64, code: i64) {
        let now = self.now;
        let Some(container) = self.containers.get_mut(id).filter(|c| c.life.run == run && c.is_up()) else {
            return;
        };
        let ran = now - container.life.started.unwrap_or(now);
        let life = &mut container.life;
        life.finished = Some(now);
        life.code = code;
        life.pid = 0;
        life.status = Status::Exited;
        life.backoff = if ran > SETTLED || life.backoff == 0 { FIRST_BACKOFF } else { life.backoff * 2 };
        life.backoff = life.backoff.min(LONGEST_BACKOFF);
        let (asked, wait) = (life.by_hand, life.backoff);
        let told = std::mem::take(&mut life.stopping);
        container.log.stop(&self.clock, now, code == 0 || code == 143);
        let again = !asked && will_restart(container, code);
        if again {
            container.life.status = Status::Restarting;
        }
        let seconds = (ran / SECOND).to_string();
        self.tell(id, "die", &[("exitCode", code.to_string()), ("execDuration", seconds)]);
        self.tell_networks(id, "disconnect");
        if told {
            self.tell(id, "stop", &[]);
        }
        if again {
            self.queue.plan(now + wait, Deed::Restart { id: id.to_owned(), run });
        }
        self.end_execs(id);
        self.task_container_ended(id, code);
        if !again {
            self.remove_if_told(id);
        }
    }

    /// A container that removes itself.
    fn remove_if_told(&mut self, id: &str) {
        let told = |c: &Container| c.host.get("AutoRemove").is_some_and(|remove| *remove == true);
        if self.containers.get(id).is_some_and(told) {
            self.tell(id, "destroy", &[]);
            self.containers.remove(id);
        }
    }

    /// The kernel kills the container's processes.
    pub(super) fn out_of_memory(&mut self, id: &str, run: u64) {
        let doomed = |c: &&Container| c.life.run == run && c.is_up();
        let Some(container) = self.containers.get(id).filter(doomed) else { return };
        // The fault may have healed since this was planned.
        if !matches!(self.affliction(container), Some(Affliction::Memory { .. })) {
            return;
        }
        if let Some(container) = self.containers.get_mut(id) {
            container.life.oom = true;
        }
        self.tell(id, "oom", &[]);
        self.exit(id, run, 137);
    }
}

fn will_restart(container: &Container, code: i64) -> bool {
    match container.restart_policy() {
        "always" | "unless-stopped" => true,
        "on-failure" => {
            code != 0
                && (container.most_restarts() == 0 || container.life.restarts < container.most_restarts())
        }
        _ => false,
    }
}
