//! A part on its way back: the file is summed up, decrypted, decompressed.

use std::{
    fs::File,
    io::{self, BufReader, Read},
    path::Path,
    process::{Child, ChildStdout},
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

/// Frames may look back 128 MiB; see the writer.
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
        let path = folder.join(&part.file);
        let file = File::open(&path).map_err(|error| BackupError::disk("open", &path, error))?;
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
        match pipe.end() {
            Ok(()) => Ok(()),
            Err(said) => Err(BackupError::Cipher { program, path: self.path.clone(), said }),
        }
    }
}

impl Pipe {
    fn of(mut child: Child, program: &'static str, mut file: File) -> (Option<ChildStdout>, Self) {
        let said = complaints(child.stderr.take());
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let feeding = thread::spawn(move || match stdin {
            Some(mut stdin) => io::copy(&mut file, &mut stdin).map(drop),
            None => Ok(()),
        });
        (stdout, Self { child, program, feeding, said })
    }

    fn end(mut self) -> Result<(), String> {
        let status = self.child.wait().map_err(|error| error.to_string())?;
        // Where it ended early, nothing could be written to it: its own words tell why.
        let _ = self.feeding.join();
        let said = self.said.join().unwrap_or_default();
        if status.success() { Ok(()) } else { Err(said) }
    }
}

fn program(codec: &str) -> &'static str {
    if codec == "age" { "age" } else { "gpg" }
}

/// Reads a part from its first byte to its last, and compares it with what the manifest says.
///
/// # Errors
/// [`BackupError`], the first thing that is wrong.
pub fn verify(folder: &Path, part: &Part, keys: &Keys) -> Result<(), BackupError> {
    let path = folder.join(&part.file);
    let damaged = |why: String| BackupError::Damaged { path: path.display().to_string(), why };
    let sum = sum(&path)?;
    if sum != part.sha256 {
        return Err(damaged(format!("its SHA-256 is {sum}, not {}", part.sha256)));
    }
    let mut reader = PartReader::open(folder, part, keys)?;
    let mut scan = part.contents.is_some().then(Scan::default);
    let (mut raw, mut bytes) = (Sha256::new(), 0);
    while let Some(piece) = reader.piece()? {
        raw.update(&piece);
        bytes += piece.len() as u64;
        if let Some(scan) = &mut scan {
            scan.push(&piece).map_err(|broken| damaged(broken.to_string()))?;
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
