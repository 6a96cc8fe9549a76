//! The connection to a Docker engine: the only place that speaks its API.
//!
//! A [`Connector`] knows how to reach one engine: a Unix socket, TCP with or without TLS, or a pipe within the
//! process. [`Connector::connect`] agrees on an API version and yields an [`Engine`], which is cheap to clone and
//! asks: [`Engine::snapshot`], [`Engine::events`], [`Engine::samples`], [`Engine::usages`], [`Engine::logs`], inspections. It also
//! acts: one method a call of the API, from [`Engine::create`] to [`Engine::update_service`]; and it runs commands in
//! containers: [`Engine::exec`], [`Engine::probe`], [`Engine::exec_session`].
//!
//! Where the engine's host is this one, what containers use is read from the kernel (`cgroup`) and costs the engine
//! nothing.
//!
//! [`observe()`] keeps one engine in view for as long as the program runs: it owns the link, notices its loss and
//! finds it again.
//!
//! All requests take one thin layer over hyper (`transport`), which puts the agreed version in front of each path
//! and gives each call a deadline. bollard's typed calls ([`Engine::bollard`]) take the same layer. What bollard
//! is too strict or too lossy for is read here, from JSON: lists and events (one word that its closed enums do
//! not know fails the whole answer), logs, statistics, services (its types drop the health check).
//!
//! Answers become [`crate::domain`] types once, in `convert`: words that this version does not know are kept, all
//! text is sanitised, and one malformed element never costs a list.

mod body;
mod call;
mod cgroup;
mod connector;
mod context;
mod convert;
mod dial;
mod endpoint;
mod error;
mod events;
mod exec;
mod gather;
mod host;
mod inspections;
mod logs;
mod measure;
mod observe;
mod operate;
mod requests;
mod samples;
mod snapshot;
mod surroundings;
mod tls;
mod transport;
mod version;

use std::time::Duration;

pub use body::Chunks;
pub use call::{Call, segment};
pub use connector::{Choice, Connector};
pub use endpoint::Endpoint;
pub use error::{ConnectError, EngineError};
pub use events::EventStream;
pub use exec::{
    ExecCommand, ExecControl, ExecInput, ExecOutcome, ExecOutput, ExecPiece, ExecSession, ExecStart,
    ExecStreams, ProbeOutcome, TerminalSize, probe_command,
};
pub use host::Host;
pub use inspections::Inspections;
pub use logs::{LogLines, follow, read_text};
pub use measure::{Measured, measured_here};
pub use observe::{ObserverHandle, observe};
pub use operate::{
    Change, Difference, DifferenceKind, Force, Prune, Pruned, PullStep, ServiceUpdate, Volumes,
};
pub use requests::Engine;
pub use samples::SampleStream;
pub use surroundings::Surroundings;

/// How long the head of an answer is waited for, unless a call says otherwise.
pub const DEADLINE: Duration = Duration::from_secs(10);

/// The same for lists and measurements, which a busy engine takes its time for.
const LIST_DEADLINE: Duration = Duration::from_secs(30);

/// How long a piece of an ordinary answer may take once its head has come.
const PIECE: Duration = Duration::from_secs(30);
