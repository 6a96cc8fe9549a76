//! The folder in which sets stand: `<shelf>/<stack>/<set>/`.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use jiff::{Timestamp, tz::TimeZone};

use super::{
    Aged, BackupError, Manifest, SCHEMA, Validity,
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

    /// It, as far as its keeping goes.
    #[must_use]
    pub fn aged(&self) -> Aged {
        Aged { id: self.id.clone(), began: self.began, validity: self.validity() }
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

    /// Makes the folder of a new set; `unique` tells sets of one second apart.
    ///
    /// # Errors
    /// [`BackupError::Disk`].
    pub fn begin(&self, stack: &str, now: Timestamp, unique: &str) -> Result<OpenSet, BackupError> {
        let id = format!("{}-{unique}", now.to_zoned(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ"));
        let folder = self.stack(stack).join(&id);
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&folder);
        made.map_err(|error| BackupError::disk("create the folder", &folder, error))?;
        Ok(OpenSet { id, folder })
    }

    /// All sets of a stack, newest first, and whatever else looks like one. A folder that is not there holds none.
    ///
    /// # Errors
    /// [`BackupError::Disk`] if the folder cannot be read.
    pub fn sets(&self, stack: &str) -> Result<Vec<Set>, BackupError> {
        let folder = self.stack(stack);
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(BackupError::disk("read the folder", &folder, error)),
        };
        let mut sets: Vec<Set> = entries.flatten().filter_map(|entry| set(entry.path())).collect();
        sets.sort_by(|a, b| (b.began, &b.id).cmp(&(a.began, &a.id)));
        Ok(sets)
    }

    /// The stacks that have sets here.
    #[must_use]
    pub fn stacks(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let mut stacks: Vec<String> = entries
            .filter(|entry| entry.path().is_dir())
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .filter(|name| self.sets(name).is_ok_and(|sets| !sets.is_empty()))
            .collect();
        stacks.sort();
        stacks
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
            let valid = sets.into_iter().find(|set| set.validity() == Validity::Valid);
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

impl OpenSet {
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

fn set(folder: PathBuf) -> Option<Set> {
    let id = folder.file_name()?.to_str()?.to_owned();
    let (at, _) = id.split_once('-')?;
    let began = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", at).ok()?;
    let began = began.to_zoned(TimeZone::UTC).ok()?.timestamp();
    let manifest = manifest(&folder);
    let parts = manifest.iter().flat_map(|manifest| &manifest.parts);
    let amiss = parts.filter(|part| glance(&folder, part) == Validity::Invalid);
    let amiss = amiss.map(|part| part.file.clone()).collect();
    let began = manifest.as_ref().map_or(began, |manifest| manifest.began);
    Some(Set { id, folder, began, manifest, amiss })
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
