//! Old sets go: first it is judged which, then each of them is held, looked at once more, and removed.

use jiff::tz::TimeZone;

use super::{BackupError, Fate, Hold, Retention, Set, Shelf, Validity};

/// Why a set stays that a backup is writing.
const BEING_WRITTEN: &str = "it is being written";

/// Why a set stays that no schedule has made.
const OF_ONE_SERVICE: &str = "it is of one service, and nothing makes up for it";

/// A set and what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// The set.
    pub set: Set,
    /// What becomes of it.
    pub fate: Fate,
}

/// What came of removing a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    /// It was removed.
    Removed,
    /// Somebody else removed it meanwhile.
    Vanished,
    /// Somebody uses it: it stays.
    InUse,
    /// The sets for whose sake it could go are not valid any more: it stays.
    LastValid,
}

/// What becomes of each set of a stack, newest first. Nothing is touched.
///
/// # Errors
/// [`BackupError::Disk`] if the shelf cannot be read.
pub fn judge(
    shelf: &Shelf,
    stack: &str,
    keep: &Retention,
    zone: &TimeZone,
) -> Result<Vec<Judged>, BackupError> {
    let (growing, sets): (Vec<Set>, Vec<Set>) =
        shelf.sets(stack)?.into_iter().partition(Set::is_being_written);
    let (single, sets): (Vec<Set>, Vec<Set>) = sets.into_iter().partition(|set| set.service().is_some());
    let aged: Vec<_> = sets.iter().map(Set::aged).collect();
    let fates = keep.fates(&aged, zone);
    let kept = |set, why| Judged { set, fate: Fate::Kept(why) };
    let growing = growing.into_iter().map(|set| kept(set, BEING_WRITTEN));
    let single = single.into_iter().map(|set| kept(set, OF_ONE_SERVICE));
    let mut judged: Vec<Judged> = growing
        .chain(single)
        .chain(sets.into_iter().zip(fates).map(|(set, fate)| Judged { set, fate }))
        .collect();
    judged.sort_by(|a, b| (b.set.began, &b.set.id).cmp(&(a.set.began, &a.set.id)));
    Ok(judged)
}

/// Judges the sets of a stack and removes those that go, each with what came of it.
///
/// # Errors
/// [`BackupError::Disk`]; what was removed before is gone.
pub fn prune(
    shelf: &Shelf,
    stack: &str,
    keep: &Retention,
    zone: &TimeZone,
) -> Result<Vec<(Set, Removal)>, BackupError> {
    let judged = judge(shelf, stack, keep, zone)?.into_iter().filter(|it| it.fate == Fate::Dropped);
    judged.map(|Judged { set, .. }| Ok((set.clone(), remove(shelf, stack, &set)?))).collect()
}

/// Removes a set that was judged to go, unless somebody uses it, or no valid set that holds the same would be left: what was
/// to stay may have vanished since it was judged.
///
/// # Errors
/// [`BackupError::Disk`].
pub fn remove(shelf: &Shelf, stack: &str, set: &Set) -> Result<Removal, BackupError> {
    let hold = match Hold::alone(&set.folder) {
        Ok(Some(hold)) => hold,
        Ok(None) => return Ok(Removal::InUse),
        Err(_) if !set.folder.exists() => return Ok(Removal::Vanished),
        Err(error) => return Err(error),
    };
    if set.validity() == Validity::Valid && !shelf.sets(stack)?.iter().any(|other| stands_for(other, set)) {
        return Ok(Removal::LastValid);
    }
    shelf.remove(set)?;
    drop(hold);
    Ok(Removal::Removed)
}

/// Whether a set is a younger valid one that holds the same.
fn stands_for(other: &Set, set: &Set) -> bool {
    let (other, set) = (other.aged(), set.aged());
    other.validity == Validity::Valid && other.extent == set.extent && other.began > set.began
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::backup::{Manifest, SCHEMA, Scope};

    struct Site {
        shelf: Shelf,
        _folder: tempfile::TempDir,
    }

    impl Site {
        fn new(valid: &[&str]) -> Self {
            let folder = tempfile::tempdir().unwrap();
            let site = Self { shelf: Shelf::at(folder.path().to_owned()), _folder: folder };
            for began in valid {
                site.open(began).close(&manifest(began)).unwrap();
            }
            site
        }

        fn open(&self, began: &str) -> crate::backup::OpenSet {
            self.shelf.begin("shop", began.parse().unwrap(), "x").unwrap()
        }

        fn judged(&self) -> Vec<Judged> {
            let keep = Retention { last: 1, ..Retention::default() };
            judge(&self.shelf, "shop", &keep, &TimeZone::UTC).unwrap()
        }

        fn fates(&self) -> Vec<Fate> {
            self.judged().into_iter().map(|it| it.fate).collect()
        }

        fn remove(&self, judged: &Judged) -> Removal {
            remove(&self.shelf, "shop", &judged.set).unwrap()
        }
    }

    fn manifest(began: &str) -> Manifest {
        let at: Timestamp = began.parse().unwrap();
        Manifest {
            schema: SCHEMA,
            id: String::new(),
            stack: "shop".to_owned(),
            engine: String::new(),
            engine_version: String::new(),
            scope: Scope::All,
            service: None,
            began: at,
            finished: at,
            services: Vec::new(),
            parts: Vec::new(),
            warnings: Vec::new(),
        }
    }

    const TWO: [&str; 2] = ["2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z"];

    #[test]
    fn an_old_set_goes_and_leaves_nothing_behind() {
        let site = Site::new(&TWO);
        let judged = site.judged();
        assert_eq!(site.fates(), [Fate::Kept("last"), Fate::Dropped]);
        assert_eq!(site.remove(&judged[1]), Removal::Removed);
        assert!(!judged[1].set.folder.exists());
        assert_eq!(site.fates(), [Fate::Kept("last")]);
    }

    #[test]
    fn a_set_that_is_being_written_stays_and_one_that_nobody_writes_any_more_goes_later() {
        let site = Site::new(&["2026-03-03T00:00:00Z"]);
        let open = site.open("2026-03-02T00:00:00Z");
        let hold = Hold::alone(&open.folder).unwrap();
        assert_eq!(site.fates(), [Fate::Kept("last"), Fate::Kept(BEING_WRITTEN)]);
        drop(hold);
        assert_eq!(site.fates(), [Fate::Kept("last"), Fate::Dropped]);
    }

    #[test]
    fn a_set_that_is_being_read_stays() {
        let site = Site::new(&TWO);
        let judged = site.judged();
        let _reader = Hold::shared(&judged[1].set.folder).unwrap();
        assert_eq!(site.remove(&judged[1]), Removal::InUse);
        assert!(judged[1].set.folder.join("manifest.json").exists());
    }

    #[test]
    fn a_set_that_vanished_meanwhile_is_no_failure() {
        let site = Site::new(&TWO);
        let judged = site.judged();
        std::fs::remove_dir_all(&judged[1].set.folder).unwrap();
        assert_eq!(site.remove(&judged[1]), Removal::Vanished);
    }

    #[test]
    fn where_the_set_that_was_to_stay_vanished_the_other_one_stays() {
        let site = Site::new(&TWO);
        let judged = site.judged();
        std::fs::remove_file(judged[0].set.folder.join("manifest.json")).unwrap();
        assert_eq!(site.remove(&judged[1]), Removal::LastValid);
    }

    #[test]
    fn everything_that_goes_goes_at_once() {
        let site = Site::new(&["2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z"]);
        let keep = Retention { last: 1, ..Retention::default() };
        let removed = prune(&site.shelf, "shop", &keep, &TimeZone::UTC).unwrap();
        assert!(removed.iter().all(|(_, removal)| *removal == Removal::Removed) && removed.len() == 2);
        assert_eq!(site.fates(), [Fate::Kept("last")]);
    }

    #[test]
    fn an_empty_shelf_has_nothing_to_judge() {
        assert_eq!(Site::new(&[]).fates(), []);
    }
}
