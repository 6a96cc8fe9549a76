//! Why an operation is not begun.

use thiserror::Error;

use crate::{
    backup::BackupError,
    command::{clone::Refusal, execute::lock::Errand, swarm::SwarmRefusal},
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
        "{service}: operation {}{} of {}@{} (pid {}, since {}) has not ended; wait for it, or {} if it was killed",
        .holder.operation, what(.holder), .holder.user, .holder.host, .holder.pid, .holder.began, ways(.holder)
    )]
    Busy {
        /// The service, or the stack.
        service: String,
        /// What its lock says.
        holder: Box<Errand>,
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
    /// An operation that cannot be gone on with once it was killed.
    #[error(
        "{called}: {what} that was killed is not gone on with; `stacktop ops rollback {operation}` brings everybody back, \
         then run it again"
    )]
    Again {
        /// What it was done to.
        called: String,
        /// What it is.
        what: &'static str,
        /// The operation.
        operation: String,
    },
    /// Somebody was at work between the plan and its beginning.
    #[error("{0}: its containers are not those of the plan any more; look again, then repeat")]
    Changed(String),
    /// Swarm looks after what is to be stopped.
    #[error(
        "{0}: Swarm would start another task in place of one that is stopped: `stacktop scale {0}=0`, back up, and scale it \
         back; or leave --mode out, and it is frozen for a moment or dumped"
    )]
    NotStopped(String),
    /// There is nothing to be backed up.
    #[error("{called}: {why}; nothing was stored")]
    NothingToStore {
        /// What was to be backed up.
        called: String,
        /// Why, in a sentence.
        why: &'static str,
    },
    /// A set, or a part of it, cannot be restored as was asked.
    #[error("{0}")]
    NothingToRestore(String),
    /// The folder of sets does not tell, or the set cannot be begun.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// Nothing of that name.
    #[error("no operation is called {0}; `stacktop ops ls` lists them")]
    NoOperation(String),
}

impl Refused {
    /// An operation of this kind is not gone on with.
    #[must_use]
    pub fn again(errand: &Errand) -> Self {
        let operation = errand.operation.clone();
        Self::Again { called: errand.called(), what: errand.kind.noun(), operation }
    }

    /// Somebody is at work on what is called so.
    #[must_use]
    pub fn busy(called: String, holder: &Errand) -> Self {
        Self::Busy { service: called, holder: Box::new(holder.clone()) }
    }
}

/// What it is, if it is done to more than the service.
fn what(holder: &Errand) -> String {
    if holder.service.is_empty() {
        format!(" ({} of {})", holder.kind.noun(), holder.called())
    } else {
        String::new()
    }
}

/// The commands for one that was killed.
fn ways(holder: &Errand) -> String {
    let operation = &holder.operation;
    let back = format!("`stacktop ops rollback {operation}`");
    if holder.kind.goes_on() { format!("`stacktop ops resume {operation}` or {back}") } else { back }
}
