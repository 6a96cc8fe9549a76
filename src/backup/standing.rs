//! How the last good sets of a stack compare with what was promised.

use std::time::Duration;

use jiff::Timestamp;

use super::{Schedule, Scope, Set, Validity};

/// What was promised of a stack's backups.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Promise {
    /// When a set of each scope is due.
    pub schedules: Vec<(Scope, Schedule)>,
    /// How old the last good set may be at most.
    pub rpo: Option<Duration>,
}

/// How the backups of one scope stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What the sets hold.
    pub scope: Scope,
    /// The newest valid set that holds it.
    pub last: Option<Set>,
    /// How long ago that was begun: whatever came after would be lost.
    pub age: Option<Duration>,
    /// How old it may be.
    pub most: Option<Duration>,
    /// What follows.
    pub verdict: Verdict,
}

/// How an age compares with what was promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// There is no valid set.
    Nothing,
    /// It is young enough.
    Within,
    /// It is older than was promised.
    Overdue,
    /// Nothing was promised.
    Unmeasured,
}

impl Verdict {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Nothing => "none",
            Self::Within => "good",
            Self::Overdue => "overdue",
            Self::Unmeasured => "there",
        }
    }
}

/// How a stack's backups stand, by what is backed up apart: what the schedules say, and without any what its sets hold.
/// `sets` are all of the stack, newest first.
#[must_use]
pub fn standings(sets: &[Set], promise: &Promise, now: Timestamp) -> Vec<Standing> {
    let scheduled: Vec<Scope> = promise.schedules.iter().map(|(scope, _)| *scope).collect();
    let held: Vec<Scope> = sets.iter().filter_map(scope).collect();
    let wanted = if scheduled.is_empty() { held } else { scheduled };
    let mut scopes: Vec<Scope> = Scope::EVERY.into_iter().filter(|scope| wanted.contains(scope)).collect();
    if scopes.is_empty() {
        scopes.push(Scope::All);
    }
    scopes.into_iter().map(|scope| standing(scope, sets, promise, now)).collect()
}

/// Bytes of the newest `most` valid sets of a scope, oldest first.
#[must_use]
pub fn trend(sets: &[Set], scope: Scope, most: usize) -> Vec<u64> {
    let valid = sets.iter().filter(|set| self::scope(set) == Some(scope));
    let sizes = valid.filter_map(|set| Some(set.manifest.as_ref().ok()?.stored_bytes()));
    let mut sizes: Vec<u64> = sizes.take(most).collect();
    sizes.reverse();
    sizes
}

fn standing(scope: Scope, sets: &[Set], promise: &Promise, now: Timestamp) -> Standing {
    let holds = |set: &&Set| self::scope(set).is_some_and(|of| of == scope || of == Scope::All);
    let last = sets.iter().find(holds).cloned();
    let age = last.as_ref().map(|set| Duration::try_from(now.duration_since(set.began)).unwrap_or_default());
    let most = most(scope, promise);
    let verdict = match (age, most) {
        (None, _) => Verdict::Nothing,
        (Some(_), None) => Verdict::Unmeasured,
        (Some(age), Some(most)) if age > most => Verdict::Overdue,
        (Some(_), Some(_)) => Verdict::Within,
    };
    Standing { scope, last, age, most, verdict }
}

/// What of a whole stack a valid set holds.
fn scope(set: &Set) -> Option<Scope> {
    let manifest = set.manifest.as_ref().ok()?;
    let counts = set.validity() == Validity::Valid && manifest.service.is_none();
    counts.then_some(manifest.scope)
}

/// Volumes that are backed up apart, and less often than data may be lost, are so on purpose: what must not be lost is
/// in the dumps.
fn most(scope: Scope, promise: &Promise) -> Option<Duration> {
    let apart = promise.schedules.iter().find(|(of, _)| *of == scope && scope == Scope::Volumes);
    let period = apart.map(|(_, schedule)| schedule.period());
    promise.rpo.map(|rpo| period.map_or(rpo, |period| period.max(rpo)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backup::{Manifest, SCHEMA};

    const NOW: &str = "2026-03-04T12:00:00Z";

    fn set(began: &str, scope: Scope) -> Set {
        let at = began.parse().unwrap();
        let manifest = Manifest {
            schema: SCHEMA,
            id: began.to_owned(),
            stack: "shop".to_owned(),
            engine: String::new(),
            engine_version: String::new(),
            scope,
            service: None,
            began: at,
            finished: at,
            services: Vec::new(),
            parts: Vec::new(),
            warnings: Vec::new(),
        };
        Set {
            id: began.to_owned(),
            folder: "/s".into(),
            began: at,
            manifest: Ok(manifest),
            amiss: Vec::new(),
            drill: None,
        }
    }

    fn broken(set: Set) -> Set {
        Set { amiss: vec!["part".to_owned()], ..set }
    }

    fn promise(rpo_hours: Option<u64>, schedules: &[(Scope, &str)]) -> Promise {
        let schedules = schedules.iter().map(|(scope, text)| (*scope, Schedule::parse(text).unwrap()));
        Promise {
            schedules: schedules.collect(),
            rpo: rpo_hours.map(|hours| Duration::from_secs(hours * 3600)),
        }
    }

    fn told(sets: &[Set], promise: &Promise) -> Vec<String> {
        let standings = standings(sets, promise, NOW.parse().unwrap());
        standings.iter().map(|it| format!("{} {}", it.scope.word(), it.verdict.word())).collect()
    }

    #[test]
    fn the_last_valid_set_counts_by_when_it_was_begun() {
        let sets = [
            broken(set("2026-03-04T11:00:00Z", Scope::All)),
            set("2026-03-04T06:00:00Z", Scope::All),
            set("2026-03-04T01:00:00Z", Scope::All),
        ];
        assert_eq!(told(&sets, &promise(Some(6), &[])), ["all good"]);
        assert_eq!(told(&sets, &promise(Some(5), &[])), ["all overdue"]);
        assert_eq!(told(&sets, &promise(None, &[])), ["all there"]);
        assert_eq!(told(&sets[..1], &promise(Some(6), &[])), ["all none"]);
        assert_eq!(told(&[], &promise(Some(6), &[])), ["all none"]);
    }

    #[test]
    fn dumps_and_volumes_stand_apart_where_they_are_due_apart_and_a_whole_set_counts_for_both() {
        let schedules = promise(Some(6), &[(Scope::Dumps, "every 6h"), (Scope::Volumes, "daily 03:00")]);
        let dumps = set("2026-03-04T11:00:00Z", Scope::Dumps);
        assert_eq!(told(std::slice::from_ref(&dumps), &schedules), ["dumps good", "volumes none"]);
        let sets = [dumps, set("2026-03-03T13:00:00Z", Scope::Volumes)];
        assert_eq!(told(&sets, &schedules), ["dumps good", "volumes good"], "once a day is as was settled");
        assert_eq!(
            told(&[set("2026-03-04T11:00:00Z", Scope::All)], &schedules),
            ["dumps good", "volumes good"]
        );
    }

    #[test]
    fn a_schedule_for_everything_that_comes_round_too_seldom_excuses_nothing() {
        let daily = promise(Some(6), &[(Scope::All, "daily 03:00")]);
        assert_eq!(told(&[set("2026-03-04T03:00:00Z", Scope::All)], &daily), ["all overdue"]);
    }

    #[test]
    fn the_trend_is_of_valid_sets_of_one_scope_oldest_first() {
        let sets = [
            set("2026-03-04T11:00:00Z", Scope::All),
            broken(set("2026-03-04T10:00:00Z", Scope::All)),
            set("2026-03-04T09:00:00Z", Scope::Dumps),
            set("2026-03-04T08:00:00Z", Scope::All),
        ];
        assert_eq!(trend(&sets, Scope::All, 8).len(), 2);
        assert_eq!(trend(&sets, Scope::All, 1).len(), 1);
    }
}
