//! What a world says of an image: what is in it, and how programs behave that run from it.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{HealthSpec, Size, Span};

/// An image. What is not said follows from the tag.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ImageSpec {
    /// How its programs behave.
    pub(crate) behaviour: Option<Behaviour>,
    /// Time from start until its health check passes.
    pub(crate) ready_after: Option<Span>,
    /// Time from start to the end of a program that crashes.
    pub(crate) crash_after: Option<Span>,
    /// Exit code of a program that crashes, or of a probe that fails.
    pub(crate) exit_code: Option<i64>,
    /// What a failing probe prints.
    pub(crate) output: Option<String>,
    /// What a program that fails writes to stderr.
    pub(crate) lines: Vec<String>,
    /// How its programs end.
    pub(crate) stop: Option<StopSpec>,
    /// What other programs in it do, by command line or by name.
    pub(crate) programs: BTreeMap<String, ProgramSpec>,
    /// How it is got.
    pub(crate) registry: RegistrySpec,
    /// What is in its configuration.
    pub(crate) config: ImageConfig,
    /// Its size.
    pub(crate) size: Size,
}

/// How programs of an image behave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Behaviour {
    /// They work, a moment after their start.
    Good,
    /// They run, but their health check fails.
    Unhealthy,
    /// They end by themselves.
    Crash,
    /// They work, but late.
    Slow,
    /// No registry has it.
    Missing,
}

/// How an image is got from its registry.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RegistrySpec {
    /// Whether the engine has to pull it first.
    pub(crate) absent: bool,
    /// How long a pull takes.
    pub(crate) pull: Option<Span>,
    /// With what words a pull breaks off half-way.
    pub(crate) error: Option<String>,
}

/// How a program obeys a request to end.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct StopSpec {
    /// How long it takes; a fraction of a second unless told.
    pub(crate) takes: Option<Span>,
    /// Its exit code: 0, or 143 for a program that does not handle the signal.
    pub(crate) code: i64,
    /// Whether it pays no attention, so that it has to be killed.
    pub(crate) ignores: bool,
}

/// What a program does when it is executed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ProgramSpec {
    /// Its exit code.
    pub(crate) code: i64,
    /// What it prints.
    pub(crate) output: String,
    /// What it prints to stderr.
    pub(crate) errors: String,
    /// How long it takes.
    pub(crate) takes: Span,
}

/// The configuration that containers inherit.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ImageConfig {
    /// Environment.
    pub(crate) env: BTreeMap<String, String>,
    /// The command line, split at spaces.
    pub(crate) command: String,
    /// The entry point, split at spaces.
    pub(crate) entrypoint: String,
    /// User.
    pub(crate) user: String,
    /// Directory in which it starts.
    pub(crate) workdir: String,
    /// Labels.
    pub(crate) labels: BTreeMap<String, String>,
    /// Exposed ports: `8080` or `53/udp`.
    pub(crate) expose: Vec<String>,
    /// Paths that get a volume of their own.
    pub(crate) volumes: Vec<String>,
    /// Health check.
    pub(crate) health: Option<HealthSpec>,
}
