//! Variables of a compose file: `$NAME`, `${NAME}`, `${NAME:-default}`.
//!
//! Only what the project's environment file says is known here. What the shell had in which somebody ran Compose nobody
//! knows afterwards, so a variable without a value and a default is told, not guessed.

use std::collections::BTreeMap;

/// Values of variables, as an environment file gives them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Variables {
    values: BTreeMap<String, String>,
}

impl Variables {
    /// Reads an environment file: `NAME=value`, with or without quotes. Lines that say nothing are left out.
    #[must_use]
    pub fn read(text: &str) -> Self {
        Self { values: text.lines().filter_map(entry).collect() }
    }

    /// The text with every variable replaced.
    ///
    /// # Errors
    /// The name of a variable that has neither value nor default, or what cannot be read.
    pub fn resolve(&self, text: &str) -> Result<String, String> {
        let mut resolved = String::new();
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once('$') {
            resolved.push_str(before);
            if let Some(behind) = behind.strip_prefix('$') {
                resolved.push('$');
                rest = behind;
                continue;
            }
            let (value, behind) = match behind.strip_prefix('{') {
                Some(inner) => self.braced(inner)?,
                None => self.bare(behind)?,
            };
            resolved.push_str(&value);
            rest = behind;
        }
        resolved.push_str(rest);
        Ok(resolved)
    }

    fn bare<'a>(&self, text: &'a str) -> Result<(String, &'a str), String> {
        let (name, behind) = name(text);
        let value = self.values.get(name).ok_or_else(|| format!("${name}"))?;
        Ok((value.clone(), behind))
    }

    /// `NAME}`, `NAME:-default}` and the other forms; the default may hold variables.
    fn braced<'a>(&self, text: &'a str) -> Result<(String, &'a str), String> {
        let end = closing(text).ok_or_else(|| format!("${{{text}"))?;
        let (inner, behind) = text.split_at_checked(end).unwrap_or((text, ""));
        let behind = behind.strip_prefix('}').unwrap_or(behind);
        let (name, form) = name(inner);
        let value = self.values.get(name);
        let full = value.filter(|value| !value.is_empty());
        let missing = || format!("${{{inner}}}");
        let resolved = match form.split_at_checked(if form.starts_with(':') { 2 } else { 1 }) {
            None | Some(("", _)) if form.is_empty() => value.cloned().ok_or_else(missing)?,
            Some((":-", default)) => full.map_or_else(|| self.resolve(default), |it| Ok(it.clone()))?,
            Some(("-", default)) => value.map_or_else(|| self.resolve(default), |it| Ok(it.clone()))?,
            Some((":+", other)) => full.map_or_else(|| Ok(String::new()), |_| self.resolve(other))?,
            Some(("+", other)) => value.map_or_else(|| Ok(String::new()), |_| self.resolve(other))?,
            Some((":?", _)) => full.cloned().ok_or_else(missing)?,
            Some(("?", _)) => value.cloned().ok_or_else(missing)?,
            _ => return Err(missing()),
        };
        Ok((resolved, behind))
    }
}

/// Splits off the name that a text begins with.
fn name(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| c != '_' && !c.is_ascii_alphanumeric()).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// Where the brace closes that was opened before `text`.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (index, letter) in text.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => return Some(index),
            '}' => depth -= 1,
            _ => {}
        }
    }
    None
}

fn entry(line: &str) -> Option<(String, String)> {
    let line = line.trim();
    let line = line.strip_prefix("export ").unwrap_or(line);
    let (name, value) = line.split_once('=').filter(|_| !line.starts_with('#'))?;
    let value = value.trim();
    let quoted = ['"', '\''].iter().find_map(|quote| value.strip_prefix(*quote)?.split_once(*quote));
    let value =
        quoted.map_or_else(|| value.split(" #").next().unwrap_or_default().trim_end(), |(inner, _)| inner);
    let name = name.trim();
    (!name.is_empty()).then(|| (name.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables() -> Variables {
        Variables::read("# comment\nAT_ONCE=2\nexport DELAY='5s'\nEMPTY=\nNOTED=on # why\n= \nnothing\n")
    }

    #[test]
    fn variables_have_the_files_values_or_their_defaults() {
        for (text, expected) in [
            ("${AT_ONCE}", "2"),
            ("$AT_ONCE$$", "2$"),
            ("a ${DELAY:-9s} b", "a 5s b"),
            ("${NONE:-${AT_ONCE}}", "2"),
            ("${EMPTY:-x}|${EMPTY-x}", "x|"),
            ("${EMPTY:+x}|${EMPTY+x}|${NONE+x}", "|x|"),
            ("${NOTED?must be}", "on"),
            ("${NONE:-}", ""),
            ("plain", "plain"),
        ] {
            assert_eq!(variables().resolve(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn a_variable_that_nobody_knows_is_named() {
        for (text, named) in [
            ("${NONE}", "${NONE}"),
            ("$NONE", "$NONE"),
            ("${EMPTY:?must be}", "${EMPTY:?must be}"),
            ("${open", "${open"),
            ("${A%b}", "${A%b}"),
            ("$", "$"),
        ] {
            assert_eq!(variables().resolve(text), Err(named.to_owned()), "{text}");
        }
    }
}
