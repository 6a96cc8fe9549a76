//! Commands that are fed a dump.

use std::collections::VecDeque;

use tokio::io::AsyncWriteExt as _;

use super::{content::Content, told};
use crate::{
    backup::BackupError,
    command::restore::Feeding,
    engine::{Engine, ExecCommand, ExecInput, ExecOutput, ExecSession, ExecStart, ExecStreams},
    text::sanitize_bytes,
};

/// Bytes of what a command wrote that are kept of each output: the last ones say how it ended.
const KEPT: usize = 4096;

/// Runs the command; its exit code decides. Returns the last line that it wrote.
pub(super) async fn feed(engine: &Engine, feeding: &Feeding) -> Result<String, BackupError> {
    let command = ExecCommand::new(feeding.words.clone());
    let command = feeding.env.iter().fold(command, |command, (name, value)| command.env(name, value));
    let failed = |why: String| BackupError::Source(why);
    let started =
        engine.exec_session(&feeding.container, &command, ExecStreams::Pipes).await.map_err(told)?;
    let ExecSession { mut output, input, control } = match started {
        ExecStart::Started(session) => session,
        ExecStart::Failed { exit_code, why } => return Err(failed(format!("exit {exit_code}: {why}"))),
    };
    let content = feeding.from.as_ref().map(|reading| Content::of_part(reading.as_ref().clone()));
    let (given, heard) = tokio::join!(give(input, content), listen(&mut output));
    let (said, complained) = heard?;
    // Half a dump that a command was content with is still half a dump.
    given?;
    match control.exit_code().await.map_err(told)? {
        Some(0) => Ok(said.lines().last().unwrap_or("done").to_owned()),
        code => {
            let code = code.map_or_else(|| "no exit code".to_owned(), |code| format!("exit {code}"));
            let words = if complained.is_empty() { said } else { complained };
            Err(failed(format!("{code}: {}", words.replace('\n', "; "))))
        }
    }
}

/// A command that has ended takes no more: its exit code tells why.
async fn give(mut input: ExecInput, content: Option<Content>) -> Result<(), BackupError> {
    let Some(mut content) = content else {
        let _ended = input.shutdown().await;
        return Ok(());
    };
    while let Some(piece) = content.piece().await {
        match piece {
            Ok(piece) if input.write_all(&piece).await.is_ok() => {}
            Ok(_) | Err(_) => break,
        }
    }
    let read = content.end().await.map(drop);
    let _ended = input.shutdown().await;
    read
}

/// The end of what it writes on each output.
async fn listen(output: &mut ExecOutput) -> Result<(String, String), BackupError> {
    let (mut said, mut complained) = (VecDeque::new(), VecDeque::new());
    let broke = |error| BackupError::Source(format!("the engine's stream broke: {error}"));
    while let Some(piece) = output.next().await.map_err(broke)? {
        for (kept, new) in [(&mut said, piece.stdout), (&mut complained, piece.stderr)] {
            kept.extend(new);
            kept.drain(..kept.len().saturating_sub(KEPT));
        }
    }
    let words = |mut kept: VecDeque<u8>| {
        let lines = kept.make_contiguous().split(|byte| *byte == b'\n').map(sanitize_bytes);
        lines.filter(|line| !line.trim().is_empty()).collect::<Vec<_>>().join("\n")
    };
    Ok((words(said), words(complained)))
}
