//! A program that a person runs in a container and attends. It may change anything, so it is put into the journal like
//! any change: who, when, where and what; what it wrote is nobody's business.

use serde_json::json;
use thiserror::Error;

use super::{
    Cause, Ending, Failure,
    call::CallError,
    diary::{Diary, Title},
    operation::Refused,
};
use crate::{
    command::{
        compose::Hook,
        plan::{Act, Call, Downtime, Phase, Plan, Risk, Step},
    },
    engine::{Engine, EngineError, ExecCommand, ExecSession, ExecStart, ExecStreams},
};

/// Shells, the most comfortable first: which of them an image has, if any, only trying tells.
const SHELLS: [&str; 3] = ["bash", "sh", "ash"];

/// What is to be run, and where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Program {
    /// The container's name.
    pub container: String,
    /// The program and its arguments; a shell if none.
    pub words: Vec<String>,
    /// The user, `name`, `uid` or `uid:gid`, if not the container's.
    pub user: Option<String>,
    /// The folder, if not the container's.
    pub folder: Option<String>,
    /// More environment entries, `NAME=value`.
    pub env: Vec<(String, String)>,
}

/// Who runs it, under which id it is put into the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attendant {
    /// The person.
    pub user: String,
    /// The operation's id.
    pub operation: String,
}

/// A program that runs. Dropped, it is left to itself and goes on in its container.
#[derive(Debug)]
pub struct Attended {
    /// What runs: the shell that was found, or what was asked for.
    pub program: String,
    /// Its inputs and outputs.
    pub session: ExecSession,
    diary: Diary,
    target: String,
    /// How it is left.
    left: Ending,
}

/// Why nothing runs.
#[derive(Debug, Error)]
pub enum NotRun {
    /// The engine or the journal says no.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The program cannot be started.
    #[error("{why}")]
    Failed {
        /// The exit code that stands for that, 126 or 127.
        exit_code: i64,
        /// Why, in the engine's words.
        why: String,
    },
    /// There is no shell.
    #[error(
        "{container} has no shell: {} were tried; name a program that it has: stacktop exec {container} -- PROGRAM",
        SHELLS.join(", ")
    )]
    NoShell {
        /// The container.
        container: String,
    },
}

impl From<EngineError> for NotRun {
    fn from(error: EngineError) -> Self {
        Self::Refused(error.into())
    }
}

/// Starts the program, or the first shell that the container has.
///
/// # Errors
/// [`NotRun`]; nothing runs then.
pub async fn attend(
    engine: &Engine,
    program: &Program,
    streams: ExecStreams,
    attendant: &Attendant,
) -> Result<Attended, NotRun> {
    let title = Title {
        operation: &attendant.operation,
        user: &attendant.user,
        target: program.container.clone(),
        details: json!({ "words": program.words, "user": program.user, "folder": program.folder }),
    };
    let diary = Diary::open(engine, title, &program.plan()).await.map_err(Refused::from)?;
    let begun = begin(engine, program, streams, &diary).await;
    if let Err(why) = &begun {
        diary.ending(&failed(&program.container, why.to_string()));
    }
    let target = program.container.clone();
    begun.map(|(program, session)| Attended { program, session, diary, target, left: Ending::Cancelled })
}

async fn begin(
    engine: &Engine,
    program: &Program,
    streams: ExecStreams,
    diary: &Diary,
) -> Result<(String, ExecSession), NotRun> {
    for words in program.candidates() {
        let name = words.first().cloned().unwrap_or_default();
        let seq = diary.intent(&program.step(&name)).map_err(Refused::Unwritten)?;
        let started = engine.exec_session(&program.container, &program.command(words), streams).await;
        diary.done(seq, &told(&started));
        match started? {
            ExecStart::Started(session) => return Ok((name, session)),
            ExecStart::Failed { why, .. } if program.words.is_empty() && is_missing(&why) => {}
            ExecStart::Failed { exit_code, why } => return Err(NotRun::Failed { exit_code, why }),
        }
    }
    Err(NotRun::NoShell { container: program.container.clone() })
}

/// What the journal is told of a start.
fn told(started: &Result<ExecStart, EngineError>) -> Result<String, CallError> {
    match started {
        Ok(ExecStart::Started(_) | ExecStart::Failed { .. }) => Ok(String::new()),
        Err(error) => Err(error.clone().into()),
    }
}

/// Whether a program is not there, in the words of all runtimes; a folder or a user that is not there is another matter.
fn is_missing(why: &str) -> bool {
    why.contains("executable file not found") || why.contains("executable file `")
}

fn failed(target: &str, why: String) -> Ending {
    let (target, attempt) = (target.to_owned(), "run a program".to_owned());
    Ending::Failed(Failure { slot: None, target, attempt, why, cause: Cause::Other, evidence: Vec::new() })
}

impl Attended {
    /// The exit code, once the output has ended; `None` if the engine tells none, which means that only the connection
    /// has ended.
    ///
    /// # Errors
    /// An [`EngineError`] if the engine does not answer, or the container is gone.
    pub async fn end(mut self) -> Result<Option<i64>, EngineError> {
        let code = self.session.control.exit_code().await;
        self.left = match &code {
            Ok(Some(code)) => {
                self.diary.remark(format!("it ended with {code}"));
                Ending::Done
            }
            Ok(None) => failed(&self.target, "the connection broke off".to_owned()),
            Err(error) => failed(&self.target, error.to_string()),
        };
        code
    }
}

impl Drop for Attended {
    fn drop(&mut self) {
        self.diary.ending(&self.left);
    }
}

impl Program {
    /// What is tried, in this order.
    fn candidates(&self) -> Vec<Vec<String>> {
        match self.words.as_slice() {
            [] => SHELLS.iter().map(|shell| vec![(*shell).to_owned()]).collect(),
            words => vec![words.to_vec()],
        }
    }

    fn command(&self, words: Vec<String>) -> ExecCommand {
        let mut command = ExecCommand::new(words);
        for (name, value) in &self.env {
            command = command.env(name, value);
        }
        if let Some(user) = &self.user {
            command = command.user(user);
        }
        match &self.folder {
            Some(folder) => command.folder(folder),
            None => command,
        }
    }

    /// The plan as the journal keeps it. Arguments stay out of its words: only as a list are they known for secrets.
    fn plan(&self) -> Plan {
        let name = self.words.first().map_or("a shell", String::as_str);
        Plan {
            title: format!("run {name} in {}", self.container),
            risk: Risk::None,
            facts: Vec::new(),
            notes: Vec::new(),
            phases: vec![Phase::single(&self.container, vec![self.step(name)])],
            takes: std::time::Duration::ZERO,
            down_for: Downtime::None,
            undo: "none".to_owned(),
        }
    }

    fn step(&self, name: &str) -> Step {
        let hook = Hook::new(vec![name.to_owned()]);
        let call = Call::Exec { container: self.container.clone(), hook };
        Step { slot: None, state: "running", cause: "a person attends it".to_owned(), act: Act::Call(call) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shells_are_tried_only_where_no_program_is_named() {
        let shells = Program::default().candidates();
        assert_eq!(shells, [["bash"], ["sh"], ["ash"]]);
        let own = Program { words: vec!["psql".to_owned(), "-l".to_owned()], ..Program::default() };
        assert_eq!(own.candidates(), [["psql", "-l"]]);
    }

    #[test]
    fn a_missing_folder_or_user_is_no_missing_shell() {
        assert!(is_missing("exec: \"bash\": executable file not found in $PATH: unknown"));
        assert!(!is_missing("chdir to cwd (\"/nope\") set in config.json failed: no such file or directory"));
        assert!(!is_missing("unable to find user ada: no matching entries in passwd file"));
    }
}
