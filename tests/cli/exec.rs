//! Programs in containers: on pipes and on a terminal.

use super::program::{Ended, command, ended, refused};
use super::support::{self, Container, Pty, PtyBuilder, Service, Spec, TestEngine};
use rustix::process::Signal;
use serde_json::Value;
use std::{fs::File, io::Write as _, path::Path, process::Stdio, time::Duration};

/// Runs `exec` with words of its own and this on its standard input.
fn piped(bed: &TestEngine, words: &[&str], input: &str) -> Ended {
    let mut child = command("exec")
        .env("DOCKER_HOST", bed.engine().host())
        .args(words)
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that is refused reads nothing.
    let _unread = child.stdin.take().unwrap().write_all(input.as_bytes());
    ended(child.wait_with_output().unwrap())
}

/// `exec` in a terminal, with the fixture's shell on it.
fn on_terminal(bed: &TestEngine, words: [&str; 2]) -> Pty {
    let host = bed.engine().host();
    let [target, last] = words;
    let pty = PtyBuilder::new().args(["--host", &host, "exec", target, last]).size(24, 80).start();
    pty.wait_for("$ ");
    pty
}

#[tokio::test]
async fn a_program_on_pipes_keeps_its_outputs_apart_and_gives_its_exit_code() {
    let Some(bed) = support::engine("a_program_on_pipes_keeps_its_outputs_apart") else { return };
    let web = bed.run(Spec::new(bed.image("1"))).await;
    let done = piped(&bed, &[&web.name, "--", "/bin/sh"], "echo word\ntty\nnope\nexit 5\n");
    let told = (done.code, done.out.as_str(), done.err.as_str());
    assert_eq!(told, (5, "word\nnot a tty\n", "sh: nope: not found\n"));
    let done = piped(&bed, &[&web.name, "--env", "COLOUR=blue", "--", "/bin/sh", "-c", "env"], "");
    assert!(done.out.contains("COLOUR=blue\n"), "{done:?}");
    let done =
        piped(&bed, &[&web.name, "--user", "1000", "--workdir", "/data", "--", "/bin/sh", "-c", "pwd"], "");
    assert_eq!((done.code, done.out.as_str()), (0, "/data\n"), "{done:?}");
}

#[tokio::test]
async fn every_line_of_a_large_output_arrives() {
    let Some(bed) = support::engine("every_line_of_a_large_output_arrives") else { return };
    let web = bed.run(Spec::new(bed.image("1"))).await;
    let done = piped(&bed, &[&web.name, "--", "/fixture", "log", "--log-lines", "50000"], "");
    assert_eq!((done.code, done.out.lines().count() + done.err.lines().count()), (0, 50_000));
}

#[tokio::test]
async fn the_first_replica_that_runs_is_entered_and_named_and_bash_falls_back_to_sh() {
    let Some(bed) = support::engine("the_first_replica_that_runs_is_entered") else { return };
    let shop = bed.compose_project("shop", &[Service::new("web", bed.server("1")).replicas(2)]).await;
    shop.replica_of("web", 1).stop(1).await;
    let service = format!("{}/web", shop.name);
    let done = piped(&bed, &[&service], "env\n");
    let second = shop.replica_of("web", 2);
    assert_eq!((done.code, done.err), (0, format!("stacktop: sh in {}\n", second.name)));
    let hostname = second.id.split_at(12).0;
    assert!(done.out.contains(&format!("HOSTNAME={hostname}\n")), "{}", done.out);
}

#[tokio::test]
async fn what_cannot_be_run_is_told_with_the_engines_reason() {
    let Some(bed) = support::engine("what_cannot_be_run_is_told") else { return };
    let web = bed.run(Spec::new(bed.image("1"))).await;
    let missing = piped(&bed, &[&web.name, "--", "nowhere"], "");
    assert!([126, 127].contains(&missing.code) && missing.err.contains("\"nowhere\""), "{missing:?}");
    let nobody = piped(&bed, &[&web.name, "--user", "nobody-here"], "");
    assert!(nobody.code == 126 && nobody.err.contains("nobody-here"), "{nobody:?}");
    web.act("pause").await;
    let paused = piped(&bed, &[&web.name], "");
    assert!(paused.code == 2 && paused.err.contains("stacktop unpause"), "{paused:?}");
    web.act("unpause").await;
    web.stop(1).await;
    let stopped = piped(&bed, &[&web.name], "");
    assert!(stopped.code == 2 && stopped.err.contains("stacktop start"), "{stopped:?}");
}

#[test]
fn nothing_is_run_where_only_reading_is_allowed() {
    let sentence = refused("--demo --read-only exec xorb/api-prod", 2);
    assert!(sentence.contains("STACKTOP_READ_ONLY"), "{sentence}");
}

#[tokio::test]
async fn a_run_is_in_the_journal_with_its_words_and_without_its_output() {
    let Some(bed) = support::engine("a_run_is_in_the_journal") else { return };
    let web = bed.run(Spec::new(bed.image("1"))).await;
    let state = tempfile::tempdir().unwrap();
    let words = ["exec", &web.name, "--", "/bin/sh", "-c", "echo whisper", "--password", "hunter2"];
    let mut run = command("");
    run.env("DOCKER_HOST", bed.engine().host()).env("USER", "ada").env("XDG_STATE_HOME", state.path());
    assert_eq!(ended(run.args(words).output().unwrap()).code, 0);
    let lines = journal(state.path());
    let header = &lines[0];
    assert_eq!((&header["holder"]["user"], &header["target"]), (&"ada".into(), &web.name.as_str().into()));
    assert_eq!(header["details"]["words"][2], "echo whisper");
    assert!(!lines.iter().any(|line| line.to_string().contains("hunter2")), "{lines:?}");
    assert_eq!(lines.last().unwrap()["outcome"], "succeeded");
    assert!(lines.iter().any(|line| line["text"] == "it ended with 0"), "{lines:?}");
}

/// The lines of the one journal that is there.
fn journal(state: &Path) -> Vec<Value> {
    let mut found = Vec::new();
    let mut folders = vec![state.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir().unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    let journals = found.iter().filter(|path| path.extension().is_some_and(|end| end == "jsonl"));
    let text: String = journals.map(|path| std::fs::read_to_string(path).unwrap()).collect();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_reaches_into_the_container_and_is_given_back() {
    let Some(bed) = support::engine("a_terminal_reaches_into_the_container") else { return };
    let web = bed.run(Spec::new(bed.image("1"))).await;
    let pty = on_terminal(&bed, [&web.name, "--user=0"]);
    assert_ne!(pty.attributes(), pty.attributes_before(), "the keys are not raw");
    pty.keys("tty<enter>");
    pty.wait_for("a terminal");
    pty.keys("exit 7<enter>");
    let exit = pty.wait_exit();
    assert_eq!((exit.code, exit.attributes.as_str()), (7, pty.attributes_before()));
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_is_for_the_program() {
    let Some(bed) = support::engine("ctrl_c_is_for_the_program") else { return };
    let web = bed.run(Spec::new(bed.image("1"))).await;
    let pty = on_terminal(&bed, [&web.name, "--user=0"]);
    pty.keys("<c-c>");
    let exit = pty.wait_exit();
    assert_eq!((exit.code, exit.attributes.as_str()), (130, pty.attributes_before()));
    assert!(pty.screen().contains("^C"), "{}", pty.screen());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_learns_the_terminals_size_and_each_new_one() {
    let Some(bed) = support::engine("the_program_learns_the_terminals_size") else { return };
    let web = bed.run(Spec::new(bed.image("1"))).await;
    let pty = on_terminal(&bed, [&web.name, "--user=0"]);
    wait_size(&bed, &web, (80, 24)).await;
    pty.resize(40, 120);
    wait_size(&bed, &web, (120, 40)).await;
}

/// Waits until the terminal of the one program that was executed in the container has this size, seen from this host.
async fn wait_size(bed: &TestEngine, web: &Container, wanted: (u16, u16)) {
    let exec = web.inspect().await["ExecIDs"][0].as_str().unwrap().to_owned();
    let pid = bed.engine().get(&format!("/exec/{exec}/json")).await.json()["Pid"].as_i64().unwrap();
    bed.wait_until(Duration::from_secs(10), "the new size", async || {
        let terminal = File::open(format!("/proc/{pid}/fd/0")).map_err(|error| error.to_string())?;
        let size = rustix::termios::tcgetwinsize(terminal).map_err(|error| error.to_string())?;
        let size = (size.ws_col, size.ws_row);
        if size == wanted { Ok(()) } else { Err(format!("{size:?}")) }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_gives_the_terminal_back() {
    let Some(bed) = support::engine("a_signal_gives_the_terminal_back") else { return };
    let web = bed.run(Spec::new(bed.image("1"))).await;
    for (signal, code) in [(Signal::TERM, 143), (Signal::HUP, 129), (Signal::INT, 130)] {
        let pty = on_terminal(&bed, [&web.name, "--user=0"]);
        pty.signal(signal);
        let exit = pty.wait_exit();
        assert_eq!((exit.code, exit.attributes.as_str()), (code, pty.attributes_before()), "{signal:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_that_dies_ends_the_program_and_gives_the_terminal_back() {
    let Some(bed) = support::engine("a_container_that_dies_ends_the_program") else { return };
    let web = bed.run(Spec::new(bed.image("1"))).await;
    let pty = on_terminal(&bed, [&web.name, "--user=0"]);
    web.act("kill").await;
    let exit = pty.wait_exit();
    assert_eq!((exit.code, exit.attributes.as_str()), (137, pty.attributes_before()), "{}", pty.screen());
}

/// The engine is a private one: the host's is never stopped.
#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_is_lost_gives_the_terminal_back_and_says_so() {
    let Some(engine) = support::private::engine("an_engine_that_is_lost_gives_the_terminal_back") else {
        return;
    };
    let web = engine.bed.run(Spec::new(engine.bed.image("1"))).await;
    let pty = on_terminal(&engine.bed, [&web.name, "--user=0"]);
    engine.restart_with(|| {
        let exit = pty.wait_exit();
        assert_eq!((exit.code, exit.attributes.as_str()), (3, pty.attributes_before()), "{}", pty.screen());
        assert!(pty.screen().contains("may still run"), "{}", pty.screen());
    });
}
