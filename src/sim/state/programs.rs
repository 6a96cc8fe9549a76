//! What programs do that are run in containers: a few that every image has, those that the world describes, and
//! those that a service consists of.

use serde_json::Value;

use super::{Container, State, health::probe_words};
use crate::sim::{
    clock::{MILLI, Nanos, SECOND},
    noise,
};

/// What a program does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Act {
    /// How long it takes.
    pub(crate) takes: Nanos,
    /// Its exit code.
    pub(crate) code: i64,
    /// What it prints.
    pub(crate) output: String,
    /// What it prints to stderr.
    pub(crate) errors: String,
    /// Files that it makes, and files that it removes.
    pub(crate) touches: Vec<String>,
    /// See `touches`.
    pub(crate) removes: Vec<String>,
    /// Whether it is the container's health check: then its end is the health at that moment.
    pub(crate) is_probe: bool,
}

impl Act {
    fn ends(code: i64) -> Self {
        Self { code, ..Self::default() }
    }

    fn prints(output: String) -> Self {
        Self { output, ..Self::default() }
    }

    fn then(mut self, next: Self) -> Self {
        self.takes += next.takes;
        self.code = next.code;
        self.output.push_str(&next.output);
        self.errors.push_str(&next.errors);
        self.touches.extend(next.touches);
        self.removes.extend(next.removes);
        self
    }
}

impl State {
    /// What a program does in a container; none if there is no such program.
    pub(super) fn act_of(&self, container: &Container, words: &[String]) -> Option<Act> {
        let quick = noise::between(noise::part(container.key, self.now), 6, 20, 90) as Nanos * MILLI;
        let check = container.health.as_ref().map(|health| probe_words(container, &health.check));
        if check.is_some_and(|own| own == words) {
            let hangs = self.true_health(container).0 == -1;
            return Some(Act {
                takes: if hangs { 60 * SECOND } else { quick },
                is_probe: true,
                ..Act::default()
            });
        }
        let act = self.described(container, words).or_else(|| known(words, &container.files));
        let act = act.or_else(|| owns(container, words).then(Act::default))?;
        Some(Act { takes: act.takes.max(quick), ..act })
    }

    /// What the world says of a program, by its whole command line or its name.
    fn described(&self, container: &Container, words: &[String]) -> Option<Act> {
        let programs = self.image_spec(&self.original(container)).programs;
        let name = words.first().map_or("", |word| word.rsplit('/').next().unwrap_or(word));
        let spec = programs.get(&words.join(" ")).or_else(|| programs.get(name))?.clone();
        let (output, errors) = (spec.output, spec.errors);
        Some(Act { takes: spec.takes.0, code: spec.code, output, errors, ..Act::default() })
    }
}

/// Whether a program belongs to the container's service: its own, or its check's.
fn owns(container: &Container, words: &[String]) -> bool {
    let Some(name) = words.first() else { return false };
    let own = ["Entrypoint", "Cmd"].iter().filter_map(|field| container.config.get(*field)?.get(0)?.as_str());
    let check = container.health.as_ref().and_then(|health| {
        let line = health.check.test.get(1)?;
        line.split_whitespace().next()
    });
    own.chain(check).any(|own| own == name || own.rsplit('/').next() == name.rsplit('/').next())
}

/// A program that every image has.
fn known(words: &[String], files: &std::collections::BTreeSet<String>) -> Option<Act> {
    let (name, rest) = words.split_first()?;
    let first = rest.first().map_or("", String::as_str);
    Some(match name.rsplit('/').next().unwrap_or(name) {
        "true" | ":" | "sync" => Act::ends(0),
        "false" => Act::ends(1),
        "exit" => Act::ends(first.parse().unwrap_or(0)),
        "sleep" => Act { takes: seconds(first)?, ..Act::default() },
        "echo" => Act::prints(format!("{}\n", rest.join(" "))),
        "touch" => Act { touches: rest.to_vec(), ..Act::default() },
        "rm" => Act { removes: rest.to_vec(), ..Act::default() },
        "test" => Act::ends(i64::from(!rest.last().is_some_and(|file| files.contains(file)))),
        "sh" | "bash" | "ash" if first == "-c" => script(rest.get(1)?, files),
        _ => return None,
    })
}

/// A small script: programs in a row, with `;` and `&&`.
fn script(text: &str, files: &std::collections::BTreeSet<String>) -> Act {
    let mut sum = Act::default();
    for part in text.split(';') {
        for part in part.split("&&") {
            let words: Vec<String> = part.split_whitespace().map(unquoted).collect();
            let Some(name) = words.first().cloned() else { continue };
            let missing = || Act { errors: format!("sh: 1: {name}: not found\n"), ..Act::ends(127) };
            sum = sum.then(known(&words, files).unwrap_or_else(missing));
            if name == "exit" {
                return sum;
            }
            if sum.code != 0 {
                break;
            }
        }
    }
    sum
}

fn unquoted(word: &str) -> String {
    word.trim_matches(['"', '\'']).to_owned()
}

fn seconds(text: &str) -> Option<Nanos> {
    let seconds: f64 = text.trim_end_matches('s').parse().ok().filter(|seconds| *seconds >= 0.0)?;
    Some((seconds * SECOND as f64) as Nanos)
}

/// When and how a container ends whose own command is one of the known programs.
pub(super) fn own_end(container: &Container) -> Option<(Nanos, i64)> {
    let words = |name: &str| -> Vec<String> {
        let words = container.config.get(name).and_then(Value::as_array).into_iter().flatten();
        words.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let line = [words("Entrypoint"), words("Cmd")].concat();
    let act = known(&line, &container.files).filter(|act| act.code != 127)?;
    Some((act.takes.max(50 * MILLI), act.code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_ends_like_its_last_program() {
        let act = script("touch /tmp/drain && sleep 2; exit 7", &Default::default());
        assert_eq!((act.takes, act.code, act.touches), (2 * SECOND, 7, vec!["/tmp/drain".to_owned()]));
        assert_eq!(script("nowhere --now", &Default::default()).code, 127);
        assert_eq!(script("false && echo x", &Default::default()).output, "");
    }
}
