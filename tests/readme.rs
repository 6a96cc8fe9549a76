//! The commands of the README do what it says, on the demo world.

#![allow(clippy::unwrap_used, reason = "a failure is to end the test with its reason")]

use stacktop::backup::{Cipher, Form, Manifest, Mode, Part, SCHEMA, Scope, Shelf, Source, store};
use std::{fs, os::unix::fs::PermissionsExt, path::Path, process::Command};

/// The lines that a reader types, of the section with this heading.
fn commands(heading: &str) -> Vec<String> {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let section = readme.split("\n## ").find(|section| section.starts_with(heading)).unwrap();
    section.lines().filter_map(|line| line.strip_prefix("$ ")).map(str::to_owned).collect()
}

/// A folder with a `stacktop` that always shows the demo.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("stacktop");
    let script = format!("#!/bin/sh\nexec {} --demo \"$@\"\n", env!("CARGO_BIN_EXE_stacktop"));
    fs::write(&program, script).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

#[test]
fn the_headless_examples_run_and_print_something() {
    let folder = folder();
    let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap());
    let commands = commands("Without a screen");
    assert!(commands.len() > 5, "{commands:?}");
    for command in commands {
        let done = Command::new("sh").args(["-c", &command]).env("PATH", &path).output().unwrap();
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "`{command}`: {}: {said}", done.status);
        assert!(!done.stdout.is_empty(), "`{command}` printed nothing: {said}");
    }
}

/// A set of `shop` with one volume, as the chapter names it.
fn shelf() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let shelf = Shelf::at(folder.path().to_owned());
    let at = "2026-03-01T12:00:00Z".parse().unwrap();
    let open = shelf.begin("shop", at, "01").unwrap();
    let file = "volume-shop_data.tar.zst".to_owned();
    let archive = tar::Builder::new(Vec::new()).into_inner().unwrap();
    let pieces = [Ok(archive.into())].into_iter();
    let stored = store(&open.folder.join(&file), "data", Form::Archive, &Cipher::None, pieces).unwrap();
    let (labels, used_by, options) = ([].into(), [].into(), [].into());
    let (volume, driver) = ("shop_data".to_owned(), "local".to_owned());
    let part = Part {
        file,
        source: Source::Volume { volume, driver, options, labels, used_by },
        mode: Mode::Stop,
        raw_bytes: stored.raw_bytes,
        stored_bytes: stored.stored_bytes,
        sha256: stored.sha256,
        raw_sha256: stored.raw_sha256,
        codecs: vec!["zstd".to_owned()],
        recipients: Vec::new(),
        contents: stored.contents,
        began: at,
        finished: at,
    };
    let manifest = Manifest {
        schema: SCHEMA,
        id: open.id.clone(),
        stack: "shop".to_owned(),
        engine: "E".to_owned(),
        engine_version: "26.1".to_owned(),
        scope: Scope::All,
        service: None,
        began: at,
        finished: at,
        services: Vec::new(),
        parts: vec![part],
        warnings: Vec::new(),
    };
    open.close(&manifest).unwrap();
    folder
}

#[test]
fn the_examples_of_backups_run_on_a_set_of_that_stack() {
    let (folder, shelf) = (folder(), shelf());
    let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap());
    let commands = commands("Backups");
    assert!(commands.len() > 5, "{commands:?}");
    for command in commands {
        let command = command.replace("/srv/backups", shelf.path().to_str().unwrap());
        let done = Command::new("sh")
            .args(["-c", &command])
            .env("PATH", &path)
            .env("STACKTOP_BACKUPS", shelf.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "`{command}`: {}: {said}", done.status);
    }
}

/// The lines of the file in `assets/` that begin so, without that beginning.
fn asset(name: &str, beginning: &str) -> Vec<String> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("assets").join(name)).unwrap();
    text.lines().filter_map(|line| line.strip_prefix(beginning)).map(str::to_owned).collect()
}

#[test]
fn cron_and_systemd_run_the_command_that_the_readme_names() {
    let by_systemd = asset("stacktop-backup.service", "ExecStart=/usr/local/bin/");
    let by_cron = asset("stacktop-backup.cron", "*/15 * * * *  root  ");
    assert_eq!((by_systemd.len(), &by_systemd), (1, &by_cron));
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    assert!(readme.contains(&format!("\n*/15 * * * *  root  {}\n", by_cron[0])), "{by_cron:?}");
}

#[test]
fn the_program_takes_the_command_of_cron_and_systemd() {
    for line in asset("stacktop-backup.service", "ExecStart=/usr/local/bin/") {
        let args = <stacktop::cli::Args as clap::Parser>::try_parse_from(line.split_whitespace());
        let verb = args.unwrap_or_else(|error| panic!("{line}: {error}")).verb;
        assert!(matches!(verb, Some(stacktop::cli::args::Verb::Backup(_))), "{line}: {verb:?}");
    }
}

#[test]
fn systemd_takes_the_units() {
    if Command::new("systemd-analyze").arg("--version").output().is_err() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let units = ["stacktop-backup.service", "stacktop-backup.timer"];
    for unit in units {
        let text = asset(unit, "").join("\n").replace("/usr/local/bin/stacktop", "/bin/true");
        fs::write(folder.path().join(unit), text).unwrap();
    }
    let paths = units.map(|unit| folder.path().join(unit));
    let done = Command::new("systemd-analyze").args(["verify", "--man=no"]).args(paths).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

#[test]
fn the_test_command_is_the_one_that_ci_runs() {
    let ci = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(".ci/run")).unwrap();
    let command = commands("Two commands").into_iter().find(|command| command.contains("nextest")).unwrap();
    let command = command.split("  ").next().unwrap().trim().to_owned();
    assert!(ci.contains(&command), "`{command}` is not in .ci/run");
}
