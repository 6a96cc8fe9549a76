//! One log line: time, replica, level, message, fields.

use ratatui::text::{Line, Span};

use crate::{domain::Structured, model::Entry, text, theme::Role, view::scene::Scene};

/// The longest replica name that is shown whole.
const NAME: usize = 24;

/// How far into a line its level is looked for, in bytes.
const HEAD: usize = 160;

/// The longest part of a line that is looked at where lines are cut, in bytes per cell.
const BYTES_PER_CELL: usize = 8;

/// Formats lines of one screen alike.
pub(super) struct Painter<'a> {
    scene: Scene<'a>,
    width: usize,
    name: usize,
}

impl<'a> Painter<'a> {
    pub(super) fn new(scene: Scene<'a>, width: usize) -> Self {
        let sources = &scene.model.logs.sources;
        let longest = sources.iter().map(|name| text::width(name)).max().unwrap_or(0);
        let name = if sources.len() > 1 { longest.min(NAME).min(width / 3) } else { 0 };
        Self { scene, width, name }
    }

    /// Cells in front of the message.
    pub(super) fn indent(&self) -> usize {
        let time = if self.scene.model.logs.timestamps { 13 } else { 0 };
        time + if self.name > 0 { self.name + 1 } else { 0 }
    }

    pub(super) fn line(&self, entry: &Entry) -> Line<'static> {
        let (scene, logs) = (self.scene, &self.scene.model.logs);
        let mut spans = Vec::with_capacity(6);
        if logs.timestamps {
            let at = entry.line.at.map_or_else(|| "–           ".to_owned(), |at| scene.precise_time(at));
            spans.push(scene.span(format!("{at} "), Role::Muted));
        }
        if self.name > 0 {
            let name = text::fit(logs.sources.get(entry.source).map_or("?", String::as_str), self.name);
            let blank = " ".repeat(self.name + 1 - text::width(&name));
            spans.push(scene.span(format!("{name}{blank}"), Role::of_replica(entry.source)));
        }
        match Structured::parse(&entry.line.text) {
            Some(read) => self.structured(&read, &mut spans),
            None => self.plain(&entry.line.text, &mut spans),
        }
        Line::from(spans)
    }

    fn structured(&self, read: &Structured, spans: &mut Vec<Span<'static>>) {
        let scene = self.scene;
        if !read.level.is_empty() {
            let role = level(&read.level).unwrap_or(Role::LogDebug);
            spans.push(scene.span(format!("{:<5} ", read.level), role));
        }
        if !read.message.is_empty() {
            spans.push(scene.span(format!("{}  ", read.message), Role::Text));
        }
        for (name, value) in &read.fields {
            spans.push(scene.span(format!("{name}="), Role::LogField));
            spans.push(scene.span(format!("{value}  "), Role::Muted));
        }
    }

    fn plain(&self, line: &str, spans: &mut Vec<Span<'static>>) {
        let scene = self.scene;
        let line = if self.scene.model.logs.wrap { line } else { head(line, self.width * BYTES_PER_CELL) };
        match find_level(head(line, HEAD)) {
            Some((start, end, role)) => {
                let (before, rest) = line.split_at_checked(start).unwrap_or((line, ""));
                let (word, after) = rest.split_at_checked(end - start).unwrap_or((rest, ""));
                spans.push(scene.span(before.to_owned(), Role::Text));
                spans.push(scene.span(word.to_owned(), role));
                spans.push(scene.span(after.to_owned(), Role::Text));
            }
            None => spans.push(scene.span(line.to_owned(), Role::Text)),
        }
    }
}

/// At most the first `bytes` of a line, cut between characters.
fn head(line: &str, bytes: usize) -> &str {
    line.get(..line.floor_char_boundary(bytes)).unwrap_or(line)
}

/// Where the first word is that tells how grave a line is, and its role. Words count in capitals, or where a
/// logger puts them: in brackets, behind `level=`, before a colon at the start.
fn find_level(line: &str) -> Option<(usize, usize, Role)> {
    let mut start = 0;
    for (end, c) in line.char_indices().chain(std::iter::once((line.len(), ' '))) {
        if c.is_ascii_alphabetic() {
            continue;
        }
        let word = line.get(start..end).unwrap_or_default();
        if let Some(role) = level(word).filter(|_| is_level(line, word, start, c)) {
            return Some((start, end, role));
        }
        start = end + c.len_utf8();
    }
    None
}

fn is_level(line: &str, word: &str, start: usize, next: char) -> bool {
    let before = line.get(..start).unwrap_or_default();
    let capital = word.chars().all(|c| c.is_ascii_uppercase());
    let bracketed = before.ends_with('[') && next == ']';
    let named = before.ends_with("level=") || before.ends_with("lvl=") || before.ends_with("severity=");
    capital || bracketed || named || (start == 0 && next == ':')
}

fn level(word: &str) -> Option<Role> {
    let is = |words: &[&str]| words.iter().any(|known| known.eq_ignore_ascii_case(word));
    if is(&["ERROR", "ERR", "FATAL", "PANIC", "CRITICAL", "CRIT", "ALERT", "EMERG", "SEVERE"]) {
        Some(Role::LogError)
    } else if is(&["WARN", "WARNING"]) {
        Some(Role::LogWarn)
    } else if is(&["INFO", "NOTICE", "LOG"]) {
        Some(Role::LogInfo)
    } else if is(&["DEBUG", "TRACE", "DBG", "VERBOSE"]) {
        Some(Role::LogDebug)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(line: &str) -> Option<(&str, Role)> {
        find_level(line).map(|(start, end, role)| (line.get(start..end).unwrap(), role))
    }

    #[test]
    fn level_words_are_found_where_loggers_put_them() {
        assert_eq!(found("12:04 ERROR upstream"), Some(("ERROR", Role::LogError)));
        assert_eq!(found("ts=1 level=warn msg=x"), Some(("warn", Role::LogWarn)));
        assert_eq!(found("[info] ready"), Some(("info", Role::LogInfo)));
        assert_eq!(found("error: no such file"), Some(("error", Role::LogError)));
    }

    #[test]
    fn words_in_running_text_are_no_levels() {
        assert_eq!(found("no error occurred, debugging is off"), None);
        assert_eq!(found("GET /error 200"), None);
    }
}
