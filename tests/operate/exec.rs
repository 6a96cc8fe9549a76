//! Commands in containers.

use std::time::Duration;

use stacktop::engine::{
    Engine, EngineError, ExecCommand, ExecSession, ExecStart, ExecStreams, ProbeOutcome, TerminalSize,
};
use tokio::io::AsyncWriteExt as _;

use super::{reach, support, words};
use support::Spec;

const SOON: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_command_tells_its_exit_code_and_its_output() {
    let Some(bed) = support::engine("a_command_tells_its_exit_code_and_its_output") else { return };
    let engine = reach(&bed).await;
    let web = bed.run(Spec::new(bed.image("1"))).await;
    for code in [0, 3] {
        let command = ExecCommand::new(["/fixture", "exit", &code.to_string()]);
        assert_eq!(engine.exec(&web.name, &command, SOON).await.unwrap().exit_code, code);
    }
    let command = ExecCommand::new(["/bin/sh", "-c", "env"]).env("COLOUR", "blue");
    let outcome = engine.exec(&web.name, &command, SOON).await.unwrap();
    assert!(outcome.succeeded() && outcome.output.contains(&"COLOUR=blue".to_owned()), "{outcome:?}");
    let command = ExecCommand::new(["/bin/sh", "-c", "pwd"]).folder("/data").user("1000:1000");
    assert_eq!(engine.exec(&web.name, &command, SOON).await.unwrap().output, ["/data"]);
}

#[tokio::test]
async fn a_program_that_is_missing_is_an_exit_code_with_the_reason() {
    let Some(bed) = support::engine("a_program_that_is_missing_is_an_exit_code") else { return };
    let engine = reach(&bed).await;
    let web = bed.run(Spec::new(bed.image("1"))).await;
    let missing = engine.exec(&web.name, &ExecCommand::new(["/nope"]), SOON).await.unwrap();
    assert!([126, 127].contains(&missing.exit_code), "{missing:?}");
    assert!(missing.output.concat().contains("/nope"), "{missing:?}");
    let unknown = ExecCommand::new(["/bin/sh", "-c", "nope"]);
    let unknown = engine.exec(&web.name, &unknown, SOON).await.unwrap();
    assert_eq!((unknown.exit_code, unknown.output), (127, words(["sh: nope: not found"])));
}

#[tokio::test]
async fn hostile_output_is_sanitised_and_much_of_it_is_cut() {
    let Some(bed) = support::engine("hostile_output_is_sanitised_and_much_of_it_is_cut") else { return };
    let engine = reach(&bed).await;
    let web = bed.run(Spec::new(bed.image("1"))).await;
    let command = ExecCommand::new(["/fixture", "log", "--log-kind", "hostile", "--log-lines", "1500"]);
    let outcome = engine.exec(&web.name, &command, SOON).await.unwrap();
    assert!(outcome.output.iter().all(|line| line.chars().all(|c| !c.is_control())));
    assert_eq!((outcome.output.len(), outcome.left_out), (1000, 500));
}

#[tokio::test]
async fn a_command_that_does_not_end_is_given_up_on() {
    let Some(bed) = support::engine("a_command_that_does_not_end_is_given_up_on") else { return };
    let engine = reach(&bed).await;
    let web = bed.run(Spec::new(bed.image("1"))).await;
    let command = ExecCommand::new(["/fixture", "sleep", "60"]);
    let error = engine.exec(&web.name, &command, Duration::from_secs(1)).await.unwrap_err();
    assert!(matches!(error, EngineError::Silent { .. }), "{error}");
    assert!(!error.to_string().contains("sleep"), "arguments may hold secrets: {error}");
}

#[tokio::test]
async fn nothing_runs_in_a_paused_or_a_stopped_container() {
    let Some(bed) = support::engine("nothing_runs_in_a_paused_or_a_stopped_container") else { return };
    let engine = reach(&bed).await;
    let web = bed.run(Spec::new(bed.image("1"))).await;
    let command = ExecCommand::new(["/fixture", "exit", "0"]);
    web.act("pause").await;
    let paused = engine.exec(&web.name, &command, SOON).await.unwrap_err();
    assert!(paused.is_paused() && paused.is_conflict(), "{paused}");
    let test = words(["CMD", "/fixture", "check", "/health"]);
    let refused = engine.probe(&web.name, &test, &[], SOON).await.unwrap();
    assert!(matches!(&refused, ProbeOutcome::Refused { why } if why.contains("paused")), "{refused:?}");
    web.act("unpause").await;
    web.stop(1).await;
    let stopped = engine.exec(&web.name, &command, SOON).await.unwrap_err();
    assert!(stopped.is_not_running(), "{stopped}");
    let gone = engine.probe("no-such-container", &test, &[], SOON).await.unwrap_err();
    assert!(gone.is_not_found(), "{gone}");
}

#[tokio::test]
async fn a_health_check_passes_fails_and_is_broken() {
    let Some(bed) = support::engine("a_health_check_passes_fails_and_is_broken") else { return };
    let engine = reach(&bed).await;
    let web = bed.run(bed.server("1")).await;
    web.wait_healthy().await;
    let test = words(["CMD", "/fixture", "check", "/health"]);
    let probe = async |test: Vec<String>| engine.probe(&web.name, &test, &[], SOON).await.unwrap();

    assert_eq!(probe(test.clone()).await, ProbeOutcome::Passed);
    assert_eq!(probe(words(["CMD-SHELL", "echo fine"])).await, ProbeOutcome::Passed);
    web.ask("/break").await;
    let failed = probe(test).await;
    assert!(matches!(&failed, ProbeOutcome::Failed { exit: 1, output } if !output.is_empty()), "{failed:?}");

    for broken in [words(["CMD", "/usr/bin/curl", "x"]), words(["CMD-SHELL", "curl x"])] {
        let outcome = probe(broken).await;
        assert!(matches!(&outcome, ProbeOutcome::Broken { why } if why.contains("curl")), "{outcome:?}");
    }
    assert_eq!(probe(words(["NONE"])).await, ProbeOutcome::Absent);
}

#[tokio::test]
async fn a_health_check_that_hangs_is_overdue() {
    let Some(bed) = support::engine("a_health_check_that_hangs_is_overdue") else { return };
    let engine = reach(&bed).await;
    let web = bed.run(Spec::new(bed.image("1"))).await;
    let after = Duration::from_secs(1);
    let outcome = engine.probe(&web.name, &words(["CMD", "/fixture", "sleep", "60"]), &[], after).await;
    assert_eq!(outcome, Ok(ProbeOutcome::Overdue { after }));
}

/// Attends a command: what it wrote on both outputs, and its exit code.
async fn attend(mut session: ExecSession) -> (String, String, Option<i64>) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    while let Some(piece) = session.output.next().await.unwrap() {
        out.extend(piece.stdout);
        err.extend(piece.stderr);
    }
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    (text(out), text(err), session.control.exit_code().await.unwrap())
}

async fn started(engine: &Engine, container: &str, command: &[&str], streams: ExecStreams) -> ExecSession {
    let command = ExecCommand::new(command.iter().copied());
    match engine.exec_session(container, &command, streams).await.unwrap() {
        ExecStart::Started(session) => session,
        ExecStart::Failed { exit_code, why } => panic!("{exit_code}: {why}"),
    }
}

const WIDE: ExecStreams = ExecStreams::Terminal(TerminalSize { columns: 100, rows: 30 });

#[tokio::test]
async fn a_shell_on_a_terminal_hears_and_answers_and_tells_its_exit_code() {
    let Some(bed) = support::engine("a_shell_on_a_terminal_hears_and_answers") else { return };
    let engine = reach(&bed).await;
    let web = bed.run(Spec::new(bed.image("1"))).await;
    let mut session = started(&engine, &web.name, &["/bin/sh"], WIDE).await;
    session.control.resize(TerminalSize { columns: 60, rows: 20 }).await.unwrap();
    session.input.write_all(b"tty\necho word\nexit 3\n").await.unwrap();
    let (out, _, code) = attend(session).await;
    assert!(out.contains("a terminal\r\n") && out.contains("word\r\n"), "{out:?}");
    assert_eq!(code, Some(3));
}

#[tokio::test]
async fn a_command_on_pipes_keeps_its_outputs_apart_and_hears_the_end_of_its_input() {
    let Some(bed) = support::engine("a_command_on_pipes_keeps_its_outputs_apart") else { return };
    let engine = reach(&bed).await;
    let web = bed.run(Spec::new(bed.image("1"))).await;
    let mut session = started(&engine, &web.name, &["/bin/sh"], ExecStreams::Pipes).await;
    session.input.write_all(b"tty\nnope\n").await.unwrap();
    session.input.shutdown().await.unwrap();
    assert_eq!(
        attend(session).await,
        ("not a tty\n".to_owned(), "sh: nope: not found\n".to_owned(), Some(127))
    );
}

#[tokio::test]
async fn a_program_that_cannot_be_started_is_told_from_one_that_ends_with_the_same_code() {
    let Some(bed) = support::engine("a_program_that_cannot_be_started_is_told") else { return };
    let engine = reach(&bed).await;
    let web = bed.run(Spec::new(bed.image("1"))).await;
    for streams in [WIDE, ExecStreams::Pipes] {
        let missing = engine.exec_session(&web.name, &ExecCommand::new(["bash"]), streams).await.unwrap();
        let ExecStart::Failed { exit_code, why } = missing else { panic!("there is no bash") };
        assert!([126, 127].contains(&exit_code) && why.contains("executable file not found"), "{why}");
        let session = started(&engine, &web.name, &["/bin/sh", "-c", "exit 127"], streams).await;
        assert_eq!(attend(session).await.2, Some(127));
    }
}
