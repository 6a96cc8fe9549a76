//! Settings and who said them.

use std::time::Duration;

use super::Hook;
use crate::command::{order::Order, rollout::OnFailure};

/// A setting and who said it: `compose.yaml`, `label stacktop.update.delay`, `--delay`.
#[derive(Clone, Debug, PartialEq)]
pub struct Said<T> {
    /// What was said.
    pub value: T,
    /// By whom.
    pub by: String,
}

/// How replicas are exchanged: `deploy.update_config`, or `deploy.rollback_config` on the way back.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Course {
    /// Replicas at once; 0 is all of them.
    pub parallelism: Option<Said<usize>>,
    /// Time between one exchange and the next.
    pub delay: Option<Said<Duration>>,
    /// Which container goes first.
    pub order: Option<Said<Order>>,
    /// How long a new replica is watched.
    pub monitor: Option<Said<Duration>>,
    /// What is done when too many have failed.
    pub failure_action: Option<Said<OnFailure>>,
    /// How many may fail, as a part of all.
    pub max_failure_ratio: Option<Said<f64>>,
}

/// What is said of one service.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// How an update goes.
    pub update: Course,
    /// How a way back goes.
    pub rollback: Course,
    /// What is run in a container before it is stopped.
    pub pre_stop: Vec<Said<Hook>>,
    /// How many replicas there are to be, where a file gives a number.
    pub replicas: Option<Said<u64>>,
    /// The file that has the whole service.
    pub named_by: Option<String>,
    /// What could not be heeded, one sentence each.
    pub notes: Vec<String>,
}

impl Course {
    /// These settings, and where they are silent, the weaker ones.
    #[must_use]
    pub fn over(self, weaker: Self) -> Self {
        Self {
            parallelism: self.parallelism.or(weaker.parallelism),
            delay: self.delay.or(weaker.delay),
            order: self.order.or(weaker.order),
            monitor: self.monitor.or(weaker.monitor),
            failure_action: self.failure_action.or(weaker.failure_action),
            max_failure_ratio: self.max_failure_ratio.or(weaker.max_failure_ratio),
        }
    }
}

impl Settings {
    /// How many replicas `compose up` makes: one, where a file has the service and gives no number.
    #[must_use]
    pub fn written_replicas(&self) -> Option<Said<u64>> {
        let one = || self.named_by.clone().map(|by| Said { value: 1, by });
        self.replicas.clone().or_else(one)
    }

    /// These settings, and where they are silent, those of an earlier file. Hooks add up, as Compose adds them up.
    #[must_use]
    pub fn over(self, earlier: Self) -> Self {
        Self {
            update: self.update.over(earlier.update),
            rollback: self.rollback.over(earlier.rollback),
            pre_stop: [earlier.pre_stop, self.pre_stop].concat(),
            replicas: self.replicas.or(earlier.replicas),
            named_by: self.named_by.or(earlier.named_by),
            notes: [earlier.notes, self.notes].concat(),
        }
    }
}
