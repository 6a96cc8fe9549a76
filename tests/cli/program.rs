//! Runs the program in an environment of its own.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// How the program ended and what it wrote.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// The program with arguments separated by blanks, on no terminal, in a UTF-8 locale.
pub(crate) fn command(line: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stacktop"));
    command
        .args(line.split_whitespace())
        .env_clear()
        .env("LANG", "C.UTF-8")
        .env("HOME", "/nonexistent")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs it to its end.
#[track_caller]
pub(crate) fn run(line: &str) -> Ended {
    ended(command(line).output().expect("the program starts"))
}

pub(crate) fn ended(output: std::process::Output) -> Ended {
    let text = |bytes| String::from_utf8(bytes).expect("what is written is UTF-8");
    let (out, err) = (text(output.stdout), text(output.stderr));
    let code = output.status.code().unwrap_or_else(|| panic!("{}: {err}", output.status));
    Ended { code, out, err }
}

/// Runs it, and it must end well without a word on standard error.
#[track_caller]
pub(crate) fn fine(line: &str) -> String {
    let ended = run(line);
    assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{line}: {}", ended.out);
    ended.out
}

/// The JSON that a run prints which ends with this code.
#[track_caller]
pub(crate) fn json(line: &str, code: i32) -> Value {
    let ended = run(line);
    assert_eq!(ended.code, code, "{line}: {}", ended.err);
    serde_json::from_str(&ended.out).unwrap_or_else(|error| panic!("{line}: {error}: {}", ended.out))
}

/// The objects that a run prints, one a line.
#[track_caller]
pub(crate) fn json_lines(line: &str) -> Vec<Value> {
    let out = fine(line);
    out.lines().map(|line| serde_json::from_str(line).expect("each line is an object")).collect()
}

/// Runs it, and it must refuse with this code and one sentence, which is returned.
#[track_caller]
pub(crate) fn refused(line: &str, code: i32) -> String {
    let ended = run(line);
    assert_eq!((ended.code, ended.out.as_str()), (code, ""), "{line}: {}", ended.err);
    assert!(ended.err.starts_with("stacktop: "), "{line}: {}", ended.err);
    assert!(
        !ended.err.contains("panicked") && !ended.err.contains("RUST_BACKTRACE"),
        "{line}: {}",
        ended.err
    );
    ended.err
}

/// Waits for the end of a program that must not take long.
#[track_caller]
pub(crate) fn wait(child: &mut std::process::Child) -> i32 {
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        if let Some(status) = child.try_wait().expect("the program can be waited for") {
            return status.code().expect("the program ends by itself");
        }
        if Instant::now() >= end {
            let _ = child.kill();
            panic!("the program does not end");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}
