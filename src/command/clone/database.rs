//! Databases whose data belongs to one major version.
//!
//! PostgreSQL refuses to start on the data of another major version. MySQL, MariaDB and MongoDB start, but rewrite
//! the data so that the old image cannot read it again: a rollback would fail.

use serde_json::Value;

use super::json::{text, texts};
use super::volume::writable;
use super::{Changes, Original, Refusal};

/// The databases, by the last part of their images' names, with what tells the version in their environment.
const PROGRAMS: [(&str, &[&str]); 4] = [
    ("postgres", &["PG_MAJOR"]),
    ("mysql", &["MYSQL_MAJOR", "MYSQL_VERSION"]),
    ("mariadb", &["MARIADB_VERSION"]),
    ("mongo", &["MONGO_MAJOR", "MONGO_VERSION"]),
];

/// A database and the versions before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MajorChange {
    /// `postgres`.
    pub program: &'static str,
    /// The version that wrote the data: `15`.
    pub old: String,
    /// The version that would read it: `16`.
    pub new: String,
}

/// Refuses a new major version of a database on a data folder; `--force` skips the question.
///
/// # Errors
/// [`Refusal::MajorChange`].
pub fn database_change(original: &Original, changes: &Changes) -> Result<(), Refusal> {
    if writable(&original.container).is_empty() {
        return Ok(());
    }
    let old_ref = text(&original.container, "/Config/Image");
    let change = major_change((old_ref, &original.image), (&changes.image_ref, &changes.new_image));
    change.map_or(Ok(()), |MajorChange { program, old, new }| {
        let (service, program) = (original.service(), program.to_owned());
        Err(Refusal::MajorChange { service, program, old, new })
    })
}

/// What both images say by their environment, else by their tags; whoever says nothing is believed.
fn major_change(old: (&str, &Value), new: (&str, &Value)) -> Option<MajorChange> {
    PROGRAMS.iter().find_map(|(program, variables)| {
        let by_variable = || Some((by_env(old.1, variables)?, by_env(new.1, variables)?));
        let by_name = || Some((by_tag(old.0, program)?, by_tag(new.0, program)?));
        let (old, new) = by_variable().or_else(by_name)?;
        let (old, new) = (major(program, &old), major(program, &new));
        differ(&old, &new).then_some(MajorChange { program, old, new })
    })
}

fn by_env(image: &Value, variables: &[&str]) -> Option<String> {
    let value = |name: &&str| {
        let entries = texts(image, "/Config/Env").filter_map(|entry| entry.split_once('='));
        entries.filter(|(entry, _)| entry == name).map(|(_, value)| value.to_owned()).next()
    };
    variables.iter().find_map(value)
}

/// The version in `registry:5000/library/postgres:15.3-alpine@sha256:…`.
fn by_tag(reference: &str, program: &str) -> Option<String> {
    let named = reference.split('@').next()?.rsplit('/').next()?;
    let (name, tag) = named.split_once(':')?;
    let starts_with_digit = tag.starts_with(|c: char| c.is_ascii_digit());
    (name == program && starts_with_digit).then(|| tag.to_owned())
}

/// What must stay the same for the data to be readable: `15` of `15.3-alpine`, `9.6` of `9.6.24`, `8.0` of `8.0.36`.
fn major(program: &str, version: &str) -> String {
    // Debian's epoch: `1:10.6.12+maria~ubu2004`.
    let version = version.split_once(':').map_or(version, |(_, version)| version);
    let end = version.find(|c: char| c != '.' && !c.is_ascii_digit()).unwrap_or(version.len());
    let mut numbers = version.get(..end).unwrap_or_default().split('.');
    let first = numbers.next().unwrap_or_default();
    let is_one_number = program == "postgres" && first.parse::<u32>().is_ok_and(|number| number >= 10);
    match numbers.next().filter(|second| !is_one_number && !second.is_empty()) {
        Some(second) => format!("{first}.{second}"),
        None => first.to_owned(),
    }
}

/// Whether two versions surely differ: `8` may be any `8.x`.
fn differ(old: &str, new: &str) -> bool {
    let pairs = old.split('.').zip(new.split('.'));
    !old.is_empty() && !new.is_empty() && pairs.into_iter().any(|(a, b)| a != b)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::command::clone::recorded;

    fn image(env: &str) -> Value {
        json!({ "Config": { "Env": ["PATH=/bin", env] } })
    }

    fn change(old: (&str, &str), new: (&str, &str)) -> Option<(String, String)> {
        let (old_image, new_image) = (image(old.1), image(new.1));
        major_change((old.0, &old_image), (new.0, &new_image)).map(|change| (change.old, change.new))
    }

    #[test]
    fn a_new_major_version_is_told_by_the_environment_else_by_the_tag() {
        for (old, new, expected) in [
            (("postgres:15", "PG_MAJOR=15"), ("postgres:16", "PG_MAJOR=16"), Some(("15", "16"))),
            (("db:a", "PG_MAJOR=15"), ("db:b", "PG_MAJOR=16"), Some(("15", "16"))),
            (("postgres:latest", "PG_MAJOR=15"), ("postgres:latest", "PG_MAJOR=15"), None),
            (
                ("r:5000/x/postgres:15.3-alpine", ""),
                ("r:5000/x/postgres:16@sha256:aa", ""),
                Some(("15", "16")),
            ),
            (("postgres:15.3", ""), ("postgres:15.8", ""), None),
            (("postgres:9.5.1", ""), ("postgres:9.6.24", ""), Some(("9.5", "9.6"))),
            (("mysql:8.0.36", ""), ("mysql:8.4", ""), Some(("8.0", "8.4"))),
            (("mysql:8.0", "MYSQL_MAJOR=8.0"), ("mysql:8.0.37", "MYSQL_MAJOR=8.0"), None),
            (
                ("mariadb:10", "MARIADB_VERSION=1:10.6.12+maria~ubu2004"),
                ("mariadb:11", "MARIADB_VERSION=1:11.4.2+maria~ubu2404"),
                Some(("10.6", "11.4")),
            ),
            (("mongo:6", "MONGO_MAJOR=6.0"), ("mongo:7", "MONGO_MAJOR=7.0"), Some(("6.0", "7.0"))),
            (("mysql:8", ""), ("mysql:8.4", ""), None),
            (("redis:6", ""), ("redis:7", ""), None),
            (("postgres:latest", ""), ("postgres:alpine", ""), None),
            (("postgres-exporter:1", ""), ("postgres-exporter:2", ""), None),
        ] {
            let expected = expected.map(|(old, new)| (old.to_owned(), new.to_owned()));
            assert_eq!(change(old, new), expected, "{old:?} -> {new:?}");
        }
    }

    #[test]
    fn only_a_database_with_data_of_its_own_is_refused() {
        let mut original = recorded::web();
        original.image = image("PG_MAJOR=15");
        let changes = Changes { new_image: image("PG_MAJOR=16"), ..recorded::changes("shop-web-1", 1) };
        assert_eq!(
            database_change(&original, &changes).unwrap_err().to_string(),
            "postgres 15→16 needs a dump/restore, not an image swap. stacktop backup web first; --force to override."
        );
        original.container["Mounts"] = json!([]);
        assert_eq!(database_change(&original, &changes), Ok(()));
    }
}
