//! `stacktop backup ls [STACK]`

use std::time::Duration;

use jiff::Timestamp;

use super::{sets, stacks, state, stored};
use crate::{
    backup::{Drill, Manifest, Promise, Scope, Set, Shelf, Standing, Verdict, standings, trend},
    cli::{
        exit::{Exit, Failure},
        render::{Cell, Column, Table, age, json, or_dash},
        session::Session,
        settle::Settled,
        shelf::From,
        surface::Surface,
    },
    domain::Status,
    text,
};

/// Sizes that make a trend.
const TREND: usize = 5;

/// Arguments of `backup ls`.
#[derive(Clone, Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  stacktop backup ls\n  stacktop backup ls shop\n  stacktop backup ls --json | jq '.[] | select(.state == \"overdue\")'"
)]
pub struct Args {
    /// The stack whose sets to list
    #[arg(value_name = "STACK")]
    pub stack: Option<String>,
    /// Where sets stand.
    #[command(flatten)]
    pub from: From,
}

/// How the backups of one scope of a stack stand.
struct Row {
    stack: String,
    sets: Vec<Set>,
    schedule: Option<String>,
    standing: Standing,
}

/// Lists stacks, or the sets of one. No engine is needed.
pub(super) fn run(session: &mut Session, args: &Args) -> Result<Exit, Failure> {
    let shelf = args.from.shelf(&session.options.settled)?;
    match &args.stack {
        None => list_stacks(session, &shelf),
        Some(stack) => list_sets(session, &shelf, stack),
    }
}

fn list_stacks(session: &mut Session, shelf: &Shelf) -> Result<Exit, Failure> {
    let settled = &session.options.settled;
    let mut rows = Vec::new();
    for stack in stacks(shelf, settled)? {
        rows.extend(self::rows(settled, &stack, &shelf.sets(&stack)?, session.now()));
    }
    if session.options.json {
        session.out.json(&rows.iter().map(record).collect::<Vec<_>>())?;
    } else if rows.is_empty() {
        let folder = shelf.folder().display();
        session.out.line(format!("there is no backup in {folder}; `stacktop backup run STACK` makes one"))?;
    } else {
        let table = stack_table(session.out.surface(), session.now(), &rows);
        session.out.table(&table)?;
    }
    Ok(Exit::Fine)
}

fn rows(settled: &Settled, stack: &str, sets: &[Set], now: Timestamp) -> Vec<Row> {
    let of = settled.backups.for_stack(stack);
    let promise = Promise { schedules: of.schedules, rpo: of.rpo };
    let standings = standings(sets, &promise, now).into_iter();
    let schedule = |scope: Scope| promise.schedules.iter().find(|(of, _)| *of == scope);
    standings
        .map(|standing| Row {
            stack: stack.to_owned(),
            sets: sets.to_vec(),
            schedule: schedule(standing.scope).map(|(_, schedule)| schedule.to_string()),
            standing,
        })
        .collect()
}

fn record(row: &Row) -> json::BackupStanding {
    let told = json::BackupStanding::of(&row.stack, &row.standing, &row.sets, row.schedule.clone());
    told.with(problem(row))
}

/// What is wrong with the newest set, if it is not valid.
fn problem(row: &Row) -> Option<String> {
    let newest = row.sets.iter().find(|set| !set.is_being_written())?;
    let (_, _, why) = state(newest);
    Some(format!("the newest set is invalid: {}", why?))
}

fn stack_table(surface: &Surface, now: Timestamp, rows: &[Row]) -> Table {
    let mut table = Table::new(&[
        Column::words("STACK"),
        Column::rare("HOLDS"),
        Column::words("STATE"),
        Column::numbers("AGE"),
        Column::numbers("RPO"),
        Column::numbers("SETS"),
        Column::numbers("SIZE"),
        Column::rare("DUE"),
        Column::words("LAST GOOD SET"),
        Column::rare("TREND"),
        Column::rare("NOTE"),
    ]);
    for row in rows {
        let last = row.standing.last.as_ref();
        table.row([
            row.stack.clone().into(),
            holds(row.standing.scope).into(),
            verdict(surface, &row.standing),
            age(now, last.map(|set| set.began)).into(),
            or_dash(row.standing.most.map(text::spelled)).into(),
            row.sets.len().to_string().into(),
            or_dash(last.and_then(stored).map(text::bytes)).into(),
            row.schedule.clone().unwrap_or_default().into(),
            or_dash(last.map(|set| set.id.clone())).into(),
            sizes(&trend(&row.sets, row.standing.scope, TREND)).into(),
            problem(row).unwrap_or_default().into(),
        ]);
    }
    table
}

/// Everything goes without saying.
fn holds(scope: Scope) -> &'static str {
    if scope == Scope::All { "" } else { scope.word() }
}

fn extent(manifest: &Manifest) -> String {
    let service = manifest.service.iter().map(String::as_str);
    let words = service.chain([holds(manifest.scope)]).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// Sizes, oldest first, where there is anything to compare.
fn sizes(trend: &[u64]) -> String {
    if trend.len() < 2 {
        return String::new();
    }
    trend.iter().map(|bytes| text::bytes(*bytes)).collect::<Vec<_>>().join(" ")
}

fn verdict(surface: &Surface, standing: &Standing) -> Cell {
    let status = match (standing.verdict, standing.most) {
        (Verdict::Within, _) => Status::Healthy,
        (Verdict::Overdue, _) | (Verdict::Nothing, Some(_)) => Status::Down,
        (Verdict::Unmeasured, _) => Status::Running,
        (Verdict::Nothing, None) => Status::Stopped,
    };
    Cell::status_as(surface, status, standing.verdict.word())
}

fn list_sets(session: &mut Session, shelf: &Shelf, stack: &str) -> Result<Exit, Failure> {
    let sets = sets(shelf, &session.options.settled, stack)?;
    if session.options.json {
        let record = |set: &Set| {
            let (_, word, why) = state(set);
            json::BackupSet::of(stack, set, word, why)
        };
        session.out.json(&sets.iter().map(record).collect::<Vec<_>>())?;
    } else if sets.is_empty() {
        session
            .out
            .line(format!("there is no backup of {stack} yet; `stacktop backup run {stack}` makes one"))?;
    } else {
        let table = set_table(session.out.surface(), session.now(), &sets);
        session.out.table(&table)?;
    }
    Ok(Exit::Fine)
}

fn set_table(surface: &Surface, now: Timestamp, sets: &[Set]) -> Table {
    let mut table = Table::new(&[
        Column::words("SET"),
        Column::words("STATE"),
        Column::numbers("AGE"),
        Column::rare("HOLDS"),
        Column::numbers("SIZE"),
        Column::numbers("PARTS"),
        Column::words("MODES"),
        Column::numbers("TOOK"),
        Column::rare("DRILL"),
        Column::rare("NOTE"),
    ]);
    for set in sets {
        let (status, word, why) = state(set);
        let manifest = set.manifest.as_ref().ok();
        let took = manifest.map(|manifest| manifest.finished.duration_since(manifest.began));
        table.row([
            set.id.clone().into(),
            Cell::status_as(surface, status, word),
            age(now, Some(set.began)).into(),
            manifest.map(extent).unwrap_or_default().into(),
            or_dash(stored(set).map(text::bytes)).into(),
            or_dash(manifest.map(|manifest| manifest.parts.len().to_string())).into(),
            or_dash(manifest.map(|_| modes(set))).into(),
            or_dash(took.and_then(|took| Duration::try_from(took).ok()).map(text::spelled)).into(),
            set.drill.as_ref().map_or_else(|| "".into(), |drill| drilled(surface, now, drill)),
            why.unwrap_or_default().into(),
        ]);
    }
    table
}

/// How the parts were kept consistent, each way once.
fn modes(set: &Set) -> String {
    let parts = set.manifest.iter().flat_map(|manifest| &manifest.parts);
    let mut modes: Vec<_> = parts.map(|part| part.mode).collect();
    modes.sort();
    modes.dedup();
    modes.into_iter().map(crate::backup::Mode::word).collect::<Vec<_>>().join(" ")
}

fn drilled(surface: &Surface, now: Timestamp, drill: &Drill) -> Cell {
    let (status, word) =
        if drill.failed.is_none() { (Status::Healthy, "restored") } else { (Status::Down, "failed") };
    Cell::status_as(surface, status, &format!("{word} {} ago", age(now, Some(drill.at))))
}
