//! How long an operation is going to take, learned from itself: what is left takes as long as what is done took, slot by
//! slot.

use std::time::Duration;

use tokio::time::Instant;

use crate::command::Plan;

/// The phases of a plan, by their time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Estimate {
    /// How long each phase takes by the plan.
    planned: Duration,
    phases: usize,
    done: Vec<Duration>,
    /// When the phase at work began.
    began: Option<Instant>,
}

impl Estimate {
    pub(super) fn of(plan: &Plan) -> Self {
        let phases = plan.phases.len();
        let planned = plan.takes / u32::try_from(phases.max(1)).unwrap_or(u32::MAX);
        Self { planned, phases, ..Self::default() }
    }

    pub(super) fn begins(&mut self, now: Instant) {
        self.began = Some(now);
    }

    pub(super) fn ends(&mut self, now: Instant) {
        self.done.extend(self.began.take().map(|began| now.duration_since(began)));
    }

    /// How long it still takes; `None` where nothing was planned.
    pub(super) fn left(&self, now: Instant) -> Option<Duration> {
        let left = u32::try_from(self.phases.saturating_sub(self.done.len())).ok()?;
        let each = self.each();
        let spent = self.began.map_or(Duration::ZERO, |began| now.duration_since(began).min(each));
        (self.phases > 0).then(|| each.saturating_mul(left).saturating_sub(spent))
    }

    /// The median of those that are done, else what the plan says.
    fn each(&self) -> Duration {
        let mut done = self.done.clone();
        done.sort_unstable();
        done.get(done.len() / 2).copied().unwrap_or(self.planned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn four() -> Estimate {
        Estimate { planned: 10 * SECOND, phases: 4, ..Estimate::default() }
    }

    #[test]
    fn the_plan_counts_until_a_slot_is_done_and_then_the_slots() {
        let (mut estimate, start) = (four(), Instant::now());
        assert_eq!(estimate.left(start), Some(40 * SECOND));
        estimate.begins(start);
        assert_eq!(estimate.left(start + 4 * SECOND), Some(36 * SECOND));
        estimate.ends(start + 20 * SECOND);
        assert_eq!(estimate.left(start + 20 * SECOND), Some(60 * SECOND));
    }

    #[test]
    fn one_slot_that_took_long_does_not_spoil_the_estimate() {
        let mut estimate = Estimate { done: vec![90 * SECOND, 9 * SECOND, 11 * SECOND], ..four() };
        assert_eq!(estimate.left(Instant::now()), Some(11 * SECOND));
        estimate.begins(Instant::now());
        let late = Instant::now() + 60 * SECOND;
        assert_eq!(estimate.left(late), Some(Duration::ZERO), "what takes longer is about to end");
    }

    #[test]
    fn where_nothing_was_planned_nothing_is_said() {
        assert_eq!(Estimate::default().left(Instant::now()), None);
    }
}
