//! Records and the lines they are written as.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Header, Holder, mask::masked};

/// A record and when it was made.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// When, by the wall clock.
    pub at: Timestamp,
    /// What.
    pub record: Record,
}

/// What a journal holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Record {
    /// The first one.
    Header(Box<Header>),
    /// Another process goes on with an interrupted operation.
    Resumed {
        /// That process.
        holder: Holder,
    },
    /// A call is about to be made.
    Intent {
        /// The step's number, from 1.
        seq: u64,
        /// The step in words for people: `start the new replica`.
        step: String,
        /// The call: `start`.
        call: String,
        /// The object: a name or an id.
        target: String,
        /// What it takes to undo it.
        #[serde(default, skip_serializing_if = "Value::is_null")]
        undo: Value,
    },
    /// The call of that number was made.
    Done {
        /// The step's number.
        seq: u64,
        /// What came of it.
        result: StepResult,
    },
    /// A condition that is waited for.
    Gate {
        /// What has to meet it.
        target: String,
        /// How far it is.
        state: GateState,
        /// What was seen.
        text: String,
    },
    /// Anything worth reading later.
    Note {
        /// The sentence.
        text: String,
    },
    /// The last one, unless the operation is resumed.
    Verdict {
        /// How it ended.
        outcome: Outcome,
        /// Why, in a sentence.
        text: String,
    },
    /// One that this version does not know, as it was found.
    #[serde(skip)]
    Unknown(Value),
}

/// What came of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum StepResult {
    /// It was carried out; `object` is the id of what it made.
    Made {
        /// An id.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        object: Option<String>,
    },
    /// There was nothing to do.
    AlreadySo,
    /// The engine refused.
    Refused {
        /// The error, as a sentence.
        error: String,
    },
    /// No answer came: it may have been carried out.
    InDoubt {
        /// The error, as a sentence.
        error: String,
    },
}

/// How far a gate is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GateState {
    /// It is waited for.
    Waiting,
    /// It was met.
    Passed,
    /// It was not, and will not be.
    Failed,
}

/// How an operation ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// What was asked for is so.
    Succeeded,
    /// It failed, and all is as before.
    RolledBack,
    /// Nothing was done: the plan or a lock stood against it.
    Refused,
    /// It waits for somebody to decide.
    Paused,
    /// Its user stopped it midway.
    Interrupted,
    /// It failed, and somebody has to put it right.
    Failed,
    /// A word that this version does not know.
    #[serde(untagged)]
    Unknown(String),
}

impl Outcome {
    /// Whether nothing is left to be done. What is paused or was interrupted can be resumed.
    #[must_use]
    pub const fn is_final(&self) -> bool {
        match self {
            Self::Paused | Self::Interrupted => false,
            Self::Succeeded | Self::RolledBack | Self::Refused | Self::Failed | Self::Unknown(_) => true,
        }
    }

    /// The word it is written as.
    #[must_use]
    pub fn word(&self) -> &str {
        match self {
            Self::Succeeded => "succeeded",
            Self::RolledBack => "rolled-back",
            Self::Refused => "refused",
            Self::Paused => "paused",
            Self::Interrupted => "interrupted",
            Self::Failed => "failed",
            Self::Unknown(word) => word,
        }
    }
}

impl Line {
    /// The line as it is written, newline included: one object, without secrets.
    pub(super) fn to_text(&self) -> Result<String, serde_json::Error> {
        let mut value = match &self.record {
            Record::Unknown(value) => value.clone(),
            known => serde_json::to_value(known)?,
        };
        masked(&mut value);
        if let Value::Object(members) = &mut value {
            members.insert("at".to_owned(), Value::String(self.at.to_string()));
        }
        Ok(format!("{value}\n"))
    }

    /// Reads a line. A record that this version does not know is kept; what is no object with a time is an error.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let value: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let at = value.get("at").and_then(Value::as_str).ok_or("it tells no time")?;
        let at = at.parse().map_err(|error: jiff::Error| error.to_string())?;
        let record = Record::deserialize(&value).unwrap_or(Record::Unknown(value));
        Ok(Self { at, record })
    }
}
