//! An operation as its journal tells it.

use jiff::Timestamp;
use serde_json::Value;

use super::{Header, Holder, Line, OpId, Outcome, Record, StepResult};

/// One operation: what could be read of its file, and what could not.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The operation's id, which is the file's name.
    pub op: OpId,
    /// The records, in the order in which they were written.
    pub lines: Vec<Line>,
    /// Lines that are no records.
    pub damage: Vec<Damage>,
}

/// A line that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// Its number, from 1; 0 stands for the whole file.
    pub line: usize,
    /// What became of it.
    pub kind: DamageKind,
}

/// Why a line could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DamageKind {
    /// Its end is missing: the writer or the power went away while it was written. The call of which it was to tell
    /// may have been made if it is a `Done`; it was not if it is an `Intent`.
    Torn,
    /// It is no record, for this reason.
    Unreadable(String),
}

/// How far an operation is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It has no verdict: it goes on, or its process is gone.
    Open,
    /// It has one. See [`Outcome::is_final`].
    Ended(Outcome),
}

impl Entry {
    /// Reads a journal's text. Nothing in it is an error; what is odd is told as damage.
    #[must_use]
    pub fn parse(op: OpId, text: &[u8]) -> Self {
        let mut entry = Self { op, lines: Vec::new(), damage: Vec::new() };
        for (index, raw) in text.split_inclusive(|byte| *byte == b'\n').enumerate() {
            let whole = raw.ends_with(b"\n");
            let line = String::from_utf8_lossy(raw);
            if line.trim().is_empty() {
                continue;
            }
            match Line::parse(line.trim()) {
                Ok(line) => entry.lines.push(line),
                Err(_) if !whole => entry.add_damage(index + 1, DamageKind::Torn),
                Err(cause) => {
                    entry.add_damage(index + 1, DamageKind::Unreadable(crate::text::sanitize(&cause)));
                }
            }
        }
        entry
    }

    pub(super) fn add_damage(&mut self, line: usize, kind: DamageKind) {
        self.damage.push(Damage { line, kind });
    }

    /// How it began; `None` if that line was lost.
    #[must_use]
    pub fn header(&self) -> Option<&Header> {
        self.records().find_map(|record| match record {
            Record::Header(header) => Some(header.as_ref()),
            _ => None,
        })
    }

    /// Who carries it out, or did so last.
    #[must_use]
    pub fn holder(&self) -> Option<&Holder> {
        self.holders().next_back()
    }

    /// Everybody who carried it out, in their order.
    pub fn holders(&self) -> impl DoubleEndedIterator<Item = &Holder> {
        self.records().filter_map(|record| match record {
            Record::Resumed { holder } => Some(holder),
            Record::Header(header) => Some(&header.holder),
            _ => None,
        })
    }

    /// What was done, in a word: `rollout`, `scale`, `restart`.
    #[must_use]
    pub fn verb(&self) -> Option<&str> {
        let header = self.header()?;
        let kind = header.details.pointer("/kind/kind").and_then(Value::as_str);
        kind.or_else(|| header.command.first()?.split_whitespace().next())
    }

    /// Why it ended as it did, in a sentence; empty where there was nothing to say.
    #[must_use]
    pub fn why(&self) -> &str {
        let last = self.records().rev().find_map(|record| match record {
            Record::Verdict { text, .. } => Some(text.as_str()),
            Record::Resumed { .. } => Some(""),
            _ => None,
        });
        last.unwrap_or_default()
    }

    /// When its last verdict was given; `None` as long as it has none.
    #[must_use]
    pub fn ended(&self) -> Option<Timestamp> {
        let last = self.lines.iter().rev().find(|line| matches!(line.record, Record::Verdict { .. }));
        last.filter(|_| self.stage() != Stage::Open).map(|line| line.at)
    }

    /// How far it is: a verdict counts until the operation is resumed.
    #[must_use]
    pub fn stage(&self) -> Stage {
        let last = self.records().rev().find_map(|record| match record {
            Record::Verdict { outcome, .. } => Some(Stage::Ended(outcome.clone())),
            Record::Resumed { .. } => Some(Stage::Open),
            _ => None,
        });
        last.unwrap_or(Stage::Open)
    }

    /// The intents of which nobody knows whether they were carried out.
    pub fn in_doubt(&self) -> impl Iterator<Item = &Record> {
        self.records()
            .filter(|record| matches!(record, Record::Intent { seq, .. } if self.result(*seq).is_none()))
    }

    /// What came of a step, as far as that is known.
    #[must_use]
    pub fn result(&self, wanted: u64) -> Option<&StepResult> {
        self.records().rev().find_map(|record| match record {
            Record::Done { result: StepResult::InDoubt { .. }, .. } => None,
            Record::Done { seq, result } if *seq == wanted => Some(result),
            _ => None,
        })
    }

    /// The number that the next step takes.
    #[must_use]
    pub fn next_seq(&self) -> u64 {
        let seqs = self.records().filter_map(|record| match record {
            Record::Intent { seq, .. } | Record::Done { seq, .. } => Some(*seq),
            _ => None,
        });
        seqs.max().unwrap_or_default() + 1
    }

    /// When it began.
    #[must_use]
    pub fn began(&self) -> Option<Timestamp> {
        let told = i64::try_from(self.op.milliseconds()).ok().map(Timestamp::from_millisecond);
        self.lines.first().map(|line| line.at).or_else(|| told?.ok())
    }

    fn records(&self) -> impl DoubleEndedIterator<Item = &Record> {
        self.lines.iter().map(|line| &line.record)
    }
}

#[cfg(test)]
pub(in crate::journal) mod tests;
