//! The journal: read when somebody looks at it, and again when a job has ended.

use super::{Effect, Effects};
use crate::model::{Model, Operation, Reading};

pub(super) fn ask(model: &mut Model) -> Option<Effect> {
    if model.journal.reading != Reading::Wanted {
        return None;
    }
    model.journal.reading = Reading::Asked;
    Some(Effect::ReadJournal)
}

pub(super) fn arrived(model: &mut Model, answer: Result<Vec<Operation>, String>) -> Effects {
    match answer {
        Ok(operations) => {
            model.journal.operations = operations;
            model.journal.reading = Reading::Done;
        }
        Err(why) => model.journal.reading = Reading::Failed(why),
    }
    model.dirty = true;
    Effects::new()
}
