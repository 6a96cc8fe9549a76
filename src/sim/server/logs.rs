//! Logs: of a container, and of all tasks of a service.

use std::sync::Arc;

use bytes::{BufMut, Bytes, BytesMut};
use tokio::sync::mpsc;

use super::{Outcome, answer, answer::Failure, call::Call, inspect::missing};
use crate::sim::{
    behaviour::logs::{Line, Stream},
    clock::{Clock, MILLI, Nanos},
    shared::Shared,
    state::State,
};

/// The engine passes a line on in pieces of this many bytes.
const PIECE: usize = 16 * 1024;
const FAR: Nanos = Nanos::MAX / 4;
/// How often a follower looks for new lines.
const LOOK: std::time::Duration = std::time::Duration::from_millis(100);

/// What is asked for.
#[derive(Clone, Debug)]
struct Wish {
    /// Ids of the containers, with the details that precede their lines.
    sources: Vec<(String, String)>,
    follow: bool,
    out: bool,
    err: bool,
    after: Nanos,
    until: Nanos,
    timestamps: bool,
    tail: Option<usize>,
    raw: bool,
}

/// `GET /containers/{name}/logs`
pub(super) fn of_container(call: &Call, name: &str) -> Outcome {
    let found = call.shared.read(|state| {
        let container = state.find(name)?;
        Some((container.id.clone(), container.config.get("Tty").is_some_and(|tty| *tty == true)))
    });
    let (id, tty) = found.ok_or_else(|| missing(name))?;
    answer_logs(call, vec![(id, String::new())], tty)
}

/// `GET /services/{name}/logs`
pub(super) fn of_service(call: &Call, name: &str) -> Outcome {
    let found = call.shared.read(|state| {
        let service = super::swarm::find_service(state, name)?;
        let tasks = state.tasks.values().filter(|task| task.service == service.id);
        Ok::<_, Failure>(tasks.filter_map(|task| source(state, &task.id)).collect())
    });
    answer_logs(call, found?, false)
}

/// `GET /tasks/{name}/logs`
pub(super) fn of_task(call: &Call, name: &str) -> Outcome {
    let found = call.shared.read(|state| {
        let task = super::tasks::find(state, name)?;
        Ok::<_, Failure>(source(state, &task.id).into_iter().collect())
    });
    answer_logs(call, found?, false)
}

fn source(state: &State, task: &str) -> Option<(String, String)> {
    let task = state.tasks.get(task)?;
    let details = format!(
        "com.docker.swarm.node.id={},com.docker.swarm.service.id={},com.docker.swarm.task.id={} ",
        task.node.as_deref().unwrap_or_default(),
        task.service,
        task.id
    );
    Some((task.container.clone()?, details))
}

fn answer_logs(call: &Call, mut sources: Vec<(String, String)>, tty: bool) -> Outcome {
    let query = &call.query;
    if !query.is_on("details") {
        sources.iter_mut().for_each(|(_, details)| details.clear());
    }
    let (out, err) = (query.is_on("stdout"), query.is_on("stderr"));
    if !out && !err {
        return Err(Failure::new(400, "Bad parameters: you must choose at least one stream"));
    }
    let clock = &call.shared.clock;
    let since = query.get("since").map(|text| moment(clock, text)).transpose()?;
    let until =
        query.get("until").filter(|until| *until != "0").map(|text| moment(clock, text)).transpose()?;
    let wish = Wish {
        sources,
        follow: query.is_on("follow"),
        out,
        err,
        // `since` is inclusive.
        after: since.map_or(-FAR, |since| since - 1),
        until: until.unwrap_or(FAR),
        timestamps: query.is_on("timestamps"),
        tail: query.get("tail").and_then(|tail| tail.parse().ok()),
        raw: tty,
    };
    let kind = match (call.version >= (1, 42), tty) {
        (false, _) => None,
        (true, true) => Some("application/vnd.docker.raw-stream"),
        (true, false) => Some("application/vnd.docker.multiplexed-stream"),
    };
    let (sender, answer) = answer::stream(kind);
    tokio::spawn(write(Arc::clone(&call.shared), wish, sender));
    Ok(answer)
}

/// Reads `1700000000`, `1700000000.123456789` and RFC 3339.
pub(super) fn moment(clock: &Clock, text: &str) -> Result<Nanos, Failure> {
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits: String = format!("{fraction:0<9}").chars().take(9).collect();
    if let (Ok(seconds), Ok(fraction)) = (seconds.parse::<i128>(), digits.parse::<i128>()) {
        return Ok(clock.at_unix_nanos(seconds * 1_000_000_000 + fraction));
    }
    let date: Result<jiff::Timestamp, _> = text.parse();
    let date = date.map_err(|_| Failure::new(400, format!("invalid value for \"since\": {text}")))?;
    Ok(clock.at_unix_nanos(date.as_nanosecond()))
}

async fn write(shared: Arc<Shared>, mut wish: Wish, sender: mpsc::Sender<Bytes>) {
    loop {
        let (seen, bytes, alive) = shared.read(|state| {
            let until = state.now.min(wish.until);
            (until, render(state, &wish, until), is_alive(state, &wish))
        });
        if !bytes.is_empty() && sender.send(bytes).await.is_err() {
            return;
        }
        if !wish.follow || !alive || seen >= wish.until {
            return;
        }
        wish.after = wish.after.max(seen);
        wish.tail = None;
        tokio::select! {
            () = sender.closed() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

/// A follower of a container is done when it ends for good; one of a service never is.
fn is_alive(state: &State, wish: &Wish) -> bool {
    wish.sources.iter().any(|(id, details)| {
        let waits = |c: &crate::sim::state::Container| {
            let just_ended = c.life.finished.is_some_and(|at| state.now - at < 200 * MILLI);
            c.is_up() || just_ended || c.life.status == crate::sim::state::Status::Restarting
        };
        !details.is_empty() || state.containers.get(id).is_some_and(waits)
    })
}

fn render(state: &State, wish: &Wish, until: Nanos) -> Bytes {
    let mut lines: Vec<(Line, &str)> = Vec::new();
    for (id, details) in &wish.sources {
        let Some(container) = state.containers.get(id) else { continue };
        let own = container.log.lines(&state.clock, wish.after, until, wish.tail);
        lines.extend(own.into_iter().map(|line| (line, details.as_str())));
    }
    lines.sort_by_key(|(line, _)| line.at);
    let mut bytes = BytesMut::new();
    for (line, details) in lines {
        let wanted = if line.stream == Stream::Out { wish.out } else { wish.err };
        if wanted || wish.raw {
            render_line(&mut bytes, &state.clock, wish, (&line, details));
        }
    }
    bytes.freeze()
}

/// A long line goes out in pieces, each with the timestamp again; only the last ends with a line feed.
fn render_line(bytes: &mut BytesMut, clock: &Clock, wish: &Wish, (line, details): (&Line, &str)) {
    let mut prefix = if wish.timestamps { format!("{} ", clock.rfc3339(line.at)) } else { String::new() };
    prefix.push_str(details);
    let ending = if wish.raw { "\r\n" } else { "\n" };
    let text = format!("{}{ending}", line.text);
    for piece in text.as_bytes().chunks(PIECE) {
        if !wish.raw {
            let length = u32::try_from(prefix.len() + piece.len()).unwrap_or(u32::MAX);
            bytes.put_slice(&[if line.stream == Stream::Out { 1 } else { 2 }, 0, 0, 0]);
            bytes.put_u32(length);
        }
        bytes.put_slice(prefix.as_bytes());
        bytes.put_slice(piece);
    }
}
