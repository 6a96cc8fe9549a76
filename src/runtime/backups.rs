//! Reads the shelf of backups, away from the event loop: it is on a disk, which may be slow or gone.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::Timestamp;
use tokio::task::spawn_blocking;

use crate::{
    backup::{self, Manifest, Schedule, Scope, Set, Shelf, Source, Validity},
    domain::{BackupPart, BackupSet, Backups, Drill, Due, Promise, Soundness, StackBackups},
    settings,
    text::sanitize,
};

/// What is said where there is no place for sets.
pub(super) const NOWHERE: &str = "there is no place for backups: name a folder with the variable STACKTOP_BACKUPS or `folder` in the settings";

/// Where sets stand, and what was settled about them.
#[derive(Clone, Debug)]
pub struct Shelving {
    /// The folder.
    pub shelf: Shelf,
    /// What was settled.
    pub settled: settings::Backups,
    /// What has to be done before the shelf is read for the first time.
    pub furniture: Option<Furniture>,
}

/// Something that is done once, by whoever comes first.
#[derive(Clone)]
pub struct Furniture(Arc<Mutex<Option<Deed>>>);

type Deed = Box<dyn FnOnce() + Send>;

impl Furniture {
    /// What is to be done once.
    #[must_use]
    pub fn new(deed: impl FnOnce() + Send + 'static) -> Self {
        Self(Arc::new(Mutex::new(Some(Box::new(deed)))))
    }

    /// Does it, unless it is done; who comes second waits for the first.
    fn put_up(&self) {
        let mut deed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(deed) = deed.take() {
            deed();
        }
    }
}

impl fmt::Debug for Furniture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Furniture")
    }
}

impl Shelving {
    /// What is known of the backups of all stacks that have sets, or of which something was settled. It blocks.
    #[must_use]
    pub fn read(&self) -> Backups {
        self.furniture.iter().for_each(Furniture::put_up);
        let (mut names, unreadable) = match self.shelf.stacks() {
            Ok(names) => (names, None),
            Err(error) => (Vec::new(), Some(error.to_string())),
        };
        names.extend(self.settled.stacks().map(str::to_owned));
        let mut stacks = BTreeMap::new();
        for name in names {
            let (stack, backups) = self.stack(&name);
            let backups =
                StackBackups { unreadable: backups.unreadable.or_else(|| unreadable.clone()), ..backups };
            stacks.entry(stack.as_str().into()).or_insert(backups);
        }
        Backups { folder: sanitize(&self.shelf.folder().display().to_string()), stacks }
    }

    /// The name of a stack and its backups. A folder's name may be written otherwise than the stack's.
    fn stack(&self, name: &str) -> (String, StackBackups) {
        let (sets, unreadable) = match self.shelf.sets(name) {
            Ok(sets) => (sets, None),
            Err(error) => (Vec::new(), Some(error.to_string())),
        };
        let told = sets.iter().find_map(|set| set.manifest.as_ref().ok()).map(|it| it.stack.clone());
        let stack = sanitize(&told.unwrap_or_else(|| name.to_owned()));
        let settings::StackBackups { schedules, rpo, rto, .. } = self.settled.for_stack(&stack);
        let (schedule, promise) = (words(&schedules), backup::Promise { schedules, rpo });
        // How old they are by now is for who looks: what stands here is when they were made.
        let standings = backup::standings(&sets, &promise, Timestamp::UNIX_EPOCH).into_iter();
        let dues = standings.map(|it| Due {
            scope: it.scope.word().to_owned(),
            last: it.last.map(|set| set.began),
            most: it.most,
        });
        let (dues, drill) = (dues.collect(), drill(&sets));
        let sets = sets.iter().map(set).collect();
        (stack, StackBackups { promise: Promise { rto, schedule }, dues, sets, drill, unreadable })
    }
}

/// When sets are due.
fn words(schedules: &[(Scope, Schedule)]) -> String {
    let word = |(scope, schedule): &(Scope, Schedule)| match scope {
        Scope::All => schedule.to_string(),
        Scope::Dumps | Scope::Volumes => format!("{} {schedule}", scope.word()),
    };
    schedules.iter().map(word).collect::<Vec<_>>().join(", ")
}

/// The last time that a restore was tried, of whichever set.
fn drill(sets: &[Set]) -> Option<Drill> {
    let drills = sets.iter().filter_map(|set| Some((&set.id, set.drill.as_ref()?)));
    let (set, drill) = drills.max_by_key(|(_, drill)| drill.at)?;
    let failed = drill.failed.as_ref().map(|why| sanitize(why));
    Some(Drill { at: drill.at, set: sanitize(set), took: drill.took(), failed })
}

/// Reads on a thread that may block.
///
/// # Errors
/// Why there is nothing to read, as a sentence.
pub(super) async fn read(shelving: Option<Shelving>) -> Result<Backups, String> {
    let shelving = shelving.ok_or(NOWHERE)?;
    spawn_blocking(move || shelving.read()).await.map_err(|defect| defect.to_string())
}

fn set(set: &Set) -> BackupSet {
    let manifest = set.manifest.as_ref().ok();
    BackupSet {
        id: sanitize(&set.id),
        began: set.began,
        finished: manifest.map(|manifest| manifest.finished),
        scope: manifest.map(holds).unwrap_or_default(),
        soundness: soundness(set),
        parts: manifest.map(parts).unwrap_or_default(),
        warnings: manifest.iter().flat_map(|it| &it.warnings).map(|text| sanitize(text)).collect(),
    }
}

/// What a set is to hold: of the whole stack, or of one service alone.
fn holds(manifest: &Manifest) -> String {
    manifest.service.as_ref().map_or_else(|| manifest.scope.word().to_owned(), |service| sanitize(service))
}

fn soundness(set: &Set) -> Soundness {
    match (&set.manifest, set.validity()) {
        (Ok(_), Validity::Valid) => Soundness::Whole,
        (Ok(_), Validity::Invalid) => {
            Soundness::Broken(sanitize(&format!("missing, or of another size: {}", set.amiss.join(", "))))
        }
        (Err(_), _) if !set.is_finished() => Soundness::Unfinished,
        (Err(why), _) => Soundness::Broken(sanitize(why)),
    }
}

fn parts(manifest: &Manifest) -> Vec<BackupPart> {
    let part = |part: &backup::Part| BackupPart {
        called: sanitize(&part.source.called()),
        services: services(&part.source),
        mode: part.mode.word().to_owned(),
        raw: part.raw_bytes,
        stored: part.stored_bytes,
    };
    manifest.parts.iter().map(part).collect()
}

fn services(source: &Source) -> Vec<String> {
    match source {
        Source::Volume { used_by, .. } => used_by.keys().map(|name| sanitize(name)).collect(),
        Source::Dump { service, .. } => vec![sanitize(service)],
    }
}
