//! Operations that were stopped half-way: their locks tell of them, wherever they were begun.

use super::{Effect, Effects, Request, notify, plan, subject::Subject};
use crate::{
    action::{Action, Context},
    command::execute::{lock::Errand, operation::Life},
    domain::{BackupTrouble, Finding, Severity, StackKind, Status, Trouble},
    model::{JobState, Model, NoticeLevel, Outcome, Pane, RowKey},
};

/// What the finding of such an operation says, and no other.
const NOT_ENDED: &str = "has not ended";

/// Finds the locks on the engine that are not those of the jobs here; each is a finding.
pub(super) fn look(model: &mut Model) {
    let snapshot = &model.known.snapshot;
    let containers = snapshot.containers.iter().map(|container| &container.labels);
    let errands = containers.chain(&snapshot.locks).filter_map(Errand::of_labels);
    let left: Vec<Errand> = errands.filter(|errand| !is_ours(model, errand)).collect();
    let told: Vec<Finding> = left.iter().map(|errand| finding(model, errand)).collect();
    let known = &mut model.known;
    let is_of_lock = |finding: &Finding| finding.status == Status::Paused && finding.text.contains(NOT_ENDED);
    known.findings.retain(|finding| !is_of_lock(finding));
    let place = known.findings.partition_point(|finding| finding.severity == Severity::Critical);
    known.findings.splice(place..place, told);
    known.unfinished = left;
}

/// Has it looked whose hands they are in, if there are any.
pub(super) fn ask(model: &Model) -> Effects {
    if model.known.unfinished.is_empty() { Effects::new() } else { vec![Effect::AskHolders] }
}

/// A process that dies tells nobody: those that live are looked after.
pub(super) fn watch(model: &Model) -> Effects {
    let lives = |errand: &Errand| model.known.lives.get(&errand.operation) == Some(&Life::Alive);
    if model.known.unfinished.iter().any(lives) { ask(model) } else { Effects::new() }
}

/// Takes in whose hands they are in.
pub(super) fn seen(model: &mut Model, lives: Vec<(String, Life)>) -> Effects {
    let lives = lives.into_iter().collect();
    if model.known.lives != lives {
        model.known.lives = lives;
        look(model);
        model.dirty = true;
    }
    Effects::new()
}

/// What was found and brought back is told.
pub(super) fn healed(model: &mut Model, sentences: Vec<String>) -> Effects {
    sentences.into_iter().for_each(|sentence| notify(model, NoticeLevel::Error, sentence));
    Effects::new()
}

/// Whether the lock is that of a job here which goes on, or has just ended well.
fn is_ours(model: &Model, errand: &Errand) -> bool {
    let own = model.jobs.all.iter().find(|job| job.operation.as_ref() == Some(&errand.operation));
    own.or_else(|| model.jobs.on(&errand.key())).is_some_and(|job| match &job.state {
        JobState::Waits => false,
        JobState::Runs | JobState::Pauses | JobState::Stops => true,
        JobState::Ended { outcome, .. } => matches!(outcome, Outcome::Done | Outcome::RolledBack(_)),
    })
}

fn finding(model: &Model, errand: &Errand) -> Finding {
    let what = errand.kind.noun();
    Finding {
        severity: Severity::Warning,
        service: Some(errand.key()).filter(|key| !key.name.is_empty()),
        backup: of_backup(errand),
        subject: errand.called(),
        status: Status::Paused,
        text: format!("{what} by {}@{}{}", errand.user, errand.host, standing(model, errand)),
    }
}

/// A backup that has not ended is shown with the backups of its stack.
fn of_backup(errand: &Errand) -> Option<BackupTrouble> {
    let stack = errand.key().stack.filter(|_| errand.service.is_empty())?;
    Some(BackupTrouble { stack, what: Trouble::LeftBehind })
}

/// How it stands: only of one whose process is gone can be said that it waits for somebody.
fn standing(model: &Model, errand: &Errand) -> String {
    let since = errand.began.parse().map(|began| crate::text::age(model.clock.seconds_since(began)));
    let since = since.map(|age| format!(", begun {age} ago,")).unwrap_or_default();
    match model.known.lives.get(&errand.operation) {
        Some(Life::Alive) => format!("{since} {NOT_ENDED}: its process is at work"),
        Some(Life::Elsewhere) => {
            format!("{since} {NOT_ENDED}; whether its process lives can be seen on {} only", errand.host)
        }
        Some(Life::Gone) => format!("{since} {NOT_ENDED}{}", keys(model, errand)),
        None => format!("{since} {NOT_ENDED}"),
    }
}

fn keys(model: &Model, errand: &Errand) -> String {
    let key = |action| model.keymap.keys(Context::Global, action).next().map(|key| key.to_string());
    let keys = key(Action::Resume).zip(key(Action::RollBack)).filter(|_| model.offers(Action::Resume));
    let words = |(on, back)| {
        if errand.kind.goes_on() {
            format!(": {on} goes on, {back} goes back")
        } else {
            format!(": {back} brings everybody back")
        }
    };
    keys.map(words).unwrap_or_default()
}

/// Asks for the plan of what is left, or of the way back.
pub(super) fn go_on(model: &mut Model, request: impl Fn(String) -> Request) -> Effects {
    let Some(errand) = meant(model) else {
        if let Some((request, subject)) = reversal(model, &request) {
            return plan::prepare(model, request, subject);
        }
        notify(model, NoticeLevel::Note, "nothing of the selection was stopped half-way".to_owned());
        return Effects::new();
    };
    let subject = if errand.service.is_empty() {
        Subject::engine(errand.called())
    } else {
        Subject::service(&errand.key())
    };
    let request = request(errand.operation.clone());
    plan::prepare(model, request, subject)
}

/// The way back of an update that has ended: nothing of it is a lock.
fn reversal(model: &Model, request: &impl Fn(String) -> Request) -> Option<(Request, Subject)> {
    matches!(request(String::new()), Request::RollBack(_)).then_some(())?;
    let key = model.tree.selected.as_ref().and_then(RowKey::service)?;
    let service = model.known.fleet.service(key).filter(|service| service.kind != StackKind::Loose)?;
    Some((Request::Revert { service: key.clone(), swarm: service.id.clone() }, Subject::service(key)))
}

/// That of the selected finding or service, else the only one.
fn meant(model: &Model) -> Option<&Errand> {
    let finding =
        model.known.findings.get(model.focus.finding).filter(|_| model.focus.pane == Pane::Findings);
    let selected = model.tree.selected.as_ref().and_then(RowKey::service);
    let service = finding.and_then(|finding| finding.service.as_ref()).or(selected);
    let unfinished = &model.known.unfinished;
    let of_selection = unfinished.iter().find(|errand| service.is_some_and(|key| errand.covers(key)));
    of_selection.or_else(|| unfinished.first().filter(|_| unfinished.len() == 1))
}
