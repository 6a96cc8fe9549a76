//! Log lines that are JSON objects.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::Value;

use crate::text::sanitize;

const MESSAGE: [&str; 4] = ["msg", "message", "event", "text"];
const LEVEL: [&str; 6] = ["level", "lvl", "severity", "loglevel", "log.level", "levelname"];
const TIME: [&str; 6] = ["time", "ts", "timestamp", "@timestamp", "asctime", "datetime"];

/// A log line that is a JSON object, in the order in which people read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Structured {
    /// How grave it is, in capitals; empty if the line does not say.
    pub level: String,
    /// What it says; empty if it has no such field.
    pub message: String,
    /// Its other fields in the line's own order, its time last.
    pub fields: Vec<(String, String)>,
}

impl Structured {
    /// Reads `line`; `None` if it is no JSON object. All text in it is sanitised: escapes may hide anything.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        let line = line.trim();
        if !line.starts_with('{') || !line.ends_with('}') {
            return None;
        }
        let Pairs(pairs) = serde_json::from_str(line).ok()?;
        let mut read = Self::default();
        let mut times = Vec::new();
        for (name, value) in pairs {
            match name.as_str() {
                name if read.message.is_empty() && MESSAGE.contains(&name) => read.message = text(&value),
                name if read.level.is_empty() && LEVEL.contains(&name) => read.level = level(&value),
                name if TIME.contains(&name) => times.push((name.to_owned(), text(&value))),
                name => read.fields.push((sanitize(name), text(&value))),
            }
        }
        read.fields.append(&mut times);
        Some(read)
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => sanitize(text),
        other => sanitize(&other.to_string()),
    }
}

/// Words in capitals; bunyan's and pino's numbers as words.
fn level(value: &Value) -> String {
    match value.as_u64() {
        Some(10) => "TRACE".to_owned(),
        Some(20) => "DEBUG".to_owned(),
        Some(30) => "INFO".to_owned(),
        Some(40) => "WARN".to_owned(),
        Some(50) => "ERROR".to_owned(),
        Some(60) => "FATAL".to_owned(),
        _ => text(value).to_uppercase(),
    }
}

/// An object's members in their own order.
struct Pairs(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(PairsVisitor)
    }
}

struct PairsVisitor;

impl<'de> Visitor<'de> for PairsVisitor {
    type Value = Pairs;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Pairs, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = members.next_entry()? {
            pairs.push(pair);
        }
        Ok(Pairs(pairs))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_comes_first_then_the_fields_in_their_order_and_the_time_last() {
        let line =
            r#"{"ts":"12:04","level":"error","service":"payments","msg":"timeout","code":504,"a":null}"#;
        let read = Structured::parse(line).unwrap();
        assert_eq!((read.level.as_str(), read.message.as_str()), ("ERROR", "timeout"));
        let fields: Vec<String> = read.fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(fields, ["service=payments", "code=504", "a=null", "ts=12:04"]);
    }

    #[test]
    fn numeric_levels_are_read_as_words() {
        assert_eq!(Structured::parse(r#"{"level":50,"msg":"x"}"#).unwrap().level, "ERROR");
    }

    #[test]
    fn escape_sequences_hidden_in_json_are_removed() {
        let read = Structured::parse(r#"{"msg":"\u001b[31mred","k\u0007":"\u001b]0;t\u0007v"}"#).unwrap();
        assert_eq!(read.message, "red");
        assert_eq!(read.fields, [("k".to_owned(), "v".to_owned())]);
    }

    #[test]
    fn what_is_no_object_is_left_alone() {
        for line in ["", "plain", "{half", "[1]", "{not json}", "\"text\""] {
            assert_eq!(Structured::parse(line), None, "{line}");
        }
    }
}
