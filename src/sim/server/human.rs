//! Durations in the words of the engine.

use crate::sim::{
    clock::{Nanos, SECOND},
    state::{Container, Status},
};

/// `About a minute`, `3 days`... as the engine's list says it.
pub(super) fn duration(nanos: Nanos) -> String {
    let seconds = (nanos / SECOND).max(0);
    let (minutes, hours) = (seconds / 60, (seconds + 1_800) / 3_600);
    match seconds {
        0 => "Less than a second".to_owned(),
        1 => "1 second".to_owned(),
        2..60 => format!("{seconds} seconds"),
        60..120 => "About a minute".to_owned(),
        120..3_600 => format!("{minutes} minutes"),
        _ if hours == 1 => "About an hour".to_owned(),
        _ if hours < 48 => format!("{hours} hours"),
        _ if hours < 24 * 14 => format!("{} days", hours / 24),
        _ if hours < 24 * 60 => format!("{} weeks", hours / 24 / 7),
        _ if hours < 24 * 730 => format!("{} months", hours / 24 / 30),
        _ => format!("{} years", hours / 24 / 365),
    }
}

/// The `Status` of a container in lists.
pub(super) fn status(container: &Container, now: Nanos) -> String {
    let life = &container.life;
    let ago = |at: Option<Nanos>| duration(now - at.unwrap_or(now));
    match life.status {
        Status::Created => "Created".to_owned(),
        Status::Restarting => format!("Restarting ({}) {} ago", life.code, ago(life.finished)),
        Status::Exited => format!("Exited ({}) {} ago", life.code, ago(life.finished)),
        Status::Paused => format!("Up {} (Paused)", ago(life.started)),
        Status::Running => match container.health.as_ref().map(|health| health.status) {
            Some("starting") => format!("Up {} (health: starting)", ago(life.started)),
            Some(health) => format!("Up {} ({health})", ago(life.started)),
            None => format!("Up {}", ago(life.started)),
        },
    }
}
