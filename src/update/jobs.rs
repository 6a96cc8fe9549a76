//! Jobs at work: what they tell, how they end, how they are stopped, how the program is left while they run.

use super::{Effect, Effects, End, notify, unfinished};
use crate::{
    command::{Ending, Failure, Progress, execute::operation::Verdict},
    model::{Job, JobId, JobState, Leaving, Model, NoticeLevel, Outcome, Overlay, Pane, Reading, RowKey},
};

pub(super) fn progress(model: &mut Model, id: JobId, progress: Progress) -> Effects {
    let now = model.clock.running;
    if let Some(job) = model.jobs.get_mut(id) {
        job.hear(progress, now);
        model.dirty = true;
    }
    Effects::new()
}

/// A job has ended: the verdict is told, with what comes next.
pub(super) fn ended(model: &mut Model, id: JobId, end: End) -> Effects {
    let at = model.clock.running;
    model.journal.reading = Reading::Wanted;
    model.shelf.reading = Reading::Wanted;
    let mut effects = Effects::new();
    if let End::Verified { set, sound } = &end {
        model.shelf.verified.insert(set.clone(), sound.clone());
    }
    if let Some(job) = model.jobs.get_mut(id) {
        job.evidence = evidence(&end).to_vec();
        let outcome = outcome(job, end);
        let (level, mut text) = told(job, &outcome, at);
        let (is_done, first) = (outcome == Outcome::Done, job.first);
        let is_left = matches!(outcome, Outcome::Paused(_) | Outcome::Failed(_));
        job.state = JobState::Ended { outcome, at };
        if is_left {
            unfinished::look(model);
            effects = unfinished::ask(model);
        }
        if !is_done {
            text.push_str(&not_begun(&model.jobs.drop_waiting(first)));
        }
        notify(model, level, text);
    }
    model.dirty = true;
    let waits = matches!(model.focus.overlay, Some(Overlay::Leave(Leaving::Waits)));
    if waits && model.jobs.at_work().next().is_none() { vec![Effect::Quit] } else { effects }
}

fn outcome(job: &Job, end: End) -> Outcome {
    match end {
        End::Operation(Verdict::Done) | End::Walk(Ending::Done) => Outcome::Done,
        End::Operation(Verdict::Partial(failures)) => Outcome::Failed(Verdict::partly(&failures)),
        End::Operation(Verdict::RolledBack(failure)) => Outcome::RolledBack(sentence(&failure)),
        End::Operation(Verdict::Paused(how)) => Outcome::Paused(how),
        End::Operation(Verdict::Stuck { failure, why }) => {
            Outcome::Failed(stuck(job, failure.as_ref(), &why))
        }
        End::Walk(Ending::Failed(failure)) => Outcome::Failed(sentence(&failure)),
        End::Walk(Ending::Cancelled) => Outcome::Paused("it was stopped; what is done stays done".to_owned()),
        End::Verified { sound: Ok(()), .. } => Outcome::Done,
        End::Verified { sound: Err(why), .. } | End::Refused(why) => Outcome::Failed(why),
    }
}

/// What comes behind a job that was not done is not begun.
fn not_begun(titles: &[String]) -> String {
    if titles.is_empty() { String::new() } else { format!("; not begun: {}", titles.join(", ")) }
}

/// What the container that a job failed on said last.
fn evidence(end: &End) -> &[String] {
    let failure = match end {
        End::Operation(Verdict::RolledBack(failure)) | End::Walk(Ending::Failed(failure)) => Some(failure),
        End::Operation(Verdict::Partial(failures)) => failures.first(),
        End::Operation(Verdict::Stuck { failure, .. }) => failure.as_ref(),
        End::Operation(Verdict::Done | Verdict::Paused(_))
        | End::Walk(Ending::Done | Ending::Cancelled)
        | End::Verified { .. }
        | End::Refused(_) => None,
    };
    failure.map(|failure| failure.evidence.as_slice()).unwrap_or_default()
}

fn sentence(failure: &Failure) -> String {
    format!("{}: {}", failure.attempt, failure.why)
}

fn stuck(job: &Job, failure: Option<&Failure>, why: &str) -> String {
    let first = failure.map(|failure| format!("{}; ", sentence(failure))).unwrap_or_default();
    let then = job.operation.as_ref().map(|operation| match &job.backup {
        Some(_) => format!(" — `stacktop ops rollback {operation}` tries again"),
        None => format!(" — `stacktop ops rollback {operation}` tries again to go back, `stacktop ops resume {operation}` to go on")
    });
    format!("{first}the way back failed: {why}{}", then.unwrap_or_default())
}

fn told(job: &Job, outcome: &Outcome, now: std::time::Duration) -> (NoticeLevel, String) {
    let title = &job.title;
    match outcome {
        Outcome::Done => (NoticeLevel::Note, format!("{title}: done in {} s", job.took(now).as_secs())),
        Outcome::RolledBack(why) => {
            (NoticeLevel::Error, format!("{title} failed, everything is as before: {why}"))
        }
        Outcome::Paused(how) => (NoticeLevel::Error, format!("{title} stopped half-way: {how}")),
        Outcome::Failed(why) => (NoticeLevel::Error, format!("{title} failed: {why}")),
    }
}

/// Jobs that were done a while ago go, and the keys with them.
pub(super) fn settle(model: &mut Model) {
    model.jobs.settle(model.clock.running);
    if model.focus.pane == Pane::Jobs && model.jobs.all.is_empty() {
        model.focus.pane = Pane::Tree;
    }
}

/// Asks the job that is meant to stop after its running step.
pub(super) fn stop(model: &mut Model) -> Effects {
    let Some(id) = meant(model) else { return Effects::new() };
    ask_to_stop(model, id).into_iter().collect()
}

/// Asks the job that is meant to stop once the replicas at work are done: none is left half-way.
pub(super) fn pause(model: &mut Model) -> Effects {
    let running =
        meant(model).and_then(|id| model.jobs.get_mut(id)).filter(|job| job.state == JobState::Runs);
    let Some(job) = running else { return Effects::new() };
    job.state = JobState::Pauses;
    vec![Effect::PauseJob(job.id)]
}

fn ask_to_stop(model: &mut Model, id: JobId) -> Option<Effect> {
    let stops = |job: &&mut Job| matches!(job.state, JobState::Runs | JobState::Pauses);
    let job = model.jobs.get_mut(id).filter(stops)?;
    job.state = JobState::Stops;
    model.dirty = true;
    Some(Effect::Stop(id))
}

/// The job that a key is for: the selected one of the pane, else that of the selected service, else the only one.
fn meant(model: &Model) -> Option<JobId> {
    let jobs = &model.jobs;
    if model.focus.pane == Pane::Jobs {
        let selected = jobs.all.get(jobs.selected)?;
        // One whose turn has not come is kept back by stopping the one before.
        let before = jobs.at_work().find(|job| job.first == selected.first && job.state != JobState::Waits);
        return Some(before.unwrap_or(selected).id);
    }
    let service = model.tree.selected.as_ref().and_then(RowKey::service);
    let runs = || jobs.at_work().filter(|job| job.state != JobState::Waits);
    let of_selection = service.and_then(|service| runs().find(|job| job.service.as_ref() == Some(service)));
    let mut at_work = runs();
    let only = at_work.next().filter(|_| at_work.next().is_none());
    of_selection.or(only).map(|job| job.id)
}

/// Leaves at once where nothing is at work; else asks, then waits for the running steps, then leaves all the same.
pub(super) fn quit(model: &mut Model) -> Effects {
    if model.jobs.at_work().next().is_none() {
        return vec![Effect::Quit];
    }
    model.focus.prompt = None;
    match model.focus.overlay {
        Some(Overlay::Leave(Leaving::Waits)) => vec![Effect::Quit],
        Some(Overlay::Leave(Leaving::Asked)) => {
            model.focus.overlay = Some(Overlay::Leave(Leaving::Waits));
            let running: Vec<JobId> = model.jobs.at_work().map(|job| job.id).collect();
            running.into_iter().filter_map(|id| ask_to_stop(model, id)).collect()
        }
        Some(Overlay::Help { .. } | Overlay::Ask(_) | Overlay::Plan(_) | Overlay::Palette(_)) | None => {
            model.focus.overlay = Some(Overlay::Leave(Leaving::Asked));
            Effects::new()
        }
    }
}

/// What is left behind when the program is left now: a line for each job that has not ended, with how it goes on.
#[must_use]
pub fn farewell(model: &Model) -> Vec<String> {
    let unfinished = |job: &&Job| match &job.state {
        JobState::Waits | JobState::Runs | JobState::Pauses | JobState::Stops => true,
        JobState::Ended { outcome, .. } => matches!(outcome, Outcome::Paused(_) | Outcome::Failed(_)),
    };
    model.jobs.all.iter().filter(unfinished).map(left).collect()
}

fn left(job: &Job) -> String {
    let (done, all) = job.steps;
    let title = &job.title;
    match (&job.state, &job.operation) {
        (JobState::Ended { outcome: Outcome::Paused(how), .. }, _) => {
            format!("{title} stopped half-way: {how}")
        }
        (JobState::Ended { outcome: Outcome::Failed(why), .. }, _) => format!("{title} failed: {why}"),
        (JobState::Waits, _) => format!("{title} was not begun"),
        (_, Some(operation)) if job.backup.is_some() => format!(
            "{title} was left after {done} of {all} steps; the next start of the dashboard, or `stacktop ops rollback \
             {operation}`, puts everything in order"
        ),
        (_, Some(operation)) => format!(
            "{title} was left after {done} of {all} steps; `stacktop ops resume {operation}` goes on, `stacktop ops \
             rollback {operation}` goes back"
        ),
        _ => format!("{title} was left after {done} of {all} steps; what is done stays done"),
    }
}
