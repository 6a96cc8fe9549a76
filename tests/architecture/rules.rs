//! The rules as tables and the functions that apply them to one file.

use crate::source::Source;

/// A breach of a rule, as a sentence that begins with the place.
pub(crate) type Breaches = Vec<String>;

/// Who may use which module of this crate. A module without a row breaks the rule: decide where it stands.
const MAY_USE: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("domain", &["text"]),
    ("action", &["domain", "text"]),
    ("model", &["action", "command", "domain", "text"]),
    ("update", &["action", "command", "domain", "model", "text"]),
    ("theme", &["domain", "model"]),
    ("view", &["action", "command", "domain", "model", "text", "theme"]),
    ("term", &["action"]),
    ("command", &["backup", "domain", "text"]),
    ("engine", &["domain", "text"]),
    ("journal", &["domain", "text"]),
    ("backup", &["domain", "text"]),
    ("settings", &["action", "backup", "domain", "text"]),
    ("sim", &[]),
    ("runtime", EVERYTHING),
    ("cli", EVERYTHING),
    ("main", EVERYTHING),
    ("lib", EVERYTHING),
];

const EVERYTHING: &[&str] = &["*"];

/// Parts of a module with a wider permission than the module: the walker of plans speaks to the engine.
const PARTS_MAY_USE: &[(&str, &[&str])] =
    &[("command/execute", &["backup", "command", "domain", "engine", "journal", "text"])];

/// Which modules alone may name a foreign path.
const NAMED_ONLY_IN: &[(&[&str], &[&str])] = &[
    (&["bollard"], &["engine"]),
    (&["hyper", "client"], &["engine"]),
    (&["hyper_util", "client"], &["engine"]),
    (&["crossterm"], &["term"]),
    (&["ratatui", "crossterm"], &["term"]),
    (&["ratatui"], &["view", "theme", "term"]),
    (&["tui_logger"], &["view", "runtime", "main"]),
];

/// Modules that compute: the same arguments, the same result.
const PURE: &[&str] = &["action", "domain", "model", "text", "theme", "update", "view"];
const NOT_IN_PURE: &[&[&str]] =
    &[&["tokio"], &["std", "fs"], &["std", "net"], &["std", "process"], &["std", "thread"]];

/// Modules to which time is told.
const CLOCKLESS: &[&str] = &["action", "domain", "model", "update", "view"];
const CLOCKS: &[&str] = &["Instant", "SystemTime", "Timestamp", "Zoned"];

const ENDS_THE_PROGRAM: &[&[&str]] =
    &[&[".", "unwrap", "("], &[".", "expect", "("], &["panic", "!"], &["todo", "!"], &["unimplemented", "!"]];
const PRINTS: &[&[&str]] = &[&["println", "!"], &["eprintln", "!"], &["print", "!"], &["eprint", "!"]];

/// Names that say that the author did not know what the thing is.
const EMPTY_NAMES: &[&str] = &["Manager", "Handler", "Helper", "Helpers", "Utils", "Util"];

/// Lines of a file without its tests.
const MOST_LINES: usize = 450;

/// Modules of the crate are used as the table says.
pub(crate) fn modules(file: &Source) -> Breaches {
    let module = file.module();
    let Some(allowed) = allowed(file) else {
        return vec![place(
            file,
            1,
            &format!("module `{module}` has no row in the import table of tests/architecture"),
        )];
    };
    let mut breaches = Vec::new();
    for path in file.paths() {
        let Some(used) = crate_module(file, &path.segments) else { continue };
        // What is not in the table is an item of the root, such as a macro.
        let known = MAY_USE.iter().any(|(name, _)| *name == used);
        if known && used != module && allowed != EVERYTHING && !allowed.contains(&used) {
            let list = if allowed.is_empty() { "no other module".to_owned() } else { allowed.join(", ") };
            breaches.push(place(file, path.line, &format!("`{module}` uses `{used}`; it may use {list}")));
        }
    }
    // The parts of a braced import break the rule once.
    breaches.dedup();
    breaches
}

fn allowed(file: &Source) -> Option<&'static [&'static str]> {
    let part = PARTS_MAY_USE.iter().find(|(part, _)| file.path.with_extension("").starts_with(part));
    let row = part.or_else(|| MAY_USE.iter().find(|(name, _)| *name == file.module()));
    row.map(|(_, allowed)| *allowed)
}

/// The module of the crate that a path leads to, be it from the crate's root or up to it by `super`.
fn crate_module<'a>(file: &Source, segments: &'a [String]) -> Option<&'a str> {
    let names: Vec<&str> = segments.iter().map(String::as_str).filter(|name| *name != "self").collect();
    let ups = names.iter().take_while(|name| **name == "super").count();
    let at_root = ups > 0 && ups >= file.depth();
    match names.first() {
        Some(&"crate") => names.get(1).copied(),
        Some(_) if at_root => names.get(ups).copied(),
        _ => None,
    }
}

/// Foreign crates are named where they belong.
pub(crate) fn crates(file: &Source) -> Breaches {
    let module = file.module();
    let mut breaches = Vec::new();
    for path in file.paths() {
        for (foreign, homes) in NAMED_ONLY_IN {
            if begins(&path.segments, foreign) && module != "main" && !homes.contains(&module.as_str()) {
                let (foreign, homes) = (foreign.join("::"), homes.join(", "));
                breaches.push(place(file, path.line, &format!("`{foreign}` is named outside {homes}")));
            }
        }
    }
    breaches
}

/// A single word is a path only where it is imported or leads on; a variable may be called `tokio`.
fn begins(segments: &[String], prefix: &[&str]) -> bool {
    segments.len() > 1 && segments.iter().zip(prefix).filter(|(a, b)| a == b).count() == prefix.len()
}

/// Modules that compute do not wait, read or write.
pub(crate) fn purity(file: &Source) -> Breaches {
    if !PURE.contains(&file.module().as_str()) {
        return Vec::new();
    }
    let mut breaches = Vec::new();
    for path in file.paths() {
        if let Some(foreign) = NOT_IN_PURE.iter().find(|foreign| begins(&path.segments, foreign)) {
            breaches.push(place(
                file,
                path.line,
                &format!("`{}` in a module that only computes", foreign.join("::")),
            ));
        }
    }
    for sequence in [&["async", "fn"][..], &["async", "move"], &["async", "{"], &[".", "await"]] {
        for line in file.lines_of(sequence) {
            breaches.push(place(
                file,
                line,
                &format!("`{}` in a module that only computes", sequence.concat()),
            ));
        }
    }
    breaches
}

/// Time arrives stamped on a message.
pub(crate) fn clocks(file: &Source) -> Breaches {
    let reads_clock = |segments: &[String]| {
        let [.., clock, call] = segments else { return false };
        call == "now" && CLOCKS.contains(&clock.as_str())
    };
    let clockless = CLOCKLESS.contains(&file.module().as_str());
    let paths = file.paths().into_iter().filter(|path| clockless && reads_clock(&path.segments));
    paths
        .map(|path| place(file, path.line, &format!("`{}` where time is told", path.segments.join("::"))))
        .collect()
}

/// Nothing outside tests ends the program, and only front ends print.
pub(crate) fn calls(file: &Source) -> Breaches {
    let front_end = ["cli", "main"].contains(&file.module().as_str());
    let mut breaches = Vec::new();
    for sequence in ENDS_THE_PROGRAM.iter().chain(PRINTS.iter().filter(|_| !front_end)) {
        for line in file.lines_of(sequence) {
            breaches.push(place(file, line, &format!("`{}` outside tests", sequence.concat())));
        }
    }
    breaches
}

/// Names say what a thing is.
pub(crate) fn names(file: &Source) -> Breaches {
    let empty =
        |name: &str| EMPTY_NAMES.iter().any(|end| name.ends_with(end) || name.ends_with(&end.to_lowercase()));
    let mut breaches = Vec::new();
    for pair in file.tokens.windows(2) {
        let declares = ["struct", "enum", "trait", "type", "mod", "union"].contains(&pair[0].text.as_str());
        if declares && empty(&pair[1].text) {
            breaches.push(place(file, pair[1].line, &format!("`{}` does not say what it is", pair[1].text)));
        }
    }
    breaches
}

/// Files stay short enough to be read at once.
pub(crate) fn length(file: &Source) -> Breaches {
    let too_long = file.lines > MOST_LINES;
    let sentence = format!("{} lines without tests; {MOST_LINES} are the most", file.lines);
    if too_long { vec![place(file, 1, &sentence)] } else { Vec::new() }
}

fn place(file: &Source, line: usize, sentence: &str) -> String {
    format!("src/{}:{line}: {sentence}", file.path.display())
}
