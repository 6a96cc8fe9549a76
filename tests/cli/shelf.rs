//! Sets that stand on a shelf: listed, shown, verified, pruned. No engine is needed.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::Value;
use stacktop::backup::{
    Cipher, Form, Hold, Manifest, Mode, OpenSet, Part, SCHEMA, Scope, ServiceRecord, Shelf, Source, store,
};

use super::program::{Ended, command, ended};

/// The one file of the volume that is in every set.
const CONTENT: &[u8] = &[7; 3000];

/// A shelf of a test's own, and settings.
struct Site {
    folder: tempfile::TempDir,
}

impl Site {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn shelf(&self) -> Shelf {
        Shelf::at(self.path("sets"))
    }

    /// A set of `shop` that is begun at `began`.
    fn open(&self, began: &str) -> OpenSet {
        self.shelf().begin("shop", began.parse().unwrap(), "x").unwrap()
    }

    /// A valid set of one volume.
    fn set(&self, began: &str, scope: Scope, cipher: &Cipher) -> PathBuf {
        let open = self.open(began);
        let folder = open.folder.clone();
        let manifest = manifest(began, scope, part(&folder, cipher));
        open.close(&manifest).unwrap();
        folder
    }

    fn plain(&self, began: &str) -> PathBuf {
        self.set(began, Scope::All, &Cipher::None)
    }

    fn settle(&self, text: &str) {
        fs::write(self.path("settings.yaml"), format!("backups:\n{text}")).unwrap();
    }

    fn command(&self, line: &str) -> Command {
        let mut command = command(&format!("backup {line}"));
        command.env("STACKTOP_BACKUPS", self.path("sets"));
        let settings = self.path("settings.yaml");
        if settings.exists() {
            command.env("STACKTOP_SETTINGS", settings);
        }
        command
    }

    fn run(&self, line: &str) -> Ended {
        ended(self.command(line).output().unwrap())
    }

    #[track_caller]
    fn fine(&self, line: &str) -> String {
        let ended = self.run(line);
        assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{line}: {}", ended.out);
        ended.out
    }

    #[track_caller]
    fn refused(&self, line: &str) -> String {
        let ended = self.run(line);
        assert_eq!((ended.code, ended.out.as_str()), (2, ""), "{line}: {}", ended.err);
        ended.err
    }

    #[track_caller]
    fn json(&self, line: &str) -> Value {
        serde_json::from_str(&self.fine(&format!("{line} --json"))).unwrap()
    }
}

fn archive() -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_ustar();
    header.set_size(CONTENT.len() as u64);
    header.set_mode(0o600);
    builder.append_data(&mut header, "./data", CONTENT).unwrap();
    builder.into_inner().unwrap()
}

fn part(folder: &Path, cipher: &Cipher) -> Part {
    let ending = cipher.program().map(|program| format!(".{program}")).unwrap_or_default();
    let file = format!("volume-db.tar.zst{ending}");
    let pieces = [Ok(Bytes::from(archive()))].into_iter();
    let stored = store(&folder.join(&file), "volume db", Form::Archive, cipher, pieces).unwrap();
    let at = "2026-03-01T12:00:00Z".parse().unwrap();
    let source = Source::Volume {
        volume: "db".to_owned(),
        driver: "local".to_owned(),
        options: [].into(),
        labels: [].into(),
        used_by: [("shop/web".to_owned(), "/data".to_owned())].into(),
    };
    Part {
        file,
        source,
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

fn manifest(began: &str, scope: Scope, part: Part) -> Manifest {
    let began: Timestamp = began.parse().unwrap();
    Manifest {
        schema: SCHEMA,
        id: "x".to_owned(),
        stack: "shop".to_owned(),
        engine: "ENGINE".to_owned(),
        engine_version: "20.10".to_owned(),
        scope,
        service: None,
        began,
        finished: began + jiff::SignedDuration::from_secs(61),
        services: vec![ServiceRecord {
            name: "web".to_owned(),
            image: "shop/web:1".to_owned(),
            image_id: "sha256:ab".to_owned(),
            labels: [].into(),
            mounts: [].into(),
            env: Vec::new(),
            words: Vec::new(),
        }],
        parts: vec![part],
        warnings: vec!["folder /srv is on the host and is not backed up".to_owned()],
    }
}

/// So many hours ago, as a set's beginning.
fn ago(hours: i64) -> String {
    let then = Timestamp::now() - jiff::SignedDuration::from_hours(hours);
    then.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The last line of a table, its blanks as one each.
fn last_row(table: &str) -> String {
    table.lines().last().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn stacks_are_listed_with_the_age_of_the_last_good_set_against_the_rpo() {
    let site = Site::new();
    let folder = site.plain(&ago(7));
    site.settle("  rpo: 6h\n  stacks: {lab: {schedule: every 6h}}\n");
    let table = site.fine("ls");
    let rows: Vec<&str> = table.lines().collect();
    assert!(rows[1].starts_with("lab    ✖ none       –   6h"), "{table}");
    let set = folder.file_name().unwrap().to_str().unwrap();
    assert!(last_row(&table).starts_with("shop ✖ overdue 7h 6h 1"), "{table}");
    assert!(last_row(&table).contains(set), "{table}");
    site.settle("  rpo: 8h\n");
    assert!(last_row(&site.fine("ls")).starts_with("shop ● good 7h 8h 1"));
}

#[test]
fn dumps_and_volumes_that_are_due_apart_are_listed_apart() {
    let site = Site::new();
    site.set(&ago(1), Scope::Dumps, &Cipher::None);
    site.set(&ago(20), Scope::Volumes, &Cipher::None);
    site.settle("  rpo: 6h\n  stacks: {shop: {dumps: every 6h, volumes: daily 03:00}}\n");
    let told = site.json("ls");
    let states: Vec<String> =
        told.as_array().unwrap().iter().map(|it| format!("{} {}", it["scope"], it["state"])).collect();
    assert_eq!(states, [r#""dumps" "good""#, r#""volumes" "good""#]);
}

#[test]
fn an_empty_shelf_says_how_a_backup_is_made() {
    assert!(Site::new().fine("ls").contains("`stacktop backup run STACK` makes one"));
}

#[test]
fn a_shelf_that_cannot_be_read_is_told_and_not_taken_for_empty() {
    let site = Site::new();
    fs::write(site.path("sets"), "a file").unwrap();
    let ended = site.run("ls");
    assert_eq!(ended.code, 5, "{}", ended.err);
    assert!(ended.err.contains("could not read the folder"), "{}", ended.err);
}

#[test]
fn the_sets_of_a_stack_are_listed_newest_first_with_why_one_is_invalid() {
    let site = Site::new();
    site.plain(&ago(9));
    site.open(&ago(1));
    let table = site.fine("ls shop");
    let rows: Vec<&str> = table.lines().skip(1).collect();
    assert!(rows[0].contains("✖ invalid") && rows[0].contains("it was not finished"), "{table}");
    assert!(rows[1].contains("● valid") && rows[1].contains("stop") && rows[1].contains("1m1s"), "{table}");
}

#[test]
fn a_set_that_is_being_written_is_neither_valid_nor_invalid() {
    let site = Site::new();
    let open = site.open(&ago(0));
    let _hold = Hold::alone(&open.folder).unwrap();
    assert!(site.fine("ls shop").contains("◐ being written"));
}

#[test]
fn a_stack_without_sets_is_told_with_where_to_look() {
    let site = Site::new();
    let why = site.refused("ls shup");
    assert!(why.contains("there is no backup of `shup` in") && why.contains("`stacktop backup ls`"), "{why}");
}

#[test]
fn the_line_that_is_shown_for_a_part_reads_it_without_stacktop() {
    let site = Site::new();
    let folder = site.plain(&ago(1));
    let told = site.json("show shop");
    let line = told["files"][0]["by_hand"].as_str().unwrap();
    let target = tempfile::tempdir().unwrap();
    let line = line.replace("FOLDER", target.path().to_str().unwrap());
    let done = Command::new("sh").args(["-c", &line]).current_dir(&folder).status().unwrap();
    assert!(done.success(), "{line}");
    assert_eq!(fs::read(target.path().join("data")).unwrap(), CONTENT);
}

#[test]
fn a_set_is_shown_with_its_parts_their_sums_and_what_to_know_of_it() {
    let site = Site::new();
    site.plain(&ago(1));
    let shown = site.fine("show shop");
    let sum = site.json("show shop")["files"][0]["sha256"].as_str().unwrap().to_owned();
    for wanted in [
        "state       valid",
        "volume-db.tar.zst: volume db",
        "by stop",
        &sum,
        "note        folder /srv is on the host",
        "zstd --decompress --stdout volume-db.tar.zst | tar --extract",
    ] {
        assert!(shown.contains(wanted), "{wanted}: {shown}");
    }
}

#[test]
fn a_sound_set_is_verified_and_a_damaged_part_is_named_with_exit_code_1() {
    let site = Site::new();
    let folder = site.plain(&ago(1));
    assert!(site.fine("verify shop").starts_with("ok       "));
    let path = folder.join("volume-db.tar.zst");
    let mut stored = fs::read(&path).unwrap();
    let middle = stored.len() / 2;
    stored[middle] ^= 1;
    fs::write(&path, stored).unwrap();
    let ended = site.run("verify shop");
    assert_eq!(ended.code, 1, "{}", ended.err);
    assert!(ended.out.contains("damaged") && ended.out.contains("volume-db.tar.zst"), "{}", ended.out);
    assert!(ended.out.contains("its SHA-256 is"), "{}", ended.out);
}

#[test]
fn all_sets_are_verified_also_behind_one_that_is_damaged() {
    let site = Site::new();
    site.plain(&ago(9));
    site.open(&ago(1));
    let ended = site.run("verify shop --all");
    assert_eq!(ended.code, 1, "{}", ended.err);
    let states: Vec<&str> = ended.out.lines().map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(states, ["damaged", "ok"], "{}", ended.out);
}

#[test]
fn old_sets_go_by_what_is_settled_and_the_plan_says_which_and_why() {
    let site = Site::new();
    let old = site.plain(&ago(50));
    let new = site.plain(&ago(1));
    site.settle("  keep: {last: 1}\n");
    let plan = site.fine("prune shop --plan");
    assert!(plan.contains("kept: last") && plan.contains("goes"), "{plan}");
    assert!(old.exists());
    let why = site.refused("prune shop --json");
    assert!(why.contains("remove 1 set") && why.contains("--yes"), "{why}");
    assert!(site.fine("prune shop --yes").starts_with("removed  shop/"));
    assert!(!old.exists() && new.exists());
    assert!(site.fine("prune shop --yes").contains("kept: last"));
}

#[test]
fn without_a_word_on_what_stays_nothing_goes() {
    let site = Site::new();
    site.plain(&ago(50));
    site.plain(&ago(1));
    let why = site.refused("prune shop --yes");
    assert!(why.contains("`keep`") && why.contains("--keep-last"), "{why}");
    site.fine("prune shop --yes --keep-last 1");
    assert_eq!(site.shelf().sets("shop").unwrap().len(), 1);
}

#[test]
fn the_last_valid_set_stays_whatever_is_settled() {
    let site = Site::new();
    let only = site.plain("2020-03-01T12:00:00Z");
    assert!(site.fine("prune shop --yes --keep-hourly 1").contains("kept"));
    assert!(only.exists());
    let why = site.refused("prune shop --yes --keep-last 0");
    assert!(why.contains("keeps no set at all"), "{why}");
}

#[test]
fn a_set_that_is_being_written_is_not_pruned() {
    let site = Site::new();
    let open = site.open(&ago(2));
    let _hold = Hold::alone(&open.folder).unwrap();
    site.plain(&ago(1));
    assert!(site.fine("prune shop --yes --keep-last 1").contains("it is being written"));
    assert!(open.folder.exists());
}

#[test]
fn where_nothing_may_be_changed_sets_are_not_pruned() {
    let site = Site::new();
    site.plain(&ago(1));
    assert!(site.refused("prune shop --yes --keep-last 1 --read-only").contains("nothing is changed"));
    site.fine("prune shop --plan --keep-last 1 --read-only");
}

#[test]
fn an_empty_shelf_has_nothing_to_prune() {
    let site = Site::new();
    assert_eq!(site.fine("prune --all --yes"), "there is no set to remove\n");
}

mod encrypted {
    //! With real keys and the public programs.

    use super::*;

    /// Whether a program is there; in CI it has to be.
    fn have(program: &str) -> bool {
        let found = Command::new(program).arg("--version").output().is_ok();
        assert!(
            found || std::env::var_os("STACKTOP_TEST_ENGINE").is_none(),
            "there is no program `{program}`"
        );
        found
    }

    fn sh(folder: &Path, line: &str) -> String {
        let done = Command::new("sh").args(["-c", line]).current_dir(folder).output().unwrap();
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{line}: {said}");
        String::from_utf8(done.stdout).unwrap()
    }

    impl Site {
        /// Makes a key for `age` in the file `name`; its public half.
        fn key(&self, name: &str) -> String {
            sh(self.folder.path(), &format!("age-keygen -o {name} 2>/dev/null && age-keygen -y {name}"))
                .trim()
                .to_owned()
        }
    }

    #[test]
    fn what_age_encrypts_for_several_people_each_of_them_reads() {
        if !have("age") {
            return;
        }
        let site = Site::new();
        let recipients = vec![site.key("ada.key"), site.key("bob.key")];
        let folder = site.set(&ago(1), Scope::All, &Cipher::Age(recipients));
        for name in ["ada.key", "bob.key"] {
            let key = site.path(name).display().to_string();
            site.fine(&format!("verify shop --identity {key}"));
            let names = sh(&folder, &format!("age -d -i {key} volume-db.tar.zst.age | zstd -dc | tar t"));
            assert_eq!(names, "data\n");
        }
    }

    #[test]
    fn the_settled_identity_is_used_and_named_in_the_line_that_reads_a_part() {
        if !have("age") {
            return;
        }
        let site = Site::new();
        let folder = site.set(&ago(1), Scope::All, &Cipher::Age(vec![site.key("ops.key")]));
        site.settle(&format!("  identity: {}\n", site.path("ops.key").display()));
        site.fine("verify shop");
        let line = site.json("show shop")["files"][0]["by_hand"].as_str().unwrap().to_owned();
        let target = tempfile::tempdir().unwrap();
        sh(&folder, &line.replace("FOLDER", target.path().to_str().unwrap()));
        assert_eq!(fs::read(target.path().join("data")).unwrap(), CONTENT);
    }

    #[test]
    fn the_wrong_key_and_none_are_told_as_such_and_not_as_damage_of_the_file() {
        if !have("age") {
            return;
        }
        let site = Site::new();
        site.set(&ago(1), Scope::All, &Cipher::Age(vec![site.key("ops.key")]));
        site.key("other.key");
        let ended = site.run(&format!("verify shop --identity {}", site.path("other.key").display()));
        assert_eq!(ended.code, 1);
        assert!(ended.out.contains("no identity matched"), "{}", ended.out);
        let ended = site.run("verify shop");
        assert_eq!(ended.code, 1);
        assert!(ended.out.contains("--identity FILE"), "{}", ended.out);
    }

    #[test]
    fn a_missing_program_is_named() {
        if !have("age") {
            return;
        }
        let site = Site::new();
        site.set(&ago(1), Scope::All, &Cipher::Age(vec![site.key("ops.key")]));
        let line = format!("verify shop --identity {}", site.path("ops.key").display());
        let ended = ended(site.command(&line).env("PATH", "/nonexistent").output().unwrap());
        assert_eq!(ended.code, 1);
        assert!(ended.out.contains("there is no program `age`"), "{}", ended.out);
    }

    #[test]
    fn what_gpg_encrypts_is_read_with_its_own_ring() {
        if !have("gpg") {
            return;
        }
        let site = Site::new();
        let ring = site.path("ring");
        sh(site.folder.path(), "mkdir -m 700 ring");
        let gpg = format!("GNUPGHOME={} gpg --batch --quiet", ring.display());
        let made = "--passphrase '' --quick-generate-key ops@example.org default default never";
        sh(
            site.folder.path(),
            &format!("{gpg} {made} 2>/dev/null && {gpg} --export ops@example.org > ops.pub"),
        );
        let recipient = site.path("ops.pub").display().to_string();
        let folder = site.set(&ago(1), Scope::All, &Cipher::Gpg(vec![recipient]));
        let verified = ended(site.command("verify shop").env("GNUPGHOME", &ring).output().unwrap());
        assert_eq!(verified.code, 0, "{} {}", verified.out, verified.err);
        let names = sh(&folder, &format!("{gpg} -d volume-db.tar.zst.gpg 2>/dev/null | zstd -dc | tar t"));
        assert_eq!(names, "data\n");
        let other = ended(site.command("verify shop").env("GNUPGHOME", site.folder.path()).output().unwrap());
        assert_eq!(other.code, 1, "{}", other.out);
        assert!(other.out.contains("No secret key"), "{}", other.out);
        sh(site.folder.path(), &format!("GNUPGHOME={} gpgconf --kill all; true", ring.display()));
    }
}
