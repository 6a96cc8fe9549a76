//! What a database's own program writes.

use std::collections::VecDeque;

use bytes::Bytes;
use tokio::io::AsyncWriteExt as _;

use super::{Attendant, Pipeline, flow::Flow};
use crate::{
    backup::{BackupError, Form, Stored},
    command::backup::Storing,
    engine::{Engine, ExecCommand, ExecOutput, ExecPiece, ExecSession, ExecStart, ExecStreams},
    text::sanitize_bytes,
};

/// Bytes of what a program complained of that are kept: the last ones say what went wrong.
const COMPLAINTS: usize = 4096;

/// Stores what a command writes to its standard output. The exit code decides; a dump that is empty is none.
pub(super) async fn store(
    engine: &Engine,
    storing: &Storing,
    (container, words, env): (&str, &[String], &[(String, String)]),
    attendant: Attendant<'_>,
) -> Result<Stored, BackupError> {
    let command =
        env.iter().fold(ExecCommand::new(words.to_vec()), |command, (name, value)| command.env(name, value));
    let failed = |why: String| BackupError::Source(format!("the {} failed: {why}", storing.source.called()));
    let started = engine.exec_session(container, &command, ExecStreams::Pipes).await;
    let session = match started.map_err(|error| failed(error.to_string()))? {
        ExecStart::Started(session) => session,
        ExecStart::Failed { exit_code, why } => return Err(failed(format!("exit {exit_code}: {why}"))),
    };
    let ExecSession { mut output, mut input, control } = session;
    // It is told nothing: a program that asks for a password must not wait for one. One that has ended needs no end.
    let _ended = input.shutdown().await;
    let mut pipeline = Pipeline::open(storing, Form::Stream);
    let mut flow = Flow::begin(attendant, storing.expected);
    let said = pump(&mut output, &mut pipeline, &mut flow).await;
    let ended = control.exit_code().await;
    match ended {
        Ok(Some(0)) => {}
        Ok(code) => {
            let code = code.map_or_else(|| "no exit code".to_owned(), |code| format!("exit {code}"));
            pipeline.push(Err(failed(format!("{code}: {said}")).to_string())).await;
        }
        Err(error) => {
            pipeline.push(Err(failed(error.to_string()).to_string())).await;
        }
    }
    let stored = pipeline.close().await?;
    if stored.raw_bytes == 0 {
        return Err(failed("it wrote nothing".to_owned()));
    }
    Ok(stored)
}

/// Hands the output on and returns the end of what came on standard error.
async fn pump(output: &mut ExecOutput, pipeline: &mut Pipeline<'_>, flow: &mut Flow<'_>) -> String {
    let mut said = VecDeque::new();
    loop {
        let next = tokio::select! {
            next = output.next() => next,
            () = flow.stopped() => Ok(Some(ExecPiece::default())),
        };
        let piece = match next {
            Ok(Some(piece)) => piece,
            Ok(None) => break,
            Err(error) => {
                pipeline.push(Err(format!("the engine's stream broke: {error}"))).await;
                break;
            }
        };
        said.extend(piece.stderr);
        said.drain(..said.len().saturating_sub(COMPLAINTS));
        if let Err(error) = flow.more(piece.stdout.len()) {
            pipeline.push(Err(error.to_string())).await;
            break;
        }
        if !piece.stdout.is_empty() && !pipeline.push(Ok(Bytes::from(piece.stdout))).await {
            break;
        }
    }
    sanitize_bytes(said.make_contiguous()).trim().to_owned()
}
