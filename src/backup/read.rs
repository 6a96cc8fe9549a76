//! A part on its way back: the file is summed up, decrypted, decompressed.

use std::{
    fs::File,
    io::{self, BufReader, Read},
    os::unix::process::ExitStatusExt as _,
    path::Path,
    process::{Child, ChildStdout},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
};

use sha2::{Digest as _, Sha256};

use super::{
    BackupError, Keys, Part, Validity,
    cipher::{complaints, decipher, missing},
    scan::Scan,
    write::hex,
};

/// Bytes that are read at once.
const PIECE: usize = 128 << 10;

/// The signal that ends who writes to nobody.
const SIGPIPE: i32 = 13;

/// Without an identity, `age` would ask for a passphrase.
const NO_IDENTITY: &str = "it is not told which key to use; name the file with the secret one: --identity FILE, or `identity` in the settings";

/// Frames may look back 128 MiB, as far as `zstd -d` lets them unasked: sets can come from elsewhere.
const WINDOW_LOG: u32 = 27;

/// A part that is being read, as it was before compression and encryption.
pub struct PartReader {
    content: Box<dyn Read + Send>,
    pipe: Option<Pipe>,
    path: String,
}

struct Pipe {
    child: Child,
    program: &'static str,
    feeding: JoinHandle<io::Result<()>>,
    said: JoinHandle<String>,
}

impl PartReader {
    /// Opens the file of a part.
    ///
    /// # Errors
    /// [`BackupError`] if it is not there, or the program that decrypts it is not.
    pub fn open(folder: &Path, part: &Part, keys: &Keys) -> Result<Self, BackupError> {
        Self::tapped(folder, part, keys, &Arc::default())
    }

    /// The same with a look at what is read of the file itself.
    fn tapped(folder: &Path, part: &Part, keys: &Keys, tap: &Arc<Tap>) -> Result<Self, BackupError> {
        let path = folder.join(&part.file);
        let file = File::open(&path).map_err(|error| BackupError::disk("open", &path, error))?;
        let file = Tapped { file, tap: Arc::clone(tap) };
        let needs_identity = keys.identity.is_none() && part.codecs.iter().any(|codec| codec == "age");
        if needs_identity {
            let (program, path) = ("age", path.display().to_string());
            return Err(BackupError::Cipher { program, path, said: NO_IDENTITY.to_owned() });
        }
        let cipher = part.codecs.iter().find_map(|codec| Some((program(codec), decipher(codec, keys)?)));
        let (plain, pipe): (Box<dyn Read + Send>, _) = match cipher {
            None => (Box::new(file), None),
            Some((program, spawned)) => {
                let failed = |said| BackupError::Cipher { program, path: path.display().to_string(), said };
                let child = spawned.map_err(|error| failed(missing(program, &error)))?;
                let (stdout, pipe) = Pipe::of(child, program, file);
                (Box::new(stdout.ok_or_else(|| failed("it has no output".to_owned()))?), Some(pipe))
            }
        };
        let is_compressed = part.codecs.iter().any(|codec| codec == "zstd");
        let path = path.display().to_string();
        let content: Box<dyn Read + Send> = if is_compressed {
            let decoder = zstd::Decoder::new(plain).and_then(|mut decoder| {
                decoder.window_log_max(WINDOW_LOG)?;
                Ok(decoder)
            });
            let why = |error: io::Error| BackupError::Damaged { path: path.clone(), why: error.to_string() };
            Box::new(decoder.map_err(why)?)
        } else {
            Box::new(BufReader::new(plain))
        };
        Ok(Self { content, pipe, path })
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// [`BackupError::Damaged`] if it cannot be decompressed, [`BackupError::Cipher`] if not decrypted.
    pub fn piece(&mut self) -> Result<Option<Vec<u8>>, BackupError> {
        let mut piece = vec![0; PIECE];
        match self.content.read(&mut piece) {
            Ok(0) => self.end(None).map(|()| None),
            Ok(length) => {
                piece.truncate(length);
                Ok(Some(piece))
            }
            Err(error) => {
                self.end(Some(&error))?;
                Err(BackupError::Damaged { path: self.path.clone(), why: error.to_string() })
            }
        }
    }

    /// What the program says counts more than that its output could not be read.
    fn end(&mut self, failure: Option<&io::Error>) -> Result<(), BackupError> {
        let Some(pipe) = self.pipe.take() else { return Ok(()) };
        if failure.is_some() {
            // Nobody reads its output any more.
            self.content = Box::new(io::empty());
        }
        let program = pipe.program;
        match pipe.end(failure.is_some()) {
            Ok(()) => Ok(()),
            Err(said) => Err(BackupError::Cipher { program, path: self.path.clone(), said }),
        }
    }
}

/// A program whose output nobody wants any more ends, and is waited for: nothing is left behind.
impl Drop for PartReader {
    fn drop(&mut self) {
        if self.pipe.is_some() {
            let _unwanted = self.end(Some(&io::ErrorKind::Interrupted.into()));
        }
    }
}

impl Pipe {
    fn of(mut child: Child, program: &'static str, mut file: Tapped) -> (Option<ChildStdout>, Self) {
        let said = complaints(child.stderr.take());
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let feeding = thread::spawn(move || match stdin {
            Some(mut stdin) => io::copy(&mut file, &mut stdin).map(drop),
            None => Ok(()),
        });
        (stdout, Self { child, program, feeding, said })
    }

    /// Waits for its end; `unread` where its output was closed before, so that it could not but fail.
    fn end(mut self, unread: bool) -> Result<(), String> {
        let status = self.child.wait().map_err(|error| error.to_string())?;
        // Where it ended early, nothing could be written to it: its own words tell why.
        let _ = self.feeding.join();
        let said = self.said.join().unwrap_or_default();
        let broken_pipe = status.signal() == Some(SIGPIPE) || said.contains("roken pipe");
        if status.success() || unread && broken_pipe { Ok(()) } else { Err(said) }
    }
}

fn program(codec: &str) -> &'static str {
    if codec == "age" { "age" } else { "gpg" }
}

/// What is read of a file, seen while it is read.
#[derive(Debug, Default)]
struct Tap {
    bytes: AtomicU64,
    sum: Mutex<Sha256>,
}

/// A file with a tap on it.
struct Tapped {
    file: File,
    tap: Arc<Tap>,
}

impl Read for Tapped {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.file.read(buffer)?;
        self.tap.sum().update(buffer.get(..length).unwrap_or_default());
        self.tap.bytes.fetch_add(length as u64, Ordering::Relaxed);
        Ok(length)
    }
}

impl Tap {
    fn sum(&self) -> MutexGuard<'_, Sha256> {
        self.sum.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }
}

/// Reads a part from its first byte to its last, and compares it with what the manifest says.
///
/// # Errors
/// [`BackupError`], the first thing that is wrong.
pub fn verify(folder: &Path, part: &Part, keys: &Keys) -> Result<(), BackupError> {
    verify_watched(folder, part, keys, |_| true)
}

/// The same for who wants to know how far it is: `watch` is told now and then how many bytes of the file have been read,
/// and says whether to go on.
///
/// # Errors
/// As [`verify`], or that `watch` did not go on.
pub fn verify_watched(
    folder: &Path,
    part: &Part,
    keys: &Keys,
    mut watch: impl FnMut(u64) -> bool,
) -> Result<(), BackupError> {
    let path = folder.join(&part.file);
    let damaged = |why: String| BackupError::Damaged { path: path.display().to_string(), why };
    let tap = Arc::default();
    let mut is_stopped = false;
    let mut on = |bytes| {
        is_stopped |= !watch(bytes);
        !is_stopped
    };
    let read = read_through(folder, part, keys, &tap, &mut on);
    if is_stopped {
        return read;
    }
    // It is read once; only where not all of it was needed, its sum is still to be made.
    let was_read = tap.bytes() == part.stored_bytes && read.is_ok();
    let sum = if was_read { hex(tap.sum().clone()) } else { sum(&path)? };
    if sum != part.sha256 {
        return Err(damaged(format!("its SHA-256 is {sum}, not {}", part.sha256)));
    }
    read
}

fn read_through(
    folder: &Path,
    part: &Part,
    keys: &Keys,
    tap: &Arc<Tap>,
    watch: &mut impl FnMut(u64) -> bool,
) -> Result<(), BackupError> {
    let path = folder.join(&part.file);
    let damaged = |why: String| BackupError::Damaged { path: path.display().to_string(), why };
    let mut reader = PartReader::tapped(folder, part, keys, tap)?;
    let mut scan = part.contents.is_some().then(Scan::default);
    let (mut raw, mut bytes) = (Sha256::new(), 0);
    while let Some(piece) = reader.piece()? {
        raw.update(&piece);
        bytes += piece.len() as u64;
        if let Some(scan) = &mut scan {
            scan.push(&piece).map_err(|broken| damaged(broken.to_string()))?;
        }
        if !watch(tap.bytes()) {
            return Err(BackupError::Source("it was stopped".to_owned()));
        }
    }
    let contents = scan.map(Scan::finish).transpose().map_err(|broken| damaged(broken.to_string()))?;
    if bytes != part.raw_bytes || hex(raw) != part.raw_sha256 || contents != part.contents {
        return Err(damaged("its content is not what the manifest says".to_owned()));
    }
    Ok(())
}

/// The SHA-256 of a file, hexadecimal.
fn sum(path: &Path) -> Result<String, BackupError> {
    let mut sum = Sha256::new();
    let read = File::open(path).and_then(|mut file| {
        let mut piece = vec![0; PIECE];
        loop {
            match file.read(&mut piece)? {
                0 => return Ok(()),
                length => sum.update(piece.get(..length).unwrap_or_default()),
            }
        }
    });
    read.map_err(|error| BackupError::disk("read", path, error))?;
    Ok(hex(sum))
}

/// Whether a part's file is there and has its recorded size: what can be told without reading it.
pub(super) fn glance(folder: &Path, part: &Part) -> Validity {
    let is_there =
        std::fs::metadata(folder.join(&part.file)).is_ok_and(|file| file.len() == part.stored_bytes);
    if is_there { Validity::Valid } else { Validity::Invalid }
}
