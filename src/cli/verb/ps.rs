//! `stacktop ps [TARGET...]`

use jiff::Timestamp;

use crate::cli::{
    exit::{Exit, Failure},
    render::{Cell, Column, Table, age, json, or_dash},
    scope::{Scope, containers},
    session::{Observed, Session},
    surface::Surface,
};
use crate::domain::{Container, Replica, Status, ports};

/// Arguments of `ps`.
#[derive(Clone, Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  stacktop ps\n  stacktop ps -a medianest/app\n  stacktop ps --json | jq -r '.[] | select(.restarts > 0) | .target'"
)]
pub struct Args {
    /// Stacks, services or replicas; all if none is named
    #[arg(value_name = "TARGET")]
    pub targets: Vec<String>,
    /// Also what is stopped and is not expected to run
    #[arg(short, long)]
    pub all: bool,
}

/// Lists replicas.
///
/// # Errors
/// Any [`Failure`].
pub async fn run(session: &mut Session, args: Args) -> Result<Exit, Failure> {
    let observed = session.observe().await?;
    let scope = Scope::of(&observed.fleet, &args.targets)?;
    let rows = rows(&observed, &scope, args.all);
    if session.options.json {
        let records: Vec<json::Replica> =
            rows.iter().map(|(replica, container)| json::Replica::of(replica, *container)).collect();
        session.out.json(&records)?;
    } else {
        let table = table(session.out.surface(), session.now(), &rows);
        session.out.table(&table)?;
    }
    Ok(Exit::Fine)
}

type Row<'a> = (&'a Replica, Option<&'a Container>);

fn rows<'a>(observed: &'a Observed, scope: &'a Scope, all: bool) -> Vec<Row<'a>> {
    let containers = containers(&observed.snapshot);
    let container = |replica: &Replica| containers.get(replica.container.as_ref()?).copied();
    scope
        .replicas(&observed.fleet)
        .into_iter()
        .filter(|(_, replica)| all || replica.status != Status::Stopped)
        .map(|(_, replica)| (replica, container(replica)))
        .collect()
}

fn table(surface: &Surface, now: Timestamp, rows: &[Row<'_>]) -> Table {
    let mut table = Table::new(&[
        Column::words("REPLICA"),
        Column::words("STATUS"),
        Column::numbers("RESTARTS"),
        Column::numbers("UP"),
        Column::rare("CAUSE"),
        Column::paths("IMAGE"),
        Column::rare("NODE"),
        Column::words("ID"),
        Column::rare("PORTS"),
    ]);
    for (replica, container) in rows {
        table.row([
            replica.key.to_string().into(),
            Cell::status(surface, replica.status),
            or_dash(replica.restarts.map(|count| count.to_string())).into(),
            up(now, replica).into(),
            replica.cause.clone().unwrap_or_default().into(),
            container.map_or(&replica.image, |container| &container.image).clone().into(),
            replica.node.clone().unwrap_or_default().into(),
            or_dash(replica.container.as_ref().map(|id| id.short().to_owned())).into(),
            container.map(|container| ports(&container.ports)).unwrap_or_default().into(),
        ]);
    }
    table
}

/// How long it has been running; nothing for what does not run.
fn up(now: Timestamp, replica: &Replica) -> String {
    age(now, replica.started_at.filter(|_| replica.status.is_up()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::fixture;

    fn observed() -> Observed {
        Observed::of(fixture::snapshot())
    }

    #[test]
    fn what_nobody_expects_to_run_is_left_out() {
        let observed = observed();
        let scope = Scope::of(&observed.fleet, &["shop".to_owned()]).unwrap();
        assert_eq!((rows(&observed, &scope, false).len(), rows(&observed, &scope, true).len()), (3, 4));
    }

    #[test]
    fn a_killed_replica_says_why() {
        let observed = observed();
        let scope = Scope::of(&observed.fleet, &["search".to_owned()]).unwrap();
        let table = table(&Surface::PLAIN, fixture::now(), &rows(&observed, &scope, false));
        let line = table.render(&Surface::PLAIN).lines().last().unwrap().to_owned();
        assert!(line.contains("✖ down") && line.contains("exited 137, OOM-killed at limit 64M"), "{line}");
    }
}
