//! A program on a terminal of 50 rows and 180 columns.

use std::{
    thread::sleep,
    time::{Duration, Instant},
};

use super::support::{Pty, PtyBuilder};

const ROWS: u16 = 50;
const COLUMNS: u16 = 180;

/// Keys that are timed, and the pause between them.
const KEYS: usize = 60;
const PAUSE: Duration = Duration::from_millis(120);

/// The program that is measured: `STACKTOP_PROGRAM`, else what was built with this.
pub fn stacktop() -> String {
    std::env::var("STACKTOP_PROGRAM").unwrap_or_else(|_| env!("CARGO_BIN_EXE_stacktop").to_owned())
}

/// Starts a program with its words on such a terminal.
pub fn start<const N: usize>(program: &str, words: [&str; N], environment: &[(&str, &str)]) -> Pty {
    let mut builder =
        PtyBuilder::of(program).args(words).size(ROWS, COLUMNS).env("HOME", std::env::temp_dir());
    for (name, value) in environment {
        builder = builder.env(name, value);
    }
    builder.start()
}

/// Milliseconds from a key to the first byte that answers it, of programs that are otherwise quiet.
pub fn answers(pty: &Pty, keys: [&str; 2]) -> Vec<f64> {
    let mut taken = Vec::with_capacity(KEYS);
    for key in keys.into_iter().cycle().take(KEYS) {
        sleep(PAUSE);
        let before = pty.written();
        let began = Instant::now();
        pty.keys(key);
        while pty.written() == before && began.elapsed() < Duration::from_secs(2) {
            pty.wait_written(before, Duration::from_millis(100));
        }
        taken.push(began.elapsed().as_secs_f64() * 1e3);
    }
    taken
}

/// Milliseconds from a key to what it brings on the screen, and takes away again.
pub fn effects(pty: &Pty, (key, shows): (&str, &str), back: &str) -> Vec<f64> {
    let mut taken = Vec::with_capacity(KEYS);
    for _ in 0..KEYS / 2 {
        sleep(PAUSE);
        let began = Instant::now();
        pty.keys(key);
        pty.wait_for(shows);
        taken.push(began.elapsed().as_secs_f64() * 1e3);
        sleep(PAUSE);
        let began = Instant::now();
        pty.keys(back);
        pty.wait_gone(shows);
        taken.push(began.elapsed().as_secs_f64() * 1e3);
    }
    taken
}

/// Milliseconds from the start of a process to the first text of its rows.
pub fn first_row<const N: usize>(words: [&str; N], environment: &[(&str, &str)], row: &str) -> f64 {
    let began = Instant::now();
    let pty = start(&stacktop(), words, environment);
    pty.wait_for(row);
    began.elapsed().as_secs_f64() * 1e3
}
