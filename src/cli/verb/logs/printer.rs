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
        if self.grep.as_ref().is_some_and(|pattern| !pattern.is_match(&line.text)) {
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

    #[test]
    fn bars_stand_below_each_other() {
        let shown = ["web-1", "database-1"].map(|name| prefix(&Surface::PLAIN, name, 10));
        assert_eq!(shown, ["web-1       | ", "database-1  | "]);
    }

    #[test]
    fn a_line_that_two_readers_bring_is_printed_once() {
        let observed = Observed::of(fixture::snapshot());
        let scope = Scope::of(&observed.fleet, &["shop/web/1".to_owned()]).unwrap();
        let args = crate::cli::Args::parse_from(["stacktop", "logs", "shop/web/1"]);
        let Some(Verb::Logs(logs)) = args.verb else { panic!("{args:?}") };
        let mut printer = Printer::new(&logs, &args.options, Surface::PLAIN);
        let sources = Sources::of(&observed, &scope);
        let (old, new) = (printer.add(&sources), printer.add(&sources));
        let at = |second| Some(Timestamp::from_second(second).unwrap());
        let brought = [(old, 1), (old, 1), (new, 1), (new, 2), (old, 2), (old, 3)];
        let repeated = brought.map(|(source, second)| printer.is_repeated(source, at(second)));
        assert_eq!(repeated, [false, false, true, false, true, false]);
    }
}
