//! Reads one container for [`super::follow()`], going on where a stream broke.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep},
};

use super::lines::Stamps;
use crate::{
    domain::{ContainerState, LogLine, LogQuery, LogSource},
    engine::{Engine, EngineError},
};

/// The pause before a stream that ended is opened again; it doubles while the engine does not answer.
const PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// How long a container that ended may take to be started again by `docker restart`.
const RESTART: Duration = Duration::from_secs(1);

/// What a reader tells.
#[derive(Debug)]
pub(super) enum Told {
    Lines(Vec<LogLine>),
    /// Its output cannot be read, or not now, for this reason.
    Failed(String),
}

/// Somebody to tell; the number is the source's place in the list.
pub(super) type Out = mpsc::Sender<(usize, Told)>;

/// One container's reader.
pub(super) struct Reader {
    engine: Engine,
    source: LogSource,
    place: usize,
    query: LogQuery,
    out: Out,
    /// The moment of the newest line.
    newest: Option<Timestamp>,
}

/// How a stream ended.
enum Ended {
    /// The engine closed it.
    Closed,
    /// It broke, or could not be opened.
    Broken(EngineError),
    /// Nobody listens any more.
    Unheard,
}

impl Reader {
    pub(super) fn new(engine: Engine, source: LogSource, place: usize, query: LogQuery, out: Out) -> Self {
        let newest = source.newest;
        Self { engine, source, place, query, out, newest }
    }

    /// Reads until the container's output ends, or for ever.
    pub(super) async fn run(mut self) {
        if self.query.follow {
            self.follow().await;
        } else if let Ended::Broken(error) = self.stream().await {
            self.tell(Told::Failed(error.to_string())).await;
        }
    }

    async fn follow(&mut self) {
        let mut pause = PAUSE;
        loop {
            let begun = Instant::now();
            match self.stream().await {
                Ended::Unheard => return,
                Ended::Closed => {}
                Ended::Broken(error) if error.is_link_lost() => log::debug!("{error}"),
                Ended::Broken(error) => {
                    if self.newest.is_none() || !error.is_not_found() {
                        self.tell(Told::Failed(error.to_string())).await;
                    }
                    return;
                }
            }
            match self.goes_on(begun.elapsed() > PAUSE).await {
                Ok(false) => return,
                Ok(true) => pause = PAUSE,
                Err(error) => {
                    let again = format!("{error}; trying again");
                    if pause == PAUSE && !self.tell(Told::Failed(again)).await {
                        return;
                    }
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
            sleep(pause).await;
        }
    }

    /// One stream, from its beginning or from behind the newest line, to its end.
    async fn stream(&mut self) -> Ended {
        let query = resumed(&self.query, self.newest);
        let source = &self.source;
        let pieces = self.engine.log_pieces(&source.container, source.tty, &query, Stamps::Wanted).await;
        let mut pieces = match pieces {
            Ok(pieces) => pieces,
            Err(error) => return Ended::Broken(error),
        };
        loop {
            let next: Result<Option<Vec<LogLine>>, _> =
                if self.query.follow { pieces.next().await } else { pieces.next_many().await };
            match next {
                Ok(Some(lines)) => {
                    self.newest =
                        lines.iter().filter_map(|line| line.at).fold(self.newest, |a, b| a.max(Some(b)));
                    if !self.tell(Told::Lines(lines)).await {
                        return Ended::Unheard;
                    }
                }
                Ok(None) => return Ended::Closed,
                Err(error) => return Ended::Broken(error),
            }
        }
    }

    /// Whether there is more to come from the container: it runs, or is about to. One that has just ended gets a
    /// moment, for `docker restart`.
    async fn goes_on(&self, lived: bool) -> Result<bool, EngineError> {
        if self.is_active().await? {
            return Ok(true);
        }
        if !lived {
            return Ok(false);
        }
        sleep(RESTART).await;
        self.is_active().await
    }

    async fn is_active(&self) -> Result<bool, EngineError> {
        match self.engine.inspect_container(self.source.container.as_str()).await {
            Ok(told) => {
                let word =
                    told.pointer("/State/Status").and_then(serde_json::Value::as_str).unwrap_or_default();
                let state = ContainerState::parse(word);
                Ok(state.is_up() || state == ContainerState::Restarting)
            }
            Err(error) if error.is_not_found() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// False if nobody listens any more.
    async fn tell(&self, told: Told) -> bool {
        self.out.send((self.place, told)).await.is_ok()
    }
}

/// What to ask for after a break: all that came behind the newest line. The engine's `since` is inclusive.
fn resumed(query: &LogQuery, newest: Option<Timestamp>) -> LogQuery {
    match newest {
        None => query.clone(),
        Some(newest) => {
            let next = newest.checked_add(SignedDuration::from_nanos(1)).unwrap_or(newest);
            LogQuery { since: Some(next), tail: None, ..query.clone() }
        }
    }
}
