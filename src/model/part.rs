//! One replica, or one container, in a job.

use std::time::Duration;

use crate::command::{Act, Call, Plan, Progress, Stage, Step, clone::names};

/// How far a job is with one replica or container.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// The replica's number, or the container's name.
    pub name: String,
    /// The name of the container that is replaced, as long as there is one.
    pub old: Option<String>,
    /// The name of the container that takes its place, once it was made; that of the only one where none is replaced.
    pub new: Option<String>,
    /// What is being done: `gate`, `soak`.
    pub state: String,
    /// How far that is; `None` before its turn.
    pub stage: Option<Stage>,
    /// What was said or seen last.
    pub detail: String,
    /// When what is being done began, by the time since the program's start.
    pub since: Duration,
    /// When it was heard of last.
    pub heard: Duration,
    /// How long is waited at most, where something is waited for.
    pub deadline: Option<Duration>,
    /// When its turn began.
    pub began: Option<Duration>,
    /// Steps that are left of it.
    pub left: usize,
    /// How names change on the way, in order.
    renames: Vec<(String, String)>,
}

impl Part {
    /// The parts of a plan, in the order of their turns.
    pub(super) fn of(plan: &Plan) -> Vec<Self> {
        let mut parts: Vec<Self> = Vec::new();
        for phase in &plan.phases {
            for step in phase.lanes.iter().flatten() {
                let name = Self::name_of(step.slot, &phase.title);
                match parts.iter_mut().find(|part| part.name == name) {
                    Some(part) => part.foresee(step),
                    None => {
                        let mut part = Self::named(name);
                        part.foresee(step);
                        parts.push(part);
                    }
                }
            }
        }
        parts
    }

    pub(super) fn named(name: String) -> Self {
        Self { name, ..Self::default() }
    }

    /// Where nothing is exchanged the part is the container that something is done to.
    fn settle(&mut self, target: &str) {
        if self.name == target {
            self.new = Some(self.name.clone());
        }
    }

    /// The replica's number, or the phase: that of a single container has its name.
    pub(super) fn name_of(slot: Option<u64>, phase: &str) -> String {
        slot.map_or_else(|| phase.to_owned(), |slot| slot.to_string())
    }

    /// The container that is replaced has the lasting name; the one that takes its place goes by another until then.
    fn foresee(&mut self, step: &Step) {
        self.left += 1;
        if let Act::Call(call) = &step.act {
            self.settle(call.target());
        }
        if let Act::Call(Call::Rename { container, name }) = &step.act {
            if names::lasting(container) == container {
                self.old.get_or_insert_with(|| container.clone());
            }
            self.renames.push((container.clone(), name.clone()));
        }
    }

    pub(super) fn hear(&mut self, progress: Progress, now: Duration) {
        self.began.get_or_insert(now);
        if progress.stage == Stage::Begins {
            self.since = now;
        }
        if progress.stage == Stage::Done {
            self.left = self.left.saturating_sub(1);
            self.follow(&progress);
        }
        self.heard = now;
        (self.state, self.detail) = (progress.state, progress.detail);
        (self.stage, self.deadline) = (Some(progress.stage), progress.deadline);
    }

    /// Keeps up with what was made, renamed and removed.
    fn follow(&mut self, progress: &Progress) {
        match progress.state.as_str() {
            "creating" => self.new = Some(progress.target.clone()),
            "committing" => self.old = None,
            "swapping" => self.rename(&progress.target),
            _ => {}
        }
    }

    fn rename(&mut self, from: &str) {
        let Some((_, to)) = self.renames.iter().find(|(name, _)| name == from) else { return };
        for name in [&mut self.old, &mut self.new].into_iter().flatten() {
            if name == from {
                name.clone_from(to);
                return;
            }
        }
    }

    /// Whether nothing is left to be done to it.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.left == 0 && self.stage == Some(Stage::Done)
    }
}
