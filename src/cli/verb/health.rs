//! `stacktop health [TARGET...]`

use jiff::Timestamp;

use crate::cli::{
    exit::{Exit, Failure},
    render::{Cell, Column, Paint, Table, age, finding_mark, json, or_dash, paint},
    scope::{Scope, containers},
    session::{Observed, Out, Session},
    shelf::shelving,
    surface::Surface,
};
use crate::domain::{Backups, Container, Finding, Health, Probe, Replica, findings};

/// Lines of a failing probe's output that are printed.
const LINES: usize = 10;

/// Arguments of `health`.
#[derive(Clone, Debug, clap::Args)]
#[command(
    after_help = "Exit code 0 if nothing is wrong, 1 if there are findings.\n\nExamples:\n  stacktop health\n  stacktop health medianest && deploy\n  stacktop health --json | jq -r '.findings[].text'"
)]
pub struct Args {
    /// Stacks, services or replicas; all if none is named
    #[arg(value_name = "TARGET")]
    pub targets: Vec<String>,
}

/// Tells what is wrong, and what the health checks said.
///
/// # Errors
/// Any [`Failure`]; findings are none.
pub async fn run(session: &mut Session, args: Args) -> Result<Exit, Failure> {
    let observed = session.observe().await?;
    let scope = Scope::of(&observed.fleet, &args.targets)?;
    let now = session.now();
    let backups = shelving(&session.options).map(|shelving| shelving.read()).unwrap_or_default();
    let report = Report::of((&observed, &backups), &scope, now);
    if session.options.json {
        session.out.json(&report.record())?;
    } else {
        report.print(&mut session.out, now)?;
    }
    Ok(if report.findings.is_empty() { Exit::Fine } else { Exit::Wrong })
}

struct Report<'a> {
    findings: Vec<Finding>,
    checked: Vec<(&'a Replica, &'a Container)>,
}

impl<'a> Report<'a> {
    fn of((observed, backups): (&'a Observed, &Backups), scope: &'a Scope, now: Timestamp) -> Self {
        let containers = containers(&observed.snapshot);
        let concerns = |finding: &Finding| {
            let of_stack = || finding.stack().is_some_and(|stack| scope.stacks().any(|it| it == stack));
            let service = finding.service.as_ref();
            service.map_or_else(|| scope.is_all() || of_stack(), |key| scope.has_service(key))
        };
        let mut all = findings(&observed.snapshot, &observed.fleet, now);
        all.extend(backups.findings(&observed.fleet, now));
        let replicas = scope.replicas(&observed.fleet).into_iter();
        let mut checked: Vec<_> = replicas
            .filter_map(|(_, replica)| Some((replica, *containers.get(replica.container.as_ref()?)?)))
            .filter(|(_, container)| container.health != Health::None)
            .collect();
        checked.sort_by_key(|(replica, container)| (replica.status, has_passed(container)));
        Self { findings: all.into_iter().filter(concerns).collect(), checked }
    }

    fn record(&self) -> json::Health {
        json::Health {
            findings: self.findings.iter().map(json::Finding::from).collect(),
            replicas: self
                .checked
                .iter()
                .map(|(replica, container)| json::ReplicaHealth::of(replica, container))
                .collect(),
        }
    }

    fn print(&self, out: &mut Out, now: Timestamp) -> Result<(), Failure> {
        let surface = *out.surface();
        match self.findings.len() {
            0 => out.line(paint(&surface, Paint::Green, "nothing is wrong"))?,
            _ => out.table(&finding_table(&surface, &self.findings))?,
        }
        if !self.checked.is_empty() {
            out.text("\n")?;
            out.table(&probe_table(&surface, now, &self.checked))?;
        }
        self.checked.iter().try_for_each(|(replica, container)| evidence(out, replica, container))
    }
}

/// Whether the last probe passed; so it is, too, where there is none yet.
fn has_passed(container: &Container) -> bool {
    container.probes.last().is_none_or(Probe::passed)
}

fn finding_table(surface: &Surface, findings: &[Finding]) -> Table {
    let mut table = Table::new(&[Column::words("FINDING"), Column::words("SUBJECT"), Column::words("WHAT")]);
    for finding in findings {
        table.row([
            Cell::painted(finding_mark(surface, finding), Paint::of_severity(finding.severity)),
            finding.subject.clone().into(),
            finding.text.clone().into(),
        ]);
    }
    table
}

fn probe_table(surface: &Surface, now: Timestamp, checked: &[(&Replica, &Container)]) -> Table {
    let mut table = Table::new(&[
        Column::words("REPLICA"),
        Column::words("STATUS"),
        Column::numbers("PROBED"),
        Column::numbers("TOOK"),
        Column::numbers("EXIT"),
        Column::words("LAST PROBE"),
    ]);
    for (replica, container) in checked {
        let last = container.probes.last();
        table.row([
            replica.key.to_string().into(),
            Cell::status(surface, replica.status),
            age(now, last.and_then(|probe| probe.started_at)).into(),
            or_dash(last.and_then(took)).into(),
            or_dash(last.map(|probe| probe.exit_code.to_string())).into(),
            last.map(|probe| probe.verdict().to_owned()).unwrap_or_default().into(),
        ]);
    }
    table
}

fn took(probe: &Probe) -> Option<String> {
    let milliseconds = probe.took_ms?;
    Some(if milliseconds < 1000 {
        format!("{milliseconds}ms")
    } else {
        format!("{:.1}s", milliseconds as f64 / 1e3)
    })
}

/// The whole output of a replica's last probe, if it failed.
fn evidence(out: &mut Out, replica: &Replica, container: &Container) -> Result<(), Failure> {
    let Some(probe) = container.probes.last().filter(|probe| !probe.passed() && container.state.is_up())
    else {
        return Ok(());
    };
    let what = if probe.is_broken() { "the check itself is broken" } else { "the probe failed" };
    out.line(format!("\n{}: {what}, exit {}", replica.key, probe.exit_code))?;
    probe.output.iter().rev().take(LINES).rev().try_for_each(|line| out.line(format!("  {line}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::fixture;

    #[test]
    fn a_finding_outside_the_scope_is_not_told() {
        let observed = Observed::of(fixture::snapshot());
        let found = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(ToString::to_string).collect();
            let scope = Scope::of(&observed.fleet, &names).unwrap();
            Report::of((&observed, &Backups::default()), &scope, Timestamp::UNIX_EPOCH).findings.len()
        };
        assert_eq!((found(&[]), found(&["shop"]), found(&["blog"])), (1, 1, 0));
    }

    #[test]
    fn times_of_probes_are_short() {
        let probe = |took_ms| Probe { started_at: None, took_ms, exit_code: 0, output: Vec::new() };
        let shown = [Some(12), Some(10_003), None].map(|milliseconds| took(&probe(milliseconds)));
        assert_eq!(shown, [Some("12ms".into()), Some("10.0s".into()), None]);
    }
}
