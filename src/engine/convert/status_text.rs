//! The status of a listed container in the engine's words, such as `Up 2 hours (healthy)`: all that a list tells
//! of health and exit codes.

use crate::domain::Health;

/// What the words tell.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::engine) struct Told {
    /// The health check's verdict; frozen containers do not tell it.
    pub(in crate::engine) health: Health,
    /// The exit code of one that ended.
    pub(in crate::engine) exit_code: Option<i64>,
}

/// Reads `Up 2 hours (healthy)`, `Exited (137) 5 seconds ago`, `Restarting (1) 3 seconds ago`.
pub(in crate::engine) fn read(words: &str) -> Told {
    let ended = ["Exited (", "Restarting ("].iter().find_map(|begin| words.strip_prefix(begin));
    let exit_code = ended.and_then(|rest| rest.split_once(')')).and_then(|(code, _)| code.parse().ok());
    let aside =
        words.trim_end().strip_suffix(')').and_then(|rest| rest.rsplit_once('(')).map(|(_, aside)| aside);
    let health = match aside.filter(|_| words.starts_with("Up ")) {
        Some("Paused") | None => Health::None,
        Some(aside) => Health::parse(aside.strip_prefix("health: ").unwrap_or(aside)),
    };
    Told { health, exit_code }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn health_and_exit_code_are_read_from_the_status() {
        for (words, health, exit_code) in [
            ("Up 2 hours", Health::None, None),
            ("Up 2 hours (healthy)", Health::Healthy, None),
            ("Up 3 seconds (health: starting)", Health::Starting, None),
            ("Up About a minute (unhealthy)", Health::Unhealthy, None),
            ("Up 5 minutes (Paused)", Health::None, None),
            ("Exited (137) 5 seconds ago", Health::None, Some(137)),
            ("Exited (-1) 2 weeks ago", Health::None, Some(-1)),
            ("Restarting (1) Less than a second ago", Health::None, Some(1)),
            ("Created", Health::None, None),
            ("", Health::None, None),
            ("Up 1 second (degraded)", Health::Unknown("degraded".into()), None),
        ] {
            assert_eq!(read(words), Told { health, exit_code }, "{words}");
        }
    }
}
