//! Commands in containers: run to their end, as the health check runs, or attended by a person.
//!
//! The API makes an exec, starts it, and tells its exit code only when it is asked again afterwards. Going away does
//! not end the process: a command that is given up on runs on in its container.

mod attended;
mod output;
mod probe;
mod session;

use std::time::Duration;

use serde_json::{Value, json};

use self::output::Output;
pub use self::{
    attended::{ExecOutput, ExecPiece},
    probe::{ProbeOutcome, probe_command},
    session::{ExecControl, ExecInput, ExecSession, ExecStart, ExecStreams, TerminalSize},
};
use super::{Call, Engine, EngineError, call::segment};

/// How often the exit code is asked for while the engine still says that the process runs, and how soon again.
const ASKED: u32 = 40;
const AGAIN: Duration = Duration::from_millis(50);

/// What is to run in a container.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExecCommand {
    words: Vec<String>,
    env: Vec<String>,
    user: Option<String>,
    folder: Option<String>,
    privileged: bool,
}

/// What came of a command that ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExecOutcome {
    /// Its exit code; 126 and 127 where it could not be started, −1 where the engine tells none.
    pub exit_code: i64,
    /// What it wrote on both streams, one sanitised line an element; the last thousand of them.
    pub output: Vec<String>,
    /// How many lines before those were left out.
    pub left_out: usize,
}

/// How a command's run ended.
enum Ended {
    By(ExecOutcome),
    Overdue,
}

impl ExecCommand {
    /// The program and its arguments; no shell is put in between.
    #[must_use]
    pub fn new<S: Into<String>>(words: impl IntoIterator<Item = S>) -> Self {
        Self { words: words.into_iter().map(Into::into).collect(), ..Self::default() }
    }

    /// Adds an environment entry to those of the container.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push(format!("{name}={value}"));
        self
    }

    /// Runs it as this user, `name`, `uid` or `uid:gid`, instead of the container's.
    #[must_use]
    pub fn user(mut self, user: impl Into<String>) -> Self {
        self.user = Some(user.into());
        self
    }

    /// Runs it in this folder instead of the container's.
    #[must_use]
    pub fn folder(mut self, folder: impl Into<String>) -> Self {
        self.folder = Some(folder.into());
        self
    }

    /// Runs it with all rights on the host.
    #[must_use]
    pub const fn privileged(mut self) -> Self {
        self.privileged = true;
        self
    }

    /// "run pg_dump in container db": arguments may hold secrets, the program's name does not.
    fn attempt(&self, container: &str) -> String {
        let program = self.words.first().map_or("nothing", String::as_str);
        format!("run {} in container {container}", crate::text::sanitize(program))
    }

    /// The body of the call that makes an exec.
    fn body(&self) -> Value {
        let mut body =
            json!({ "AttachStdout": true, "AttachStderr": true, "Cmd": self.words, "Env": self.env });
        for (member, value) in [("User", &self.user), ("WorkingDir", &self.folder)] {
            if let (Some(value), Some(body)) = (value, body.as_object_mut()) {
                body.insert(member.to_owned(), json!(value));
            }
        }
        if let Some(body) = body.as_object_mut().filter(|_| self.privileged) {
            body.insert("Privileged".to_owned(), json!(true));
        }
        body
    }
}

impl ExecOutcome {
    /// Whether it ended with 0.
    #[must_use]
    pub const fn succeeded(&self) -> bool {
        self.exit_code == 0
    }
}

impl Engine {
    /// Runs a command in a container to its end, at most as long as `deadline`.
    ///
    /// # Errors
    /// An [`EngineError`]: 409 with [`is_paused`](EngineError::is_paused) or
    /// [`is_not_running`](EngineError::is_not_running). [`Silent`](EngineError::Silent) if the command has not ended
    /// in time; it goes on. A command that cannot be started is no error: its exit code is 126 or 127.
    pub async fn exec(
        &self,
        container: &str,
        command: &ExecCommand,
        deadline: Duration,
    ) -> Result<ExecOutcome, EngineError> {
        match self.run(container, command, deadline).await? {
            Ended::By(outcome) => Ok(outcome),
            Ended::Overdue => {
                Err(EngineError::Silent { attempt: command.attempt(container), after: deadline })
            }
        }
    }

    async fn run(
        &self,
        container: &str,
        command: &ExecCommand,
        deadline: Duration,
    ) -> Result<Ended, EngineError> {
        let attempt = command.attempt(container);
        let exec = self.make_exec(container, &attempt, command.body()).await?;
        match tokio::time::timeout(deadline, self.attend(&attempt, &exec, deadline)).await {
            Ok(outcome) => outcome.map(Ended::By),
            Err(_) => Ok(Ended::Overdue),
        }
    }

    /// Makes an exec and returns its id.
    async fn make_exec(&self, container: &str, attempt: &str, body: Value) -> Result<String, EngineError> {
        let call = Call::post(attempt, format!("/containers/{}/exec", segment(container)));
        let made: Value = self.json(call.body(body)).await?;
        let id = made.get("Id").and_then(Value::as_str).map(str::to_owned);
        id.ok_or_else(|| EngineError::Unreadable {
            attempt: attempt.to_owned(),
            cause: "it tells no id".to_owned(),
        })
    }

    /// Starts an exec and stays with it until it ends.
    async fn attend(
        &self,
        attempt: &str,
        exec: &str,
        deadline: Duration,
    ) -> Result<ExecOutcome, EngineError> {
        let call = Call::post(attempt, format!("/exec/{}/start", segment(exec))).within(deadline);
        let mut pieces = self.stream(call.body(json!({ "Detach": false, "Tty": false })), None).await?;
        let mut output = Output::default();
        while let Some(piece) = pieces.next().await? {
            output.push(&piece);
        }
        let exit_code = self.exit_code(attempt, exec).await?.unwrap_or(-1);
        let (output, left_out) = output.finish();
        Ok(ExecOutcome { exit_code, output, left_out })
    }

    /// The exit code of an exec whose stream has ended; the engine notes it a moment later.
    async fn exit_code(&self, attempt: &str, exec: &str) -> Result<Option<i64>, EngineError> {
        for _ in 0..ASKED {
            let told: Value = self.json(Call::get(attempt, format!("/exec/{}/json", segment(exec)))).await?;
            if told.get("Running").and_then(Value::as_bool) != Some(true) {
                return Ok(told.get("ExitCode").and_then(Value::as_i64));
            }
            tokio::time::sleep(AGAIN).await;
        }
        Ok(None)
    }
}
