//! API versions: 20.10 speaks 1.41 at most, 29 speaks 1.44 at least, so no single one serves both.

use std::fmt;

/// A version of the Engine API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version {
    major: usize,
    minor: usize,
}

impl Version {
    /// The newest that stacktop was written against.
    pub(super) const NEWEST: Self = Self { major: 1, minor: 53 };
    /// The oldest that has all that stacktop needs (Docker 20.10).
    pub(super) const OLDEST: Self = Self { major: 1, minor: 41 };

    /// Reads `1.41`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (major, minor) = text.trim().split_once('.')?;
        Some(Self { major: major.parse().ok()?, minor: minor.parse().ok()? })
    }

    /// The same for bollard.
    pub(super) const fn for_bollard(self) -> bollard::ClientVersion {
        bollard::ClientVersion { major_version: self.major, minor_version: self.minor }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_by_number() {
        let read = |text| Version::parse(text).unwrap();
        assert!(read("1.9") < read("1.41") && read("1.41") == Version::OLDEST);
        assert_eq!(read("1.60").min(Version::NEWEST).to_string(), "1.53");
        assert_eq!(Version::parse("new"), None);
    }
}
