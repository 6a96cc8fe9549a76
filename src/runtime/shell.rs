//! A program in a container on the streams of this process: its terminal, or its pipes.

use std::io;

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, sink},
    sync::mpsc,
};

use crate::{
    engine::{ExecControl, ExecInput, ExecOutput, ExecSession, TerminalSize},
    term::{self, RawTerminal},
};

/// Bytes that are read at once.
const PIECE: usize = 8 << 10;

/// How a program was left.
#[derive(Debug)]
pub enum Left {
    /// Its output ended: it has, or the connection broke without a word.
    Ended,
    /// The connection broke.
    Broken(io::Error),
    /// The terminal is gone, or what reads the output.
    HungUp(io::Error),
}

/// The size of this terminal; the usual one where it tells none.
#[must_use]
pub fn terminal_size() -> TerminalSize {
    let (columns, rows) =
        term::size().ok().filter(|(columns, rows)| *columns > 0 && *rows > 0).unwrap_or((80, 24));
    TerminalSize { columns, rows }
}

/// Hands the terminal to the program until its output ends, and takes it back. Dropping it leaves the program alone.
///
/// # Errors
/// If this process has no terminal.
pub async fn on_terminal(session: &mut ExecSession) -> io::Result<Left> {
    let mut terminal = RawTerminal::enter()?;
    let left = attend(session, &mut terminal).await;
    if matches!(left, Left::Broken(_)) {
        terminal.reset().await?;
    }
    Ok(left)
}

async fn attend(session: &mut ExecSession, terminal: &mut RawTerminal) -> Left {
    let ExecSession { output, input, control } = session;
    let (keys, screen, resized) = terminal.split();
    let sizes = async {
        while resized.recv().await.is_some() {
            follow(control).await;
        }
    };
    let mut nothing = sink();
    tokio::select! {
        left = show(output, screen, &mut nothing) => left,
        gone = type_in(keys, input) => Left::HungUp(gone),
        () = sizes => Left::HungUp(io::ErrorKind::BrokenPipe.into()),
    }
}

/// Connects the program with stdin, stdout and stderr until its outputs end. The end of stdin is told to it.
pub async fn on_pipes(session: &mut ExecSession) -> Left {
    let ExecSession { output, input, .. } = session;
    let feeding = async {
        // A program that reads no more is no reason to end: what it writes still comes.
        if let Err(deaf) = feed(&mut tokio::io::stdin(), input).await {
            log::debug!("the program takes no more input: {deaf}");
        }
        std::future::pending::<()>().await;
    };
    let (mut stdout, mut stderr) = (tokio::io::stdout(), tokio::io::stderr());
    tokio::select! {
        left = show(output, &mut stdout, &mut stderr) => left,
        () = feeding => Left::Ended,
    }
}

async fn show(
    output: &mut ExecOutput,
    stdout: &mut (impl AsyncWrite + Unpin),
    stderr: &mut (impl AsyncWrite + Unpin),
) -> Left {
    loop {
        let piece = match output.next().await {
            Ok(Some(piece)) => piece,
            Ok(None) => return Left::Ended,
            Err(broken) => return Left::Broken(broken),
        };
        let written = async {
            stdout.write_all(&piece.stdout).await?;
            stdout.flush().await?;
            stderr.write_all(&piece.stderr).await?;
            stderr.flush().await
        };
        if let Err(gone) = written.await {
            return Left::HungUp(gone);
        }
    }
}

/// What is typed, up to the terminal's end. A program that has ended hears nothing; its output ends.
async fn type_in(keys: &mut mpsc::Receiver<Vec<u8>>, input: &mut ExecInput) -> io::Error {
    while let Some(typed) = keys.recv().await {
        if let Err(deaf) = input.write_all(&typed).await {
            log::debug!("the program takes no more keys: {deaf}");
            std::future::pending::<()>().await;
        }
    }
    io::ErrorKind::UnexpectedEof.into()
}

async fn feed(stdin: &mut (impl AsyncRead + Unpin), input: &mut ExecInput) -> io::Result<()> {
    let mut buffer = [0; PIECE];
    loop {
        let count = stdin.read(&mut buffer).await?;
        match buffer.get(..count) {
            None | Some([]) => return input.shutdown().await,
            Some(bytes) => input.write_all(bytes).await?,
        }
    }
}

async fn follow(control: &ExecControl) {
    if let Err(error) = control.resize(terminal_size()).await {
        log::debug!("the program keeps its size: {error}");
    }
}
