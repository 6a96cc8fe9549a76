//! What a person has settled in a file.

use super::program::{fine, refused};

/// A file with settings, and the option that names it.
fn settings(text: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("settings.yaml");
    std::fs::write(&path, text).unwrap();
    let option = format!("--settings {}", path.display());
    (folder, option)
}

#[test]
fn an_engine_that_the_settings_guard_is_not_changed_and_the_line_is_named() {
    let (_folder, option) = settings("theme: mono\nendpoints:\n  - match: \"de*\"\n    read_only: true\n");
    let sentence = refused(&format!("--demo {option} stop xorb --yes"), 2);
    assert!(sentence.contains("settings.yaml, line 3, make `de*` read-only"), "{sentence}");
    fine(&format!("--demo {option} stop xorb --plan"));
    fine(&format!("--demo {option} ls"));
}

#[test]
fn settings_with_a_mistake_end_every_verb_with_its_place() {
    let (_folder, option) = settings("endpoints: []\nthem: mono\n");
    let sentence = refused(&format!("--demo {option} ls"), 2);
    assert!(
        sentence.contains("settings.yaml:2:1: there is no setting `them`; did you mean `theme`?"),
        "{sentence}"
    );
}
