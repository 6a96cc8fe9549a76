//! The one place where state changes.
//!
//! [`update`] takes the state and one message and leaves the state changed; what has to happen outside comes back
//! as [`Effect`]s. It does no I/O, waits for nothing and reads no clock (time is stamped on the message), so the
//! same messages always give the same state. One file for each concern; `follow_up` then asks for what the
//! changed state needs: logs, a description, samples of what is visible.

mod backups;
mod charts;
mod evidence;
mod field;
mod filter;
mod follow_up;
mod input;
mod jobs;
mod journal;
mod logs;
mod mark;
mod msg;
mod navigate;
mod observe;
mod operate;
mod palette;
mod plan;
pub mod rows;
mod shell;
mod subject;
mod unfinished;

pub use jobs::farewell;
pub use msg::{Effect, Effects, End, Images, LogRequest, Msg, Object, Planned, Request, Stamped};

use std::time::Duration;

use crate::{
    domain::Observation,
    model::{Model, NoticeLevel},
};

/// Applies one message.
pub fn update(model: &mut Model, message: Stamped<Msg>) -> Effects {
    model.clock = message.clock;
    let only_measures = matches!(message.msg, Msg::Engine(Observation::Samples(_)));
    let mut effects = match message.msg {
        Msg::Input(input) => input::apply(model, input),
        Msg::Engine(observation) => observe::apply(model, observation),
        Msg::Logs { generation, batch } => logs::apply(model, generation, batch),
        Msg::Inspected { row, answer } => observe::inspected(model, row, answer),
        Msg::Tail { container, lines } => evidence::arrived(model, &container, lines),
        Msg::Backups(answer) => backups::arrived(model, answer),
        Msg::Journal(answer) => journal::arrived(model, answer),
        Msg::Host(usage) => observe::host(model, usage),
        Msg::Planned { job, answer } => plan::arrived(model, job, answer),
        Msg::Progress { job, progress } => jobs::progress(model, job, progress),
        Msg::Holders(lives) => unfinished::seen(model, lives),
        Msg::Healed(sentences) => unfinished::healed(model, sentences),
        Msg::Ended { job, end } => jobs::ended(model, job, end),
        Msg::ShellLeft(said) => shell_left(model, said),
        Msg::Hits(hits) => navigate::drawn(model, hits),
        Msg::Tick => tick(model),
    };
    // Measurements come most often, and nothing outside depends on them.
    if only_measures {
        charts::keep(model);
    } else {
        effects.extend(follow_up::effects(model));
    }
    effects
}

/// Ages are told in seconds: this short of one, what is on screen is still right.
const FRESH: Duration = Duration::from_millis(900);

/// Time has passed. What was drawn for another reason a moment ago is not drawn again for its ages.
fn tick(model: &mut Model) -> Effects {
    rows::settle(model);
    jobs::settle(model);
    backups::settle(model);
    model.dirty |= model.clock.running.saturating_sub(model.drawn_at) >= FRESH;
    unfinished::watch(model)
}

fn shell_left(model: &mut Model, said: Result<String, String>) -> Effects {
    match said {
        Ok(note) => notify(model, NoticeLevel::Note, note),
        Err(why) => notify(model, NoticeLevel::Error, why),
    }
    Effects::new()
}

/// Tells the person something.
fn notify(model: &mut Model, level: NoticeLevel, text: String) {
    model.notices.push(model.clock.running, level, text);
    model.dirty = true;
}

#[cfg(test)]
mod tests;
