//! What was done to the engine, as its journal keeps it.

use jiff::Timestamp;

/// The operations on the engine, as far as they were read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Journal {
    /// The operations, the newest first; those of before, while they are read anew.
    pub operations: Vec<Operation>,
    /// How far reading is.
    pub reading: Reading,
}

/// How far reading is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Reading {
    /// It is to be read.
    #[default]
    Wanted,
    /// It is being read.
    Asked,
    /// It was read.
    Done,
    /// Why there is nothing to read, in a sentence.
    Failed(String),
}

/// One operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// When it began.
    pub began: Timestamp,
    /// Who carried it out, and where: `ada@laptop`.
    pub who: String,
    /// What was done: `rolling update of shop/web`.
    pub what: String,
    /// What it was done to: `shop/web`.
    pub target: String,
    /// How it ended.
    pub verdict: Verdict,
    /// Why, in a sentence; empty where there is nothing to say.
    pub why: String,
    /// What was called and what was waited for, each with what came of it.
    pub calls: Vec<Deed>,
}

/// How an operation ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It has not.
    Open,
    /// As it was planned.
    Done,
    /// Everything is as before.
    RolledBack,
    /// It was stopped half-way.
    Halted,
    /// It was not begun.
    Refused,
    /// Somebody has to put it right.
    Failed,
    /// In a word that this version does not know.
    Unknown(String),
}

/// A call, or something that was waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    /// It in a few words: `stop shop-web-1`.
    pub what: String,
    /// What came of it.
    pub result: String,
    /// Whether that is what was wanted.
    pub went: Went,
}

/// Whether something went as it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Went {
    /// It did.
    Well,
    /// It did not.
    Badly,
    /// Nobody knows.
    Unknown,
}

impl Operation {
    /// Whether it was done to `target` or to something of it: `shop` has what was done to `shop/web`.
    #[must_use]
    pub fn concerns(&self, target: &str) -> bool {
        let rest = self.target.strip_prefix(target);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}
