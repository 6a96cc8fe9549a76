//! A command with a terminal: bytes both ways, the terminal's size, the exit code at the end.

use std::time::Duration;

use hyper::{
    StatusCode,
    header::{CONNECTION, HeaderValue, UPGRADE},
    upgrade::Upgraded,
};
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::io::{ReadHalf, WriteHalf};

use super::ExecCommand;
use crate::engine::{Call, Engine, EngineError, call::segment};

/// What the command writes, as it writes it: raw bytes of a terminal, to be handed to one.
pub type ExecOutput = ReadHalf<TokioIo<Upgraded>>;
/// What it is told. Shutting it down is an end of input.
pub type ExecInput = WriteHalf<TokioIo<Upgraded>>;

/// The size of a terminal, in cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TerminalSize {
    /// Cells in a line.
    pub columns: u16,
    /// Lines.
    pub rows: u16,
}

/// A command that runs on a terminal of its own.
pub struct ExecSession {
    /// From the command; its end is the end of the command.
    pub output: ExecOutput,
    /// To the command.
    pub input: ExecInput,
    /// Everything but the bytes.
    pub control: ExecControl,
}

/// Steers a command on a terminal; clones steer the same one.
#[derive(Clone, Debug)]
pub struct ExecControl {
    engine: Engine,
    exec: String,
    attempt: String,
}

impl Engine {
    /// Runs a command in a container on a terminal of this size, for as long as both sides like.
    ///
    /// # Errors
    /// An [`EngineError`]: 409 with [`is_paused`](EngineError::is_paused) or
    /// [`is_not_running`](EngineError::is_not_running). A program that cannot be started says so on the terminal.
    pub async fn exec_session(
        &self,
        container: &str,
        command: &ExecCommand,
        size: TerminalSize,
    ) -> Result<ExecSession, EngineError> {
        let attempt = command.attempt(container);
        let mut body = command.body();
        if let Some(body) = body.as_object_mut() {
            body.insert("Tty".to_owned(), json!(true));
            body.insert("AttachStdin".to_owned(), json!(true));
            body.insert("ConsoleSize".to_owned(), json!([size.rows, size.columns]));
        }
        let exec = self.make_exec(container, &attempt, body).await?;
        let (output, input) = tokio::io::split(self.hijack(&attempt, &exec, size).await?);
        let control = ExecControl { engine: self.clone(), exec, attempt };
        control.settle(size).await;
        Ok(ExecSession { output, input, control })
    }

    /// Starts an exec and takes over the connection.
    async fn hijack(
        &self,
        attempt: &str,
        exec: &str,
        size: TerminalSize,
    ) -> Result<TokioIo<Upgraded>, EngineError> {
        let body = json!({ "Detach": false, "Tty": true, "ConsoleSize": [size.rows, size.columns] });
        let call = Call::post(attempt, format!("/exec/{}/start", segment(exec))).body(body);
        let mut request = call.request()?;
        request.headers_mut().insert(CONNECTION, HeaderValue::from_static("Upgrade"));
        request.headers_mut().insert(UPGRADE, HeaderValue::from_static("tcp"));
        let answer = self.answer(attempt, request, call.deadline).await?;
        let unreadable = |cause: String| EngineError::Unreadable { attempt: attempt.to_owned(), cause };
        if answer.status() != StatusCode::SWITCHING_PROTOCOLS {
            let status = answer.status();
            return Err(unreadable(format!("it is {status} instead of a stream; is a proxy in between?")));
        }
        let upgraded = hyper::upgrade::on(answer).await;
        upgraded.map(TokioIo::new).map_err(|error| unreadable(error.to_string()))
    }
}

impl ExecControl {
    /// Tells the command its terminal's new size.
    ///
    /// # Errors
    /// An [`EngineError`] if the command has ended.
    pub async fn resize(&self, size: TerminalSize) -> Result<(), EngineError> {
        let call = Call::post(&self.attempt, format!("/exec/{}/resize", segment(&self.exec)));
        let call = call.query("h", &size.rows.to_string()).query("w", &size.columns.to_string());
        self.engine.bytes(call).await.map(drop)
    }

    /// The exit code once the output has ended; `None` if the engine tells none.
    ///
    /// # Errors
    /// An [`EngineError`] if the container is gone.
    pub async fn exit_code(&self) -> Result<Option<i64>, EngineError> {
        self.engine.exit_code(&self.attempt, &self.exec).await
    }

    /// The first size: the terminal is there a moment after the start, and older engines learn its size only then.
    async fn settle(&self, size: TerminalSize) {
        for pause in [0, 20, 50, 100, 200] {
            tokio::time::sleep(Duration::from_millis(pause)).await;
            match self.resize(size).await {
                Ok(()) => return,
                Err(error) => log::debug!("the terminal has no size yet: {error}"),
            }
        }
    }
}
