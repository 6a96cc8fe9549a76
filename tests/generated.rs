//! Files that the program makes of itself are what it would make now. `STACKTOP_REGENERATE=1 cargo test --test
//! generated` writes them anew.

use std::{fs, path::Path};

use stacktop::action::{Keymap, keys_markdown};

/// Compares the file with `text`, or writes it if asked to.
fn check(file: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    if std::env::var_os("STACKTOP_REGENERATE").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(found == text, "{file} is out of date: run STACKTOP_REGENERATE=1 cargo test --test generated");
}

#[test]
fn the_key_reference_is_what_the_keymap_says() {
    check("assets/keys.md", &keys_markdown(&Keymap::shipped()));
}
