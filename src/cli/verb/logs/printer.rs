//! One line of output: prefix, time, text; or JSON.

use regex::Regex;

use super::{Args, sources::Sources};
use crate::cli::{
    args::Options,
    exit::Failure,
    render::{Paint, json, paint},
    session::Out,
    surface::Surface,
};
use crate::domain::LogLine;
use crate::text;

/// How lines are printed.
pub(super) struct Printer {
    sources: Vec<Source>,
    grep: Option<Regex>,
    form: Form,
}

struct Source {
    prefix: String,
    target: String,
    id: String,
}

/// What a line looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Json,
    Text,
    TimedText,
}

impl Printer {
    pub(super) fn new(args: &Args, options: &Options, surface: Surface, sources: &Sources) -> Self {
        let form = match (options.json, args.timestamps) {
            (true, _) => Form::Json,
            (false, true) => Form::TimedText,
            (false, false) => Form::Text,
        };
        let widest = sources.list.iter().map(|source| text::width(&source.name)).max().unwrap_or(0);
        let each = sources.list.iter().zip(&sources.targets).map(|(source, target)| Source {
            prefix: if args.no_prefix { String::new() } else { prefix(&surface, &source.name, widest) },
            target: target.clone(),
            id: source.container.to_string(),
        });
        Self { sources: each.collect(), grep: args.grep.clone(), form }
    }

    /// The name that other verbs take for a source.
    pub(super) fn target(&self, source: usize) -> &str {
        self.sources.get(source).map_or("?", |source| &source.target)
    }

    pub(super) fn print(&self, out: &mut Out, source: usize, line: &LogLine) -> Result<(), Failure> {
        let Some(source) = self.sources.get(source) else { return Ok(()) };
        if self.grep.as_ref().is_some_and(|pattern| !pattern.is_match(&line.text)) {
            return Ok(());
        }
        match (self.form, line.at) {
            (Form::Json, _) => out.json_line(&json::LogLine::of(&source.target, &source.id, line)),
            (Form::TimedText, Some(at)) => {
                out.write(format_args!("{}{at:.9} {}\n", source.prefix, line.text))
            }
            (Form::TimedText | Form::Text, _) => out.write(format_args!("{}{}\n", source.prefix, line.text)),
        }
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

    #[test]
    fn bars_stand_below_each_other() {
        let shown = ["web-1", "database-1"].map(|name| prefix(&Surface::PLAIN, name, 10));
        assert_eq!(shown, ["web-1       | ", "database-1  | "]);
    }
}
