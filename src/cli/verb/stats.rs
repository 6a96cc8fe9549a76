//! `stacktop stats [TARGET...]`

use std::time::Duration;

use crate::cli::{
    exit::{Exit, Failure},
    render::{Cell, Column, Paint, Table, json, or_dash},
    scope::{Scope, containers},
    session::{Observed, Session, remark},
};
use crate::domain::{Container, Replica};
use crate::engine::{Engine, EngineError};
use crate::text;

/// Between two tables of `--watch`.
const BEAT: Duration = Duration::from_secs(2);

/// Use of a limit, in percent, from which it is marked.
const TIGHT: f64 = 90.0;

/// Arguments of `stats`.
#[derive(Clone, Debug, clap::Args)]
#[command(
    after_help = "CPU is in percent of one core, as `docker stats` has it.\n\nExamples:\n  stacktop stats\n  stacktop stats --watch medianest\n  stacktop stats --json | jq 'map(.memory_used) | add'"
)]
pub struct Args {
    /// Stacks, services or replicas; all if none is named
    #[arg(value_name = "TARGET")]
    pub targets: Vec<String>,
    /// Print again every two seconds until Ctrl-C
    #[arg(short, long)]
    pub watch: bool,
}

/// Shows what runs and what it uses.
///
/// # Errors
/// Any [`Failure`].
pub async fn run(session: &mut Session, args: Args) -> Result<Exit, Failure> {
    let engine = session.connect().await?;
    let scope = Scope::of(&Observed::from_engine(&engine).await?.fleet, &args.targets)?;
    let mut beat = tokio::time::interval(BEAT);
    beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        beat.tick().await;
        let observed = Observed::from_engine(&engine).await?;
        let round = Round::measure(&engine, &observed, &scope).await;
        round.print(session, args.watch)?;
        if !args.watch {
            return Ok(round.exit);
        }
        session.out.flush()?;
    }
}

/// One measurement of everything in scope.
struct Round {
    rows: Vec<json::Stats>,
    exit: Exit,
}

impl Round {
    async fn measure(engine: &Engine, observed: &Observed, scope: &Scope) -> Self {
        let running = running(observed, scope);
        let containers: Vec<&Container> = running.iter().map(|(_, container)| *container).collect();
        let measured = engine.usages(&containers).await;
        let mut round = Self { rows: Vec::new(), exit: Exit::Fine };
        for ((replica, container), measured) in running.into_iter().zip(measured) {
            match measured {
                Ok((at, usage)) => round.rows.push(json::Stats::of(replica, &container.name, at, &usage)),
                // It ended between the list and the measurement.
                Err(error) if matches!(error.status(), Some(404 | 409)) => {}
                Err(error) => round.failed(replica, &error),
            }
        }
        round
    }

    fn failed(&mut self, replica: &Replica, error: &EngineError) {
        remark(&format!("{}: {error}", replica.key));
        self.exit = Exit::Wrong;
    }

    fn print(&self, session: &mut Session, watch: bool) -> Result<(), Failure> {
        match (session.options.json, watch) {
            (true, true) => self.rows.iter().try_for_each(|row| session.out.json_line(row)),
            (true, false) => session.out.json(&self.rows),
            (false, true) => {
                session.out.table(&table(&self.rows))?;
                session.out.text("\n")
            }
            (false, false) => session.out.table(&table(&self.rows)),
        }
    }
}

fn running<'a>(observed: &'a Observed, scope: &'a Scope) -> Vec<(&'a Replica, &'a Container)> {
    let containers = containers(&observed.snapshot);
    scope
        .replicas(&observed.fleet)
        .into_iter()
        .filter_map(|(_, replica)| Some((replica, *containers.get(replica.container.as_ref()?)?)))
        .filter(|(_, container)| container.state.is_up())
        .collect()
}

fn table(rows: &[json::Stats]) -> Table {
    let mut table = Table::new(&[
        Column::words("REPLICA"),
        Column::numbers("CPU"),
        Column::numbers("MEM"),
        Column::numbers("LIMIT"),
        Column::numbers("MEM%"),
        Column::numbers("PIDS"),
        Column::numbers("NET IN"),
        Column::numbers("NET OUT"),
        Column::numbers("READ"),
        Column::numbers("WRITTEN"),
    ]);
    let bytes = |value: Option<u64>| Cell::from(or_dash(value.map(text::bytes)));
    for row in rows {
        table.row([
            row.target.clone().into(),
            or_dash(row.cpu_percent.map(text::percent)).into(),
            text::bytes(row.memory_used).into(),
            bytes(row.memory_limit),
            memory_percent(row.memory_percent),
            or_dash(row.pids.map(text::count)).into(),
            bytes(row.network_rx),
            bytes(row.network_tx),
            bytes(row.block_read),
            bytes(row.block_write),
        ]);
    }
    table
}

fn memory_percent(value: Option<f64>) -> Cell {
    let text = or_dash(value.map(text::percent));
    if value.is_some_and(|percent| percent >= TIGHT) {
        Cell::painted(text, Paint::Yellow)
    } else {
        text.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        cli::{fixture, surface::Surface},
        domain::Usage,
    };

    #[test]
    fn what_is_not_reported_is_no_zero() {
        let (_, fleet) = fixture::observed();
        let replica = fleet.replicas().next().unwrap();
        let usage = Usage { block: None, cpu_percent: None, ..fixture::usage() };
        let rows = [json::Stats::of(replica, "blog-web-1", fixture::now(), &usage)];
        let line = table(&rows).render(&Surface::PLAIN).lines().last().unwrap().to_owned();
        let cells: Vec<&str> = line.split_whitespace().collect();
        assert_eq!(cells, ["blog/web/1", "–", "32M", "64M", "50.0%", "3", "1.0K", "2.0K", "–", "–"]);
    }

    #[test]
    fn only_what_runs_is_measured() {
        let observed = Observed::of(fixture::snapshot());
        let scope = Scope::of(&observed.fleet, &["shop".to_owned()]).unwrap();
        let names: Vec<String> =
            running(&observed, &scope).iter().map(|(replica, _)| replica.key.to_string()).collect();
        assert_eq!(names, ["shop/web/1", "shop/web/2"]);
    }
}
