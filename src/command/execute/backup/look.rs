//! Looks at a stack before a backup of it is planned.

use std::time::Duration;

use serde_json::Value;

use crate::{
    command::backup::{Database, Dump, Survey},
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
    let call = Call::get("list all containers", "/containers/json").query("all", "1");
    let listed: Vec<Value> = engine.json(call).await?;
    let mut containers = Vec::new();
    for one in listed.iter().filter_map(|one| one.get("Id")?.as_str()) {
        match engine.inspect_container(one).await {
            Ok(container) => containers.push(container),
            Err(error) if error.is_not_found() => {}
            Err(error) => return Err(error),
        }
    }
    let volumes: Value = engine.json(Call::get("list volumes", "/volumes")).await?;
    let volumes = volumes.get("Volumes").and_then(Value::as_array).cloned().unwrap_or_default();
    let survey = Survey::of(stack, service, &containers, &volumes);
    let mut looked = Looked { survey, ..Looked::default() };
    for database in looked.survey.databases.clone() {
        match databases(engine, &database).await {
            Ok(names) => looked.dumps.push((database.clone(), database.recipe.dumps(&names))),
            Err(why) => looked
                .undumped
                .push(format!("{} cannot be dumped, its files are stored instead: {why}", database.service)),
        }
    }
    Ok(looked)
}

/// The databases that are dumped each on its own.
async fn databases(engine: &Engine, database: &Database) -> Result<Vec<String>, String> {
    let Some(words) = database.recipe.listing() else { return Ok(Vec::new()) };
    let outcome = engine.exec(&database.container, &ExecCommand::new(words), LISTING).await;
    let outcome = outcome.map_err(|error| error.to_string())?;
    if outcome.succeeded() {
        return Ok(outcome.output);
    }
    Err(format!("exit {}: {}", outcome.exit_code, outcome.output.last().cloned().unwrap_or_default()))
}
