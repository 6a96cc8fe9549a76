//! What stacktop costs, beside other programs on the same machine in the same run. Nothing is asserted: machines differ.
//! `tests/benches/run` builds what is needed, runs this and prints one table; `tests/benches/run watch logs` only these
//! parts.

// A measurement that cannot be taken ends the run with its reason; each support module is used in part.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::print_stderr)]
#![allow(missing_docs, unreachable_pub, reason = "a program of its own")]

#[path = "../support/mod.rs"]
mod support;

mod filled;
mod fleet;
mod flood;
mod growth;
mod logs;
mod many;
mod process;
mod program;
mod simulated;
mod size;
mod table;
mod watch;

use std::process::ExitCode;

use table::Table;

/// A part of the table, by the name that asks for it.
type Part = (&'static str, fn(&mut Table));

const PARTS: [Part; 6] = [
    ("size", size::measure),
    ("watch", watch::measure),
    ("many", many::measure),
    ("logs", logs::measure),
    ("flood", flood::measure),
    ("growth", growth::measure),
];

fn main() -> ExitCode {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    if let [first, rest @ ..] = words.as_slice()
        && first == filled::WORD
    {
        return filled::run(rest);
    }
    // `cargo bench` says so; `cargo test --all-targets` comes by as well, and is no time to measure.
    if !words.iter().any(|word| word == "--bench") {
        return ExitCode::SUCCESS;
    }
    words.retain(|word| word != "--bench");
    if let Some(word) = words.iter().find(|word| PARTS.iter().all(|(name, _)| name != word)) {
        eprintln!("there is no part `{word}`; there are {}", PARTS.map(|(name, _)| name).join(", "));
        return ExitCode::from(2);
    }
    let mut table = Table::default();
    for (name, measure) in PARTS {
        if words.is_empty() || words.iter().any(|word| word == name) {
            eprintln!("measuring: {name}");
            measure(&mut table);
        }
    }
    println!("{table}");
    ExitCode::SUCCESS
}
