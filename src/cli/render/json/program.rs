//! The program itself and its surroundings.

use serde::Serialize;

/// What `doctor` prints.
#[derive(Clone, Debug, Serialize)]
pub struct Doctor {
    /// The worst level of the checks.
    pub level: &'static str,
    /// The checks.
    pub checks: Vec<Check>,
}

/// One thing that was looked at.
#[derive(Clone, Debug, Serialize)]
pub struct Check {
    /// What was looked at.
    pub name: &'static str,
    /// `ok`, `warn` or `fail`.
    pub level: &'static str,
    /// What was seen.
    pub text: String,
}

/// What `version` prints.
#[derive(Clone, Debug, Serialize)]
pub struct Version {
    /// The program's version.
    pub version: &'static str,
    /// Whether this build has the dashboard.
    pub dashboard: bool,
    /// The operating system it was built for.
    pub os: &'static str,
    /// The processor architecture it was built for.
    pub arch: &'static str,
}
