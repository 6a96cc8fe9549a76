//! `stacktop events [TARGET...]`

use std::{pin::pin, time::Duration};

use futures_util::{Stream, StreamExt, stream};
use jiff::Timestamp;

use crate::cli::{
    exit::{Exit, Failure},
    filter::Filter,
    moment::Moment,
    render::{Paint, json, paint},
    scope::Scope,
    session::{Observed, Session},
    surface::Surface,
};
use crate::domain::{EngineEvent, EventKind};
use crate::engine::EngineError;

/// Events that are printed before the output is handed over.
const CHUNK: usize = 64;

/// Arguments of `events`.
#[derive(Clone, Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  stacktop events medianest\n  stacktop events --since 1h --until 0s\n  stacktop events --json | jq -c 'select(.event == \"die\" and .exit_code != 0)'"
)]
pub struct Args {
    /// Stacks, services or replicas; all if none is named
    #[arg(value_name = "TARGET")]
    pub targets: Vec<String>,
    /// Begin with what happened since: a span back from now (90s, 10m, 2h, 7d) or RFC 3339
    #[arg(long, value_name = "TIME")]
    pub since: Option<Moment>,
    /// End there instead of going on until Ctrl-C; +30s is in thirty seconds
    #[arg(long, value_name = "TIME")]
    pub until: Option<Moment>,
    /// Also what health checks and shells do inside containers
    #[arg(short, long)]
    pub all: bool,
}

/// Follows what the engine reports.
///
/// # Errors
/// Any [`Failure`].
pub async fn run(session: &mut Session, args: Args) -> Result<Exit, Failure> {
    let engine = session.connect().await?;
    let observed = Observed::from_engine(&engine).await?;
    let scope = Scope::of(&observed.fleet, &args.targets)?;
    let filter = Filter::new(&observed.fleet, &scope, args.all);
    let now = session.now();
    let since = args.since.map(|moment| moment.on(now));
    match args.until.map(|moment| moment.on(now)) {
        Some(until) if until <= now => {
            let past = engine.events_between(since.unwrap_or(until), until).await?;
            print(session, &filter, stream::iter(past).map(Ok)).await
        }
        Some(until) => {
            let left = Duration::try_from(until.duration_since(now)).unwrap_or_default();
            let events = engine.events(since).await?;
            let end = tokio::time::sleep(session.wait(left));
            print(session, &filter, events.take_until(end)).await
        }
        None => {
            print(session, &filter, engine.events(since).await?).await?;
            Err(Failure::Lost("the engine ended its stream of events".to_owned()))
        }
    }
}

async fn print(
    session: &mut Session,
    filter: &Filter,
    events: impl Stream<Item = Result<EngineEvent, EngineError>>,
) -> Result<Exit, Failure> {
    let mut events = pin!(events.ready_chunks(CHUNK));
    while let Some(chunk) = events.next().await {
        for event in chunk {
            let event = event?;
            if filter.admits(&event) {
                print_one(session, &event)?;
            }
        }
        session.out.flush()?;
    }
    Ok(Exit::Fine)
}

fn print_one(session: &mut Session, event: &EngineEvent) -> Result<(), Failure> {
    if session.options.json {
        return session.out.json_line(&json::Event::from(event));
    }
    let line = line(session.out.surface(), event);
    session.out.line(line)
}

fn line(surface: &Surface, event: &EngineEvent) -> String {
    let name = if event.name.is_empty() { short(&event.id) } else { &event.name };
    let what = event.kind.describe();
    let what = colour(&event.kind).map_or_else(|| what.clone(), |colour| paint(surface, colour, &what));
    format!("{}  {:<9}  {name}  {what}", shown(event.at), event.subject.word())
}

/// A digest's first digits; the id of a volume is its name.
fn short(id: &str) -> &str {
    const DIGEST: usize = 64;
    let is_digest = id.len() >= DIGEST && !id.contains('/');
    if is_digest { id.trim_start_matches("sha256:").get(..12).unwrap_or(id) } else { id }
}

fn shown(at: Timestamp) -> String {
    format!("{at:.3}")
}

fn colour(kind: &EventKind) -> Option<Paint> {
    match kind {
        EventKind::Oom => Some(Paint::Red),
        EventKind::Die(code) if *code != 0 => Some(Paint::Red),
        EventKind::Health(word) if word == "unhealthy" => Some(Paint::Yellow),
        EventKind::Health(word) if word == "healthy" => Some(Paint::Green),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::fixture;

    #[test]
    fn an_event_is_a_time_a_thing_and_what_happened() {
        let line = line(&Surface::PLAIN, &fixture::event());
        assert_eq!(line, "2023-11-14T22:13:20.000Z  container  shop-web-1  die, exit 137");
    }
}
