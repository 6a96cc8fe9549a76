//! The commands of the README do what it says, on the demo world.

#![allow(clippy::unwrap_used, reason = "a failure is to end the test with its reason")]

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

#[test]
fn the_test_command_is_the_one_that_ci_runs() {
    let ci = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(".ci/run")).unwrap();
    let command = commands("Two commands").into_iter().find(|command| command.contains("nextest")).unwrap();
    let command = command.split("  ").next().unwrap().trim().to_owned();
    assert!(ci.contains(&command), "`{command}` is not in .ci/run");
}
