//! Looks at a stack before a backup of it is planned.

use std::{collections::BTreeSet, time::Duration};

use serde_json::Value;

use crate::{
    command::{
        backup::{Database, Dump, Survey, concerned},
        clone::json::{list, text},
        execute::look::inspections,
    },
    engine::{Call, Engine, EngineError, ExecCommand},
};

/// A database that does not list what it has within this time is not dumped.
const LISTING: Duration = Duration::from_secs(20);

/// A stack as it is found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Looked {
    /// What there is to be backed up.
    pub survey: Survey,
    /// Databases that can be dumped, and in which dumps.
    pub dumps: Vec<(Database, Vec<Dump>)>,
    /// Databases that cannot be dumped, and why: their files are stored instead.
    pub undumped: Vec<String>,
}

/// Looks at a stack, or one service of it. Databases are asked for what they have; nothing is changed.
///
/// # Errors
/// An [`EngineError`] if the engine does not tell.
pub async fn survey(engine: &Engine, stack: &str, service: Option<&str>) -> Result<Looked, EngineError> {
    let survey = look(engine, stack, service).await?;
    let mut looked = Looked { survey, ..Looked::default() };
    for database in &mut looked.survey.databases {
        match databases(engine, database).await {
            Ok((version, names)) => {
                database.version = version.or_else(|| database.version.take());
                looked.dumps.push((database.clone(), database.recipe.dumps(&names)));
            }
            Err(why) => looked
                .undumped
                .push(format!("{} cannot be dumped, its files are stored instead: {why}", database.service)),
        }
    }
    Ok(looked)
}

/// Looks at the containers and volumes of a stack, or of one service of it; no database is asked.
///
/// # Errors
/// An [`EngineError`] if the engine does not tell.
pub(in crate::command::execute) async fn look(
    engine: &Engine,
    stack: &str,
    service: Option<&str>,
) -> Result<Survey, EngineError> {
    let (listed, volumes) = listed(engine).await?;
    // One of another stack that does not answer is none of its business.
    let containers = inspected(engine, concerned(stack, &listed, &volumes)).await?;
    Ok(Survey::of(stack, service, &containers, &volumes))
}

/// All containers, by name, and all volumes, as the engine describes them.
pub(in crate::command::execute) async fn described(
    engine: &Engine,
) -> Result<(Vec<Value>, Vec<Value>), EngineError> {
    let (listed, volumes) = listed(engine).await?;
    Ok((inspected(engine, listed.iter()).await?, volumes))
}

/// All containers and all volumes, in the form of lists.
async fn listed(engine: &Engine) -> Result<(Vec<Value>, Vec<Value>), EngineError> {
    let call = Call::get("list all containers", "/containers/json").query("all", "1");
    let containers = engine.json(call).await?;
    let volumes: Value = engine.json(Call::get("list volumes", "/volumes")).await?;
    Ok((containers, list(&volumes, "/Volumes").to_vec()))
}

/// Listed containers inspected, by name: the engine lists what was made in the same second in any order.
async fn inspected(engine: &Engine, listed: impl Iterator<Item = &Value>) -> Result<Vec<Value>, EngineError> {
    let named = listed.filter_map(|one| Some((text(one, "/Names/0"), one.get("Id")?.as_str()?)));
    let ids: Vec<String> = BTreeSet::from_iter(named).into_iter().map(|(_, id)| id.to_owned()).collect();
    inspections(engine, &ids).await
}

/// The version of the program that dumps, and the databases that are dumped each on its own.
async fn databases(engine: &Engine, database: &Database) -> Result<(Option<String>, Vec<String>), String> {
    let version = match database.recipe.versioning() {
        Some(words) => version(&ask(engine, database, words).await?),
        None => None,
    };
    let names = match database.recipe.listing() {
        Some(words) => ask(engine, database, words).await?,
        None => Vec::new(),
    };
    Ok((version, names))
}

async fn ask(engine: &Engine, database: &Database, words: Vec<String>) -> Result<Vec<String>, String> {
    let outcome = engine.exec(&database.container, &ExecCommand::new(words), LISTING).await;
    let outcome = outcome.map_err(|error| error.to_string())?;
    if outcome.succeeded() {
        return Ok(outcome.output);
    }
    Err(format!("exit {}: {}", outcome.exit_code, outcome.output.last().cloned().unwrap_or_default()))
}

/// The number in `pg_dump (PostgreSQL) 15.4 (Debian 15.4-1)`: the first word that begins with a digit.
fn version(output: &[String]) -> Option<String> {
    let mut words = output.iter().flat_map(|line| line.split([' ', '=', ',']));
    let number =
        words.find(|word| word.trim_start_matches('v').starts_with(|first: char| first.is_ascii_digit()));
    number.map(|word| word.trim_start_matches('v').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_the_first_number_that_a_program_says() {
        for (said, told) in [
            ("pg_dump (PostgreSQL) 15.4 (Debian 15.4-1.pgdg120+1)", Some("15.4")),
            ("redis-cli 7.0.15", Some("7.0.15")),
            ("mariadb-dump from 11.4.2-MariaDB, client 10.19 for debian-linux-gnu", Some("11.4.2-MariaDB")),
            ("mongodump version: 100.9.4", Some("100.9.4")),
            ("", None),
        ] {
            assert_eq!(version(&[said.to_owned()]).as_deref(), told);
        }
    }
}
