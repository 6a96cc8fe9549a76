//! Files: the only place of the journal that reads and writes.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use jiff::Timestamp;

use super::{
    DamageKind, Entry, Header, Holder, JournalError, Life, Line, OpId, Record, Stage, engine_folder,
    holder::start_in,
};

const EXTENSION: &str = "jsonl";

/// The journal of one operation, open for writing. While it is open, no other process can open it for writing.
#[derive(Debug)]
pub struct Journal {
    file: File,
    path: PathBuf,
    op: OpId,
}

/// An operation that somebody has to look after.
#[derive(Clone, Debug, PartialEq)]
pub struct Unfinished {
    /// The operation.
    pub entry: Entry,
    /// Whether its process lives; one without a header counts as [`Life::Elsewhere`].
    pub life: Life,
}

impl Journal {
    /// Begins an operation's journal in the folder of all engines' journals, and writes its header.
    ///
    /// # Errors
    /// [`JournalError`] if that cannot be put on the disk; then nothing must be done to the engine.
    pub fn create(state: &Path, at: Timestamp, header: Header) -> Result<Self, JournalError> {
        let folder = engine_folder(state, &header.engine);
        let path = folder.join(format!("{}.{EXTENSION}", header.op));
        let op = header.op.clone();
        make_folder(&folder).map_err(|error| failed("create the folder", &folder, &error))?;
        let made = OpenOptions::new().append(true).read(true).create_new(true).mode(0o600).open(&path);
        let file = made.map_err(|error| failed("create", &path, &error))?;
        let mut journal = Self::locked(file, path, op)?;
        journal.append(at, Record::Header(Box::new(header)))?;
        // The names of the file and of its folder are on the disk once the folders above are.
        for folder in [&*folder, state] {
            sync(folder).map_err(|error| failed("save", folder, &error))?;
        }
        Ok(journal)
    }

    /// Opens the journal of an interrupted operation, to go on with it as `holder`.
    ///
    /// # Errors
    /// [`JournalError::Held`] if another process is at it, [`JournalError::Io`] if it cannot be written.
    pub fn resume(
        state: &Path,
        engine: &str,
        op: &OpId,
        at: Timestamp,
        holder: Holder,
    ) -> Result<Self, JournalError> {
        let path = engine_folder(state, engine).join(format!("{op}.{EXTENSION}"));
        let opened = OpenOptions::new().append(true).read(true).open(&path);
        let file = opened.map_err(|error| failed("open", &path, &error))?;
        let mut journal = Self::locked(file, path, op.clone())?;
        journal.append(at, Record::Resumed { holder })?;
        Ok(journal)
    }

    /// Appends a record. It is on the disk when this returns; that takes milliseconds.
    ///
    /// # Errors
    /// [`JournalError`] if it is not; then the call that it announces must not be made.
    pub fn append(&mut self, at: Timestamp, record: Record) -> Result<(), JournalError> {
        let written = self.write(at, record).and_then(|()| self.file.sync_data());
        written.map_err(|error| failed("append to", &self.path, &error))
    }

    /// Appends a record of what is over. It is on the disk with the next one that is appended; until then a loss of
    /// power may take it, and what it tells of is in doubt. It outlives the process at once.
    ///
    /// # Errors
    /// [`JournalError`] if it cannot be written.
    pub fn note(&mut self, at: Timestamp, record: Record) -> Result<(), JournalError> {
        self.write(at, record).map_err(|error| failed("append to", &self.path, &error))
    }

    fn write(&mut self, at: Timestamp, record: Record) -> io::Result<()> {
        let text = Line { at, record }.to_text()?;
        self.end_torn_line()?;
        self.file.write_all(text.as_bytes())
    }

    /// The operation's id.
    #[must_use]
    pub const fn op(&self) -> &OpId {
        &self.op
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn locked(file: File, path: PathBuf, op: OpId) -> Result<Self, JournalError> {
        match file.try_lock() {
            Ok(()) => Ok(Self { file, path, op }),
            Err(TryLockError::WouldBlock) => Err(JournalError::Held { path }),
            // Not every file system has locks; the pid in the header tells, too.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
                Ok(Self { file, path, op })
            }
            Err(TryLockError::Error(error)) => Err(failed("lock", &path, &error)),
        }
    }

    /// What a torn line holds stays, be it from a power loss or from a full disk, but nothing is glued to it.
    fn end_torn_line(&mut self) -> io::Result<()> {
        if self.file.metadata()?.len() == 0 {
            return Ok(());
        }
        let mut last = [0];
        self.file.seek(SeekFrom::End(-1))?;
        self.file.read_exact(&mut last)?;
        if last == *b"\n" { Ok(()) } else { self.file.write_all(b"\n") }
    }
}

impl Holder {
    /// This process, in the name of `user`.
    #[must_use]
    pub fn of_this_process(user: &str) -> Self {
        let pid = std::process::id();
        let namespace = fs::read_link("/proc/self/ns/pid").map(|link| link.display().to_string());
        let host = fs::read_to_string("/proc/sys/kernel/hostname");
        Self {
            user: user.to_owned(),
            host: host.map(|name| name.trim().to_owned()).unwrap_or_default(),
            pid,
            started: start_of(pid).unwrap_or_default(),
            namespace: namespace.unwrap_or_default(),
        }
    }

    /// Whether the process lives, seen from here. One that is hidden from this user counts as alive.
    #[must_use]
    pub fn life_here(&self) -> Life {
        let life = self.life(&Self::of_this_process(""), start_of);
        let is_hidden = || start_of(self.pid).is_none() && is_there(self.pid);
        if life == Life::Gone && is_hidden() { Life::Alive } else { life }
    }
}

/// One operation's journal, by its engine and its id; `None` if there is none.
///
/// # Errors
/// [`JournalError`] if it cannot be read.
pub fn read(state: &Path, engine: &str, op: &OpId) -> Result<Option<Entry>, JournalError> {
    let path = engine_folder(state, engine).join(format!("{op}.{EXTENSION}"));
    match fs::read(&path) {
        Ok(text) => Ok(Some(Entry::parse(op.clone(), &text))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed("read", &path, &error)),
    }
}

/// All operations of an engine's folder (see [`engine_folder`]), oldest first. A file that cannot be read is an entry
/// of which nothing but the damage is known; other files are left alone.
///
/// # Errors
/// [`JournalError`] if the folder cannot be listed. One that is not there is empty.
pub fn read_all(folder: &Path) -> Result<Vec<Entry>, JournalError> {
    let listed = match fs::read_dir(folder) {
        Ok(listed) => listed,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed("list", folder, &error)),
    };
    let mut entries = Vec::new();
    for file in listed {
        let path = file.map_err(|error| failed("list", folder, &error))?.path();
        let stem = path.file_stem().and_then(|stem| stem.to_str());
        if path.extension().is_some_and(|extension| extension == EXTENSION)
            && let Some(op) = stem.and_then(OpId::parse)
        {
            entries.push(entry(op, &path));
        }
    }
    entries.sort_by(|a, b| a.op.cmp(&b.op));
    Ok(entries)
}

/// All operations of all engines, oldest first.
///
/// # Errors
/// Those of [`read_all`].
pub fn read_engines(state: &Path) -> Result<Vec<Entry>, JournalError> {
    let listed = match fs::read_dir(state) {
        Ok(listed) => listed,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed("list", state, &error)),
    };
    let mut entries = Vec::new();
    for folder in listed {
        let path = folder.map_err(|error| failed("list", state, &error))?.path();
        if path.is_dir() {
            entries.extend(read_all(&path)?);
        }
    }
    entries.sort_by(|a, b| a.op.cmp(&b.op));
    Ok(entries)
}

/// The operations of an engine that have no final verdict, oldest first: those that another process is at, and those
/// whose process is gone, which can be resumed or rolled back. `observer` is this process.
///
/// # Errors
/// Those of [`read_all`].
pub fn unfinished(state: &Path, engine: &str, observer: &Holder) -> Result<Vec<Unfinished>, JournalError> {
    let entries = read_all(&engine_folder(state, engine))?.into_iter();
    let open = entries.filter(|entry| match entry.stage() {
        // Not even a header: nothing was begun.
        Stage::Open => !entry.lines.is_empty(),
        Stage::Ended(outcome) => !outcome.is_final(),
    });
    let with_life = open.map(|entry| Unfinished { life: life(&entry, observer), entry });
    Ok(with_life.collect())
}

/// Whether the process of an operation lives, seen by `observer`; one without a header counts as
/// [`Life::Elsewhere`].
#[must_use]
pub fn life(entry: &Entry, observer: &Holder) -> Life {
    entry.holder().map_or(Life::Elsewhere, |holder| holder.life(observer, start_of))
}

fn entry(op: OpId, path: &Path) -> Entry {
    match fs::read(path) {
        Ok(text) => Entry::parse(op, &text),
        Err(error) => {
            let mut entry = Entry::parse(op, b"");
            entry.add_damage(0, DamageKind::Unreadable(error.to_string()));
            entry
        }
    }
}

fn make_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Whether there is a process of this number; one of somebody else's counts.
fn is_there(pid: u32) -> bool {
    use rustix::{io::Errno, process};
    let pid = i32::try_from(pid).ok().and_then(process::Pid::from_raw);
    pid.is_some_and(|pid| !matches!(process::test_kill_process(pid), Err(Errno::SRCH)))
}

fn start_of(pid: u32) -> Option<u64> {
    start_in(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

fn failed(attempt: &'static str, path: &Path, error: &io::Error) -> JournalError {
    JournalError::Io { attempt, path: path.to_owned(), cause: error.to_string() }
}

#[cfg(test)]
mod tests;
