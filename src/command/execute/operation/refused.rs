//! Why an operation is not begun.

use thiserror::Error;

use crate::{
    command::{clone::Refusal, swarm::SwarmRefusal},
    engine::EngineError,
    journal::JournalError,
};

/// Why an operation is not begun. Nothing was touched.
#[derive(Debug, Error)]
pub enum Refused {
    /// A rule says no.
    #[error(transparent)]
    Rule(#[from] Refusal),
    /// A rule of Swarm says no.
    #[error(transparent)]
    Swarm(#[from] SwarmRefusal),
    /// The engine does not tell, or says no.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The operation cannot be put into the journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A call cannot be put into the journal, so that it is not made.
    #[error("{0}")]
    Unwritten(String),
    /// There is no such image on the engine.
    #[error("{service}: image {reference} is not on the engine; `stacktop pull {reference}` fetches it")]
    NoImage {
        /// The service.
        service: String,
        /// The reference.
        reference: String,
    },
    /// Nobody knows what ran before.
    #[error(
        "{0}: nothing is known of what it ran before: neither its containers nor this machine's journal tell; \
         `stacktop rollout {0} --image` with the old image goes back"
    )]
    NothingKnown(String),
    /// What ran before is not there any more.
    #[error(
        "{service}: it ran {reference} ({id}) before, and that image is gone from the engine; `stacktop pull \
         {reference}` may bring it back, or `stacktop rollout {service} --image` another one"
    )]
    PreviousGone {
        /// The service.
        service: String,
        /// What the image was called.
        reference: String,
        /// Its id.
        id: String,
    },
    /// Somebody is at work on the service.
    #[error(
        "{service}: operation {operation} of {user}@{host} (pid {pid}, since {began}) has not ended; wait for it, or \
         `stacktop ops resume {operation}` or `stacktop ops rollback {operation}` if it was killed"
    )]
    Busy {
        /// The service.
        service: String,
        /// The operation.
        operation: String,
        /// Who began it.
        user: String,
        /// On which machine.
        host: String,
        /// The process there.
        pid: u32,
        /// When.
        began: String,
    },
    /// A process of this machine is at it.
    #[error(
        "{service}: process {pid} of {user} is at work on {operation}; wait for it, or end it with Ctrl-C or `kill {pid}` \
         first"
    )]
    AtWork {
        /// The service.
        service: String,
        /// The operation.
        operation: String,
        /// Whose process it is.
        user: String,
        /// The process.
        pid: u32,
    },
    /// A process of another machine, or another container, is or was at it.
    #[error(
        "{service}: {operation} is in the hands of {user}@{host} (pid {pid}), and nobody here can see whether that process \
         lives; go on there, or add --break-lock if it is gone for certain"
    )]
    Elsewhere {
        /// The service.
        service: String,
        /// The operation.
        operation: String,
        /// Whose process it is.
        user: String,
        /// On which machine.
        host: String,
        /// The process.
        pid: u32,
    },
    /// The old containers are being removed: there is nothing to go back to.
    #[error(
        "{service}: operation {operation} is past its way back, old containers are removed already; \
         `stacktop ops resume {operation}` finishes it, then roll out the old image"
    )]
    TooLate {
        /// The service.
        service: String,
        /// The operation.
        operation: String,
    },
    /// Somebody was at work between the plan and its beginning.
    #[error("{0}: its containers are not those of the plan any more; look again, then repeat")]
    Changed(String),
    /// Nothing of that name.
    #[error("no operation is called {0}; `stacktop ops ls` lists them")]
    NoOperation(String),
}
