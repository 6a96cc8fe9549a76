//! Which sets stay and which may go.

use std::collections::BTreeSet;

use jiff::{Timestamp, Zoned, tz::TimeZone};
use serde::{Deserialize, Serialize};

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

    /// The fate of each set, in the order given. Only valid sets count as kept; an invalid one stays while it is newer
    /// than every valid one, because it is what there is to look into. The newest valid set always stays.
    #[must_use]
    pub fn fates(&self, sets: &[Aged], zone: &TimeZone) -> Vec<Fate> {
        let mut newest_first: Vec<usize> = (0..sets.len()).collect();
        let began = |at: usize| sets.get(at).map(|set| (set.began, set.id.as_str()));
        newest_first.sort_by(|a, b| began(*b).cmp(&began(*a)));
        let is_valid = |at: &usize| sets.get(*at).is_some_and(|set| set.validity == Validity::Valid);
        let mut fates = vec![Fate::Dropped; sets.len()];
        let mut keep = |at: usize, why: &'static str| {
            if let Some(fate @ Fate::Dropped) = fates.get_mut(at) {
                *fate = Fate::Kept(why);
            }
        };
        let valid: Vec<usize> = newest_first.iter().copied().filter(is_valid).collect();
        newest_first.iter().take_while(|at| !is_valid(at)).for_each(|at| keep(*at, "nothing newer is valid"));
        for ((why, period), count) in PERIODS.into_iter().zip(self.counts()) {
            let mut seen = BTreeSet::new();
            for at in &valid {
                let Some(set) = sets.get(*at) else { continue };
                if seen.len() < count && seen.insert(period(&set.began.to_zoned(zone.clone()))) {
                    keep(*at, why);
                }
            }
        }
        if let Some(at) = valid.first() {
            keep(*at, "the last valid set");
        }
        fates
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(began: &str, validity: Validity) -> Aged {
        Aged { id: began.to_owned(), began: began.parse().unwrap(), validity }
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
}
