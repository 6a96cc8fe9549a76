//! The folder in which sets stand: `<shelf>/<stack>/<set>/`.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use jiff::{Timestamp, tz::TimeZone};

use super::{
    Aged, BackupError, Drill, Hold, Manifest, SCHEMA, Validity,
    drill::FILE as DRILL,
    hold::LOCK,
    read::glance,
    write::{partial, sync_folder},
};

const MANIFEST: &str = "manifest.json";
const SUMS: &str = "SHA256SUMS";

/// A folder of sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shelf {
    folder: PathBuf,
}

/// A set that is being written.
#[derive(Debug)]
pub struct OpenSet {
    /// Its id.
    pub id: String,
    /// Where its parts go.
    pub folder: PathBuf,
}

/// A set as it stands on the shelf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Set {
    /// Its id, the folder's name.
    pub id: String,
    /// Where it is.
    pub folder: PathBuf,
    /// When it was begun.
    pub began: Timestamp,
    /// Its manifest, or why there is none that can be read.
    pub manifest: Result<Manifest, String>,
    /// Parts that are missing or have another size.
    pub amiss: Vec<String>,
    /// The last time that its restore was tried.
    pub drill: Option<Drill>,
}

impl Set {
    /// Whether it could be restored, as far as can be told without reading all of it.
    #[must_use]
    pub const fn validity(&self) -> Validity {
        match (&self.manifest, self.amiss.is_empty()) {
            (Ok(_), true) => Validity::Valid,
            (Ok(_), false) | (Err(_), _) => Validity::Invalid,
        }
    }

    /// Whether whoever wrote it came to its end.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.manifest.is_ok() || self.folder.join(MANIFEST).exists()
    }

    /// The only service that it is of, if it is not of all of its stack.
    #[must_use]
    pub fn service(&self) -> Option<&str> {
        self.manifest.as_ref().ok()?.service.as_deref()
    }

    /// It, as far as its keeping goes.
    #[must_use]
    pub fn aged(&self) -> Aged {
        Aged {
            id: self.id.clone(),
            began: self.began,
            validity: self.validity(),
            extent: self.manifest.as_ref().ok().map(Manifest::extent),
        }
    }

    /// Why it could not be restored; `None` if it could, as far as can be told without reading all of it.
    #[must_use]
    pub fn why_invalid(&self) -> Option<String> {
        match (&self.manifest, self.amiss.as_slice()) {
            (Err(why), _) => Some(why.clone()),
            (Ok(_), []) => None,
            (Ok(_), [one]) => Some(format!("{one} is missing or has another size")),
            (Ok(_), [one, others @ ..]) => {
                Some(format!("{one} and {} more are missing or have another size", others.len()))
            }
        }
    }

    /// Whether a backup is writing it at this moment.
    #[must_use]
    pub fn is_being_written(&self) -> bool {
        self.manifest.is_err() && matches!(Hold::shared(&self.folder), Ok(None))
    }
}

impl Shelf {
    /// The shelf in this folder, which need not be there yet.
    #[must_use]
    pub const fn at(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The folder of a stack's sets.
    #[must_use]
    pub fn stack(&self, stack: &str) -> PathBuf {
        self.folder.join(file_name(stack))
    }

    /// Where a new set is going to be; `unique` tells sets of one second apart. Nothing is made yet.
    #[must_use]
    pub fn place(&self, stack: &str, now: Timestamp, unique: &str) -> OpenSet {
        let id = format!("{}-{unique}", now.to_zoned(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ"));
        let folder = self.stack(stack).join(&id);
        OpenSet { id, folder }
    }

    /// Makes the folder of a new set; `unique` tells sets of one second apart.
    ///
    /// # Errors
    /// [`BackupError::Disk`].
    pub fn begin(&self, stack: &str, now: Timestamp, unique: &str) -> Result<OpenSet, BackupError> {
        let open = self.place(stack, now, unique);
        open.make()?;
        Ok(open)
    }

    /// All sets of a stack, newest first, and whatever else looks like one. A folder that is not there holds none.
    ///
    /// # Errors
    /// [`BackupError::Disk`] if the folder cannot be read.
    pub fn sets(&self, stack: &str) -> Result<Vec<Set>, BackupError> {
        let mut sets: Vec<Set> = folders(&self.stack(stack))?.filter_map(set).collect();
        sets.sort_by(|a, b| (b.began, &b.id).cmp(&(a.began, &a.id)));
        Ok(sets)
    }

    /// The stacks that have sets here. A folder that is not there has none.
    ///
    /// # Errors
    /// [`BackupError::Disk`] if the folder cannot be read.
    pub fn stacks(&self) -> Result<Vec<String>, BackupError> {
        let mut stacks: Vec<String> = folders(&self.folder)?
            .filter(|folder| folders(folder).is_ok_and(|mut sets| sets.any(|set| begun(&set).is_some())))
            .filter_map(|folder| Some(folder.file_name()?.to_string_lossy().into_owned()))
            .collect();
        stacks.sort();
        Ok(stacks)
    }

    /// The set whose id begins so; without a beginning, the newest valid one.
    ///
    /// # Errors
    /// [`BackupError::NoSet`] if none is, or several are.
    pub fn find(&self, stack: &str, beginning: Option<&str>) -> Result<Set, BackupError> {
        let sets = self.sets(stack)?;
        let place = self.stack(stack);
        let none = |what: &str| BackupError::NoSet(format!("{what} in {}", place.display()));
        let Some(beginning) = beginning else {
            let is_whole = |set: &Set| set.validity() == Validity::Valid && set.service().is_none();
            let valid = sets.into_iter().find(is_whole);
            return valid.ok_or_else(|| none(&format!("no valid backup set of {stack} is")));
        };
        let mut found =
            sets.into_iter().filter(|set| set.id.starts_with(beginning) || set.id.ends_with(beginning));
        match (found.next(), found.next()) {
            (Some(set), None) => Ok(set),
            (None, _) => Err(none(&format!("no backup set of {stack} is called {beginning}"))),
            (Some(_), Some(_)) => {
                Err(none(&format!("several backup sets of {stack} are called {beginning}")))
            }
        }
    }

    /// Removes a set: its manifest first, so that it is never taken for whole.
    ///
    /// # Errors
    /// [`BackupError::Disk`].
    pub fn remove(&self, set: &Set) -> Result<(), BackupError> {
        let manifest = set.folder.join(MANIFEST);
        match fs::remove_file(&manifest) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(BackupError::disk("remove", &manifest, error));
            }
            Ok(()) | Err(_) => {}
        }
        fs::remove_dir_all(&set.folder).map_err(|error| BackupError::disk("remove", &set.folder, error))
    }

    /// Bytes that are free where sets go.
    ///
    /// # Errors
    /// [`BackupError::Disk`] if the file system does not tell.
    pub fn free(&self) -> Result<u64, BackupError> {
        let there = self.folder.ancestors().find(|folder| folder.is_dir()).unwrap_or_else(|| Path::new("/"));
        let told =
            rustix::fs::statvfs(there).map_err(|error| BackupError::disk("look at", there, error.into()))?;
        Ok(told.f_bavail.saturating_mul(told.f_frsize))
    }
}

/// What was found of a set that somebody has begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leftover {
    /// It is whole: it was finished, only its maker had no time to say so.
    Whole,
    /// It was not finished, and is gone.
    Cleared,
    /// It is not there.
    Nothing,
}

/// Takes away what is left of a set that was not finished; one that is whole stays. Where the folder is was read from a
/// label that anybody may have written, so nothing goes but files such as a set has, in a folder that carries the name
/// `unique` of the operation.
///
/// # Errors
/// [`BackupError::Disk`] if something cannot be removed, or does not belong there.
pub fn clear(folder: &Path, unique: &str) -> Result<Leftover, BackupError> {
    let disk = |error| BackupError::disk("remove", folder, error);
    let named = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let is_ours = !unique.is_empty() && named.ends_with(&format!("-{unique}"));
    match fs::symlink_metadata(folder) {
        Ok(found) if found.is_dir() && is_ours => {}
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(disk(error)),
        Ok(_) | Err(_) => return Ok(Leftover::Nothing),
    }
    if set(folder.to_owned()).is_some_and(|set| set.validity() == Validity::Valid) {
        return Ok(Leftover::Whole);
    }
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).map_err(disk)?.flatten().map(|entry| entry.path()).collect();
    // Without its manifest it is never taken for whole.
    files.sort_by_key(|file| !file.ends_with(MANIFEST));
    for file in files.iter().filter(|file| is_of_set(file)) {
        fs::remove_file(file).map_err(|error| BackupError::disk("remove", file, error))?;
    }
    fs::remove_dir(folder).map_err(disk)?;
    Ok(Leftover::Cleared)
}

fn is_of_set(file: &Path) -> bool {
    const ENDINGS: [&str; 6] = ["zst", "age", "gpg", "partial", "record", "hook"];
    let ending = file.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let whole = [MANIFEST, SUMS, LOCK, DRILL];
    whole.iter().any(|name| file.ends_with(name)) || ENDINGS.contains(&ending)
}

impl OpenSet {
    /// Makes its folder.
    ///
    /// # Errors
    /// [`BackupError::Disk`].
    pub fn make(&self) -> Result<(), BackupError> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&self.folder);
        made.map_err(|error| BackupError::disk("create the folder", &self.folder, error))
    }

    /// Writes the list of sums, and last the manifest: from now on it is a set.
    ///
    /// # Errors
    /// [`BackupError::Disk`]; then it is none.
    pub fn close(self, manifest: &Manifest) -> Result<(), BackupError> {
        let sums: String =
            manifest.parts.iter().map(|part| format!("{}  {}\n", part.sha256, part.file)).collect();
        put(&self.folder.join(SUMS), sums.as_bytes())?;
        let path = self.folder.join(MANIFEST);
        let json = serde_json::to_vec_pretty(manifest)
            .map_err(|error| BackupError::disk("write", &path, error.into()))?;
        put(&path, &json)?;
        // The set's own name, too.
        sync_folder(&self.folder)
    }

    /// Nothing came of it: what is there goes.
    pub fn abandon(self) {
        if let Err(error) = fs::remove_dir_all(&self.folder) {
            log::warn!("{} is left over: {error}", self.folder.display());
        }
    }
}

/// A small file that appears at once and stays.
fn put(path: &Path, content: &[u8]) -> Result<(), BackupError> {
    let partial = partial(path);
    let written = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&partial)
        .and_then(|mut file: File| file.write_all(content).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&partial, path));
    written.map_err(|error| BackupError::disk("write", path, error))?;
    sync_folder(path)
}

/// The folders in a folder; one that is not there has none.
fn folders(folder: &Path) -> Result<impl Iterator<Item = PathBuf> + use<>, BackupError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => Some(entries),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(BackupError::disk("read the folder", folder, error)),
    };
    Ok(entries.into_iter().flatten().flatten().map(|entry| entry.path()).filter(|path| path.is_dir()))
}

/// When the set of this folder was begun, by the folder's name; `None` if it is not one of a set.
fn begun(folder: &Path) -> Option<Timestamp> {
    let (at, _) = folder.file_name()?.to_str()?.split_once('-')?;
    let began = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", at).ok()?;
    Some(began.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

fn set(folder: PathBuf) -> Option<Set> {
    let id = folder.file_name()?.to_str()?.to_owned();
    let began = begun(&folder)?;
    let manifest = manifest(&folder);
    let parts = manifest.iter().flat_map(|manifest| &manifest.parts);
    let amiss = parts.filter(|part| glance(&folder, part) == Validity::Invalid);
    let amiss = amiss.map(|part| part.file.clone()).collect();
    let began = manifest.as_ref().map_or(began, |manifest| manifest.began);
    let drill = Drill::of(&folder);
    Some(Set { id, folder, began, manifest, amiss, drill })
}

fn manifest(folder: &Path) -> Result<Manifest, String> {
    let path = folder.join(MANIFEST);
    let text = fs::read(&path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => "it was not finished: it has no manifest".to_owned(),
        _ => format!("{} cannot be read: {error}", path.display()),
    })?;
    let manifest: Manifest = serde_json::from_slice(&text)
        .map_err(|error| format!("{} cannot be understood: {error}", path.display()))?;
    if manifest.schema > SCHEMA {
        let newer = manifest.schema;
        return Err(format!("{} is of schema {newer}, made by a newer stacktop", path.display()));
    }
    if let Some(part) = manifest.parts.iter().find(|part| file_name(&part.file) != part.file) {
        return Err(format!("{} names a part outside the set: {}", path.display(), part.file));
    }
    Ok(manifest)
}

/// A name that can be a file's: neither hidden nor a path; other bytes are written as `%2f`.
#[must_use]
pub fn file_name(name: &str) -> String {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'%' | b'+');
    let mut written: String = name
        .bytes()
        .map(|byte| if allowed(byte) { char::from(byte).to_string() } else { format!("%{byte:02x}") })
        .collect();
    if written.is_empty() || written.starts_with('.') {
        written.insert(0, '_');
    }
    written
}
