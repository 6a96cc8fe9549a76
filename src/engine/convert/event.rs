//! Events: `GET /events`.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{clean, clean_map, wire};
use crate::domain::{EngineEvent, EventKind, Subject};

wire! {
    /// One line of the stream.
    struct Told {
        subject: String = "Type",
        action: String = "Action",
        actor: Actor = "Actor",
        seconds: i64 = "time",
        nanoseconds: i64 = "timeNano",
    }

    /// What it happened to.
    struct Actor { id: String = "ID", attributes: BTreeMap<String, String> = "Attributes" }
}

impl Told {
    /// The event.
    pub(in crate::engine) fn event(self) -> EngineEvent {
        let at = self.at();
        let attributes = clean_map(self.actor.attributes);
        EngineEvent {
            at,
            subject: Subject::parse(&clean(&self.subject)),
            id: clean(&self.actor.id),
            name: attributes.get("name").cloned().unwrap_or_default(),
            kind: kind(&clean(&self.action), &attributes),
            attributes,
        }
    }

    fn at(&self) -> Timestamp {
        let precise = Timestamp::from_nanosecond(i128::from(self.nanoseconds)).ok();
        precise
            .filter(|_| self.nanoseconds > 0)
            .or_else(|| Timestamp::from_second(self.seconds).ok())
            .unwrap_or_default()
    }
}

fn kind(action: &str, attributes: &BTreeMap<String, String>) -> EventKind {
    let attribute = |name: &str| attributes.get(name).map(String::as_str).unwrap_or_default();
    match action {
        "create" => EventKind::Create,
        "start" => EventKind::Start,
        "die" => EventKind::Die(attribute("exitCode").parse().unwrap_or_default()),
        "oom" => EventKind::Oom,
        "kill" => EventKind::Kill(attribute("signal").to_owned()),
        "stop" => EventKind::Stop,
        "pause" => EventKind::Pause,
        "unpause" => EventKind::Unpause,
        "restart" => EventKind::Restart,
        "destroy" | "remove" => EventKind::Destroy,
        "update" => EventKind::Update,
        other => match other.strip_prefix("health_status") {
            Some(word) => EventKind::Health(word.trim_start_matches([':', ' ']).to_owned()),
            None => EventKind::Other(other.to_owned()),
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(json: &serde_json::Value) -> EngineEvent {
        serde_json::from_str::<Told>(&json.to_string()).unwrap().event()
    }

    #[test]
    fn a_container_that_died_tells_its_exit_code_and_the_moment_to_the_nanosecond() {
        let event = read(&json!({"Type": "container", "Action": "die", "time": 1_700_000_000,
            "timeNano": 1_700_000_000_123_456_789_i64,
            "Actor": {"ID": "abc", "Attributes": {"name": "web-1", "exitCode": "137"}}}));
        assert_eq!(
            (event.subject, event.kind, event.name.as_str()),
            (Subject::Container, EventKind::Die(137), "web-1")
        );
        assert_eq!(event.at.subsec_nanosecond(), 123_456_789);
    }

    #[test]
    fn actions_are_told_apart_and_unknown_ones_kept() {
        let kind = |action: &str| read(&json!({"Type": "container", "Action": action})).kind;
        assert_eq!(kind("health_status: unhealthy"), EventKind::Health("unhealthy".into()));
        assert_eq!(kind("remove"), EventKind::Destroy);
        assert_eq!(kind("teleport"), EventKind::Other("teleport".into()));
        assert!(kind("exec_start: sh -c true").is_exec());
    }

    #[test]
    fn a_subject_of_another_time_is_kept() {
        assert_eq!(read(&json!({"Type": "wormhole"})).subject, Subject::Other("wormhole".into()));
    }
}
