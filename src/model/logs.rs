//! The logs of the selection.

use std::collections::VecDeque;

use jiff::Timestamp;
use regex::Regex;

use super::RowKey;
use crate::domain::{ContainerId, LogLine};

/// How many lines are kept.
const KEPT: usize = 10_000;

/// Lines of the selection's replicas, newest last.
#[derive(Debug, Default)]
pub struct Logs {
    /// The row whose logs these are.
    pub row: Option<RowKey>,
    /// Which request these lines answer; lines of an older one are not taken in.
    pub generation: u64,
    /// Names of the sources, by index.
    pub sources: Vec<String>,
    /// How many lines the view is scrolled up from the newest; 0 follows.
    pub scroll: usize,
    /// Whether long lines are wrapped.
    pub wrap: bool,
    /// Whether times are shown.
    pub timestamps: bool,
    /// Only lines that match are shown, or, if inverted, that do not.
    pub filter: Option<LineFilter>,
    /// Lines of the oldest end that were forgotten to make room.
    pub forgotten: u64,
    entries: VecDeque<Entry>,
    attached: Vec<Attached>,
}

/// One run of one container, as far as logs care.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogOrigin {
    /// The container.
    pub container: ContainerId,
    /// When it was last started: a restarted container is read on.
    pub started_at: Option<Timestamp>,
}

/// What is known of the source with the same index.
#[derive(Debug)]
struct Attached {
    origin: LogOrigin,
    newest: Option<Timestamp>,
}

/// One line, and which source it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Index into [`Logs::sources`].
    pub source: usize,
    /// The line.
    pub line: LogLine,
}

/// A regular expression, perhaps inverted.
#[derive(Clone, Debug)]
pub struct LineFilter {
    /// What was typed.
    pub text: String,
    /// Whether matching lines are left out instead of kept.
    pub inverted: bool,
    regex: Regex,
}

impl LineFilter {
    /// Reads what a person typed; `!` in front inverts; upper and lower case are told apart only if it has an
    /// upper-case letter.
    ///
    /// # Errors
    /// A sentence that says why it is no regular expression.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (inverted, pattern) = text.strip_prefix('!').map_or((false, text), |rest| (true, rest));
        let regex = regex::RegexBuilder::new(pattern)
            .case_insensitive(!pattern.chars().any(char::is_uppercase))
            .build()
            .map_err(|error| match error {
                regex::Error::CompiledTooBig(limit) => format!("longer than {limit} bytes when compiled"),
                other => other.to_string().lines().last().unwrap_or("not a regular expression").to_owned(),
            })?;
        Ok(Self { text: text.to_owned(), inverted, regex })
    }

    /// Whether `line` is kept.
    #[must_use]
    pub fn keeps(&self, line: &str) -> bool {
        self.regex.is_match(line) != self.inverted
    }
}

impl Logs {
    /// Starts over for another row.
    pub fn restart(&mut self, row: RowKey) {
        self.row = Some(row);
        self.generation += 1;
        self.sources.clear();
        self.attached.clear();
        self.clear();
    }

    /// Whether this run of this source is being read.
    #[must_use]
    pub fn is_attached(&self, name: &str, origin: &LogOrigin) -> bool {
        self.index(name)
            .and_then(|index| self.attached.get(index))
            .is_some_and(|known| known.origin == *origin)
    }

    /// Notes when the run of a source began that is being read, once that is told: it was listed without.
    pub fn learn(&mut self, name: &str, origin: &LogOrigin) {
        let known = self.index(name).and_then(|index| self.attached.get_mut(index));
        let is_same = |known: &&mut Attached| known.origin.container == origin.container;
        if let Some(known) = known.filter(is_same).filter(|known| known.origin.started_at.is_none()) {
            known.origin.started_at = origin.started_at;
        }
    }

    /// Takes a source in; returns its index and the time of its newest line, if it is known from before.
    pub fn attach(&mut self, name: &str, origin: LogOrigin) -> (usize, Option<Timestamp>) {
        match self.index(name).and_then(|index| Some((index, self.attached.get_mut(index)?))) {
            Some((index, known)) => {
                let newest = known.newest.filter(|_| known.origin.container == origin.container);
                *known = Attached { origin, newest };
                (index, newest)
            }
            None => {
                self.sources.push(name.to_owned());
                self.attached.push(Attached { origin, newest: None });
                (self.sources.len() - 1, None)
            }
        }
    }

    fn index(&self, name: &str) -> Option<usize> {
        self.sources.iter().position(|known| known == name)
    }

    /// Forgets all lines.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.forgotten = 0;
        self.scroll = 0;
    }

    /// Adds lines. A reader who has scrolled up keeps his place.
    pub fn extend(&mut self, entries: impl IntoIterator<Item = Entry>) {
        for entry in entries {
            let shown = self.shows(&entry);
            if let Some(known) = self.attached.get_mut(entry.source) {
                known.newest = known.newest.max(entry.line.at);
            }
            self.entries.push_back(entry);
            if self.scroll > 0 && shown {
                self.scroll += 1;
            }
            if self.entries.len() > KEPT {
                self.entries.pop_front();
                self.forgotten += 1;
            }
        }
    }

    fn shows(&self, entry: &Entry) -> bool {
        self.filter.as_ref().is_none_or(|filter| filter.keeps(&entry.line.text))
    }

    /// The lines that pass the filter, newest first.
    pub fn newest_first(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().rev().filter(|entry| self.shows(entry))
    }

    /// How many lines are kept, and how many of them pass the filter.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        let shown = match self.filter {
            None => self.entries.len(),
            Some(_) => self.newest_first().count(),
        };
        (self.entries.len(), shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::LogStream;

    fn entry(text: &str) -> Entry {
        Entry { source: 0, line: LogLine { at: None, stream: LogStream::Stdout, text: text.to_owned() } }
    }

    #[test]
    fn a_reader_who_scrolled_up_keeps_his_place() {
        let mut logs = Logs::default();
        logs.extend(["a", "b", "c"].map(entry));
        logs.scroll = 1;
        logs.extend(["d", "e"].map(entry));
        assert_eq!(logs.newest_first().nth(logs.scroll).map(|e| e.line.text.as_str()), Some("b"));
    }

    #[test]
    fn the_oldest_lines_make_room_and_are_counted() {
        let mut logs = Logs::default();
        logs.extend((0..KEPT + 5).map(|i| entry(&i.to_string())));
        assert_eq!((logs.counts().0, logs.forgotten), (KEPT, 5));
    }

    #[test]
    fn a_filter_with_an_exclamation_mark_keeps_the_others() {
        let mut logs = Logs::default();
        logs.extend(["error one", "fine", "ERROR two"].map(entry));
        logs.filter = Some(LineFilter::parse("error").unwrap());
        assert_eq!(logs.counts(), (3, 2));
        logs.filter = Some(LineFilter::parse("!error").unwrap());
        assert_eq!(logs.newest_first().map(|e| e.line.text.as_str()).collect::<Vec<_>>(), ["fine"]);
    }

    #[test]
    fn a_broken_expression_is_explained() {
        assert!(LineFilter::parse("(").unwrap_err().contains("unclosed group"));
    }
}
