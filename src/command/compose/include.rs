//! `include`: other compose files that a file takes in, each with a folder and variables of its own.

use serde::Deserialize;
use serde_json::Value;

use super::Variables;

/// Files that are taken in together: the first one, and what overrides it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Include {
    /// The files, as they are written: relative to the folder of the project that names them.
    pub paths: Vec<String>,
    /// The folder that their own paths are relative to, if not that of the first one.
    pub folder: Option<String>,
    /// Their environment files, if not `.env` of that folder.
    pub env_files: Vec<String>,
}

/// The part of a compose file that is looked at.
#[derive(Debug, Deserialize)]
struct File {
    #[serde(default)]
    include: Option<Value>,
}

/// What a file takes in, in its order, and what of that cannot be understood, one sentence each. A text that is no
/// compose file takes nothing in.
#[must_use]
pub fn of_text(text: &str, called: &str, variables: &Variables) -> (Vec<Include>, Vec<String>) {
    let file = serde_yaml::from_str(text).unwrap_or(File { include: None });
    let (mut includes, mut notes) = (Vec::new(), Vec::new());
    let listed = match file.include {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(listed)) => listed,
        Some(other) => vec![other],
    };
    for said in &listed {
        match include(said, variables) {
            Ok(include) => includes.push(include),
            Err(why) => notes.push(format!("{called} includes {why}: what is in there is not read")),
        }
    }
    (includes, notes)
}

fn include(said: &Value, variables: &Variables) -> Result<Include, String> {
    let include = match said {
        Value::String(_) => Include { paths: words(said, variables)?, ..Include::default() },
        Value::Object(members) => {
            let all = |name: &str| members.get(name).map_or(Ok(Vec::new()), |said| words(said, variables));
            Include {
                paths: all("path")?,
                folder: all("project_directory")?.into_iter().next(),
                env_files: all("env_file")?,
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => Include::default(),
    };
    if include.paths.is_empty() { Err("something without a path".to_owned()) } else { Ok(include) }
}

/// One text, or a list of them.
fn words(said: &Value, variables: &Variables) -> Result<Vec<String>, String> {
    let one = |said: &Value| {
        let text = said.as_str().ok_or("something that is no path")?;
        variables.resolve(text).map_err(|variable| {
            let variable = crate::text::sanitize(&variable);
            format!("a path with {variable}, which the environment file does not give")
        })
    };
    match said {
        Value::Null => Ok(Vec::new()),
        Value::Array(listed) => listed.iter().map(one).collect(),
        said => one(said).map(|word| vec![word]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<Include>, Vec<String>) {
        of_text(text, "compose.yaml", &Variables::read("PART=db"))
    }

    #[test]
    fn a_path_alone_and_all_that_can_be_said_are_the_same_kind_of_thing() {
        let (includes, notes) = read(
            "include:\n  - parts/${PART}.yaml\n  - path: [a.yaml, b.yaml]\n    project_directory: ..\n    env_file: x.env\n",
        );
        let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
        let short = Include { paths: words(&["parts/db.yaml"]), ..Include::default() };
        let long = Include {
            paths: words(&["a.yaml", "b.yaml"]),
            folder: Some("..".to_owned()),
            env_files: words(&["x.env"]),
        };
        assert_eq!((includes, notes), (vec![short, long], Vec::new()));
    }

    #[test]
    fn what_cannot_be_understood_is_a_note_and_the_others_count() {
        let (includes, notes) =
            read("include: [7, {project_directory: x}, \"${NONE}/a.yaml\", {path: {}}, good.yaml]");
        assert_eq!(includes.len(), 1, "{includes:?}");
        assert_eq!(notes.len(), 4, "{notes:?}");
        assert!(notes[2].contains("${NONE}"), "{notes:?}");
    }

    #[test]
    fn most_files_include_nothing() {
        for text in ["", "services: {web: {image: x}}", "include:", "[1]", "password: [hunter2"] {
            assert_eq!(read(text), (Vec::new(), Vec::new()), "{text}");
        }
    }
}
