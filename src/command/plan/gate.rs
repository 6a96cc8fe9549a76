//! What must be seen before the next step.

use std::time::Duration;

use super::ServiceChange;

/// Something that must be seen before the next step.
#[derive(Clone, Debug, PartialEq)]
pub enum Gate {
    /// The container serves: its own health check passes, or it stays up where it has none.
    Ready {
        /// The container.
        container: String,
        /// How long is waited.
        deadline: Duration,
    },
    /// The engine itself says that the container is healthy: proxies send nothing to it before.
    Healthy {
        /// The container.
        container: String,
        /// How long is waited.
        deadline: Duration,
    },
    /// A command in the container ends with 0, sooner or later; the container must not end meanwhile.
    Answers {
        /// The container.
        container: String,
        /// The command.
        command: Vec<String>,
        /// How long is waited.
        deadline: Duration,
    },
    /// The container goes on serving for this long.
    Soak {
        /// The container.
        container: String,
        /// How long.
        period: Duration,
    },
    /// Nothing is looked at: connections run out.
    Drain {
        /// How long.
        period: Duration,
    },
    /// Nothing is looked at: the new ones have time to show how they do before the next ones come.
    Delay {
        /// How long.
        period: Duration,
    },
    /// No task of Swarm runs on the node any more.
    Vacated {
        /// The node's id.
        node: String,
        /// Its name.
        called: String,
        /// How long is waited.
        deadline: Duration,
    },
    /// No task of the service lives any more.
    Emptied {
        /// The service.
        service: String,
        /// How long is waited.
        deadline: Duration,
    },
    /// As many tasks of the service as should run do, on the spec that the change has made.
    Converged {
        /// The service.
        service: String,
        /// What was changed of its spec.
        change: ServiceChange,
        /// How long is waited for the next task.
        deadline: Duration,
    },
}

impl Gate {
    /// What is waited for, in a few words.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Ready { container, deadline } => {
                format!("{container} is ready, within {}", seconds(*deadline))
            }
            Self::Healthy { container, deadline } => {
                format!("the engine calls {container} healthy, within {}", seconds(*deadline))
            }
            Self::Answers { container, deadline, .. } => {
                format!("the server in {container} answers, within {}", seconds(*deadline))
            }
            Self::Soak { container, period } => format!("{container} stays ready for {}", seconds(*period)),
            Self::Drain { period } => format!("connections run out for {}", seconds(*period)),
            Self::Delay { period } => format!("wait for {}", seconds(*period)),
            Self::Vacated { called, deadline, .. } => {
                format!("no task runs on {called} any more, within {}", seconds(*deadline))
            }
            Self::Emptied { service, deadline } => {
                format!("no task of {service} runs any more, within {}", seconds(*deadline))
            }
            Self::Converged { service, deadline, .. } => {
                let span = seconds(*deadline);
                format!("all tasks of {service} run; without progress for {span} they do not")
            }
        }
    }

    /// What was waited for in vain, in a few words; why so is for others to say.
    #[must_use]
    pub fn unmet(&self) -> String {
        match self {
            Self::Ready { container, .. } => format!("{container} did not become ready"),
            Self::Healthy { container, .. } => format!("the engine did not call {container} healthy"),
            Self::Answers { container, .. } => format!("the server in {container} did not answer"),
            Self::Soak { container, .. } => format!("{container} did not stay ready"),
            Self::Converged { service, .. } => format!("the tasks of {service} did not all run"),
            Self::Emptied { service, .. } => format!("the tasks of {service} did not all end"),
            Self::Vacated { called, .. } => format!("the tasks on {called} did not all end"),
            Self::Drain { .. } | Self::Delay { .. } => self.describe(),
        }
    }
}

/// A span in a person's words: `0.5 s`, `90 s`.
#[must_use]
pub fn seconds(span: Duration) -> String {
    if span.subsec_millis() == 0 {
        format!("{} s", span.as_secs())
    } else {
        format!("{:.1} s", span.as_secs_f64())
    }
}
