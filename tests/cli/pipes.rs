//! Readers that leave, disks that are full.

use std::io::{BufRead, BufReader};

use super::program::{command, ended, wait};

#[test]
fn a_reader_who_leaves_ends_the_program_quietly() {
    for line in
        ["--demo ps -a", "--demo ps -a --json", "--demo stats --watch", "--demo --speed 200 events", "--help"]
    {
        let mut child = command(line).spawn().unwrap();
        let mut reader = BufReader::with_capacity(1, child.stdout.take().unwrap());
        let mut first = String::new();
        reader.read_line(&mut first).unwrap();
        assert!(!first.is_empty(), "{line}");
        drop(reader);
        assert_eq!(wait(&mut child), 0, "{line}");
        let said = ended(child.wait_with_output().unwrap()).err;
        assert_eq!(said, "", "{line}");
    }
}

#[test]
fn output_that_cannot_be_written_is_told() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let ended = ended(command("--demo ls").stdout(full).output().unwrap());
    assert_eq!(ended.code, 1);
    assert!(ended.err.starts_with("stacktop: the output cannot be written"), "{}", ended.err);
}
