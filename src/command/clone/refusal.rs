//! Why an operation is not even begun, each as one sentence that names the object and the way out.

use thiserror::Error;

/// An operation that would fail half-way or do harm. Nothing has been touched.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Refusal {
    /// Start-first with a fixed host port.
    #[error(
        "{service}: port {port} is fixed, two containers cannot hold it. Use --order stop-first (≈1 s + boot time of downtime) or put a proxy in front and drop the ports."
    )]
    FixedPort {
        /// The service.
        service: String,
        /// `0.0.0.0:80->8000`, or a range without a free member.
        port: String,
    },
    /// Start-first with a fixed address.
    #[error(
        "{service}: {address} is fixed, two containers cannot have it. Use --order stop-first, or drop the address from the compose file."
    )]
    FixedAddress {
        /// The service.
        service: String,
        /// `address 172.30.0.10 on network back`.
        address: String,
    },
    /// Start-first with data that only one container may write.
    #[error(
        "{service}: {place} is mounted read-write by its only replica; two {program} processes on one data directory corrupt it. Use stop-first, or --allow-shared-volume {source_name}."
    )]
    SharedData {
        /// The service.
        service: String,
        /// `volume db-data`.
        place: String,
        /// What runs in it.
        program: String,
        /// What to allow: the volume's name or the folder.
        source_name: String,
    },
    /// A database's data folder is of another major version.
    #[error("{program} {old}→{new} {}. stacktop backup {service} first; --force to override.", why(program))]
    MajorChange {
        /// The service.
        service: String,
        /// `postgres`.
        program: String,
        /// The version that wrote the data.
        old: String,
        /// The version that would read it.
        new: String,
    },
    /// Swarm would undo it at once.
    #[error("{container} belongs to swarm service {service}; use 'stacktop update service {service}'.")]
    SwarmTask {
        /// The container.
        container: String,
        /// Its service.
        service: String,
    },
    /// The container is gone when it stops.
    #[error(
        "{container}: old container is --rm: it cannot be kept for rollback. Re-create it without --rm first."
    )]
    AutoRemove {
        /// The container.
        container: String,
    },
    /// A second one cannot have the name.
    #[error(
        "{service} has container_name {name}: only one can exist. Drop container_name from the compose file and run 'docker compose up' once."
    )]
    ContainerName {
        /// The service.
        service: String,
        /// The name.
        name: String,
    },
    /// More containers than host ports.
    #[error(
        "{service}: port {port} is fixed, {held}. Drop the host port or publish a range, and put a proxy in front."
    )]
    NoFreePort {
        /// The service.
        service: String,
        /// The binding.
        port: String,
        /// How many can hold it.
        held: String,
    },
    /// A second one cannot have the address.
    #[error(
        "{service}: {address} is fixed, only one container can have it. Drop it from the compose file to scale."
    )]
    OneAddress {
        /// The service.
        service: String,
        /// `address 172.30.0.10 on network back`.
        address: String,
    },
    /// The network belongs to another container.
    #[error(
        "{service} lives in the network of {provider}: replicas would fight for its ports. Give it a network of its own to scale it."
    )]
    BorrowedNetwork {
        /// The service.
        service: String,
        /// The container that owns the network, by id or name.
        provider: String,
    },
    /// There is nothing to be like.
    #[error(
        "{service} has no container to clone. Start the first one with 'docker compose up -d {service}'."
    )]
    NothingToClone {
        /// The service.
        service: String,
    },
    /// The image is not there.
    #[error(
        "{service}: image {reference} cannot be used: {cause}. Pull or load it first; nothing was stopped."
    )]
    ImageMissing {
        /// The service.
        service: String,
        /// The image.
        reference: String,
        /// The registry's or the engine's words.
        cause: String,
    },
    /// The image is for another kind of machine.
    #[error(
        "{service}: image {reference} is for {new}, its containers run {old}. Pull it with --platform {old}; nothing was stopped."
    )]
    Platform {
        /// The service.
        service: String,
        /// The image.
        reference: String,
        /// What runs.
        old: String,
        /// What would run.
        new: String,
    },
    /// Somebody else is at it.
    #[error("{verb} {op} of {service} is running ({holder}, {progress}). Wait, or 'stacktop ops show {op}'.")]
    Busy {
        /// `rollout`.
        verb: String,
        /// The operation's id.
        op: String,
        /// The service.
        service: String,
        /// `ada@host pid 4711`.
        holder: String,
        /// `slot 2/3, 40 s`.
        progress: String,
    },
}

fn why(program: &str) -> &'static str {
    match program {
        "postgres" => "needs a dump/restore, not an image swap",
        _ => "rewrites the data directory, and the old image cannot read it any more",
    }
}
