//! One line of output: prefix, time, text; or JSON.

use jiff::Timestamp;
use regex::Regex;

use super::{Args, sources::Sources};
use crate::cli::{
    args::Options,
    exit::Failure,
    render::{Paint, json, paint},
    session::Out,
    surface::Surface,
};
use crate::domain::{ContainerId, LogLine};
use crate::text;

/// How lines are printed.
pub(super) struct Printer {
    sources: Vec<Source>,
    grep: Option<Regex>,
    form: Form,
    surface: Surface,
    prefixed: Prefixed,
    with_stack: bool,
    /// The newest line of each container, and the source it came from; by the first of its sources.
    newest: Vec<Option<(usize, Timestamp)>>,
}

struct Source {
    prefix: String,
    name: String,
    target: String,
    container: ContainerId,
    /// The first source with this container.
    first: usize,
}

/// What a line looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Json,
    Text,
    TimedText,
}

/// Whether lines carry the names of their replicas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Prefixed {
    Yes,
    No,
}

impl Printer {
    pub(super) fn new(args: &Args, options: &Options, surface: Surface) -> Self {
        let form = match (options.json, args.timestamps) {
            (true, _) => Form::Json,
            (false, true) => Form::TimedText,
            (false, false) => Form::Text,
        };
        let prefixed = if args.no_prefix { Prefixed::No } else { Prefixed::Yes };
        Self {
            sources: Vec::new(),
            grep: args.grep.clone(),
            form,
            surface,
            prefixed,
            with_stack: false,
            newest: Vec::new(),
        }
    }

    /// Makes sources known; returns the index of the first of them.
    pub(super) fn add(&mut self, sources: &Sources) -> usize {
        let first = self.sources.len();
        self.with_stack |= sources.with_stack;
        for (source, target) in sources.list.iter().zip(&sources.targets) {
            let place = self.sources.len();
            self.sources.push(Source {
                prefix: String::new(),
                name: source.name.clone(),
                target: target.clone(),
                container: source.container.clone(),
                first: self.place(&source.container).unwrap_or(place),
            });
            self.newest.push(None);
        }
        if self.prefixed == Prefixed::Yes {
            let widest = self.sources.iter().map(|source| text::width(&source.name)).max().unwrap_or(0);
            for source in &mut self.sources {
                source.prefix = prefix(&self.surface, &source.name, widest);
            }
        }
        first
    }

    /// Whether names begin with the stack's.
    pub(super) const fn has_stacks(&self) -> bool {
        self.with_stack
    }

    /// The name that other verbs take for a source.
    pub(super) fn target(&self, source: usize) -> &str {
        self.sources.get(source).map_or("?", |source| &source.target)
    }

    /// When a container's newest line was written, of those that were printed or filtered out.
    pub(super) fn newest(&self, container: &ContainerId) -> Option<Timestamp> {
        self.newest.get(self.place(container)?).copied().flatten().map(|(_, at)| at)
    }

    /// The first source with this container.
    fn place(&self, container: &ContainerId) -> Option<usize> {
        self.sources.iter().position(|source| source.container == *container)
    }

    pub(super) fn print(&mut self, out: &mut Out, index: usize, line: &LogLine) -> Result<(), Failure> {
        if self.is_repeated(index, line.at) {
            return Ok(());
        }
        let Some(source) = self.sources.get(index) else { return Ok(()) };
        if !self.admits(&line.text) {
            return Ok(());
        }
        match (self.form, line.at) {
            (Form::Json, _) => {
                out.json_line(&json::LogLine::of(&source.target, source.container.as_str(), line))
            }
            (Form::TimedText, Some(at)) => {
                out.write(format_args!("{}{at:.9} {}\n", source.prefix, line.text))
            }
            (Form::TimedText | Form::Text, _) => {
                out.text(&source.prefix)?;
                out.text(&line.text)?;
                out.text("\n")
            }
        }
    }

    /// Whether the moments of lines decide what is printed, or in which order.
    pub(super) const fn needs_moments(&self) -> bool {
        !matches!(self.form, Form::Text) || self.sources.len() > 1
    }

    /// Prints lines of a source that come as one text.
    pub(super) fn print_text(&self, out: &mut Out, index: usize, text: &str) -> Result<(), Failure> {
        let prefix = self.sources.get(index).map_or("", |source| &source.prefix);
        if prefix.is_empty() && self.grep.is_none() {
            return out.text(text);
        }
        for line in text.split_inclusive('\n') {
            if self.admits(line.trim_end_matches('\n')) {
                out.text(prefix)?;
                out.text(line)?;
            }
        }
        Ok(())
    }

    fn admits(&self, line: &str) -> bool {
        self.grep.as_ref().is_none_or(|pattern| pattern.is_match(line))
    }

    /// Whether another source has brought this line: a container that is started again is read by two for a while.
    fn is_repeated(&mut self, index: usize, at: Option<Timestamp>) -> bool {
        let (Some(source), Some(at)) = (self.sources.get(index), at) else { return false };
        let Some(known) = self.newest.get_mut(source.first) else { return false };
        let repeated = known.is_some_and(|(other, newest)| other != index && at <= newest);
        if !repeated {
            *known = Some((index, known.map_or(at, |(_, newest)| at.max(newest))));
        }
        repeated
    }
}

/// As Compose has it: the name, padded to the widest, and a bar. The colour follows from the name alone.
fn prefix(surface: &Surface, name: &str, widest: usize) -> String {
    let padding = " ".repeat(widest.saturating_sub(text::width(name)));
    paint(surface, Paint::of_name(name), &format!("{name}{padding}  | "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{args::Verb, fixture, scope::Scope, session::Observed};
    use clap::Parser;
    use std::{
        io::{self, Write},
        sync::{Arc, Mutex},
    };

    /// Keeps what is printed.
    #[derive(Clone, Default)]
    struct Paper(Arc<Mutex<Vec<u8>>>);

    impl Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn bars_stand_below_each_other() {
        let shown = ["web-1", "database-1"].map(|name| prefix(&Surface::PLAIN, name, 10));
        assert_eq!(shown, ["web-1       | ", "database-1  | "]);
    }

    fn printer(words: &[&str], targets: &[&str]) -> (Printer, Sources) {
        let observed = Observed::of(fixture::snapshot());
        let scope = Scope::of(&observed.fleet, &targets.iter().map(ToString::to_string).collect::<Vec<_>>());
        let words = [&["stacktop", "logs"], words, targets].concat();
        let args = crate::cli::Args::parse_from(words);
        let Some(Verb::Logs(logs)) = args.verb else { panic!("{args:?}") };
        let mut printer = Printer::new(&logs, &args.options, Surface::PLAIN);
        let sources = Sources::of(&observed, &scope.unwrap());
        printer.add(&sources);
        (printer, sources)
    }

    fn printed(words: &[&str], text: &str) -> String {
        let (printer, _) = printer(words, &["shop/web/1"]);
        let paper = Paper::default();
        let mut out = Out::new(paper.clone(), Surface::PLAIN);
        printer.print_text(&mut out, 0, text).unwrap();
        out.flush().unwrap();
        String::from_utf8(paper.0.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn each_line_of_a_text_has_its_prefix() {
        assert_eq!(printed(&[], "one\n\ntwo\n"), "web-1  | one\nweb-1  | \nweb-1  | two\n");
        assert_eq!(printed(&["--no-prefix"], "one\n\ntwo\n"), "one\n\ntwo\n");
    }

    #[test]
    fn of_a_text_the_lines_are_printed_that_match() {
        assert_eq!(printed(&["--no-prefix", "--grep", "e$"], "one\ntwo\nthree\n"), "one\nthree\n");
    }

    #[test]
    fn moments_are_needed_to_be_printed_and_to_merge() {
        let needs = |words: &[&str], targets: &[&str]| printer(words, targets).0.needs_moments();
        assert!(!needs(&["--grep", "x"], &["shop/web/1"]));
        assert!(needs(&["--timestamps"], &["shop/web/1"]));
        assert!(needs(&["--json"], &["shop/web/1"]));
        assert!(needs(&[], &["shop/web"]));
    }

    #[test]
    fn a_line_that_two_readers_bring_is_printed_once() {
        let (mut printer, sources) = printer(&[], &["shop/web/1"]);
        let (old, new) = (0, printer.add(&sources));
        let at = |second| Some(Timestamp::from_second(second).unwrap());
        let brought = [(old, 1), (old, 1), (new, 1), (new, 2), (old, 2), (old, 3)];
        let repeated = brought.map(|(source, second)| printer.is_repeated(source, at(second)));
        assert_eq!(repeated, [false, false, true, false, true, false]);
    }
}
