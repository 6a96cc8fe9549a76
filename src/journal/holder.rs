//! Who carries an operation out, and whether that process still lives.

use serde::{Deserialize, Serialize};

/// A process of a user on a host.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The user's name.
    pub user: String,
    /// The host's name.
    pub host: String,
    /// The process's number.
    pub pid: u32,
    /// When it was started, in ticks since the host was: numbers are given out again. 0 is not known.
    pub started: u64,
    /// The name space of the number, such as `pid:[4026531836]`: containers have their own. Empty is not known.
    #[serde(default)]
    pub namespace: String,
}

/// Whether an operation's process lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// It does.
    Alive,
    /// It does not: what it began is for others to end.
    Gone,
    /// It is on another host or in another container, where nobody here can look.
    Elsewhere,
}

impl Life {
    /// The words for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Alive => "at work",
            Self::Gone => "gone",
            Self::Elsewhere => "on another host",
        }
    }
}

impl Holder {
    /// Whether the process lives, seen by `observer`; `start_of` tells when the process of a number was started.
    #[must_use]
    pub fn life(&self, observer: &Self, start_of: impl Fn(u32) -> Option<u64>) -> Life {
        let is_here = self.namespace.is_empty() || self.namespace == observer.namespace;
        if self.host != observer.host || !is_here {
            return Life::Elsewhere;
        }
        let is_it = |start| self.started == 0 || self.started == start;
        if start_of(self.pid).is_some_and(is_it) { Life::Alive } else { Life::Gone }
    }
}

/// When a process was started, out of its `/proc/<pid>/stat`.
pub(super) fn start_in(stat: &str) -> Option<u64> {
    // The second field, the program's name, is in parentheses and may hold blanks; the start is the 22nd.
    stat.rsplit_once(')')?.1.split_whitespace().nth(19)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holder(host: &str, pid: u32, started: u64) -> Holder {
        Holder { host: host.to_owned(), pid, started, ..Holder::default() }
    }

    #[test]
    fn a_process_lives_while_its_number_has_its_start() {
        let held = holder("a", 7, 100);
        let observer = holder("a", 9, 300);
        assert_eq!(held.life(&observer, |_| Some(100)), Life::Alive);
        assert_eq!(held.life(&observer, |_| Some(200)), Life::Gone, "the number was given out again");
        assert_eq!(held.life(&observer, |_| None), Life::Gone);
    }

    #[test]
    fn what_a_lock_does_not_tell_counts_as_here_and_as_the_same() {
        let observer = Holder { namespace: "pid:[1]".to_owned(), ..holder("a", 9, 300) };
        assert_eq!(holder("a", 7, 0).life(&observer, |_| Some(200)), Life::Alive);
        assert_eq!(holder("a", 7, 0).life(&observer, |_| None), Life::Gone);
    }

    #[test]
    fn a_process_of_another_host_or_container_is_not_called_gone() {
        let held = holder("a", 7, 100);
        assert_eq!(held.life(&holder("b", 9, 1), |_| None), Life::Elsewhere);
        let contained = Holder { namespace: "pid:[2]".to_owned(), ..holder("a", 9, 1) };
        let held = Holder { namespace: "pid:[1]".to_owned(), ..held };
        assert_eq!(held.life(&contained, |_| None), Life::Elsewhere);
    }

    #[test]
    fn the_start_is_found_behind_a_name_with_blanks_and_parentheses() {
        let rest = (3..=22).map(|field| (field * 10).to_string()).collect::<Vec<_>>().join(" ");
        assert_eq!(start_in(&format!("7 (a ) b) {rest} 0 0")), Some(220));
    }
}
