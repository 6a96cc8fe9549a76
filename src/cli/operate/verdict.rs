//! How a job ended: the last line, and the code.

use jiff::Timestamp;

use super::{Job, Ways};
use crate::{
    cli::{
        exit::{Exit, Failure},
        render::json,
        session::{Session, remark},
    },
    command::{self, Cause, execute::operation::Verdict},
};

/// How a job ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// Everything was so already.
    Idle,
    /// Another job failed before it.
    NotBegun(String),
    /// As it was planned.
    Done,
    /// Some of it failed; the rest is as planned.
    Partial(Vec<command::Failure>),
    /// It failed, and everything is as before.
    RolledBack(command::Failure),
    /// It failed, and there was nothing to put back.
    Failed(command::Failure),
    /// It waits for a person.
    Paused(String),
    /// A person stopped it.
    Interrupted(String),
    /// It failed, and so did the way back.
    Stuck {
        /// What failed first.
        failure: Option<command::Failure>,
        /// What failed on the way back.
        why: String,
    },
}

impl Ended {
    const fn word(&self) -> &'static str {
        match self {
            Self::Idle | Self::Done => "done",
            Self::NotBegun(_) => "not_begun",
            Self::Partial(_) => "partial",
            Self::RolledBack(_) => "rolled_back",
            Self::Failed(_) => "failed",
            Self::Paused(_) => "paused",
            Self::Interrupted(_) => "interrupted",
            Self::Stuck { .. } => "incomplete",
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Idle | Self::Done => Exit::Fine,
            Self::NotBegun(_) => Exit::Usage,
            Self::RolledBack(failure) | Self::Failed(failure) if failure.cause == Cause::Disk => {
                Exit::Storage
            }
            Self::Partial(_) | Self::RolledBack(_) | Self::Failed(_) => Exit::Wrong,
            Self::Paused(_) => Exit::Waits,
            Self::Interrupted(_) => Exit::Interrupted,
            Self::Stuck { .. } => Exit::Incomplete,
        }
    }

    fn failure(&self) -> Option<&command::Failure> {
        match self {
            Self::RolledBack(failure) | Self::Failed(failure) => Some(failure),
            Self::Partial(failures) => failures.first(),
            Self::Stuck { failure, .. } => failure.as_ref(),
            _ => None,
        }
    }

    /// Why it is not done, in a sentence.
    fn why(&self) -> Option<String> {
        let failed = self.failure().map(|failure| format!("{} failed: {}", failure.attempt, failure.why));
        match self {
            Self::Idle | Self::Done => None,
            Self::Partial(failures) => {
                let of_slots = failures.iter().any(|failure| failure.slot.is_some());
                let rest = if of_slots { "the others are replaced" } else { "all else is done" };
                Some(format!("{}; {rest}", Verdict::partly(failures)))
            }
            Self::RolledBack(_) => failed.map(|why| format!("{why}; everything is as before")),
            Self::Failed(_) => failed,
            Self::NotBegun(why) | Self::Paused(why) | Self::Interrupted(why) => Some(why.clone()),
            Self::Stuck { why, .. } => {
                let first = failed.map(|first| format!("{first}; ")).unwrap_or_default();
                Some(format!("{first}the way back is not complete: {why}"))
            }
        }
    }

    /// The exact command to type next, where something is left to be done.
    fn next(&self, ways: &Ways) -> Option<String> {
        match self {
            Self::Stuck { .. } => Some(ways.back.clone()),
            Self::Paused(_) | Self::Interrupted(_) => ways.on.clone(),
            _ => None,
        }
    }
}

/// Tells how it ended: a line for a program, sentences for a person.
pub(super) fn tell(session: &mut Session, id: &str, ways: &Ways, ended: &Ended) -> Result<Exit, Failure> {
    if session.options.json {
        session.out.json_line(&record(id, ways, ended))?;
    } else {
        match ended {
            Ended::Idle => session.out.line("nothing to do: it is so already".to_owned())?,
            Ended::Done => session.out.line("done".to_owned())?,
            _ => session.out.flush()?,
        }
        complain(ways, ended);
    }
    session.out.flush()?;
    Ok(ended.exit())
}

/// Tells what was done and what was not, where one of several jobs was not done.
pub(super) fn tell_rest(
    session: &mut Session,
    done: &[String],
    stopped: &str,
    left: &[Job],
) -> Result<(), Failure> {
    if session.options.json {
        for job in left {
            let ended = Ended::NotBegun(format!("{stopped} was not done"));
            session.out.json_line(&record(job.id(), &job.ways(), &ended))?;
        }
        return session.out.flush();
    }
    let named = |names: Vec<&str>| if names.is_empty() { "nothing".to_owned() } else { names.join(", ") };
    let done = named(done.iter().map(String::as_str).collect());
    let left = named(left.iter().map(|job| job.called.as_str()).collect());
    remark(&format!("done: {done}; not done: {stopped}; not begun: {left}"));
    Ok(())
}

fn record(id: &str, ways: &Ways, ended: &Ended) -> json::Verdict {
    json::Verdict {
        ts: json::At(Timestamp::now()),
        op: id.to_owned(),
        verdict: ended.word(),
        exit: ended.exit().code(),
        why: ended.why(),
        evidence: ended.failure().map(|failure| failure.evidence.clone()).unwrap_or_default(),
        next: ended.next(ways),
    }
}

fn complain(ways: &Ways, ended: &Ended) {
    if let Some(why) = ended.why() {
        remark(&why);
    }
    for line in ended.failure().map(|failure| failure.evidence.as_slice()).unwrap_or_default() {
        remark(&format!("  {line}"));
    }
    if let Some(next) = ended.next(ways).filter(|_| matches!(ended, Ended::Stuck { .. })) {
        remark(&format!("next: {next}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure() -> command::Failure {
        command::Failure {
            slot: Some(1),
            target: "shop-web-1".to_owned(),
            attempt: "start shop-web-1".to_owned(),
            why: "port 80 is taken".to_owned(),
            cause: command::Cause::Other,
            evidence: vec!["log: no".to_owned()],
        }
    }

    #[test]
    fn every_ending_has_its_code_and_the_next_command() {
        let ways = Ways { on: Some("resume".to_owned()), back: "rollback".to_owned() };
        for (ended, exit, next) in [
            (Ended::Done, 0, None),
            (Ended::RolledBack(failure()), 1, None),
            (Ended::RolledBack(command::Failure { cause: Cause::Disk, ..failure() }), 5, None),
            (Ended::Paused("x".to_owned()), 3, Some("resume")),
            (Ended::Stuck { failure: Some(failure()), why: "x".to_owned() }, 4, Some("rollback")),
            (Ended::Interrupted("x".to_owned()), 130, Some("resume")),
        ] {
            assert_eq!((ended.exit().code(), ended.next(&ways).as_deref()), (exit, next), "{ended:?}");
        }
    }

    #[test]
    fn what_failed_first_is_told_before_what_failed_on_the_way_back() {
        let stuck = Ended::Stuck { failure: Some(failure()), why: "the engine is gone".to_owned() };
        assert_eq!(
            stuck.why().as_deref(),
            Some(
                "start shop-web-1 failed: port 80 is taken; the way back is not complete: the engine is gone"
            )
        );
    }
}
