//! How long nobody is served while a plan is carried out.

use std::time::Duration;

use super::seconds;

/// How long nobody is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Downtime {
    /// Somebody always serves.
    None,
    /// About so long, and as long as it takes to boot.
    Once(Duration),
    /// The same for each of several, one after the other: whether others serve meanwhile is theirs.
    Each(Duration),
    /// Until somebody undoes it.
    Open,
}

impl Downtime {
    /// What a person reads.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Self::None => "0 s".to_owned(),
            Self::Once(span) => format!("about {}, and as long as it boots", seconds(span)),
            Self::Each(span) => {
                format!("each of them about {}, and as long as it boots, one at a time", seconds(span))
            }
            Self::Open => "until it is undone".to_owned(),
        }
    }

    /// That of two plans, one after the other.
    #[must_use]
    pub fn and(self, next: Self) -> Self {
        match (self, next) {
            (Self::None, other) | (other, Self::None) => other,
            (Self::Open, _) | (_, Self::Open) => Self::Open,
            (Self::Once(one) | Self::Each(one), Self::Once(other) | Self::Each(other)) => {
                Self::Each(one.max(other))
            }
        }
    }

    /// The span that is known, without the time it takes to boot; `None` where there is no end to it.
    #[must_use]
    pub const fn span(self) -> Option<Duration> {
        match self {
            Self::None => Some(Duration::ZERO),
            Self::Once(span) | Self::Each(span) => Some(span),
            Self::Open => None,
        }
    }
}
