//! Rust text as tokens: no comments, no literals, no test code. Not a parser, but it sees every path and every call.

use std::path::{Path, PathBuf};

/// A file of the sources.
pub(crate) struct Source {
    /// Relative to `src`: `engine/transport.rs`.
    pub(crate) path: PathBuf,
    pub(crate) tokens: Vec<Token>,
    /// How many lines it has without test modules.
    pub(crate) lines: usize,
    /// Modules declared for tests whose text is in files of their own.
    pub(crate) test_modules: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Token {
    pub(crate) text: String,
    pub(crate) line: usize,
}

/// A path of the source, with the line it stands on: `["crate", "engine", "connect"]`.
pub(crate) struct Named {
    pub(crate) line: usize,
    pub(crate) segments: Vec<String>,
}

impl Source {
    pub(crate) fn new(path: &Path, text: &str) -> Self {
        let all = tokens(&blanked(text));
        let (mut tokens, mut lines, mut test_modules, mut at) =
            (Vec::new(), text.lines().count(), Vec::new(), 0);
        while let Some(token) = all.get(at) {
            if !is_test_attribute(&all[at..]) {
                tokens.push(token.clone());
                at += 1;
                continue;
            }
            let end = item_end(&all, at);
            lines -= all[end - 1].line - token.line + 1;
            if let [.., keyword, name, semicolon] = &all[at..end]
                && (keyword.text.as_str(), semicolon.text.as_str()) == ("mod", ";")
            {
                test_modules.push(name.text.clone());
            }
            at = end;
        }
        Self { path: path.to_owned(), tokens, lines, test_modules }
    }

    /// `src/engine/transport.rs` is in module `engine`; `src/main.rs` is `main`.
    pub(crate) fn module(&self) -> String {
        let first = self.path.components().next().map(|part| part.as_os_str().to_string_lossy().into_owned());
        first.unwrap_or_default().trim_end_matches(".rs").to_owned()
    }

    /// How many `super::` lead from this file to the crate's root.
    pub(crate) fn depth(&self) -> usize {
        let parts = self.path.components().count();
        if self.path.ends_with("mod.rs") { parts - 1 } else { parts }
    }

    /// Every path, those of a braced import one by one.
    pub(crate) fn paths(&self) -> Vec<Named> {
        let mut paths = Vec::new();
        for start in 0..self.tokens.len() {
            let follows = self.follows_a_path(start) || start > 0 && self.text(start - 1) == ".";
            let in_braces = start > 0 && self.braced_import(start - 1);
            if self.tokens[start].is_word() && !follows && !in_braces {
                self.read_path(start, &mut Vec::new(), &mut paths);
            }
        }
        paths
    }

    /// Whether `word::` or `type>::` stands before the token; a leading `::` begins a path.
    fn follows_a_path(&self, at: usize) -> bool {
        let colons = at >= 3 && self.text(at - 1) == ":" && self.text(at - 2) == ":";
        colons && (self.is_word(at - 3) || self.text(at - 3) == ">")
    }

    /// Whether the token stands inside the braces of an import, whose paths were read from their beginning.
    fn braced_import(&self, at: usize) -> bool {
        let mut depth = 0;
        for index in (0..=at).rev() {
            match self.text(index) {
                "}" => depth += 1,
                "{" if depth > 0 => depth -= 1,
                "{" => return index >= 2 && self.text(index - 1) == ":" && self.text(index - 2) == ":",
                ";" => return false,
                _ => {}
            }
        }
        false
    }

    /// Reads a path from a token on and returns the index after it.
    fn read_path(&self, start: usize, before: &mut Vec<String>, paths: &mut Vec<Named>) -> usize {
        let depth = before.len();
        let mut at = start;
        while self.is_word(at) {
            before.push(self.text(at).to_owned());
            at += 1;
            if self.text(at) != ":" || self.text(at + 1) != ":" {
                break;
            }
            at += 2;
        }
        if self.text(at) == "{" && self.text(at - 1) == ":" {
            at = self.read_group(at + 1, before, paths);
        } else {
            paths.push(Named { line: self.tokens[start].line, segments: before.clone() });
        }
        before.truncate(depth);
        at
    }

    fn read_group(&self, mut at: usize, before: &mut Vec<String>, paths: &mut Vec<Named>) -> usize {
        while at < self.tokens.len() && self.text(at) != "}" {
            at = if self.is_word(at) { self.read_path(at, before, paths) } else { at + 1 };
        }
        at + 1
    }

    pub(crate) fn text(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| &token.text)
    }

    fn is_word(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(Token::is_word)
    }

    /// The lines on which these tokens follow each other.
    pub(crate) fn lines_of(&self, sequence: &[&str]) -> Vec<usize> {
        let same = |window: &[Token]| window.iter().zip(sequence).all(|(token, text)| token.text == *text);
        self.tokens
            .windows(sequence.len())
            .filter(|window| same(window))
            .map(|window| window[0].line)
            .collect()
    }
}

impl Token {
    /// `use` is no part of the path that follows it, also if that begins with `::`.
    pub(crate) fn is_word(&self) -> bool {
        self.text != "use" && self.text.starts_with(|c: char| c.is_alphabetic() || c == '_')
    }
}

/// The text with comments and the content of literals replaced by blanks; lines stay where they are.
fn blanked(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let end = skipped(&chars, at);
        if end == at {
            out.push(chars[at]);
            at += 1;
        } else {
            out.push(' ');
            out.extend(chars[at..end].iter().filter(|c| **c == '\n'));
            at = end;
        }
    }
    out
}

/// The end of the comment or literal that begins here; the same place if none does.
fn skipped(chars: &[char], at: usize) -> usize {
    let next = |n: usize| chars.get(at + n).copied().unwrap_or('\0');
    let in_word = at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_');
    match (chars[at], next(1)) {
        ('/', '/') => chars[at..].iter().position(|c| *c == '\n').map_or(chars.len(), |n| at + n),
        ('/', '*') => block_comment_end(chars, at),
        ('"', _) => quoted_end(chars, at + 1, '"'),
        ('r', '"' | '#') if !in_word => raw_end(chars, at + 1).unwrap_or(at),
        ('b' | 'c', 'r') if !in_word => raw_end(chars, at + 2).unwrap_or(at),
        // A quote that is not closed after one character is a lifetime.
        ('\'', '\\') => quoted_end(chars, at + 1, '\''),
        ('\'', _) if next(2) == '\'' => at + 3,
        _ => at,
    }
}

fn block_comment_end(chars: &[char], mut at: usize) -> usize {
    let mut depth = 0;
    while at + 1 < chars.len() {
        match (chars[at], chars[at + 1]) {
            ('/', '*') => depth += 1,
            ('*', '/') => depth -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
        if depth == 0 {
            return at;
        }
    }
    chars.len()
}

fn quoted_end(chars: &[char], mut at: usize, quote: char) -> usize {
    while at < chars.len() && chars[at] != quote {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}

/// The end of a raw literal whose hashes begin here; `r#type` is none.
fn raw_end(chars: &[char], at: usize) -> Option<usize> {
    let hashes = chars[at..].iter().take_while(|c| **c == '#').count();
    let start = at + hashes + 1;
    (chars.get(at + hashes) == Some(&'"')).then_some(())?;
    let closes = |from: &usize| {
        chars[*from] == '"' && chars[from + 1..].iter().take_while(|c| **c == '#').count() >= hashes
    };
    Some((start..chars.len()).find(closes).map_or(chars.len(), |quote| quote + 1 + hashes))
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut word_open = false;
    for (number, line) in text.lines().enumerate() {
        for c in line.chars() {
            let part_of_word = c.is_alphanumeric() || c == '_';
            match tokens.last_mut() {
                Some(last) if part_of_word && word_open => last.text.push(c),
                _ if c.is_whitespace() => {}
                _ => tokens.push(Token { text: c.to_string(), line: number + 1 }),
            }
            word_open = part_of_word;
        }
        word_open = false;
    }
    tokens
}

/// `#[cfg(test)]` or `#[cfg(all(test, ...))]`; `#[cfg(not(test))]` is none.
fn is_test_attribute(tokens: &[Token]) -> bool {
    let texts: Vec<&str> = tokens.iter().take(7).map(|token| token.text.as_str()).collect();
    matches!(texts[..], ["#", "[", "cfg", "(", "test", ")", ..] | ["#", "[", "cfg", "(", "all", "(", "test"])
}

/// The index after the item that begins at `at`: after its closing brace or, if it has no braces, its semicolon.
fn item_end(tokens: &[Token], at: usize) -> usize {
    let mut depth = 0_i32;
    for (index, token) in tokens.iter().enumerate().skip(at) {
        match token.text.as_str() {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => {
                depth -= 1;
                if depth == 0 && token.text == "}" {
                    return index + 1;
                }
                // The last field of a struct ends where the struct does.
                if depth < 0 {
                    return index;
                }
            }
            ";" if depth == 0 => return index + 1,
            _ => {}
        }
    }
    tokens.len()
}
