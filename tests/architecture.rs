//! The shape of the program: who may use whom, who may name which crate, what is never called. A failure lists every
//! breach with its place.

#[path = "architecture/rules.rs"]
mod rules;
#[path = "architecture/source.rs"]
mod source;

use rules::Breaches;
use source::Source;
use std::fs;
use std::path::{Path, PathBuf};

type Rule = fn(&Source) -> Breaches;

#[test]
fn modules_use_only_what_stands_below_them() {
    apply(rules::modules);
}

#[test]
fn foreign_crates_are_named_only_where_they_belong() {
    apply(rules::crates);
}

#[test]
fn modules_that_compute_neither_wait_nor_read_nor_write() {
    apply(rules::purity);
}

#[test]
fn time_is_told_to_the_model_and_never_read_there() {
    apply(rules::clocks);
}

#[test]
fn nothing_outside_tests_panics_and_only_front_ends_print() {
    apply(rules::calls);
}

#[test]
fn names_say_what_a_thing_is() {
    apply(rules::names);
}

#[test]
fn files_are_short_enough_to_be_read_at_once() {
    apply(rules::length);
}

#[test]
fn every_dependency_says_why_it_is_there() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let silent = unjustified(&manifest);
    assert!(silent.is_empty(), "dependencies without a comment on their line: {}", silent.join(", "));
}

#[test]
fn a_forbidden_module_is_seen_in_every_way_of_naming_it() {
    for text in [
        "use crate::engine::Link;",
        "use crate::{domain::Stack, engine};",
        "use crate::{\n    domain::{Stack, Service},\n    engine::{self, Link},\n};",
        "fn f() { crate::engine::connect() }",
        "fn f(link: &crate::engine::Link) {}",
        "struct S { link: crate::engine::Link }",
        "fn f(link: Option<crate::engine::Link>) {}",
        "impl crate::engine::Follow for S {}",
        "use super::engine::Link;",
    ] {
        let breaches = rules::modules(&Source::new(Path::new("domain/mod.rs"), text));
        assert_eq!(breaches.len(), 1, "{text}: {breaches:?}");
        assert!(breaches[0].contains("`domain` uses `engine`; it may use text"), "{breaches:?}");
    }
}

#[test]
fn what_is_allowed_or_not_code_is_no_breach() {
    for text in [
        "use crate::text::fit;\nuse super::ids::Id;\nuse self::engine::X;",
        "// use crate::engine::Link;\n/* /* crate::engine */ crate::engine */",
        r####"const A: &str = "crate::engine"; const B: &str = r#"" crate::engine"#; const C: char = '"';"####,
        "fn f<'a>(x: &'a str) -> char { '\\'' }",
        "#[cfg(test)]\nmod tests {\n    use crate::engine::Link;\n    fn f() { x.unwrap(); panic!() }\n}",
        "#[cfg(test)]\nuse crate::engine;\nfn f() { x.unwrap_or(1); }",
        "/// ```\n/// x.unwrap();\n/// ```\nfn f() {}",
    ] {
        for rule in [rules::modules as Rule, rules::crates, rules::purity, rules::calls] {
            let breaches = rule(&Source::new(Path::new("domain/stack.rs"), text));
            assert!(breaches.is_empty(), "{text}: {breaches:?}");
        }
    }
}

#[test]
fn every_rule_sees_its_breach_and_tells_the_line() {
    let cases: &[(&str, &str, Rule)] = &[
        ("view/mod.rs", "\nuse crossterm::event::Event;", rules::crates),
        ("view/mod.rs", "\nuse ratatui::crossterm::style;", rules::crates),
        ("sim/http.rs", "\nuse hyper::{client::conn, body::Bytes};", rules::crates),
        ("cli/mod.rs", "\nfn f() { bollard::Docker::new() }", rules::crates),
        ("cli/mod.rs", "\nuse ::bollard::Docker;", rules::crates),
        ("model/mod.rs", "\nasync fn f() {}", rules::purity),
        ("model/mod.rs", "\nfn f() { g().await }", rules::purity),
        ("theme/load.rs", "\nuse std::{fmt, fs::File};", rules::purity),
        ("update/mod.rs", "\nlet now = std::time::Instant::now();", rules::clocks),
        ("engine/mod.rs", "\nx.unwrap();", rules::calls),
        ("engine/mod.rs", "\nx\n.expect(\"that\");", rules::calls),
        ("engine/mod.rs", "\neprintln!(\"{x}\");", rules::calls),
        ("engine/mod.rs", "\nstruct LinkManager;", rules::names),
        ("engine/mod.rs", "\nmod utils;", rules::names),
        ("unknown/mod.rs", "\nuse crate::domain;", rules::modules),
        ("view/mod.rs", &"\n".repeat(451), rules::length),
    ];
    for (path, text, rule) in cases {
        let breaches = rule(&Source::new(Path::new(path), text));
        assert_eq!(breaches.len(), 1, "{path}: {text}: {breaches:?}");
        assert!(breaches[0].starts_with(&format!("src/{path}:")), "{breaches:?}");
    }
    let second_line = rules::clocks(&Source::new(Path::new("view/a.rs"), "\nSystemTime::now()"));
    assert_eq!(second_line, ["src/view/a.rs:2: `SystemTime::now` where time is told"]);
}

#[test]
fn a_test_module_in_a_file_of_its_own_is_no_part_of_the_program() {
    let declares = |path: &str| {
        Source::new(Path::new(path), "#[cfg(test)]\nmod tests;\n#[cfg(test)] pub(crate) mod world;")
    };
    assert_eq!(test_modules(&declares("sim/mod.rs")), [Path::new("sim/tests"), Path::new("sim/world")]);
    assert_eq!(
        test_modules(&declares("sim/http.rs")),
        [Path::new("sim/http/tests"), Path::new("sim/http/world")]
    );
    assert_eq!(declares("sim/mod.rs").lines, 0);
}

#[test]
fn a_dependency_without_a_reason_is_seen() {
    let manifest = "[dependencies]\nserde = \"1\"\nlog = \"0.4\" # the façade\n[features]\nx = []\n[dev-dependencies]\na = \"1\"";
    assert_eq!(unjustified(manifest), ["serde", "a"]);
}

/// Applies a rule to every file of the sources and fails with all breaches at once.
#[track_caller]
fn apply(rule: Rule) {
    let files = sources(&root().join("src"));
    assert!(files.len() > 2, "the sources were not found");
    let breaches: Breaches = files.iter().flat_map(rule).collect();
    assert!(breaches.is_empty(), "\n{}\n", breaches.join("\n"));
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every file that is part of the program. Files of modules that are declared for tests are not.
fn sources(folder: &Path) -> Vec<Source> {
    let mut paths = Vec::new();
    collect(folder, &mut paths);
    paths.sort();
    let read = |path: &PathBuf| {
        let text = fs::read_to_string(path).unwrap_or_default();
        Source::new(path.strip_prefix(folder).unwrap_or(path), &text)
    };
    let all: Vec<Source> = paths.iter().map(read).collect();
    let of_tests: Vec<PathBuf> = all.iter().flat_map(test_modules).collect();
    all.into_iter()
        .filter(|file| !of_tests.iter().any(|module| file.path.with_extension("").starts_with(module)))
        .collect()
}

/// Where the modules that a file declares for tests have their text, without the extension.
fn test_modules(file: &Source) -> Vec<PathBuf> {
    let is_folder = ["mod.rs", "lib.rs", "main.rs"].iter().any(|name| file.path.ends_with(name));
    let place = if is_folder {
        file.path.parent().unwrap_or_else(|| Path::new("")).to_owned()
    } else {
        file.path.with_extension("")
    };
    file.test_modules.iter().map(|name| place.join(name)).collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            paths.push(path);
        }
    }
}

/// The names of dependencies whose line has no comment.
fn unjustified(manifest: &str) -> Vec<String> {
    let mut in_dependencies = false;
    let mut silent = Vec::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            in_dependencies = line.trim_end().ends_with("dependencies]");
        } else if let Some((name, rest)) = line.split_once(" = ")
            && in_dependencies
            && !rest.contains(" # ")
            && !name.starts_with('#')
        {
            silent.push(name.to_owned());
        }
    }
    silent
}
