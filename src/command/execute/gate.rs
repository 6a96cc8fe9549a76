//! What must be seen before the next step. A service's own health check is run at once and again by a command in the
//! container: docker's first probe comes only after a whole interval.

use std::time::Duration;

use serde_json::Value;
use tokio::time::{Instant, sleep, timeout_at};

use super::patience::patiently;
use crate::{
    command::plan::{Gate, seconds},
    engine::{Engine, EngineError, ExecCommand, ProbeOutcome},
};

/// Looks at a container this often while it must stay ready, and at least this often while it becomes so.
const LOOK: Duration = Duration::from_millis(250);

/// Looks at a container that becomes ready at most this often: each look costs it a process.
const SOONEST: Duration = Duration::from_millis(50);

/// One run of a health check takes at most this long, unless the check says less.
const PROBE: Duration = Duration::from_secs(10);

/// Why a gate did not open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Closed {
    /// In a sentence.
    pub(super) why: String,
}

impl Closed {
    fn because(why: impl Into<String>) -> Self {
        Self { why: why.into() }
    }
}

impl From<EngineError> for Closed {
    fn from(error: EngineError) -> Self {
        Self::because(error.to_string())
    }
}

/// Waits until `gate` opens; `told` hears what is seen meanwhile.
pub(super) async fn pass(
    engine: &Engine,
    gate: &Gate,
    mut told: impl FnMut(String),
) -> Result<String, Closed> {
    match gate {
        Gate::Ready { container, deadline } => {
            ready(engine, container, *deadline, Judge::Anybody, &mut told).await
        }
        Gate::Healthy { container, deadline } => {
            ready(engine, container, *deadline, Judge::Engine, &mut told).await
        }
        Gate::Answers { container, command, deadline } => {
            answers(engine, container, command, *deadline, &mut told).await
        }
        Gate::Soak { container, period } => soak(engine, container, *period).await,
        Gate::Drain { period } => {
            sleep(*period).await;
            Ok("drained".to_owned())
        }
        Gate::Delay { period } => {
            sleep(*period).await;
            Ok("waited".to_owned())
        }
        Gate::Vacated { node, deadline, .. } => {
            super::swarm::vacated(engine, node, *deadline, &mut told).await
        }
        Gate::Emptied { service, deadline } => {
            super::swarm::emptied(engine, service, *deadline, &mut told).await
        }
        Gate::Converged { service, change, deadline } => {
            super::swarm::converged(engine, (service, change), *deadline, &mut told).await
        }
    }
}

/// A look that bears an engine which is away for a moment.
async fn inspect(engine: &Engine, container: &str) -> Result<Value, EngineError> {
    patiently(|| engine.inspect_container(container)).await
}

async fn ready(
    engine: &Engine,
    container: &str,
    deadline: Duration,
    judge: Judge,
    told: &mut impl FnMut(String),
) -> Result<String, Closed> {
    let began = Instant::now();
    let mut end = began + deadline;
    let first = inspect(engine, container).await?;
    let mut last = String::from("nothing was seen of it");
    loop {
        let seen = look(engine, container, &first, judge);
        match timeout_at(end, seen).await {
            Ok(Ok(Seen::Ready)) => return Ok(format!("ready after {:.1} s", began.elapsed().as_secs_f64())),
            Ok(Ok(Seen::NotYet(what))) => {
                if what != last {
                    told(what.clone());
                }
                last = what;
            }
            Ok(Ok(Seen::Away)) => {
                // What nobody can see takes none of the container's time.
                let since = Instant::now();
                told("waiting for the engine".to_owned());
                inspect(engine, container).await?;
                end += since.elapsed();
            }
            Ok(Err(closed)) => return Err(closed),
            Err(_) => return Err(Closed::because(overdue(container, deadline, &last))),
        }
        if timeout_at(end, sleep(pause(began.elapsed()))).await.is_err() {
            return Err(Closed::because(overdue(container, deadline, &last)));
        }
    }
}

/// Waits until a command in the container ends with 0; one that has ended can answer no more.
async fn answers(
    engine: &Engine,
    container: &str,
    command: &[String],
    deadline: Duration,
    told: &mut impl FnMut(String),
) -> Result<String, Closed> {
    let (began, command) = (Instant::now(), ExecCommand::new(command.to_vec()));
    loop {
        let last = match engine.exec(container, &command, PROBE).await {
            Ok(outcome) if outcome.succeeded() => {
                return Ok(format!("answers after {:.1} s", began.elapsed().as_secs_f64()));
            }
            Ok(outcome) => {
                let said = outcome.output.last().cloned().unwrap_or_default();
                format!("exit {} {said}", outcome.exit_code)
            }
            Err(error) if error.is_not_running() => {
                return Err(Closed::because(format!("{container} has ended: its log tells why")));
            }
            Err(error) => error.to_string(),
        };
        if began.elapsed() >= deadline {
            return Err(Closed::because(overdue(container, deadline, &last)));
        }
        told(last);
        sleep(LOOK).await;
    }
}

/// So long until the next look: an eighth of the time that was waited, so that no look comes late by more than that.
fn pause(waited: Duration) -> Duration {
    (waited / 8).clamp(SOONEST, LOOK)
}

fn overdue(container: &str, deadline: Duration, last: &str) -> String {
    format!("{container} was not ready within {}: {last}", seconds(deadline))
}

/// Whose word is taken for a container's health.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Judge {
    /// The engine's, or that of the check when it is run by hand.
    Anybody,
    /// The engine's alone.
    Engine,
}

enum Seen {
    Ready,
    NotYet(String),
    Away,
}

/// One look: the state first, then docker's own verdict, then the check itself.
async fn look(engine: &Engine, container: &str, first: &Value, judge: Judge) -> Result<Seen, Closed> {
    let now = match engine.inspect_container(container).await {
        Err(error) if error.is_link_lost() => return Ok(Seen::Away),
        now => now?,
    };
    stays_up(container, first, &now)?;
    match text(&now, "/State/Health/Status") {
        Some("healthy") => Ok(Seen::Ready),
        Some("unhealthy") => Err(Closed::because(format!("{container} is unhealthy: {}", last_probe(&now)))),
        Some(_) if judge == Judge::Engine => Ok(Seen::NotYet("waiting for docker's own check".to_owned())),
        Some(_) => probe(engine, container, &now).await,
        None => Ok(Seen::Ready),
    }
}

/// A container that ended, was killed for want of memory or was restarted does not serve.
fn stays_up(container: &str, first: &Value, now: &Value) -> Result<(), Closed> {
    let restarts = |inspect: &Value| inspect.get("RestartCount").and_then(Value::as_u64).unwrap_or_default();
    if now.pointer("/State/OOMKilled") == Some(&Value::Bool(true)) {
        return Err(Closed::because(format!("{container} was killed for want of memory")));
    }
    if text(now, "/State/Status") != Some("running") {
        let code = now.pointer("/State/ExitCode").and_then(Value::as_i64).unwrap_or_default();
        let error = text(now, "/State/Error").filter(|error| !error.is_empty());
        let error = error.map(|error| format!(": {}", crate::text::sanitize(error))).unwrap_or_default();
        return Err(Closed::because(format!("{container} ended with exit code {code}{error}")));
    }
    // Its process, not the time of its start: clocks are set.
    if restarts(now) > restarts(first) || now.pointer("/State/Pid") != first.pointer("/State/Pid") {
        return Err(Closed::because(format!("{container} was restarted")));
    }
    Ok(())
}

async fn probe(engine: &Engine, container: &str, inspect: &Value) -> Result<Seen, Closed> {
    let test = words(inspect, "/Config/Healthcheck/Test");
    let outcome = engine.probe(container, &test, &words(inspect, "/Config/Shell"), PROBE).await;
    let outcome = match outcome {
        Err(error) if error.is_link_lost() => return Ok(Seen::Away),
        other => other?,
    };
    Ok(match outcome {
        ProbeOutcome::Passed => Seen::Ready,
        ProbeOutcome::Failed { exit, output } => {
            let said = output.into_iter().rfind(|line| !line.trim().is_empty()).unwrap_or_default();
            Seen::NotYet(format!("probe: exit {exit} \"{}\"", said.trim()))
        }
        ProbeOutcome::Overdue { after } => {
            Seen::NotYet(format!("probe: no answer within {} s", after.as_secs()))
        }
        ProbeOutcome::Broken { why } => {
            Seen::NotYet(format!("the check cannot be run by hand ({why}); waiting for docker's own"))
        }
        ProbeOutcome::Refused { .. } | ProbeOutcome::Absent => {
            Seen::NotYet("waiting for docker's own check".to_owned())
        }
    })
}

/// Looks on for `period`: the container must not end, be restarted or become unhealthy.
async fn soak(engine: &Engine, container: &str, period: Duration) -> Result<String, Closed> {
    let first = inspect(engine, container).await?;
    let end = Instant::now() + period;
    while timeout_at(end, sleep(LOOK)).await.is_ok() {
        let now = inspect(engine, container).await?;
        stays_up(container, &first, &now)?;
        if text(&now, "/State/Health/Status") == Some("unhealthy") {
            return Err(Closed::because(format!("{container} became unhealthy: {}", last_probe(&now))));
        }
    }
    Ok(format!("stayed ready for {}", seconds(period)))
}

fn last_probe(inspect: &Value) -> String {
    let log = inspect.pointer("/State/Health/Log").and_then(Value::as_array);
    let last = log.and_then(|log| log.last());
    let code = last.and_then(|probe| probe.get("ExitCode")).and_then(Value::as_i64).unwrap_or_default();
    let said = last.and_then(|probe| probe.get("Output")).and_then(Value::as_str).unwrap_or_default();
    let said = said.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default();
    format!("exit {code} \"{}\"", crate::text::sanitize(said.trim()))
}

fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer)?.as_str()
}

fn words(value: &Value, pointer: &str) -> Vec<String> {
    let words = value.pointer(pointer).and_then(Value::as_array).into_iter().flatten();
    words.filter_map(Value::as_str).map(str::to_owned).collect()
}
