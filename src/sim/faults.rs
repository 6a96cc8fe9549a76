//! What tests do to a simulated engine behind its clients' backs, and what they can see of the requests.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use super::{Sim, clock::Nanos};

/// How many requests are remembered.
const REMEMBERED: usize = 10_000;

/// A request that the engine has got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Its method, in capitals.
    pub method: String,
    /// Its path without version and query, for example `/containers/web-1/start`.
    pub path: String,
    /// Its query as it was sent.
    pub query: String,
}

/// When a connection is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// The request arrives and nothing happens.
    BeforeChange,
    /// What was asked for is done, but the answer is lost.
    AfterChange,
}

/// What goes wrong with a request.
#[derive(Clone, Debug)]
pub(crate) enum Mishap {
    /// It is refused.
    Fail(u16, String),
    /// It waits this long before it is looked at.
    Delay(Duration),
    /// Its connection is lost.
    Cut(Cut),
    /// Its answer ends after so many bytes, as if it were whole.
    Short(usize),
}

#[derive(Debug)]
struct Rule {
    method: String,
    pattern: String,
    mishap: Mishap,
}

/// Rules that wait for their requests, and the requests so far.
#[derive(Debug, Default)]
pub(crate) struct Ambush {
    rules: Mutex<Vec<Rule>>,
    seen: Mutex<VecDeque<Seen>>,
}

impl Ambush {
    /// Remembers a request and takes the rules that fit it: delays, up to and with the first other.
    pub(crate) fn meet(&self, seen: Seen) -> Vec<Mishap> {
        let mut met = Vec::new();
        let mut rules = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(index) = rules.iter().position(|rule| rule.fits(&seen)) {
            let mishap = rules.remove(index).mishap;
            let last = !matches!(mishap, Mishap::Delay(_));
            met.push(mishap);
            if last {
                break;
            }
        }
        let mut all = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() == REMEMBERED {
            all.pop_front();
        }
        all.push_back(seen);
        met
    }
}

impl Rule {
    fn fits(&self, seen: &Seen) -> bool {
        let method = self.method == "*" || self.method.eq_ignore_ascii_case(&seen.method);
        method && fits(&self.pattern, &seen.path)
    }
}

/// Whether a path fits a pattern, part by part; a `*` stands for any text within a part.
fn fits(pattern: &str, path: &str) -> bool {
    let (mut patterns, mut parts) = (pattern.split('/'), path.split('/'));
    loop {
        match (patterns.next(), parts.next()) {
            (None, None) => return true,
            (Some(pattern), Some(part)) if part_fits(pattern, part) => {}
            _ => return false,
        }
    }
}

fn part_fits(pattern: &str, part: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == part,
        Some((front, back)) => {
            part.len() >= front.len() + back.len() && part.starts_with(front) && part.ends_with(back)
        }
    }
}

/// Makes things go wrong. Each rule counts once, for the next request that it fits; rules that fit the same
/// request count in the order in which they were made.
///
/// A method is `GET`, `POST`... or `*`. A path pattern is a path without version and query, in which one `*` per
/// part stands for any text: `/containers/*/start`, `/containers/web-*/json`.
#[derive(Clone, Debug)]
pub struct Faults {
    sim: Sim,
}

impl Faults {
    /// The next such request is refused with a status and a message; nothing is done.
    pub fn fail_next(&self, method: &str, path_pattern: &str, status: u16, message: &str) {
        self.add(method, path_pattern, Mishap::Fail(status, message.to_owned()));
    }

    /// The next such request waits before it is looked at.
    pub fn delay_next(&self, method: &str, path_pattern: &str, wait: Duration) {
        self.add(method, path_pattern, Mishap::Delay(wait));
    }

    /// The next such request loses its connection.
    pub fn cut_next(&self, method: &str, path_pattern: &str, cut: Cut) {
        self.add(method, path_pattern, Mishap::Cut(cut));
    }

    /// The answer to the next such request ends after so many bytes, as if it were whole: so an engine does that fails in
    /// the midst of an archive.
    pub fn shorten_next(&self, method: &str, path_pattern: &str, bytes: usize) {
        self.add(method, path_pattern, Mishap::Short(bytes));
    }

    /// Forgets all rules that have not counted yet.
    pub fn clear(&self) {
        self.sim.shared.ambush.rules.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The clock of the engine's host jumps forward: dates in answers, not the course of things.
    pub fn jump_clock(&self, by: Duration) {
        self.sim.shared.clock.jump(nanos(by));
    }

    /// The clock of the engine's host jumps back.
    pub fn turn_back_clock(&self, by: Duration) {
        self.sim.shared.clock.jump(-nanos(by));
    }

    /// The daemon is away from now on, for this long in the world's time: connections are cut and refused.
    /// Containers run on.
    pub fn outage(&self, lasts: Duration) {
        self.sim.shared.change(|state| state.begin_outage(nanos(lasts)));
    }

    /// The program of a container (name or id) ends by itself with this exit code. False if there is no such
    /// container.
    pub fn crash(&self, container: &str, code: i64) -> bool {
        self.sim.shared.change(|state| state.crash(container, code))
    }

    /// A registry has new content under a reference, which behaves like another one. Engines get it with the
    /// next pull; until then a container of `reference` is made from the old image.
    pub fn publish(&self, reference: &str, like: &str) {
        self.sim.shared.change(|state| state.publish(reference, like));
    }

    fn add(&self, method: &str, pattern: &str, mishap: Mishap) {
        let rule = Rule { method: method.to_owned(), pattern: pattern.to_owned(), mishap };
        self.sim.shared.ambush.rules.lock().unwrap_or_else(PoisonError::into_inner).push(rule);
    }
}

fn nanos(span: Duration) -> Nanos {
    Nanos::try_from(span.as_nanos()).unwrap_or(Nanos::MAX / 4)
}

impl Sim {
    /// A handle with which tests make things go wrong.
    pub fn faults(&self) -> Faults {
        Faults { sim: self.clone() }
    }

    /// The requests so far, oldest first.
    pub fn requests(&self) -> Vec<Seen> {
        let seen = self.shared.ambush.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn a_star_stands_for_text_within_a_part() {
        assert!(fits("/containers/*/start", "/containers/web/start"));
        assert!(fits("/containers/web-*/start", "/containers/web-12/start"));
        assert!(!fits("/containers/*/start", "/containers/web/stop"));
        assert!(!fits("/containers/*", "/containers/web/json"));
        assert!(fits("/_ping", "/_ping"));
    }
}
