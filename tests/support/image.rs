//! The image of the fixture program: compiled once per change of its sources, imported once per engine.

use super::blocking;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

const FLAGS: [&str; 7] =
    ["-O", "-Ctarget-feature=+crt-static", "-Cstrip=symbols", "--edition", "2024", "--crate-name", "fixture"];

/// The tag of the image with this version; builds what is missing.
pub fn ensure(socket: &Path, version: &str) -> String {
    let tag = format!("{version}-{}", digest());
    let name = format!("stacktop-test/fixture:{tag}");
    // Two imports of the same content would leave one image without a name, so one process at a time.
    let _lock = lock(&lock_for(socket));
    let known = blocking::call(socket, "GET", &format!("/images/{name}/json"));
    if !matches!(known, Ok((200, _))) {
        import(socket, version, &tag);
    }
    name
}

fn import(socket: &Path, version: &str, tag: &str) {
    let changes = [
        r#"ENTRYPOINT ["/fixture"]"#.to_owned(),
        r#"CMD ["serve"]"#.to_owned(),
        format!("ENV VERSION={version}"),
        "ENV PATH=/bin:/".to_owned(),
        format!("LABEL stacktop.test=1 stacktop.test.version={version}"),
        "EXPOSE 8080".to_owned(),
    ];
    let changes: String =
        changes.iter().map(|change| format!("&changes={}", blocking::encode(change))).collect();
    let path = format!("/images/create?fromSrc=-&repo=stacktop-test/fixture&tag={tag}{changes}");
    let answer =
        blocking::upload(socket, &path, "application/x-tar", &archive()).expect("the engine takes an image");
    assert!(answer.0 == 200 && !answer.1.contains("\"error\""), "the import failed: {}", answer.1);
}

/// The root file system: the program, the same program as `/bin/sh`, and a folder for volumes.
fn archive() -> Vec<u8> {
    let mut tar = Vec::new();
    entry(&mut tar, "fixture", b'0', "", &fs::read(program()).expect("the fixture was compiled"));
    for folder in ["bin/", "data/", "tmp/"] {
        entry(&mut tar, folder, b'5', "", &[]);
    }
    entry(&mut tar, "bin/sh", b'2', "/fixture", &[]);
    tar.resize(tar.len() + 1024, 0);
    tar
}

/// One entry of a ustar archive.
fn entry(tar: &mut Vec<u8>, name: &str, kind: u8, link: &str, content: &[u8]) {
    let mut header = [0_u8; 512];
    let mut put = |at: usize, text: &str| header[at..at + text.len()].copy_from_slice(text.as_bytes());
    put(0, name);
    put(100, "0000755\0");
    put(108, "0000000\0");
    put(116, "0000000\0");
    put(124, &format!("{:011o}\0", content.len()));
    put(136, "00000000000\0");
    put(148, "        ");
    put(157, link);
    put(257, "ustar\x0000");
    header[156] = kind;
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    tar.extend_from_slice(&header);
    tar.extend_from_slice(content);
    tar.resize(tar.len().next_multiple_of(512), 0);
}

/// The compiled program. Any number of test processes may ask at once: the first compiles, the others wait.
pub fn program() -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("fixture-{}", digest()));
    let program = folder.join("fixture");
    if !program.exists() {
        fs::create_dir_all(&folder).expect("the target folder can be written");
        let _lock = lock(&folder.join("lock"));
        if !program.exists() {
            compile(&folder, &program);
        }
    }
    program
}

fn compile(folder: &Path, program: &Path) {
    let unfinished = folder.join("unfinished");
    let compiler = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let output = Command::new(&compiler)
        .args(FLAGS)
        .arg(sources().join("program.rs"))
        .arg("-o")
        .arg(&unfinished)
        .output()
        .unwrap_or_else(|error| panic!("{compiler} cannot be started: {error}"));
    assert!(output.status.success(), "{compiler}: {}", String::from_utf8_lossy(&output.stderr));
    fs::rename(&unfinished, program).expect("the program can be moved into place");
}

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixture")
}

/// A short name for exactly these sources and flags.
fn digest() -> String {
    let mut files: Vec<PathBuf> = fs::read_dir(sources())
        .expect("the fixture's sources are there")
        .map(|entry| entry.expect("a folder can be listed").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect();
    files.sort();
    let mut hash = Sha256::new();
    hash.update(FLAGS.join(" "));
    for file in files {
        hash.update(file.file_name().unwrap_or_default().as_encoded_bytes());
        hash.update(fs::read(&file).expect("a source can be read"));
    }
    hash.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

/// The lock of one engine: a private one's is beside its socket, so that nobody waits for the imports of others.
fn lock_for(socket: &Path) -> PathBuf {
    let shared = std::env::temp_dir();
    if socket.starts_with(&shared) {
        socket.with_extension("images.lock")
    } else {
        shared.join("stacktop-test-image.lock")
    }
}

/// Held until the file is dropped, also when the process is killed.
fn lock(path: &Path) -> File {
    let file = File::options().create(true).append(true).open(path).expect("a lock file can be made");
    file.lock().expect("a lock can be waited for");
    file
}
