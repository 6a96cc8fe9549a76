//! What a Compose service ran before its last update: labels on the engine tell, or this machine's journal.

use crate::{
    command::{
        Member, ObservedService,
        execute::{
            diary::{engine_id, folder},
            lock::{Errand, Kind},
        },
        rollout::{PutBack, Ran},
    },
    domain::ServiceKey,
    engine::{Engine, EngineError},
    journal::{Entry, Outcome, Stage, engine_folder, read_all},
};

/// What a service ran before; `None` if nobody knows.
pub(super) async fn before(
    engine: &Engine,
    service: &ObservedService,
) -> Result<Option<PutBack>, EngineError> {
    if let Some(noted) = service.members.iter().filter_map(noted).max_by(|a, b| a.operation.cmp(&b.operation))
    {
        return Ok(Some(noted));
    }
    let Some(first) = service.members.first() else { return Ok(None) };
    let now = Ran::by(first);
    let entries = finished(engine, &service.key).await?;
    Ok(entries.iter().rev().find_map(|entry| journalled(entry, &now)))
}

/// What a container's own labels tell.
fn noted(member: &Member) -> Option<PutBack> {
    Some(PutBack { to: Ran::before(member)?, operation: member.operation.clone() })
}

/// What an operation's journal tells, if what it made is what runs now: Compose may have made the containers anew.
fn journalled(entry: &Entry, now: &Ran) -> Option<PutBack> {
    let errand: Errand = serde_json::from_value(entry.header()?.details.clone()).ok()?;
    let Kind::Rollout(terms) = errand.kind else { return None };
    let made = Ran { reference: terms.stands_for().to_owned(), id: terms.image_id.clone() };
    let to = terms.previous.filter(|previous| previous != now && made == *now)?;
    Some(PutBack { to, operation: Some(errand.operation) })
}

/// The operations on a service that went as planned, oldest first.
async fn finished(engine: &Engine, key: &ServiceKey) -> Result<Vec<Entry>, EngineError> {
    let Some(state) = folder() else { return Ok(Vec::new()) };
    let id = engine_id(engine).await?;
    let target = key.to_string();
    // A journal that cannot be read tells nothing; that is said where nothing else tells.
    let mut entries = read_all(&engine_folder(&state, &id)).unwrap_or_default();
    entries.retain(|entry| {
        entry.stage() == Stage::Ended(Outcome::Succeeded)
            && entry.header().is_some_and(|header| header.target == target)
    });
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::{
        command::{
            order::{Decision, Order},
            rollout::Terms,
        },
        journal::{Header, Holder, Line, OpId, Record},
    };

    fn ran(tag: &str) -> Ran {
        Ran { reference: format!("shop/web:{tag}"), id: format!("sha256:{tag}") }
    }

    /// The journal of an update from one tag to another.
    fn entry(from: &str, to: &str) -> Entry {
        let decision = Decision { order: Order::StartFirst, reason: String::new() };
        let terms = Terms {
            image_id: ran(to).id,
            previous: Some(ran(from)),
            ..Terms::new(ran(to).reference, decision)
        };
        let errand = serde_json::json!({
            "operation": "01A", "kind": { "kind": "rollout" }, "stack": "shop", "service": "web",
            "user": "ada", "host": "lovelace", "pid": 1, "began": "",
        });
        let mut details = errand;
        let mut kind = serde_json::to_value(&terms).unwrap();
        kind["kind"] = "rollout".into();
        details["kind"] = kind;
        let op = OpId::parse("01m7ymerwb14k2va6zv1jcksxt").unwrap();
        let header = Header {
            op: op.clone(),
            command: Vec::new(),
            target: "shop/web".to_owned(),
            holder: Holder::of_this_process("ada"),
            endpoint: String::new(),
            engine: "E".to_owned(),
            plan: Vec::new(),
            details,
        };
        let at = "2026-05-04T12:00:00Z".parse::<Timestamp>().unwrap();
        let lines = vec![Line { at, record: Record::Header(Box::new(header)) }];
        Entry { op, lines, damage: Vec::new() }
    }

    #[test]
    fn a_journal_tells_what_ran_before_what_runs_now() {
        let told = journalled(&entry("1", "2"), &ran("2"));
        assert_eq!(told, Some(PutBack { to: ran("1"), operation: Some("01A".to_owned()) }));
    }

    #[test]
    fn a_journal_of_what_does_not_run_any_more_tells_nothing() {
        assert_eq!(journalled(&entry("1", "2"), &ran("3")), None);
        assert_eq!(journalled(&entry("2", "2"), &ran("2")), None, "the same image once more");
    }
}
