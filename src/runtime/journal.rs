//! Reads the journal of an engine, away from the event loop: it is on a disk.

use tokio::task::spawn_blocking;

use crate::{
    command::execute::{engine_id, journal_folder},
    engine::{Endpoint, Engine},
    journal::{self, Entry, GateState, Outcome, Record, Stage, StepResult},
    model::{Deed, Operation, Verdict, Went},
    text::sanitize,
};

/// Operations that are kept in mind.
const NEWEST: usize = 200;

/// The newest operations on an engine, the newest first.
///
/// # Errors
/// Why there are none to read, as a sentence.
pub(super) async fn read(engine: &Engine) -> Result<Vec<Operation>, String> {
    if matches!(engine.endpoint(), Endpoint::InProcess(_)) {
        return Err("nothing is written down: the simulated engine ends with this program".to_owned());
    }
    let state =
        journal_folder().ok_or("there is no folder for journals: neither XDG_STATE_HOME nor HOME is set")?;
    let id = engine_id(engine).await.map_err(|error| error.to_string())?;
    let folder = journal::engine_folder(&state, &id);
    let entries =
        spawn_blocking(move || journal::read_all(&folder)).await.map_err(|defect| defect.to_string())?;
    let entries = entries.map_err(|error| error.to_string())?;
    Ok(entries.iter().rev().filter_map(operation).take(NEWEST).collect())
}

/// What a person wants to know of an operation; `None` where the beginning of it was lost.
fn operation(entry: &Entry) -> Option<Operation> {
    let header = entry.header()?;
    let holder = entry.holder().unwrap_or(&header.holder);
    Some(Operation {
        began: entry.began()?,
        who: sanitize(&format!("{}@{}", holder.user, holder.host)),
        what: sanitize(&header.command.join(" ")),
        target: sanitize(&header.target),
        verdict: verdict(&entry.stage()),
        why: entry.lines.iter().rev().find_map(|line| why(&line.record)).unwrap_or_default(),
        calls: entry.lines.iter().filter_map(|line| deed(entry, &line.record)).collect(),
    })
}

fn verdict(stage: &Stage) -> Verdict {
    match stage {
        Stage::Open => Verdict::Open,
        Stage::Ended(Outcome::Succeeded) => Verdict::Done,
        Stage::Ended(Outcome::RolledBack) => Verdict::RolledBack,
        Stage::Ended(Outcome::Paused | Outcome::Interrupted) => Verdict::Halted,
        Stage::Ended(Outcome::Refused) => Verdict::Refused,
        Stage::Ended(Outcome::Failed) => Verdict::Failed,
        Stage::Ended(Outcome::Unknown(word)) => Verdict::Unknown(sanitize(word)),
    }
}

fn why(record: &Record) -> Option<String> {
    match record {
        Record::Verdict { text, .. } => Some(sanitize(text)),
        _ => None,
    }
}

fn deed(entry: &Entry, record: &Record) -> Option<Deed> {
    let (what, (result, went)) = match record {
        Record::Intent { seq, call, .. } => (call.clone(), result(entry.result(*seq))),
        Record::Gate { target, state, text } => (format!("wait for {target}"), gate(*state, text)),
        Record::Note { text } => ("note".to_owned(), (text.clone(), Went::Well)),
        Record::Header(_) | Record::Resumed { .. } | Record::Done { .. } | Record::Verdict { .. } => {
            return None;
        }
        Record::Unknown(_) => return None,
    };
    Some(Deed { what: sanitize(&what), result: sanitize(&result), went })
}

fn result(result: Option<&StepResult>) -> (String, Went) {
    match result {
        Some(StepResult::Made { .. }) => ("done".to_owned(), Went::Well),
        Some(StepResult::AlreadySo) => ("there was nothing to do".to_owned(), Went::Well),
        Some(StepResult::Refused { error }) => (error.clone(), Went::Badly),
        Some(StepResult::InDoubt { error }) => (error.clone(), Went::Unknown),
        None => ("nobody knows whether it was done".to_owned(), Went::Unknown),
    }
}

fn gate(state: GateState, text: &str) -> (String, Went) {
    let went = match state {
        GateState::Waiting => Went::Unknown,
        GateState::Passed => Went::Well,
        GateState::Failed => Went::Badly,
    };
    (text.to_owned(), went)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::journal::OpId;

    /// An operation of three calls, of which the second was refused and of the third nothing is known.
    fn entry() -> Entry {
        let lines = [
            r#"{"at":"2026-05-04T12:00:00Z","kind":"header","op":"01jt0000000000000000000000","command":["stop \u001b[31mshop"],"target":"shop/web","holder":{"user":"ada","host":"laptop","pid":7,"started":1,"boot":"b"},"endpoint":"unix:///x","engine":"E","plan":[]}"#,
            r#"{"at":"2026-05-04T12:00:01Z","kind":"intent","seq":1,"step":"s","call":"stop shop-web-1","target":"shop-web-1"}"#,
            r#"{"at":"2026-05-04T12:00:02Z","kind":"done","seq":1,"result":{"is":"made"}}"#,
            r#"{"at":"2026-05-04T12:00:03Z","kind":"intent","seq":2,"step":"s","call":"stop shop-web-2","target":"shop-web-2"}"#,
            r#"{"at":"2026-05-04T12:00:04Z","kind":"done","seq":2,"result":{"is":"refused","error":"no such container"}}"#,
            r#"{"at":"2026-05-04T12:00:05Z","kind":"intent","seq":3,"step":"s","call":"stop shop-web-3","target":"shop-web-3"}"#,
            r#"{"at":"2026-05-04T12:00:06Z","kind":"verdict","outcome":"failed","text":"no such container"}"#,
        ];
        Entry::parse(OpId::parse("01jt0000000000000000000000").unwrap(), lines.join("\n").as_bytes())
    }

    #[test]
    fn each_call_is_told_with_what_came_of_it() {
        let operation = operation(&entry()).unwrap();
        let told: Vec<_> = operation.calls.iter().map(|deed| (deed.what.as_str(), deed.went)).collect();
        assert_eq!(
            told,
            [
                ("stop shop-web-1", Went::Well),
                ("stop shop-web-2", Went::Badly),
                ("stop shop-web-3", Went::Unknown)
            ]
        );
        assert_eq!((operation.verdict, operation.why.as_str()), (Verdict::Failed, "no such container"));
        assert_eq!(operation.began, "2026-05-04T12:00:00Z".parse::<Timestamp>().unwrap());
    }

    #[test]
    fn a_file_that_somebody_wrote_into_cannot_reach_the_terminal_raw() {
        assert_eq!(operation(&entry()).unwrap().what, "stop shop");
    }
}
