//! A command that somebody attends: bytes both ways, a terminal's size, the exit code at the end.

use std::time::Duration;

use hyper::{
    StatusCode,
    header::{CONNECTION, HeaderValue, UPGRADE},
    upgrade::Upgraded,
};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::{
    io::{ReadHalf, WriteHalf},
    time::{Instant, timeout},
};

use super::{AGAIN, ExecCommand, attended::ExecOutput, output::Output};
use crate::engine::{Call, Engine, EngineError, call::segment};

/// How long an engine may take to start a command.
const START: Duration = Duration::from_secs(30);

/// How long the words of one that cannot be started are waited for.
const WORDS: Duration = Duration::from_secs(5);

/// What a command is told. Shutting it down is an end of input.
pub type ExecInput = WriteHalf<TokioIo<Upgraded>>;

/// The size of a terminal, in cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TerminalSize {
    /// Cells in a line.
    pub columns: u16,
    /// Lines.
    pub rows: u16,
}

/// What a command runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExecStreams {
    /// A terminal of its own, of this size.
    Terminal(TerminalSize),
    /// Pipes: what it writes on stdout and on stderr stays apart.
    Pipes,
}

/// What became of the start of a command.
#[derive(Debug)]
pub enum ExecStart {
    /// It runs, or has ended already.
    Started(ExecSession),
    /// It could not be started.
    Failed {
        /// The exit code that stands for that, 126 or 127.
        exit_code: i64,
        /// Why, in the engine's words.
        why: String,
    },
}

/// A command that runs, attended.
#[derive(Debug)]
pub struct ExecSession {
    /// From the command; its end is the end of the command.
    pub output: ExecOutput,
    /// To the command.
    pub input: ExecInput,
    /// Everything but the bytes.
    pub control: ExecControl,
}

/// Steers a command that is attended; clones steer the same one.
#[derive(Clone, Debug)]
pub struct ExecControl {
    engine: Engine,
    exec: String,
    attempt: String,
}

impl Engine {
    /// Starts a command in a container, for as long as both sides like.
    ///
    /// # Errors
    /// An [`EngineError`]: 409 with [`is_paused`](EngineError::is_paused) or
    /// [`is_not_running`](EngineError::is_not_running). A program that cannot be started is no error.
    pub async fn exec_session(
        &self,
        container: &str,
        command: &ExecCommand,
        streams: ExecStreams,
    ) -> Result<ExecStart, EngineError> {
        let attempt = command.attempt(container);
        let exec = self.make_exec(container, &attempt, attended(command.body(), streams)).await?;
        let (output, input) = tokio::io::split(self.hijack(&attempt, &exec, streams).await?);
        let control = ExecControl { engine: self.clone(), exec, attempt };
        if let Some(exit_code) = control.failed_start().await? {
            return Ok(ExecStart::Failed { exit_code, why: last_words(output).await });
        }
        if let ExecStreams::Terminal(size) = streams {
            // Older engines learn it only here. One that has ended already needs none.
            let _ended = control.resize(size).await;
        }
        Ok(ExecStart::Started(ExecSession { output: ExecOutput::new(output, streams), input, control }))
    }

    /// Starts an exec and takes over the connection.
    async fn hijack(
        &self,
        attempt: &str,
        exec: &str,
        streams: ExecStreams,
    ) -> Result<TokioIo<Upgraded>, EngineError> {
        let mut body = json!({ "Detach": false });
        on_streams(&mut body, streams);
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

    /// Waits for the start; the exit code if there was none. A command that was started has a process id, whatever it
    /// ended with since.
    async fn failed_start(&self) -> Result<Option<i64>, EngineError> {
        let until = Instant::now() + START;
        while Instant::now() < until {
            let call = Call::get(&self.attempt, format!("/exec/{}/json", segment(&self.exec)));
            let told: Value = self.engine.json(call).await?;
            let number = |name: &str| told.get(name).and_then(Value::as_i64);
            if number("Pid").is_some_and(|pid| pid != 0) {
                return Ok(None);
            }
            let is_running = told.get("Running").and_then(Value::as_bool) == Some(true);
            if let Some(code) = number("ExitCode").filter(|code| !is_running && *code != 0) {
                return Ok(Some(code));
            }
            tokio::time::sleep(AGAIN).await;
        }
        Err(EngineError::Silent { attempt: self.attempt.clone(), after: START })
    }
}

/// The body of the call that makes an exec, for one that is attended.
fn attended(mut body: Value, streams: ExecStreams) -> Value {
    if let Some(members) = body.as_object_mut() {
        members.insert("AttachStdin".to_owned(), json!(true));
    }
    on_streams(&mut body, streams);
    body
}

fn on_streams(body: &mut Value, streams: ExecStreams) {
    let Some(members) = body.as_object_mut() else { return };
    match streams {
        ExecStreams::Terminal(size) => {
            members.insert("Tty".to_owned(), json!(true));
            members.insert("ConsoleSize".to_owned(), json!([size.rows, size.columns]));
        }
        ExecStreams::Pipes => {
            members.insert("Tty".to_owned(), json!(false));
        }
    }
}

/// What the engine writes in place of a command that it could not start.
async fn last_words(mut output: ReadHalf<TokioIo<Upgraded>>) -> String {
    use tokio::io::AsyncReadExt as _;
    let mut bytes = Vec::new();
    // Fewer words than there were still say something.
    let _incomplete = timeout(WORDS, output.read_to_end(&mut bytes)).await;
    let mut lines = Output::default();
    lines.push(&bytes);
    lines.finish().0.join(" ").trim().to_owned()
}
