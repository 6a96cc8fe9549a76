//! Sets on a disk.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use bytes::Bytes;
use tempfile::TempDir;

use super::*;

mod pipes;

fn pieces(raw: &[u8]) -> impl Iterator<Item = Result<Bytes, String>> + use<> {
    let pieces: Vec<_> = raw.chunks(1000).map(Bytes::copy_from_slice).map(Ok).collect();
    pieces.into_iter()
}

fn archive() -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_ustar();
    header.set_size(3000);
    header.set_mode(0o600);
    builder.append_data(&mut header, "data", [7; 3000].as_slice()).unwrap();
    builder.into_inner().unwrap()
}

/// A set of one part on a shelf.
struct Site {
    shelf: Shelf,
    set: Set,
    _folder: TempDir,
}

impl Site {
    fn new(cipher: &Cipher) -> Self {
        let folder = TempDir::new().unwrap();
        let shelf = Shelf::at(folder.path().to_owned());
        let open = shelf.begin("shop", "2026-03-01T12:00:00Z".parse().unwrap(), "abc").unwrap();
        let part = part(&open.folder, cipher);
        open.close(&manifest(part)).unwrap();
        let set = shelf.find("shop", None).unwrap();
        Self { shelf, set, _folder: folder }
    }

    fn part(&self) -> Part {
        self.set.manifest.clone().unwrap().parts.remove(0)
    }

    fn verified(&self) -> Result<(), String> {
        let keys = Keys::default();
        verify(&self.set.folder, &self.part(), &keys).map_err(|error| error.to_string())
    }

    fn again(&self) -> Set {
        self.shelf.sets("shop").unwrap().remove(0)
    }
}

fn part(folder: &Path, cipher: &Cipher) -> Part {
    let file = "volume-db.tar.zst".to_owned();
    let stored = store(&folder.join(&file), "volume db", Form::Archive, cipher, pieces(&archive())).unwrap();
    let at = "2026-03-01T12:00:00Z".parse().unwrap();
    Part {
        file,
        source: Source::Volume {
            volume: "db".to_owned(),
            driver: "local".to_owned(),
            options: [].into(),
            labels: [].into(),
            used_by: [].into(),
        },
        mode: Mode::Stop,
        raw_bytes: stored.raw_bytes,
        stored_bytes: stored.stored_bytes,
        sha256: stored.sha256,
        raw_sha256: stored.raw_sha256,
        codecs: ["zstd"].into_iter().chain(cipher.program()).map(str::to_owned).collect(),
        recipients: cipher.recipients().to_vec(),
        contents: stored.contents,
        began: at,
        finished: at,
    }
}

fn manifest(part: Part) -> Manifest {
    let at = part.began;
    Manifest {
        schema: SCHEMA,
        id: "20260301T120000Z-abc".to_owned(),
        stack: "shop".to_owned(),
        engine: "E".to_owned(),
        engine_version: "20.10".to_owned(),
        scope: Scope::All,
        service: None,
        began: at,
        finished: at,
        services: Vec::new(),
        parts: vec![part],
        warnings: Vec::new(),
    }
}

#[test]
fn a_set_that_was_just_written_is_valid() {
    let site = Site::new(&Cipher::None);
    assert_eq!(site.set.validity(), Validity::Valid);
    site.verified().unwrap();
}

#[test]
fn the_public_tools_read_a_part_and_agree_on_its_sum() {
    let site = Site::new(&Cipher::None);
    let run = |line: &str| {
        let output = Command::new("sh").args(["-c", line]).current_dir(&site.set.folder).output().unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    assert_eq!(run("sha256sum -c SHA256SUMS"), (true, "volume-db.tar.zst: OK\n".to_owned()));
    if Command::new("zstd").arg("--version").stdout(Stdio::null()).status().is_ok() {
        assert_eq!(run("zstd -dc volume-db.tar.zst | tar t"), (true, "data\n".to_owned()));
    }
}

#[test]
fn one_bit_that_has_turned_is_found() {
    let site = Site::new(&Cipher::None);
    let path = site.set.folder.join(site.part().file);
    let mut stored = fs::read(&path).unwrap();
    let middle = stored.len() / 2;
    stored[middle] ^= 1;
    fs::write(&path, stored).unwrap();
    let why = site.verified().unwrap_err();
    assert!(why.contains("is damaged: its SHA-256 is"), "{why}");
}

#[test]
fn a_part_that_is_missing_or_cut_makes_the_set_invalid() {
    let site = Site::new(&Cipher::None);
    let path = site.set.folder.join(site.part().file);
    let stored = fs::read(&path).unwrap();
    fs::write(&path, &stored[1..]).unwrap();
    assert_eq!(site.again().validity(), Validity::Invalid);
    fs::remove_file(&path).unwrap();
    let set = site.again();
    assert_eq!((set.validity(), set.amiss), (Validity::Invalid, vec!["volume-db.tar.zst".to_owned()]));
}

#[test]
fn without_its_manifest_a_folder_is_no_valid_set() {
    let site = Site::new(&Cipher::None);
    fs::remove_file(site.set.folder.join("manifest.json")).unwrap();
    let set = site.again();
    assert_eq!(set.validity(), Validity::Invalid);
    assert!(set.manifest.unwrap_err().contains("was not finished"));
    assert!(site.shelf.find("shop", None).unwrap_err().to_string().contains("no valid backup set"));
}

#[test]
fn a_manifest_cannot_point_out_of_its_set() {
    let site = Site::new(&Cipher::None);
    let path = site.set.folder.join("manifest.json");
    let text = fs::read_to_string(&path).unwrap().replace("volume-db.tar.zst", "../../etc/passwd");
    fs::write(&path, text).unwrap();
    assert!(site.again().manifest.unwrap_err().contains("outside the set"));
}

#[test]
fn a_source_that_fails_leaves_nothing_behind() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("part");
    let broken = [Ok(Bytes::from_static(b"some")), Err("the engine is gone".to_owned())];
    let error = store(&path, "volume db", Form::Stream, &Cipher::None, broken.into_iter()).unwrap_err();
    assert_eq!(error.to_string(), "the engine is gone");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn an_archive_that_is_cut_leaves_nothing_behind() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("part");
    let cut = pieces(&archive()[..2000]);
    let error = store(&path, "volume db", Form::Archive, &Cipher::None, cut).unwrap_err().to_string();
    assert!(error.starts_with("volume db: the archive ends within data"), "{error}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_full_disk_is_told_with_the_way_out_and_leaves_nothing_behind() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("part");
    std::os::unix::fs::symlink("/dev/full", folder.path().join("part.partial")).unwrap();
    let error = store(&path, "volume db", Form::Archive, &Cipher::None, pieces(&archive())).unwrap_err();
    let error = error.to_string();
    assert!(error.contains("No space left") && error.contains("backup prune"), "{error}");
    assert!(!path.exists());
}

#[test]
fn names_with_odd_characters_become_names_of_files() {
    for (name, wanted) in
        [("db-data", "db-data"), ("a/b", "a%2fb"), ("../x", "_..%2fx"), ("", "_"), ("ä b", "%c3%a4%20b")]
    {
        assert_eq!(file_name(name), wanted);
    }
}

#[test]
fn an_unknown_recipient_is_told_before_anything_is_stopped() {
    let why = Cipher::Gpg(vec!["nobody@nowhere.invalid".to_owned()]).check().unwrap_err();
    assert!(why.contains("backups cannot be encrypted"), "{why}");
    let why = Cipher::Age(Vec::new()).check().unwrap_err();
    assert!(why.contains("no recipient is named"), "{why}");
}

#[test]
fn what_is_left_of_a_set_is_cleared_and_nothing_else() {
    let folder = TempDir::new().unwrap();
    let shelf = Shelf::at(folder.path().to_owned());
    let at = "2026-03-01T12:00:00Z".parse().unwrap();
    let open = shelf.begin("shop", at, "01A").unwrap();
    for name in ["volume-a.tar.zst", "volume-b.tar.zst.age.partial", "volume-a.tar.zst.record"] {
        fs::write(open.folder.join(name), "x").unwrap();
    }
    assert_eq!(clear(&open.folder, "01B").unwrap(), Leftover::Nothing, "it is another operation's");
    assert_eq!(clear(&open.folder, "01A").unwrap(), Leftover::Cleared);
    assert_eq!(clear(&open.folder, "01A").unwrap(), Leftover::Nothing);
    let precious = shelf.begin("shop", at, "01A").unwrap();
    fs::write(precious.folder.join("thesis.odt"), "x").unwrap();
    assert!(clear(&precious.folder, "01A").is_err() && precious.folder.join("thesis.odt").exists());
    let elsewhere = folder.path().join("shop/20260301T120000Z-01C");
    std::os::unix::fs::symlink(&precious.folder, &elsewhere).unwrap();
    assert_eq!(clear(&elsewhere, "01C").unwrap(), Leftover::Nothing);
}
