//! What a container's own health check says.

use jiff::Timestamp;

/// A health check's verdict.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Health {
    /// There is no health check.
    #[default]
    None,
    /// Within its start period, no verdict yet.
    Starting,
    /// The last probe passed.
    Healthy,
    /// As many probes in a row failed as the check allows.
    Unhealthy,
    /// A word that this version does not know.
    Unknown(String),
}

impl Health {
    /// Reads the engine's word.
    #[must_use]
    pub fn parse(word: &str) -> Self {
        match word {
            "" | "none" => Self::None,
            "starting" => Self::Starting,
            "healthy" => Self::Healthy,
            "unhealthy" => Self::Unhealthy,
            other => Self::Unknown(other.to_owned()),
        }
    }

    /// The engine's word.
    #[must_use]
    pub fn word(&self) -> &str {
        match self {
            Self::None => "none",
            Self::Starting => "starting",
            Self::Healthy => "healthy",
            Self::Unhealthy => "unhealthy",
            Self::Unknown(word) => word,
        }
    }
}

/// One run of a health check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// How long it took, in milliseconds; unknown where the engine gave no end.
    pub took_ms: Option<u64>,
    /// 0 passed, 1 failed; -1 the check itself could not run or took too long.
    pub exit_code: i64,
    /// What it printed, one sanitised line an element.
    pub output: Vec<String>,
}

impl Probe {
    /// Whether it passed.
    #[must_use]
    pub const fn passed(&self) -> bool {
        self.exit_code == 0
    }

    /// Whether the check itself is broken: its program is missing, so it says nothing of the service.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        let says = |words: &str| self.output.iter().any(|line| line.contains(words));
        match self.exit_code {
            -1 => says("executable file not found") || says("no such file or directory"),
            127 => says("not found"),
            _ => false,
        }
    }

    /// The line that says most: the last that is not empty.
    #[must_use]
    pub fn verdict(&self) -> &str {
        self.output.iter().rev().map(|line| line.trim()).find(|line| !line.is_empty()).unwrap_or_default()
    }
}
