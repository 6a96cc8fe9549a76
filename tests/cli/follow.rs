//! Verbs that go on until Ctrl-C, and what is printed before it.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command};

use super::program::{command, json, refused, wait};

fn interrupt(child: &Child, signal: &str) {
    let sent = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

#[test]
fn ctrl_c_ends_what_follows_with_130() {
    for line in ["--demo --speed 200 events", "--demo stats --watch xorb", "--demo logs -f xorb"] {
        let mut child = command(line).spawn().unwrap();
        let mut reader = BufReader::new(child.stdout.take().unwrap());
        reader.read_line(&mut String::new()).unwrap();
        interrupt(&child, "-INT");
        reader.read_to_string(&mut String::new()).unwrap();
        assert_eq!(wait(&mut child), 130, "{line}");
    }
}

#[test]
fn ctrl_c_ends_the_program_even_while_nobody_reads() {
    let mut child = command("--demo logs -f xorb medianest codecave").spawn().unwrap();
    // Long enough for the pipe to fill.
    std::thread::sleep(std::time::Duration::from_secs(3));
    interrupt(&child, "-INT");
    assert_eq!(wait(&mut child), 130);
}

#[test]
fn a_watch_prints_again_and_again() {
    let mut child = command("--demo stats --watch --json xorb/api-prod").spawn().unwrap();
    let reader = BufReader::new(child.stdout.take().unwrap());
    let lines: Vec<String> = reader.lines().take(6).map(Result::unwrap).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    let times: std::collections::BTreeSet<String> = lines
        .iter()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .filter(|line| line["slot"] == 1)
        .map(|line| line["at"].to_string())
        .collect();
    assert_eq!(times.len(), 2, "{lines:?}");
}

#[test]
fn a_simulated_engine_serves_other_clients_until_it_is_told_to_end() {
    for signal in ["-INT", "-TERM"] {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("sim.sock");
        let mut child = command(&format!("sim --socket {}", socket.display())).spawn().unwrap();
        let mut reader = BufReader::new(child.stdout.take().unwrap());
        let mut said = String::new();
        while !said.contains("docker -H unix://") {
            assert_ne!(reader.read_line(&mut said).unwrap(), 0, "{said}");
        }
        let host = format!("unix://{}", socket.display());
        assert_eq!(json(&format!("ls --json --host {host}"), 0).as_array().unwrap().len(), 6);
        interrupt(&child, signal);
        assert_eq!(wait(&mut child), 0, "{signal}");
        assert!(!socket.exists());
    }
}

#[test]
fn a_socket_that_cannot_be_made_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let taken = folder.path().join("notes.txt");
    std::fs::write(&taken, "precious").unwrap();
    let sentence = refused(&format!("sim --socket {}", taken.display()), 1);
    assert!(sentence.contains("notes.txt"), "{sentence}");
    assert_eq!(std::fs::read_to_string(&taken).unwrap(), "precious");
}
