//! Operations as their journals tell them.

use serde::Serialize;

use super::At;
use crate::{
    journal::{Entry as Read, GateState, Record, Stage, StepResult},
    text::sanitize,
};

/// One operation.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    op: String,
    at: Option<At>,
    ended_at: Option<At>,
    user: Option<String>,
    host: Option<String>,
    pid: Option<u32>,
    endpoint: Option<String>,
    engine: Option<String>,
    verb: Option<String>,
    what: Option<String>,
    target: Option<String>,
    /// Its verdict's word, or what its process does.
    pub verdict: String,
    why: Option<String>,
    calls: usize,
    damaged_lines: usize,
}

/// One operation with everything that was written down of it.
#[derive(Clone, Debug, Serialize)]
pub struct Shown {
    #[serde(flatten)]
    entry: Entry,
    plan: Vec<String>,
    records: Vec<Line>,
}

#[derive(Clone, Debug, Serialize)]
struct Line {
    at: At,
    kind: &'static str,
    seq: Option<u64>,
    target: Option<String>,
    state: Option<&'static str>,
    text: String,
}

impl Entry {
    /// An operation; `open` is what its process does, where it has no verdict.
    #[must_use]
    pub fn of(entry: &Read, open: &str) -> Self {
        let (header, holder) = (entry.header(), entry.holder());
        let is_call = |line: &&crate::journal::Line| matches!(line.record, Record::Intent { .. });
        Self {
            op: entry.op.as_str().to_owned(),
            at: entry.began().map(At),
            ended_at: entry.ended().map(At),
            user: holder.map(|holder| holder.user.clone()),
            host: holder.map(|holder| holder.host.clone()),
            pid: holder.map(|holder| holder.pid),
            endpoint: header.map(|header| header.endpoint.clone()),
            engine: header.map(|header| header.engine.clone()),
            verb: entry.verb().map(str::to_owned),
            what: header.map(|header| header.command.join(" ")),
            target: header.map(|header| header.target.clone()),
            verdict: match entry.stage() {
                Stage::Open => open.to_owned(),
                Stage::Ended(outcome) => sanitize(outcome.word()),
            },
            why: Some(entry.why().to_owned()).filter(|why| !why.is_empty()),
            calls: entry.lines.iter().filter(is_call).count(),
            damaged_lines: entry.damage.len(),
        }
    }
}

impl Shown {
    /// An operation with its records; `open` as for [`Entry::of`].
    #[must_use]
    pub fn of(entry: &Read, open: &str) -> Self {
        Self {
            plan: entry.header().map(|header| header.plan.clone()).unwrap_or_default(),
            records: entry.lines.iter().map(Line::of).collect(),
            entry: Entry::of(entry, open),
        }
    }
}

impl Line {
    fn of(line: &crate::journal::Line) -> Self {
        let said = |kind, text: String| (kind, None, None, None, text);
        let (kind, seq, target, state, text) = match &line.record {
            Record::Header(header) => said("header", header.command.join(" ")),
            Record::Resumed { holder } => said("resumed", format!("{}@{}", holder.user, holder.host)),
            Record::Intent { seq, call, target, .. } => {
                ("intent", Some(*seq), Some(target.clone()), None, call.clone())
            }
            Record::Done { seq, result } => {
                let (state, text) = outcome(result);
                ("done", Some(*seq), None, Some(state), text)
            }
            Record::Gate { target, state, text } => {
                ("gate", None, Some(target.clone()), Some(gate(*state)), text.clone())
            }
            Record::Note { text } => said("note", text.clone()),
            Record::Verdict { outcome, text } => said("verdict", join(outcome.word(), text)),
            Record::Unknown(value) => said("unknown", value.to_string()),
        };
        Self { at: At(line.at), kind, seq, target, state, text }
    }
}

/// The word for what came of a call, and why.
pub(in crate::cli) fn outcome(result: &StepResult) -> (&'static str, String) {
    match result {
        StepResult::Made { object } => ("made", object.clone().unwrap_or_default()),
        StepResult::AlreadySo => ("already-so", String::new()),
        StepResult::Refused { error } => ("refused", error.clone()),
        StepResult::InDoubt { error } => ("in-doubt", error.clone()),
    }
}

/// The word for how far a gate is.
pub(in crate::cli) const fn gate(state: GateState) -> &'static str {
    match state {
        GateState::Waiting => "waiting",
        GateState::Passed => "passed",
        GateState::Failed => "failed",
    }
}

/// A word, and why if there is anything to say.
pub(in crate::cli) fn join(word: &str, why: &str) -> String {
    if why.is_empty() { word.to_owned() } else { format!("{word}: {why}") }
}
