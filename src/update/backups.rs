//! Backup sets: read at the start, every minute, and when a job has ended; selected one by one.

use std::time::Duration;

use super::{Effect, Effects, Request, navigate::Move, notify, plan, subject::Subject};
use crate::{
    command::{
        execute::{lock::Kind, operation::Life},
        restore::Way,
    },
    domain::{Backups, StackName},
    model::{Ask, Extent, Field, Job, Model, NoticeLevel, Overlay, Reading, RowKey, Wish},
    text,
};

/// The words for where restored data goes.
const FRESH: &str = "fresh";
const IN_PLACE: &str = "in-place";

/// Sets are also made by others: by timers, on other machines.
const AGAIN: Duration = Duration::from_secs(60);

pub(super) fn ask(model: &mut Model) -> Option<Effect> {
    if model.shelf.reading != Reading::Wanted {
        return None;
    }
    model.shelf.reading = Reading::Asked;
    Some(Effect::ReadBackups)
}

pub(super) fn arrived(model: &mut Model, answer: Result<Backups, String>) -> Effects {
    model.shelf.read_at = model.clock.running;
    match answer {
        Ok(backups) => {
            model.known.shelve(backups, model.clock.wall);
            grow(model);
            model.shelf.reading = Reading::Done;
        }
        Err(why) => model.shelf.reading = Reading::Failed(why),
    }
    model.dirty = true;
    Effects::new()
}

/// Has them read again once a minute has gone by.
pub(super) fn settle(model: &mut Model) {
    let is_idle = matches!(model.shelf.reading, Reading::Done | Reading::Failed(_));
    if is_idle && model.clock.running.saturating_sub(model.shelf.read_at) >= AGAIN {
        model.shelf.reading = Reading::Wanted;
    }
}

/// Selects another set of the stack that is shown.
pub(super) fn select(model: &mut Model, movement: Move) {
    let Some((_, backups)) = model.backups() else { return };
    let page = usize::from(model.hits.detail_rows);
    let to = movement.from(model.set_place(&backups), backups.sets.len(), page);
    model.shelf.selected = backups.sets.get(to).map(|set| set.id.clone());
}

/// Takes in who is writing sets: what is not finished yet is no failure.
pub(super) fn grow(model: &mut Model) {
    let is_held = |stack: &StackName| {
        model.known.unfinished.iter().any(|errand| {
            let is_gone = model.known.lives.get(&errand.operation) == Some(&Life::Gone);
            matches!(errand.kind, Kind::Backup(_)) && errand.stack == stack.as_str() && !is_gone
        })
    };
    // Who only reads has no operation.
    let writes = |job: &Job| job.is_at_work() && job.operation.is_some();
    let is_ours = |stack: &StackName| model.jobs.on_backups(stack).is_some_and(writes);
    let busy: Vec<StackName> =
        model.known.backups.stacks.keys().filter(|stack| is_held(stack) || is_ours(stack)).cloned().collect();
    for (stack, backups) in &mut model.known.backups.stacks {
        backups.grow(busy.contains(stack));
    }
    model.known.judge_backups(model.clock.wall);
}

/// Asks for the plan of a backup of the selection.
pub(super) fn back_up(model: &mut Model) -> Effects {
    match subject(model) {
        Ok((subject, stack, service)) => plan::prepare(model, Request::BackUp { stack, service }, subject),
        Err(why) => refuse(model, why),
    }
}

/// Asks where the data of the selected set is to go.
pub(super) fn restore(model: &mut Model) -> Effects {
    let asked = subject(model).and_then(|(_, stack, service)| {
        let (set, called) = chosen(model)?;
        let now = format!(
            "{called}; fresh: into new volumes, those of now are kept; in-place: what is in those of now is lost"
        );
        Ok(Ask {
            wish: Wish::Update,
            extent: Extent::Set { stack, service, set },
            now,
            answer: Field::of(FRESH),
        })
    });
    match asked {
        Ok(ask) => {
            model.focus.overlay = Some(Overlay::Ask(ask));
            Effects::new()
        }
        Err(why) => refuse(model, why),
    }
}

/// Where the answer says that the data is to go.
pub(super) fn way(text: &str) -> Result<Way, String> {
    match text {
        FRESH => Ok(Way::Fresh),
        IN_PLACE => Ok(Way::InPlace),
        _ => Err(format!("{FRESH} or {IN_PLACE} is wanted")),
    }
}

/// Asks for the plan of a restore in throw-away copies.
pub(super) fn drill(model: &mut Model) -> Effects {
    let request = subject(model).and_then(|(_, stack, _)| Ok((stack, chosen(model)?.0)));
    match request {
        Ok((stack, set)) => {
            let subject = Subject::of_stack(&stack);
            plan::prepare(model, Request::Drill { stack, set }, subject)
        }
        Err(why) => refuse(model, why),
    }
}

/// The id of the selected set, and what a person knows it by.
fn chosen(model: &Model) -> Result<(String, String), String> {
    let none = || "there is no backup set of the selection".to_owned();
    let (_, backups) = model.backups().ok_or_else(none)?;
    let selected = model.selected_set(&backups).filter(|_| model.shelf.selected.is_some());
    let set = selected.or_else(|| backups.last_good()).ok_or_else(none)?;
    if !set.is_whole() {
        return Err(format!(
            "set {} cannot be restored: {}",
            set.id,
            set.soundness.trouble().unwrap_or("it is being written")
        ));
    }
    let age = text::age(model.clock.seconds_since(set.began));
    Ok((set.id.clone(), format!("set {} of {age} ago, {}", set.id, text::bytes(set.stored()))))
}

/// Begins to read the selected set of the selection to its last byte.
pub(super) fn verify(model: &mut Model) -> Effects {
    let known = model.backups().and_then(|(stack, backups)| {
        let set = model.selected_set(&backups)?;
        let whole = model.known.backups.of(stack)?.sets.iter().find(|it| it.id == set.id)?;
        let parts = whole.parts.iter().map(|part| part.called.clone()).collect::<Vec<_>>();
        Some((stack.clone(), set.id.clone(), parts))
    });
    let Some((stack, set, parts)) = known else {
        return refuse(model, "there is no backup set of the selection to verify".to_owned());
    };
    let job = model.jobs.number();
    let title = format!("verify set {set} of {stack}");
    model.jobs.selected = model.jobs.all.len();
    model.jobs.all.push(Job::reading(job, title, stack.clone(), parts, model.clock.running));
    vec![Effect::Verify { job, stack, set }]
}

/// The stack of the selection, and the service if it is not all of the stack.
fn subject(model: &Model) -> Result<(Subject, StackName, Option<String>), String> {
    let subject = Subject::of(model)?;
    let Some(row) = subject.only() else {
        return Err(format!(
            "{} are marked, and backups are made one by one: take the marks away",
            subject.name
        ));
    };
    let stack = row.stack().cloned();
    let stack =
        stack.ok_or_else(|| format!("{} is of no stack, and only stacks are backed up", subject.name))?;
    let service = row.service().map(|key| key.name.clone());
    let subject = match row {
        RowKey::Replica(key) => Subject::service(&key.service),
        RowKey::Stack(..) | RowKey::Service(_) => Subject::of_row(row.clone())?,
    };
    Ok((subject, stack, service))
}

fn refuse(model: &mut Model, why: String) -> Effects {
    notify(model, NoticeLevel::Note, why);
    Effects::new()
}
