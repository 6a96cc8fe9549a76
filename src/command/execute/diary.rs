//! What an operation leaves in the journal: an intent on the disk before each call, its result after it.

use std::{
    env,
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use jiff::Timestamp;
use serde_json::Value;

use super::{Ending, call::CallError, operation::Verdict};
use crate::{
    command::{Plan, Step},
    engine::{Call, Endpoint, Engine, EngineError},
    journal::{
        self, GateState, Header, Holder, Journal, JournalError, OpId, Outcome, Record, StepResult,
        state_folder,
    },
};

/// An operation's journal; nothing is written where there is no place for one.
#[derive(Clone, Debug, Default)]
pub(super) struct Diary {
    journal: Option<Arc<Mutex<Journal>>>,
    /// Calls so far, those of before a resumption among them.
    calls: Arc<AtomicU64>,
}

/// What is done, for the journal's first line.
pub(super) struct Title<'a> {
    /// The operation's id.
    pub(super) operation: &'a str,
    /// Who does it.
    pub(super) user: &'a str,
    /// What it is done to.
    pub(super) target: String,
    /// What it takes to plan it again.
    pub(super) details: Value,
}

impl Diary {
    /// Begins the journal of an operation, or goes on with it.
    pub(super) async fn open(engine: &Engine, title: Title<'_>, plan: &Plan) -> Result<Self, JournalError> {
        let (Some(state), Some(op)) = (folder(), OpId::parse(title.operation)) else {
            return Ok(Self::default());
        };
        // A simulated engine ends with this process: nobody could go on with anything, and nothing was done to anybody.
        if matches!(engine.endpoint(), Endpoint::InProcess(_)) {
            return Ok(Self::default());
        }
        let Ok(id) = engine_id(engine).await else { return Ok(Self::default()) };
        let holder = Holder::of_this_process(title.user);
        let now = Timestamp::now();
        let known = journal::read(&state, &id, &op)?;
        let calls = known.as_ref().map_or(0, |entry| entry.next_seq() - 1);
        let journal = if known.is_some() {
            Journal::resume(&state, &id, &op, now, holder)?
        } else {
            Journal::create(&state, now, header(engine, title, plan, (op, id, holder)))?
        };
        Ok(Self { journal: Some(Arc::new(Mutex::new(journal))), calls: Arc::new(AtomicU64::new(calls)) })
    }

    /// A call is about to be made; returns its number. If that cannot be put on the disk, it must not be made.
    pub(super) fn intent(&self, step: &Step) -> Result<u64, String> {
        let seq = self.calls.fetch_add(1, Ordering::Relaxed) + 1;
        let call = step.act.describe();
        let target = super::target(step).to_owned();
        self.append(Record::Intent { seq, step: step.cause.clone(), call, target, undo: Value::Null })?;
        Ok(seq)
    }

    /// The call was made.
    pub(super) fn done(&self, seq: u64, result: &Result<String, CallError>) {
        let result = match result {
            Ok(_) => StepResult::Made { object: None },
            Err(error) if error.is_link_lost() => StepResult::InDoubt { error: error.to_string() },
            Err(error) => StepResult::Refused { error: error.to_string() },
        };
        self.note(Record::Done { seq, result });
    }

    /// A gate opened, or did not.
    pub(super) fn gate(&self, step: &Step, seen: &Result<String, String>) {
        let (state, text) = match seen {
            Ok(seen) => (GateState::Passed, seen.clone()),
            Err(why) => (GateState::Failed, why.clone()),
        };
        self.note(Record::Gate { target: super::target(step).to_owned(), state, text });
    }

    /// The operation ended.
    pub(super) fn verdict(&self, verdict: &Verdict) {
        let (outcome, text) = match verdict {
            Verdict::Done => (Outcome::Succeeded, String::new()),
            Verdict::Partial(failures) => (Outcome::Failed, Verdict::partly(failures)),
            Verdict::RolledBack(failure) => (Outcome::RolledBack, failure.why.clone()),
            Verdict::Paused(why) => (Outcome::Paused, why.clone()),
            Verdict::Stuck { why, .. } => (Outcome::Failed, why.clone()),
        };
        self.last(Record::Verdict { outcome, text });
    }

    /// The operation was taken up for a moment and is put down again, as unfinished as before.
    pub(super) fn put_down(&self, text: &str) {
        self.last(Record::Verdict { outcome: Outcome::Paused, text: text.to_owned() });
    }

    /// The same for a plan without a way back of its own.
    pub(super) fn ending(&self, ending: &Ending) {
        let (outcome, text) = match ending {
            Ending::Done => (Outcome::Succeeded, String::new()),
            Ending::Cancelled => (Outcome::Interrupted, String::new()),
            Ending::Failed(failure) => (Outcome::Failed, failure.why.clone()),
        };
        self.last(Record::Verdict { outcome, text });
    }

    /// Something worth reading later.
    pub(super) fn remark(&self, text: String) {
        self.note(Record::Note { text });
    }

    /// What is known only afterwards is told if it cannot be kept; the engine is as it is. It need not be on the disk
    /// before the next intent is.
    fn note(&self, record: Record) {
        warn(self.write(|journal, now| journal.note(now, record)));
    }

    fn last(&self, record: Record) {
        warn(self.append(record));
    }

    fn append(&self, record: Record) -> Result<(), String> {
        self.write(|journal, now| journal.append(now, record))
    }

    fn write(
        &self,
        write: impl FnOnce(&mut Journal, Timestamp) -> Result<(), JournalError>,
    ) -> Result<(), String> {
        let Some(journal) = &self.journal else { return Ok(()) };
        let mut journal = journal.lock().unwrap_or_else(PoisonError::into_inner);
        write(&mut journal, Timestamp::now()).map_err(|error| error.to_string())
    }
}

fn warn(written: Result<(), String>) {
    if let Err(why) = written {
        log::warn!("{why}");
    }
}

/// Where journals are kept for this user.
#[must_use]
pub fn folder() -> Option<PathBuf> {
    state_folder(env::var_os("XDG_STATE_HOME").as_deref(), env::var_os("HOME").as_deref())
}

/// The engine's own id, which stays when its address changes.
///
/// # Errors
/// An [`EngineError`] if the engine does not tell.
pub async fn engine_id(engine: &Engine) -> Result<String, EngineError> {
    let facts: Value = engine.json(Call::get("ask for the engine's id", "/info")).await?;
    Ok(facts.get("ID").and_then(Value::as_str).unwrap_or("unknown").to_owned())
}

fn header(
    at: &Engine,
    title: Title<'_>,
    plan: &Plan,
    (op, engine, holder): (OpId, String, Holder),
) -> Header {
    Header {
        op,
        command: vec![plan.title.clone()],
        target: title.target,
        holder,
        endpoint: at.endpoint().to_string(),
        engine,
        plan: plan.steps().map(|step| step.act.describe()).collect(),
        details: title.details,
    }
}
