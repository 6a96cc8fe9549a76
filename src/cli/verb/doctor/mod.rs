//! `stacktop doctor`

mod engine;
mod host;
mod terminal;

use crate::cli::{
    exit::{Exit, Failure},
    render::{Cell, Column, Paint, Table, json},
    session::Session,
};

/// Looks at everything that stacktop needs, and tells what it can even where there is no engine.
///
/// # Errors
/// [`Failure::Output`] only: what is missing is part of the answer.
pub async fn run(session: &mut Session) -> Result<Exit, Failure> {
    let mut checks = vec![host::program(), host::system()];
    let engine = engine::look(&session.options).await;
    checks.extend(engine.checks);
    checks.extend(terminal::look(session.out.surface()));
    if session.options.json {
        let worst = checks.iter().map(|check| check.level).max().unwrap_or(Level::Ok);
        let checks = checks.into_iter().map(Check::record).collect();
        session.out.json(&json::Doctor { level: worst.word(), checks })?;
    } else {
        session.out.table(&table(&checks))?;
    }
    Ok(engine.exit)
}

/// One thing that was looked at.
#[derive(Debug)]
struct Check {
    name: &'static str,
    level: Level,
    text: String,
}

/// How well it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Ok,
    Warn,
    Fail,
}

impl Level {
    const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }

    const fn paint(self) -> Paint {
        match self {
            Self::Ok => Paint::Green,
            Self::Warn => Paint::Yellow,
            Self::Fail => Paint::Red,
        }
    }
}

impl Check {
    fn ok(name: &'static str, text: impl Into<String>) -> Self {
        Self { name, level: Level::Ok, text: text.into() }
    }

    fn warn(name: &'static str, text: impl Into<String>) -> Self {
        Self { name, level: Level::Warn, text: text.into() }
    }

    fn fail(name: &'static str, text: impl Into<String>) -> Self {
        Self { name, level: Level::Fail, text: text.into() }
    }

    fn record(self) -> json::Check {
        json::Check { name: self.name, level: self.level.word(), text: self.text }
    }
}

fn table(checks: &[Check]) -> Table {
    let mut table = Table::new(&[Column::words("LEVEL"), Column::words("CHECK"), Column::words("SEEN")]);
    for check in checks {
        let mark = match check.level {
            Level::Ok => "✓ ok",
            Level::Warn => "! warn",
            Level::Fail => "✖ fail",
        };
        table.row([Cell::painted(mark, check.level.paint()), check.name.into(), check.text.clone().into()]);
    }
    table
}
