//! Which sets stay and which may go.

use std::collections::BTreeSet;

use jiff::{Timestamp, Zoned, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::Extent;

/// How many sets are kept of each kind; a set may be kept for several reasons.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Retention {
    /// The newest sets.
    pub last: usize,
    /// The newest set of each of so many hours.
    pub hourly: usize,
    /// Of so many days.
    pub daily: usize,
    /// Of so many weeks, which begin on Monday.
    pub weekly: usize,
    /// Of so many months.
    pub monthly: usize,
}

/// A set, as far as its keeping goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aged {
    /// Its id.
    pub id: String,
    /// When it was begun.
    pub began: Timestamp,
    /// Whether it could be restored.
    pub validity: Validity,
    /// What it was to hold; `None` where no manifest tells.
    pub extent: Option<Extent>,
}

/// Whether a set could be restored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Validity {
    /// Its manifest is there, and so is every part of the recorded size.
    Valid,
    /// Something is missing.
    Invalid,
}

/// What becomes of a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It stays, for this reason.
    Kept(&'static str),
    /// It goes.
    Dropped,
}

/// The kinds of keeping, each with what makes two sets of one period the same.
type Period = (&'static str, fn(&Zoned) -> String);

const PERIODS: [Period; 5] = [
    ("last", |at| at.timestamp().as_nanosecond().to_string()),
    ("hourly", |at| at.strftime("%Y-%m-%d %H %z").to_string()),
    ("daily", |at| at.strftime("%Y-%m-%d").to_string()),
    ("weekly", |at| at.strftime("%G-%V").to_string()),
    ("monthly", |at| at.strftime("%Y-%m").to_string()),
];

impl Retention {
    /// Whether it says anything: one that keeps nothing is a mistake, not a wish.
    #[must_use]
    pub fn keeps_nothing(&self) -> bool {
        *self == Self::default()
    }

    const fn counts(&self) -> [usize; 5] {
        [self.last, self.hourly, self.daily, self.weekly, self.monthly]
    }

    /// The fate of each set, in the order given; sets of one extent are counted apart from those of another. Only valid
    /// sets count as kept, and the newest valid one always stays. While the newest set of all is not valid, so do all
    /// others: something is wrong. An invalid one stays while nothing newer is valid, because it is what there is to
    /// look into.
    #[must_use]
    pub fn fates(&self, sets: &[Aged], zone: &TimeZone) -> Vec<Fate> {
        let mut fates = vec![Fate::Dropped; sets.len()];
        let extents: BTreeSet<&Extent> = sets.iter().filter_map(|set| set.extent.as_ref()).collect();
        for extent in extents {
            let is_of = |set: &&Aged| set.extent.as_ref().is_none_or(|of| of == extent);
            self.keep(sets.iter().filter(is_of).collect(), zone, |set, why| {
                let at = sets.iter().position(|other| std::ptr::eq(other, set));
                if let Some(fate @ Fate::Dropped) = at.and_then(|at| fates.get_mut(at))
                    && set.extent.is_some()
                {
                    *fate = Fate::Kept(why);
                }
            });
        }
        let newest_valid = sets.iter().filter(|set| set.is_valid()).map(Aged::age).max();
        for (set, fate) in sets.iter().zip(&mut fates) {
            if !set.is_valid() && newest_valid.is_none_or(|valid| valid < set.age()) {
                *fate = Fate::Kept("nothing newer is valid");
            }
        }
        fates
    }

    /// Tells which sets of one extent stay, and why.
    fn keep(&self, mut sets: Vec<&Aged>, zone: &TimeZone, mut keep: impl FnMut(&Aged, &'static str)) {
        sets.sort_by_key(|set| std::cmp::Reverse(set.age()));
        let newest_failed = sets.first().is_some_and(|set| !set.is_valid());
        sets.retain(|set| set.is_valid());
        for ((why, period), count) in PERIODS.into_iter().zip(self.counts()) {
            let mut seen = BTreeSet::new();
            for set in &sets {
                if seen.len() < count && seen.insert(period(&set.began.to_zoned(zone.clone()))) {
                    keep(set, why);
                }
            }
        }
        if let Some(set) = sets.first() {
            keep(set, "the last valid set");
        }
        if newest_failed {
            sets.iter().for_each(|set| keep(set, "the newest set is not valid"));
        }
    }
}

impl Aged {
    fn is_valid(&self) -> bool {
        self.validity == Validity::Valid
    }

    /// What orders sets by age.
    fn age(&self) -> (Timestamp, &str) {
        (self.began, &self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backup::Scope;

    fn set(began: &str, validity: Validity) -> Aged {
        Aged {
            id: began.to_owned(),
            began: began.parse().unwrap(),
            validity,
            extent: Some(Extent::default()),
        }
    }

    fn valid(days: &[&str]) -> Vec<Aged> {
        days.iter().map(|began| set(began, Validity::Valid)).collect()
    }

    fn kept(retention: Retention, sets: &[Aged]) -> Vec<String> {
        let fates = retention.fates(sets, &TimeZone::UTC);
        let kept = sets.iter().zip(fates).filter(|(_, fate)| *fate != Fate::Dropped);
        kept.map(|(set, _)| set.id.clone()).collect()
    }

    #[test]
    fn of_each_day_the_newest_set_is_kept() {
        let sets = valid(&[
            "2026-03-01T00:00:00Z",
            "2026-03-01T12:00:00Z",
            "2026-03-02T00:00:00Z",
            "2026-03-02T12:00:00Z",
            "2026-03-03T00:00:00Z",
        ]);
        let retention = Retention { daily: 2, ..Retention::default() };
        assert_eq!(kept(retention, &sets), ["2026-03-02T12:00:00Z", "2026-03-03T00:00:00Z"]);
    }

    #[test]
    fn periods_without_a_set_do_not_count() {
        let sets = valid(&["2025-11-01T00:00:00Z", "2026-01-01T00:00:00Z", "2026-03-03T00:00:00Z"]);
        let retention = Retention { monthly: 3, ..Retention::default() };
        assert_eq!(kept(retention, &sets).len(), 3);
    }

    #[test]
    fn a_set_may_be_kept_for_any_of_several_reasons() {
        let sets = valid(&["2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z"]);
        let retention = Retention { last: 1, monthly: 2, ..Retention::default() };
        assert_eq!(kept(retention, &sets), ["2026-02-01T00:00:00Z", "2026-03-02T00:00:00Z"]);
    }

    #[test]
    fn the_last_valid_set_is_never_dropped() {
        let sets = [
            set("2026-03-01T00:00:00Z", Validity::Valid),
            set("2026-03-02T00:00:00Z", Validity::Invalid),
            set("2026-03-03T00:00:00Z", Validity::Invalid),
        ];
        assert!(kept(Retention::default(), &sets).contains(&"2026-03-01T00:00:00Z".to_owned()));
    }

    #[test]
    fn an_invalid_set_counts_for_nothing_and_goes_once_a_newer_one_is_valid() {
        let sets = [
            set("2026-03-01T00:00:00Z", Validity::Valid),
            set("2026-03-02T00:00:00Z", Validity::Invalid),
            set("2026-03-03T00:00:00Z", Validity::Valid),
        ];
        let retention = Retention { last: 2, ..Retention::default() };
        assert_eq!(kept(retention, &sets), ["2026-03-01T00:00:00Z", "2026-03-03T00:00:00Z"]);
    }

    #[test]
    fn a_failed_run_that_is_the_newest_stays_to_be_looked_into() {
        let sets =
            [set("2026-03-01T00:00:00Z", Validity::Valid), set("2026-03-02T00:00:00Z", Validity::Invalid)];
        let retention = Retention { last: 1, ..Retention::default() };
        assert_eq!(kept(retention, &sets).len(), 2);
    }

    #[test]
    fn while_the_newest_run_has_failed_nothing_that_is_valid_goes() {
        let mut sets = valid(&["2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z"]);
        sets.push(Aged { extent: None, ..set("2026-03-03T00:00:00Z", Validity::Invalid) });
        let retention = Retention { last: 1, ..Retention::default() };
        assert_eq!(kept(retention, &sets).len(), 3);
        sets.push(set("2026-03-04T00:00:00Z", Validity::Valid));
        assert_eq!(kept(retention, &sets), ["2026-03-04T00:00:00Z"]);
    }

    #[test]
    fn a_set_of_one_service_does_not_stand_for_those_of_the_whole_stack() {
        let service = Some("db".to_owned());
        let extent = Some(Extent { service, ..Extent::default() });
        let sets = [
            set("2026-03-01T00:00:00Z", Validity::Valid),
            Aged { extent, ..set("2026-03-02T00:00:00Z", Validity::Valid) },
        ];
        assert_eq!(kept(Retention { last: 1, ..Retention::default() }, &sets).len(), 2);
    }

    #[test]
    fn sets_of_dumps_are_counted_apart_from_those_of_volumes() {
        let of = |began, scope| Aged {
            extent: Some(Extent { scope, service: None }),
            ..set(began, Validity::Valid)
        };
        let sets = [
            of("2026-03-01T00:00:00Z", Scope::Volumes),
            of("2026-03-02T00:00:00Z", Scope::Dumps),
            of("2026-03-03T00:00:00Z", Scope::Dumps),
        ];
        let retention = Retention { last: 1, ..Retention::default() };
        assert_eq!(kept(retention, &sets), ["2026-03-01T00:00:00Z", "2026-03-03T00:00:00Z"]);
    }
}
