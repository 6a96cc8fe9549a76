//! Verbs that do one thing to each of several containers: start, stop, restart, pause, unpause, kill, remove.

use std::time::Duration;

use super::plan::{Act, Call, Downtime, Gate, Phase, Plan, Risk, Step};

/// A container is gone for about so long when it is stopped and started, its shutdown and boot aside.
const RESTART: Duration = Duration::from_secs(1);

/// What is done to each container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Starts it.
    Start,
    /// Stops it, with its own grace or this one.
    Stop(Option<Duration>),
    /// Restarts it; one after the other, each once the one before serves again.
    Restart(Option<Duration>),
    /// Freezes it.
    Pause,
    /// Thaws it.
    Unpause,
    /// Sends it a signal.
    Kill(String),
    /// Removes it; a running one is killed if that is asked for.
    Remove(Running),
}

/// What becomes of a container that is to be removed and runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Running {
    /// The engine refuses.
    Refused,
    /// It is killed first.
    Killed,
}

impl Verb {
    /// The verb as a person says it.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Stop(_) => "stop",
            Self::Restart(_) => "restart",
            Self::Pause => "pause",
            Self::Unpause => "unpause",
            Self::Kill(_) => "kill",
            Self::Remove(_) => "remove",
        }
    }

    /// Whether what others need has its turn before them: it is started first and stopped last.
    #[must_use]
    pub const fn begins_with_the_needed(&self) -> bool {
        match self {
            Self::Start | Self::Restart(_) | Self::Unpause => true,
            Self::Stop(_) | Self::Pause | Self::Kill(_) | Self::Remove(_) => false,
        }
    }

    const fn risk(&self) -> Risk {
        match self {
            Self::Start | Self::Unpause => Risk::None,
            Self::Stop(_) | Self::Restart(_) | Self::Pause | Self::Kill(_) => Risk::Some,
            Self::Remove(_) => Risk::High,
        }
    }

    fn undo(&self, containers: &[String]) -> String {
        let verb = match self {
            Self::Start => "stop",
            Self::Stop(_) | Self::Kill(_) => "start",
            Self::Pause => "unpause",
            Self::Unpause => "pause",
            Self::Restart(_) => return "none is needed".to_owned(),
            Self::Remove(_) => return "none: what the container wrote outside of volumes is lost".to_owned(),
        };
        format!("stacktop {verb} {}", containers.join(" "))
    }

    /// What the call alone does not tell: how it is done, or what is waited for.
    fn cause(&self, before: Option<&String>) -> String {
        let ends = |grace: &Option<Duration>| match grace {
            None => "asked to end, killed after its own grace".to_owned(),
            Some(grace) => format!("asked to end, killed after {} s", grace.as_secs_f64()),
        };
        match (self, before) {
            (Self::Restart(_), Some(before)) => format!("{before} serves again"),
            (Self::Restart(grace) | Self::Stop(grace), _) => ends(grace),
            (Self::Start, _) => "it does not run".to_owned(),
            (Self::Pause, _) => "its processes freeze where they are".to_owned(),
            (Self::Unpause, _) => "its processes go on where they were".to_owned(),
            (Self::Kill(_), _) => "its main process gets it, without a grace".to_owned(),
            (Self::Remove(_), _) => "its volumes stay".to_owned(),
        }
    }

    const fn downtime(&self, count: usize) -> Downtime {
        match self {
            Self::Start | Self::Unpause => Downtime::None,
            Self::Restart(_) if count > 1 => Downtime::Each(RESTART),
            Self::Restart(_) => Downtime::Once(RESTART),
            // What a signal does, nobody knows; the one that is sent by a key ends it.
            Self::Stop(_) | Self::Pause | Self::Kill(_) | Self::Remove(_) => Downtime::Open,
        }
    }

    fn call(&self, container: &str) -> Call {
        let container = container.to_owned();
        match self {
            Self::Start => Call::Start { container },
            Self::Stop(grace) => Call::Stop { container, grace: *grace },
            Self::Restart(grace) => Call::Restart { container, grace: *grace },
            Self::Pause => Call::Pause { container },
            Self::Unpause => Call::Unpause { container },
            Self::Kill(signal) => Call::Kill { container, signal: signal.clone() },
            Self::Remove(Running::Refused) => Call::Remove { container },
            Self::Remove(Running::Killed) => Call::RemoveRunning { container },
        }
    }
}

/// The plan of `verb` on these containers, by name, in this order; `of` is what a person called them. A container
/// that is restarted has `deadline` to serve again before the next one's turn.
#[must_use]
pub fn plan(verb: &Verb, of: &str, containers: &[String], deadline: Duration) -> Plan {
    let count = containers.len();
    let what = if count == 1 { "container" } else { "containers" };
    let before = std::iter::once(None).chain(containers.iter().map(Some));
    let phases =
        containers.iter().zip(before).map(|(container, before)| phase(verb, container, before, deadline));
    let phases = phases.collect();
    Plan {
        title: format!("{} {count} {what} of {of}", verb.word()),
        risk: verb.risk(),
        facts: vec![("containers".to_owned(), containers.join(", "))],
        notes: Vec::new(),
        phases,
        takes: Duration::from_secs(count as u64),
        down_for: verb.downtime(count),
        undo: verb.undo(containers),
    }
}

fn phase(verb: &Verb, container: &str, before: Option<&String>, deadline: Duration) -> Phase {
    let step = |state, cause, act| Step { slot: None, state, cause, act };
    let mut steps = vec![step("acting", verb.cause(before), Act::Call(verb.call(container)))];
    if matches!(verb, Verb::Restart(_)) {
        let gate = Gate::Ready { container: container.to_owned(), deadline };
        steps.push(step("gate", "it must be seen to serve".to_owned(), Act::Gate(gate)));
    }
    Phase::single(container, steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(verb: &Verb) -> Vec<String> {
        let containers = ["shop-web-1".to_owned(), "shop-web-2".to_owned()];
        let plan = plan(verb, "shop/web", &containers, Duration::from_secs(60));
        plan.steps().map(|step| step.act.describe()).collect()
    }

    #[test]
    fn replicas_are_restarted_one_at_a_time_each_behind_the_health_of_the_one_before() {
        assert_eq!(
            told(&Verb::Restart(None)),
            [
                "restart shop-web-1",
                "shop-web-1 is ready, within 60 s",
                "restart shop-web-2",
                "shop-web-2 is ready, within 60 s"
            ]
        );
    }

    #[test]
    fn no_cause_says_what_its_step_says_already() {
        let grace = Some(Duration::from_millis(1500));
        let verbs = [
            Verb::Start,
            Verb::Stop(grace),
            Verb::Restart(None),
            Verb::Pause,
            Verb::Unpause,
            Verb::Kill("HUP".to_owned()),
            Verb::Remove(Running::Refused),
            Verb::Remove(Running::Killed),
        ];
        for verb in verbs {
            let containers = ["shop-web-1".to_owned(), "shop-web-2".to_owned()];
            let plan = plan(&verb, "shop/web", &containers, Duration::from_secs(60));
            for step in plan.steps() {
                assert!(!step.cause.contains(&format!("{} shop-web", verb.word())), "{step:?}");
                assert!(!step.cause.is_empty() && step.cause != step.act.describe(), "{step:?}");
            }
        }
    }

    #[test]
    fn a_restart_waits_for_the_one_before() {
        let containers = ["shop-web-1".to_owned(), "shop-web-2".to_owned()];
        let plan = plan(&Verb::Restart(None), "shop/web", &containers, Duration::from_secs(60));
        let causes: Vec<&str> = plan.steps().map(|step| step.cause.as_str()).collect();
        let gate = "it must be seen to serve";
        assert_eq!(
            causes,
            ["asked to end, killed after its own grace", gate, "shop-web-1 serves again", gate]
        );
    }

    #[test]
    fn what_undoes_it_can_be_typed() {
        let containers = ["shop-web-1".to_owned(), "shop-web-2".to_owned()];
        let undo = |verb: &Verb| plan(verb, "shop/web", &containers, Duration::ZERO).undo;
        assert_eq!(undo(&Verb::Stop(None)), "stacktop start shop-web-1 shop-web-2");
        assert_eq!(undo(&Verb::Pause), "stacktop unpause shop-web-1 shop-web-2");
        assert!(undo(&Verb::Remove(Running::Killed)).starts_with("none"));
    }

    #[test]
    fn a_removal_asks_for_more_than_a_start() {
        let risk = |verb: &Verb| plan(verb, "x", &[], Duration::ZERO).risk;
        assert!(risk(&Verb::Remove(Running::Killed)) > risk(&Verb::Stop(None)));
        assert!(risk(&Verb::Stop(None)) > risk(&Verb::Start));
    }
}
