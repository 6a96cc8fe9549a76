//! Who is kept still while a backup reads, so that anybody can bring them back: whoever began may be killed.

use std::{path::PathBuf, time::Duration};

use serde::{Deserialize, Serialize};

use crate::command::plan::{Act, Call, Gate, Step};

/// How long a container that was stopped has to serve again: databases go through their logs first.
const READY: Duration = Duration::from_secs(300);

/// What a backup leaves behind if it is killed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    /// The folder of its set, on the machine that makes it.
    pub folder: PathBuf,
    /// Containers that are kept still for a while, in the order in which they go on.
    pub held: Vec<Held>,
}

/// A container that is kept still for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Its name.
    pub container: String,
    /// The service it belongs to, as a person calls it: `shop/db`.
    pub service: String,
    /// How.
    pub by: Hold,
}

/// How a container is kept still.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hold {
    /// It is stopped, and is to be started.
    Stop,
    /// It is frozen, and is to be thawed.
    Pause,
}

impl Held {
    /// The call that keeps it still.
    #[must_use]
    pub fn hold(&self) -> Step {
        let container = self.container.clone();
        let (state, call) = match self.by {
            Hold::Stop => ("stopping", Call::Stop { container, grace: None }),
            Hold::Pause => ("freezing", Call::Pause { container }),
        };
        step(state, "nobody writes while it is read", Act::Call(call))
    }

    /// What lets it go on, up to that it serves.
    #[must_use]
    pub fn release(&self) -> Vec<Step> {
        let container = || self.container.clone();
        match self.by {
            Hold::Stop => {
                let gate = Gate::Ready { container: container(), deadline: READY };
                vec![
                    step("starting", "it serves again", Act::Call(Call::Start { container: container() })),
                    step("gate", "those that need it come after", Act::Gate(gate)),
                ]
            }
            Hold::Pause => {
                vec![step("thawing", "it goes on", Act::Call(Call::Unpause { container: container() }))]
            }
        }
    }
}

fn step(state: &'static str, cause: &str, act: Act) -> Step {
    Step { slot: None, state, cause: cause.to_owned(), act }
}
