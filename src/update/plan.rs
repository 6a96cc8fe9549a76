//! A plan on its way: asked for, shown, confirmed by as much as its risk asks for.

use super::{Effect, Effects, Planned, Request, field, mark, notify, operate, subject::Subject};
use crate::{
    action::{Action, Key},
    command::Risk,
    domain::StackName,
    model::{Draft, Field, Job, JobId, Model, NoticeLevel, Origin, Overlay, Planning, RowKey, Turn},
};

/// Asks for the plan and shows that it is being made.
pub(super) fn prepare(model: &mut Model, request: Request, subject: Subject) -> Effects {
    let job = model.jobs.number();
    model.focus.overlay = Some(Overlay::Plan(Planning {
        job,
        service: subject.only().and_then(RowKey::service).cloned(),
        backup: backup(&request),
        subject: subject.name,
        origin: origin(&request),
        turns: Vec::new(),
        draft: Draft::Asked,
        name: Field::default(),
        scroll: 0,
    }));
    vec![Effect::Prepare { job, request }]
}

const fn origin(request: &Request) -> Origin {
    match request {
        Request::Resume(_) | Request::RollBack(_) => Origin::LeftBehind,
        Request::Each { .. }
        | Request::Update { .. }
        | Request::UpdateAll { .. }
        | Request::Scale { .. }
        | Request::Renew { .. }
        | Request::Revert { .. }
        | Request::BackUp { .. }
        | Request::Restore { .. }
        | Request::Drill { .. }
        | Request::Prune => Origin::New,
    }
}

/// The stack whose data it is about, if it keeps data or brings it back.
fn backup(request: &Request) -> Option<StackName> {
    match request {
        Request::BackUp { stack, .. } | Request::Restore { stack, .. } | Request::Drill { stack, .. } => {
            Some(stack.clone())
        }
        Request::Each { .. }
        | Request::Update { .. }
        | Request::UpdateAll { .. }
        | Request::Scale { .. }
        | Request::Renew { .. }
        | Request::Revert { .. }
        | Request::Prune
        | Request::Resume(_)
        | Request::RollBack(_) => None,
    }
}

/// A plan, or a refusal, arrived. It is shown only if its overlay is still open.
pub(super) fn arrived(model: &mut Model, job: JobId, answer: Result<Planned, String>) -> Effects {
    let Some(Overlay::Plan(planning)) = &mut model.focus.overlay else { return Effects::new() };
    if planning.job != job {
        return Effects::new();
    }
    model.dirty = true;
    match answer {
        Ok(Planned { plan, .. }) if plan.is_empty() && planning.origin == Origin::New => {
            let text = format!("{}: there is nothing to do", plan.title);
            model.focus.overlay = None;
            notify(model, NoticeLevel::Note, text);
        }
        Ok(Planned { plan, turns }) => {
            planning.turns = turns;
            let asks = plan.risk > Risk::None;
            planning.draft = Draft::Ready(Box::new(plan));
            return if asks { Effects::new() } else { begin(model) };
        }
        Err(why) => planning.draft = Draft::Refused(why),
    }
    Effects::new()
}

/// The person says yes by one key.
pub(super) fn confirm(model: &mut Model) -> Effects {
    match &model.focus.overlay {
        Some(Overlay::Plan(planning)) if planning.wants_yes() => begin(model),
        Some(_) | None => Effects::new(),
    }
}

/// The person typed the name and pressed Enter.
pub(super) fn named(model: &mut Model) -> Effects {
    let Some(Overlay::Plan(planning)) = &mut model.focus.overlay else { return Effects::new() };
    if planning.name.text.trim() != planning.subject {
        planning.name.error = Some(format!("that is not {}", planning.subject));
        return Effects::new();
    }
    match operate::refusal(model, Action::Confirm) {
        None => begin(model),
        Some(why) => {
            notify(model, NoticeLevel::Note, why);
            Effects::new()
        }
    }
}

fn begin(model: &mut Model) -> Effects {
    let Some(Overlay::Plan(planning)) = model.focus.overlay.take() else { return Effects::new() };
    mark::clear(model);
    model.jobs.selected = model.jobs.all.len();
    let first = planning.job;
    let mut ids = Vec::with_capacity(planning.turns.len());
    for Turn { service, plan, operation } in planning.turns {
        let id = if ids.is_empty() { first } else { model.jobs.number() };
        let service = service.or_else(|| planning.service.clone());
        let backup = planning.backup.clone();
        let job = Job { operation, backup, ..Job::of(id, plan, service, model.clock.running) };
        model.jobs.all.push(job.after(first));
        ids.push(id);
    }
    vec![Effect::Run(ids)]
}

/// The text that an overlay is being told, if one is.
fn field(model: &mut Model) -> Option<&mut Field> {
    match &mut model.focus.overlay {
        Some(Overlay::Ask(ask)) => Some(&mut ask.answer),
        Some(Overlay::Plan(planning)) if planning.wants_name() => Some(&mut planning.name),
        Some(Overlay::Palette(palette)) => {
            // What was selected is another one once more is typed.
            palette.selected = 0;
            Some(&mut palette.field)
        }
        Some(Overlay::Plan(_) | Overlay::Help { .. } | Overlay::Leave(_)) | None => None,
    }
}

/// A key that is no command is a letter.
pub(super) fn typed(model: &mut Model, key: Key) {
    if let Some(field) = field(model)
        && field::typed(&mut field.text, key)
    {
        field.error = None;
        model.dirty = true;
    }
}

pub(super) fn paste(model: &mut Model, text: &str) {
    if let Some(field) = field(model) {
        field::paste(&mut field.text, text);
        field.error = None;
        model.dirty = true;
    }
}
