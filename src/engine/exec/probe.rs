//! A service's own health check, run now instead of at its next turn.

use std::time::Duration;

use super::{Ended, ExecCommand, ExecOutcome};
use crate::engine::{Engine, EngineError};

/// What one run of a health check says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProbeOutcome {
    /// The service is well.
    Passed,
    /// It is not.
    Failed {
        /// The check's exit code, 1 as a rule.
        exit: i64,
        /// What the check wrote, one sanitised line an element.
        output: Vec<String>,
    },
    /// The check did not end in time; the engine would count that as a failure. It goes on running.
    Overdue {
        /// How long was waited.
        after: Duration,
    },
    /// The check itself cannot run, so that it says nothing of the service: its program is missing.
    Broken {
        /// The reason, in the words of the engine or the shell.
        why: String,
    },
    /// Nothing can run in the container now: it is paused or does not run.
    Refused {
        /// The engine's words.
        why: String,
    },
    /// The container has no health check.
    Absent,
}

impl Engine {
    /// Runs a health check once: `test` is its `Test` array, `shell` the `Shell` of the container or its image, which
    /// `CMD-SHELL` is given to; empty, it is `/bin/sh -c`.
    ///
    /// # Errors
    /// An [`EngineError`] if the engine does not answer, or the container is gone.
    pub async fn probe(
        &self,
        container: &str,
        test: &[String],
        shell: &[String],
        deadline: Duration,
    ) -> Result<ProbeOutcome, EngineError> {
        let Some(words) = probe_command(test, shell) else { return Ok(ProbeOutcome::Absent) };
        match self.run(container, &ExecCommand::new(words), deadline).await {
            Ok(Ended::By(outcome)) => Ok(verdict(outcome)),
            Ok(Ended::Overdue) => Ok(ProbeOutcome::Overdue { after: deadline }),
            Err(error) => refused(error),
        }
    }
}

/// The command of a health check's `Test` array; `None` if there is nothing to run.
#[must_use]
pub fn probe_command(test: &[String], shell: &[String]) -> Option<Vec<String>> {
    let (kind, words) = test.split_first()?;
    match (kind.as_str(), words) {
        (_, []) => None,
        ("CMD", words) => Some(words.to_vec()),
        ("CMD-SHELL", words) if shell.is_empty() => {
            Some([&["/bin/sh".to_owned(), "-c".to_owned()], words].concat())
        }
        ("CMD-SHELL", words) => Some([shell, words].concat()),
        _ => None,
    }
}

fn verdict(outcome: ExecOutcome) -> ProbeOutcome {
    let ExecOutcome { exit_code, output, .. } = outcome;
    match exit_code {
        0 => ProbeOutcome::Passed,
        -1 | 126 | 127 => ProbeOutcome::Broken { why: why(exit_code, &output) },
        exit => ProbeOutcome::Failed { exit, output },
    }
}

fn why(exit: i64, output: &[String]) -> String {
    let last = output.iter().rev().map(|line| line.trim()).find(|line| !line.is_empty());
    last.map_or_else(|| format!("the check ended with {exit} and wrote nothing"), str::to_owned)
}

fn refused(error: EngineError) -> Result<ProbeOutcome, EngineError> {
    match error {
        EngineError::Refused { status: 409, message, .. } => Ok(ProbeOutcome::Refused { why: message }),
        EngineError::Refused { message, .. } if message.contains("exec failed") => {
            Ok(ProbeOutcome::Broken { why: message })
        }
        error => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    fn command(test: &[&str], shell: &[&str]) -> Option<Vec<String>> {
        probe_command(&words(test), &words(shell))
    }

    #[test]
    fn a_check_runs_as_the_engine_would_run_it() {
        assert_eq!(command(&["CMD", "curl", "-f", "x"], &["/bin/bash"]), Some(words(&["curl", "-f", "x"])));
        assert_eq!(command(&["CMD-SHELL", "curl x"], &[]), Some(words(&["/bin/sh", "-c", "curl x"])));
        let by_image = words(&["/bin/bash", "-ec", "curl x"]);
        assert_eq!(command(&["CMD-SHELL", "curl x"], &["/bin/bash", "-ec"]), Some(by_image));
    }

    #[test]
    fn no_check_is_no_command() {
        for test in [&[][..], &["NONE"], &["CMD"], &["SOMETHING", "else"]] {
            assert_eq!(command(test, &[]), None, "{test:?}");
        }
    }

    #[test]
    fn a_missing_program_says_nothing_of_the_service() {
        for exit_code in [-1, 126, 127] {
            let outcome = ExecOutcome { exit_code, output: words(&["curl: not found", ""]), left_out: 0 };
            assert_eq!(verdict(outcome), ProbeOutcome::Broken { why: "curl: not found".to_owned() });
        }
        let failed = ExecOutcome { exit_code: 22, ..ExecOutcome::default() };
        assert_eq!(verdict(failed), ProbeOutcome::Failed { exit: 22, output: Vec::new() });
    }
}
