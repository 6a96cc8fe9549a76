//! What a container has written.
//!
//! Ordinary lines are not stored: time is cut into slots, and what is written in a slot is a pure function of
//! the container and the slot. So a log has a past from the first moment, and `tail` costs what it returns.
//! Lines with a cause (starts, stops, faults) are stored and merged in.

use std::{borrow::Cow, collections::VecDeque};

use crate::sim::{
    clock::{Clock, Nanos, SECOND},
    noise,
    spec::Flavour,
};

/// How many ordinary lines a log driver keeps before it rotates them away.
const KEPT: i64 = 3_000;
const STORED: usize = 1_000;

/// Where a line was written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}

/// A line of a log, without its line feed.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// When it was written.
    pub(crate) at: Nanos,
    /// Where to.
    pub(crate) stream: Stream,
    /// What.
    pub(crate) text: String,
}

/// A stretch of time in which the program ran.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run {
    /// Its start.
    pub(crate) from: Nanos,
    /// Its end, if it has ended.
    pub(crate) to: Option<Nanos>,
}

/// The log of one container.
#[derive(Clone, Debug)]
pub(crate) struct Log {
    key: u64,
    rate: f64,
    flavour: Flavour,
    runs: VecDeque<Run>,
    stored: VecDeque<Line>,
}

impl Log {
    /// An empty log of a program that writes `rate` lines per second.
    pub(crate) fn new(key: u64, rate: f64, flavour: Flavour) -> Self {
        Self { key, rate, flavour, runs: VecDeque::new(), stored: VecDeque::new() }
    }

    /// The program starts.
    pub(crate) fn start(&mut self, clock: &Clock, at: Nanos) {
        for (number, text) in self.flavour.start.clone().into_iter().enumerate() {
            let at = at + (number as Nanos + 1) * 37_123_457;
            self.store(clock, at, Stream::Out, &text);
        }
        self.runs.push_back(Run { from: at, to: None });
        if self.runs.len() > 50 {
            self.runs.pop_front();
        }
    }

    /// The program ends. If it was asked to, it says goodbye.
    pub(crate) fn stop(&mut self, clock: &Clock, at: Nanos, asked: bool) {
        if let Some(run) = self.runs.back_mut() {
            run.to.get_or_insert(at);
        }
        for (number, text) in self.flavour.stop.clone().into_iter().enumerate().filter(|_| asked) {
            self.store(clock, at - 3_000_000 + number as Nanos * 1_000, Stream::Out, &text);
        }
    }

    /// Stores a line that has a cause.
    pub(crate) fn store(&mut self, clock: &Clock, at: Nanos, stream: Stream, template: &str) {
        let text = fill(template, clock, noise::part(self.key, at), at);
        let after = self.stored.iter().rposition(|line| line.at <= at).map_or(0, |index| index + 1);
        self.stored.insert(after, Line { at, stream, text });
        if self.stored.len() > STORED {
            self.stored.pop_front();
        }
    }

    /// Lines written after `after` and not after `until`, oldest first; at most the last `tail`.
    pub(crate) fn lines(&self, clock: &Clock, after: Nanos, until: Nanos, tail: Option<usize>) -> Vec<Line> {
        let most = tail.unwrap_or(usize::MAX);
        let mut lines = self.ordinary(clock, after, until, most);
        lines.extend(self.stored.iter().filter(|line| line.at > after && line.at <= until).cloned());
        lines.sort_by_key(|line| line.at);
        let surplus = lines.len().saturating_sub(most);
        lines.drain(..surplus);
        lines
    }

    fn ordinary(&self, clock: &Clock, after: Nanos, until: Nanos, most: usize) -> Vec<Line> {
        if self.rate <= 0.0 || self.flavour.lines.is_empty() || until <= after {
            return Vec::new();
        }
        let width = ((SECOND as f64 / self.rate) as Nanos).max(1_000);
        let newest = until.div_euclid(width);
        let oldest = (newest - KEPT).max(after.div_euclid(width));
        (oldest..=newest)
            .rev()
            .map(|slot| (slot, slot * width + (noise::unit(self.key, slot) * 0.9 * width as f64) as Nanos))
            .filter(|(_, at)| *at > after && *at <= until && self.was_running(*at))
            .take(most)
            .map(|(slot, at)| self.ordinary_line(clock, slot, at))
            .collect()
    }

    fn was_running(&self, at: Nanos) -> bool {
        let started = |run: &Run| at > run.from + SECOND / 2;
        self.runs.iter().any(|run| started(run) && run.to.is_none_or(|to| at <= to))
    }

    fn ordinary_line(&self, clock: &Clock, slot: i64, at: Nanos) -> Line {
        let key = noise::part(self.key, slot);
        let is_error = noise::unit(key, 1) < self.flavour.error_share;
        let (stream, pool) = match noise::pick(key, 2, &self.flavour.errors).filter(|_| is_error) {
            Some(text) => (Stream::Err, Some(text)),
            None => (Stream::Out, noise::pick(key, 2, &self.flavour.lines)),
        };
        Line { at, stream, text: fill(pool.map_or("", String::as_str), clock, key, at) }
    }
}

/// Replaces `<name>` placeholders: `<ms> <ip> <path> <status> <user> <id> <n> <bytes> <time> <clf> <pgtime>
/// <level> <long>`. What is no placeholder stays as it is.
pub(crate) fn fill(template: &str, clock: &Clock, key: u64, at: Nanos) -> String {
    let mut text = String::with_capacity(template.len() + 32);
    let mut rest = template;
    let mut number = 10;
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        number += 1;
        match after
            .split_once('>')
            .and_then(|(name, tail)| Some((value(name, clock, key, number, at)?, tail)))
        {
            Some((value, tail)) => {
                text.push_str(&value);
                rest = tail;
            }
            None => {
                text.push('<');
                rest = after;
            }
        }
    }
    text.push_str(rest);
    text
}

const PATHS: [&str; 8] = [
    "/api/events",
    "/api/search?q=milonga",
    "/health",
    "/api/users/42",
    "/",
    "/api/uploads",
    "/metrics",
    "/static/app.3f9c1.js",
];
const USERS: [&str; 6] = ["ana", "bruno", "chiara", "dmitri", "eva", "farid"];

fn value<'a>(name: &str, clock: &Clock, key: u64, number: i64, at: Nanos) -> Option<Cow<'a, str>> {
    let draw = |low, high| noise::between(key, number, low, high);
    Some(match name {
        "ms" => format!("{}.{}", draw(1, 180), noise::between(key, number + 1, 0, 9)).into(),
        "n" => draw(1, 9_999).to_string().into(),
        "bytes" => draw(180, 48_000).to_string().into(),
        "ip" => {
            format!("10.{}.{}.{}", draw(0, 3), noise::between(key, number + 1, 0, 255), draw(2, 250)).into()
        }
        "path" => (*noise::pick(key, number, &PATHS)?).into(),
        "user" => (*noise::pick(key, number, &USERS)?).into(),
        "status" => (if draw(0, 99) < 96 { "200" } else { "404" }).into(),
        "id" => format!("{:08x}", noise::part(key, number) >> 32).into(),
        "time" => format!("{:.3}", clock.wall(at)).into(),
        "clf" => strftime(clock, at, "%d/%b/%Y:%H:%M:%S +0000").into(),
        "pgtime" => strftime(clock, at, "%Y-%m-%d %H:%M:%S%.3f UTC").into(),
        "long" => "0123456789abcdef".repeat(1_300).into(),
        _ => return None,
    })
}

fn strftime(clock: &Clock, at: Nanos, format: &str) -> String {
    clock.wall(at).to_zoned(jiff::tz::TimeZone::UTC).strftime(format).to_string()
}
