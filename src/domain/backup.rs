//! What is known of the backups of stacks: the sets that stand on the shelf, and how that compares with what was
//! promised. Plain facts; who reads them from the disk is for others.

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;

use super::{Finding, Fleet, ServiceKey, Severity, StackName, Status};
use crate::text::{age, long_span};

/// The scope of sets that hold everything.
const ALL: &str = "all";

/// A restore that was tried this long ago proves little of today.
const DRILL_LASTS: Duration = Duration::from_secs(35 * 86_400);

/// The backups of all stacks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Backups {
    /// Where they stand.
    pub folder: String,
    /// Those stacks that have sets, or for which something was promised.
    pub stacks: BTreeMap<StackName, StackBackups>,
}

/// The backups of one stack.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StackBackups {
    /// What was promised.
    pub promise: Promise,
    /// How old the last good set is, and may be, for each scope that is backed up apart.
    pub dues: Vec<Due>,
    /// The sets, newest first.
    pub sets: Vec<BackupSet>,
    /// The last time that a restore was tried.
    pub drill: Option<Drill>,
    /// Why the sets cannot be read, if they cannot.
    pub unreadable: Option<String>,
}

/// How old the last good set of a scope is, and may be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Due {
    /// What the sets hold: `all`, `dumps`, `volumes`.
    pub scope: String,
    /// When the last good one that holds it was begun: whatever came after would be lost.
    pub last: Option<Timestamp>,
    /// How old it may be.
    pub most: Option<Duration>,
}

/// What somebody has settled for the backups of a stack.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Promise {
    /// How long a restore may take at most.
    pub rto: Option<Duration>,
    /// When sets are due, in words: `every 6h`; empty where that is left to people.
    pub schedule: String,
}

/// A set, as it stands on the shelf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupSet {
    /// Its id.
    pub id: String,
    /// When it was begun.
    pub began: Timestamp,
    /// When it was whole, if it is.
    pub finished: Option<Timestamp>,
    /// What it was to hold: `all`, `dumps`, `volumes`, or the name of its only service.
    pub scope: String,
    /// Whether it could be restored.
    pub soundness: Soundness,
    /// What it holds.
    pub parts: Vec<BackupPart>,
    /// What a person should know of it.
    pub warnings: Vec<String>,
}

/// Whether a set could be restored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Soundness {
    /// As far as can be told without reading all of it, it could.
    Whole,
    /// It is being written.
    Growing,
    /// Whoever wrote it did not finish it.
    Unfinished,
    /// It could not: why.
    Broken(String),
}

/// One file of a set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupPart {
    /// What it holds, as a person calls it: `volume shop_db`.
    pub called: String,
    /// The services whose data it is.
    pub services: Vec<String>,
    /// How it was kept consistent: `dump`, `stop`, `pause`, `live`.
    pub mode: String,
    /// Bytes before compression.
    pub raw: u64,
    /// Bytes of the file.
    pub stored: u64,
}

/// A restore that was tried, of throw-away copies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drill {
    /// When.
    pub at: Timestamp,
    /// The set's id.
    pub set: String,
    /// How long it took.
    pub took: Duration,
    /// Why it failed, if it did.
    pub failed: Option<String>,
}

/// How the last good set compares with what was promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// There is no good set.
    Nothing,
    /// Its age is within what was promised.
    Within,
    /// It is older than that.
    Overdue,
    /// Nothing was promised.
    Unmeasured,
}

/// What is wrong with the backups of a stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupTrouble {
    /// The stack.
    pub stack: StackName,
    /// What.
    pub what: Trouble,
}

/// What can be wrong with backups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The last good set is older than was promised, or there is none.
    Overdue,
    /// The newest set is no good.
    Failed,
    /// The last drill failed, took too long, or was long ago.
    Drill,
    /// An operation on the stack has not ended.
    LeftBehind,
}

impl Trouble {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Overdue => "overdue",
            Self::Failed => "failed",
            Self::Drill => "drill",
            Self::LeftBehind => "paused",
        }
    }
}

impl Soundness {
    /// Why it could not be restored, if it is known that it could not.
    #[must_use]
    pub fn trouble(&self) -> Option<&str> {
        match self {
            Self::Whole | Self::Growing => None,
            Self::Unfinished => Some("it was not finished"),
            Self::Broken(why) => Some(why),
        }
    }
}

impl BackupSet {
    /// Bytes of its files.
    #[must_use]
    pub fn stored(&self) -> u64 {
        self.parts.iter().map(|part| part.stored).sum()
    }

    /// Bytes before compression.
    #[must_use]
    pub fn raw(&self) -> u64 {
        self.parts.iter().map(|part| part.raw).sum()
    }

    /// How long it took to make.
    #[must_use]
    pub fn took(&self) -> Option<Duration> {
        let took = self.finished?.duration_since(self.began);
        Duration::try_from(took).ok()
    }

    /// Whether it could be restored.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.soundness == Soundness::Whole
    }

    /// How its parts were kept consistent, each way once.
    #[must_use]
    pub fn modes(&self) -> Vec<&str> {
        let mut modes: Vec<&str> = self.parts.iter().map(|part| part.mode.as_str()).collect();
        modes.sort_unstable();
        modes.dedup();
        modes
    }

    /// The same set with the parts of one service; `None` if it holds nothing of it.
    #[must_use]
    pub fn of_service(&self, service: &str) -> Option<Self> {
        let is_of = |part: &&BackupPart| part.services.iter().any(|name| name == service);
        let parts: Vec<BackupPart> = self.parts.iter().filter(is_of).cloned().collect();
        (!parts.is_empty()).then(|| Self { parts, ..self.clone() })
    }
}

impl Due {
    /// How the last good set compares with what was promised.
    #[must_use]
    pub fn standing(&self, now: Timestamp) -> Standing {
        match (self.last, self.most) {
            (None, _) => Standing::Nothing,
            (Some(_), None) => Standing::Unmeasured,
            (Some(last), Some(most)) if since(last, now) > most => Standing::Overdue,
            (Some(_), Some(_)) => Standing::Within,
        }
    }

    /// What it is about, in front of what is told: nothing where it is about everything.
    #[must_use]
    pub fn lead(&self) -> String {
        if self.scope == ALL { String::new() } else { format!("{}: ", self.scope) }
    }

    fn trouble(&self, now: Timestamp) -> Option<String> {
        let (most, lead) = (long_span(self.most?), self.lead());
        match (self.standing(now), self.last) {
            (Standing::Overdue, Some(last)) => {
                let ago = age(seconds(last, now));
                Some(format!("{lead}the last good backup is of {ago} ago; at most {most} may be lost"))
            }
            (Standing::Nothing, _) => {
                Some(format!("{lead}there is no good backup; at most {most} may be lost"))
            }
            _ => None,
        }
    }
}

impl StackBackups {
    /// The newest set that could be restored.
    #[must_use]
    pub fn last_good(&self) -> Option<&BackupSet> {
        self.sets.iter().find(|set| set.is_whole())
    }

    /// The same with the sets that hold something of a service, and of those nothing else. Sets that cannot be read may
    /// hold anything.
    #[must_use]
    pub fn of_service(&self, service: &str) -> Self {
        let unread = |set: &BackupSet| set.parts.is_empty().then(|| set.clone());
        let sets: Vec<BackupSet> =
            self.sets.iter().filter_map(|set| set.of_service(service).or_else(|| unread(set))).collect();
        let last = |due: &Due| {
            let scopes = [due.scope.as_str(), ALL, service];
            let holds = |set: &&BackupSet| set.is_whole() && scopes.contains(&set.scope.as_str());
            sets.iter().find(holds).map(|set| set.began)
        };
        let dues = self.dues.iter().map(|due| Due { last: last(due), ..due.clone() }).collect();
        Self { dues, sets, ..self.clone() }
    }

    /// Takes in whether somebody writes a set: then the newest one, if it is not finished, is that.
    pub fn grow(&mut self, at_work: bool) {
        for set in &mut self.sets {
            if set.soundness == Soundness::Growing {
                set.soundness = Soundness::Unfinished;
            }
        }
        let newest = self.sets.first_mut().filter(|set| at_work && set.soundness == Soundness::Unfinished);
        newest.into_iter().for_each(|set| set.soundness = Soundness::Growing);
    }

    /// Sizes of the sets that could be restored and hold the same as the last of them, oldest first.
    #[must_use]
    pub fn sizes(&self) -> Vec<u64> {
        let Some(last) = self.last_good() else { return Vec::new() };
        let alike = self.sets.iter().rev().filter(|set| set.is_whole() && set.scope == last.scope);
        alike.map(BackupSet::stored).collect()
    }

    /// What is wrong with them at `now`; nothing where nobody has asked for backups.
    fn troubles(&self, now: Timestamp) -> Vec<(Trouble, String)> {
        let dues = self.dues.iter().filter(|_| self.unreadable.is_none());
        let overdue = dues.filter_map(|due| due.trouble(now));
        let mut troubles: Vec<_> = overdue.map(|text| (Trouble::Overdue, text)).collect();
        let newest = self.sets.iter().find(|set| set.soundness != Soundness::Growing);
        if let Some((set, why)) = newest.and_then(|set| Some((set, set.soundness.trouble()?))) {
            let ago = age(seconds(set.began, now));
            troubles.push((Trouble::Failed, format!("the newest backup, of {ago} ago, is no good: {why}")));
        }
        if let Some(why) = &self.unreadable {
            troubles.push((Trouble::Failed, why.clone()));
        }
        troubles.extend(self.drill_trouble(now).map(|text| (Trouble::Drill, text)));
        troubles
    }

    fn drill_trouble(&self, now: Timestamp) -> Option<String> {
        let drill = self.drill.as_ref()?;
        let ago = age(seconds(drill.at, now));
        if let Some(why) = &drill.failed {
            return Some(format!("the restore that was tried {ago} ago failed: {why}"));
        }
        let rto = self.promise.rto?;
        if drill.took > rto {
            let (took, rto) = (long_span(drill.took), long_span(rto));
            return Some(format!(
                "the restore that was tried {ago} ago took {took}; at most {rto} were promised"
            ));
        }
        (since(drill.at, now) > DRILL_LASTS).then(|| format!("no restore was tried for {ago}"))
    }
}

impl Backups {
    /// The backups of a stack, if something is known of them.
    #[must_use]
    pub fn of(&self, stack: &StackName) -> Option<&StackBackups> {
        self.stacks.get(stack)
    }

    /// What is wrong with those of the stacks of a fleet at `now`, by stack: a shelf may hold sets of other engines too.
    #[must_use]
    pub fn findings(&self, fleet: &Fleet, now: Timestamp) -> Vec<Finding> {
        let is_here = |stack: &StackName| fleet.stacks.iter().any(|it| it.name.as_ref() == Some(stack));
        let of = |(stack, backups): (&StackName, &StackBackups)| {
            let found = backups.troubles(now).into_iter();
            found.map(|(what, text)| finding(stack, what, text)).collect::<Vec<_>>()
        };
        self.stacks.iter().filter(|(stack, _)| is_here(stack)).flat_map(of).collect()
    }
}

fn finding(stack: &StackName, what: Trouble, text: String) -> Finding {
    let status = match what {
        Trouble::Overdue | Trouble::Drill => Status::Unhealthy,
        Trouble::Failed => Status::Down,
        Trouble::LeftBehind => Status::Paused,
    };
    Finding {
        severity: Severity::Warning,
        service: None::<ServiceKey>,
        backup: Some(BackupTrouble { stack: stack.clone(), what }),
        subject: format!("{stack} backup"),
        status,
        text,
    }
}

fn seconds(then: Timestamp, now: Timestamp) -> i64 {
    (now.as_second() - then.as_second()).max(0)
}

fn since(then: Timestamp, now: Timestamp) -> Duration {
    Duration::from_secs(seconds(then, now).unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::testing::{at, backup_set, broken, of, replica};

    const HOUR: i64 = 3600;
    const NOW: i64 = 1_000 * HOUR;

    fn shop(sets: Vec<BackupSet>) -> StackBackups {
        let last = sets.iter().find(|set| set.is_whole()).map(|set| set.began);
        let due = Due { scope: "all".to_owned(), last, most: Some(Duration::from_secs(6 * 3600)) };
        StackBackups { dues: vec![due], sets, ..StackBackups::default() }
    }

    /// A whole set so many hours ago.
    fn whole(hours: i64) -> BackupSet {
        backup_set(NOW - hours * HOUR, 400)
    }

    fn told(backups: StackBackups) -> Vec<String> {
        let backups = Backups { stacks: [("shop".into(), backups)].into(), ..Backups::default() };
        let fleet = Fleet::of(&of(vec![replica("shop", "web", 1)]));
        let found = backups.findings(&fleet, at(NOW));
        found.iter().map(|it| format!("{} {}: {}", it.subject, it.word(), it.text)).collect()
    }

    #[test]
    fn a_set_within_what_may_be_lost_is_no_finding() {
        assert_eq!(shop(vec![whole(6), whole(12)]).dues[0].standing(at(NOW)), Standing::Within);
        assert!(told(shop(vec![whole(6)])).is_empty());
    }

    #[test]
    fn a_last_good_set_that_is_too_old_is_a_finding_and_so_is_none() {
        assert_eq!(
            told(shop(vec![whole(7)])),
            ["shop backup overdue: the last good backup is of 7h ago; at most 6 h may be lost"]
        );
        assert_eq!(
            told(shop(Vec::new())),
            ["shop backup overdue: there is no good backup; at most 6 h may be lost"]
        );
    }

    #[test]
    fn the_newest_set_that_is_no_good_is_a_finding_though_the_last_good_one_is_young_enough() {
        assert_eq!(
            told(shop(vec![broken(whole(1), "db.zst is missing"), whole(5)])),
            ["shop backup failed: the newest backup, of 1h ago, is no good: db.zst is missing"]
        );
    }

    #[test]
    fn a_set_that_is_being_written_is_neither_good_nor_bad() {
        let unfinished = BackupSet { soundness: Soundness::Unfinished, ..whole(0) };
        let mut backups = shop(vec![unfinished, whole(2)]);
        backups.grow(true);
        assert_eq!(backups.last_good(), Some(&whole(2)));
        assert!(told(backups.clone()).is_empty());
        backups.grow(false);
        assert!(told(backups)[0].ends_with("is no good: it was not finished"));
    }

    #[test]
    fn backups_of_stacks_that_are_not_here_are_no_finding() {
        let backups = Backups { stacks: [("blog".into(), shop(Vec::new()))].into(), ..Backups::default() };
        assert_eq!(backups.findings(&Fleet::default(), at(NOW)), []);
    }

    #[test]
    fn where_nothing_was_promised_age_is_not_judged() {
        let mut backups = shop(vec![whole(900)]);
        backups.dues[0].most = None;
        assert_eq!(backups.dues[0].standing(at(NOW)), Standing::Unmeasured);
        assert!(told(backups).is_empty());
    }

    #[test]
    fn a_drill_that_failed_was_slow_or_was_long_ago_is_a_finding() {
        let drill = |hours: i64, took: u64, failed: Option<&str>| {
            let (at, took) = (at(NOW - hours * HOUR), Duration::from_secs(took));
            let drill = Drill { at, set: "s".to_owned(), took, failed: failed.map(str::to_owned) };
            let mut backups = StackBackups { drill: Some(drill), ..shop(vec![whole(1)]) };
            backups.promise.rto = Some(Duration::from_secs(3600));
            told(backups)
        };
        assert!(drill(24, 40, None).is_empty());
        assert_eq!(
            drill(24, 40, Some("no table")),
            ["shop backup drill: the restore that was tried 1d ago failed: no table"]
        );
        assert_eq!(
            drill(24, 7200, None),
            ["shop backup drill: the restore that was tried 1d ago took 2 h; at most 1 h were promised"]
        );
        assert_eq!(drill(24 * 40, 40, None), ["shop backup drill: no restore was tried for 40d"]);
    }

    #[test]
    fn a_service_has_the_sets_that_hold_something_of_it_and_of_those_nothing_else() {
        let unread = broken(BackupSet { parts: Vec::new(), ..whole(10) }, "it cannot be understood");
        let mut set = whole(1);
        set.parts.push(BackupPart { services: vec!["db".to_owned()], stored: 7, ..set.parts[0].clone() });
        let of = shop(vec![set, whole(9), unread]).of_service("db");
        assert_eq!(of.sets.len(), 2, "one holds it, one may");
        assert_eq!(of.sets[0].stored(), 7);
        assert_eq!(of.dues[0].last, Some(at(NOW - HOUR)));
    }

    #[test]
    fn sizes_are_those_of_sets_that_hold_the_same() {
        let dumps = BackupSet { scope: "dumps".to_owned(), ..whole(2) };
        let backups = shop(vec![whole(1), dumps, broken(whole(3), "x"), whole(4)]);
        assert_eq!(backups.sizes(), [400, 400]);
    }
}
