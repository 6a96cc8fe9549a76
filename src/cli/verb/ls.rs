//! `stacktop ls [STACK...]`

use jiff::Timestamp;

use crate::cli::{
    exit::{Exit, Failure},
    render::{Cell, Column, Table, age, json},
    scope::Scope,
    session::Session,
    surface::Surface,
};
use crate::domain::{Service, Stack, StackName, Status, ports};

/// Arguments of `ls`.
#[derive(Clone, Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  stacktop ls\n  stacktop ls medianest\n  stacktop ls --json | jq -r '.[].name'"
)]
pub struct Args {
    /// Stacks whose services to list
    #[arg(value_name = "STACK")]
    pub stacks: Vec<String>,
}

/// Lists stacks, or the services of some.
///
/// # Errors
/// Any [`Failure`].
pub async fn run(session: &mut Session, args: Args) -> Result<Exit, Failure> {
    let observed = session.observe().await?;
    let scope = Scope::of(&observed.fleet, &args.stacks)?;
    let stacks = chosen(&observed.fleet.stacks, &scope)?;
    if session.options.json {
        let records: Vec<json::Stack> = stacks.into_iter().map(json::Stack::from).collect();
        session.out.json(&records)?;
    } else {
        let surface = *session.out.surface();
        let now = session.now();
        let table = if scope.is_all() {
            stack_table(&surface, now, &stacks)
        } else {
            service_table(&surface, now, &stacks)
        };
        session.out.table(&table)?;
    }
    Ok(Exit::Fine)
}

fn chosen<'a>(stacks: &'a [Stack], scope: &Scope) -> Result<Vec<&'a Stack>, Failure> {
    let names: Vec<&StackName> = scope.stacks().collect();
    if let Some(other) =
        scope.targets().iter().find(|target| !matches!(target, crate::domain::Target::Stack(_)))
    {
        return Err(Failure::Usage(format!(
            "`{other}` is no stack; `stacktop ps {other}` lists its replicas"
        )));
    }
    Ok(stacks
        .iter()
        .filter(|stack| scope.is_all() || stack.name.as_ref().is_some_and(|name| names.contains(&name)))
        .collect())
}

fn stack_table(surface: &Surface, now: Timestamp, stacks: &[&Stack]) -> Table {
    let mut table = Table::new(&[
        Column::words("STACK"),
        Column::words("KIND"),
        Column::words("STATUS"),
        Column::numbers("REPLICAS"),
        Column::numbers("SERVICES"),
        Column::numbers("AGE"),
    ]);
    for stack in stacks {
        table.row([
            stack.title().into(),
            stack.kind.word().into(),
            Cell::status(surface, stack.status()),
            replicas(stack.running(), stack.desired(), stack.status()),
            stack.services.len().to_string().into(),
            age(now, stack.created_at()).into(),
        ]);
    }
    table
}

fn service_table(surface: &Surface, now: Timestamp, stacks: &[&Stack]) -> Table {
    let mut table = Table::new(&[
        Column::words("SERVICE"),
        Column::words("STATUS"),
        Column::numbers("REPLICAS"),
        Column::numbers("AGE"),
        Column::rare("UPDATE"),
        Column::paths("IMAGE"),
        Column::rare("PORTS"),
    ]);
    for service in stacks.iter().flat_map(|stack| &stack.services) {
        table.row([
            service.key.to_string().into(),
            Cell::status(surface, service.status),
            replicas(service.running, service.desired, service.status),
            age(now, service.created_at).into(),
            update(service).into(),
            service.image.clone().into(),
            ports(&service.ports).into(),
        ]);
    }
    table
}

/// Running of desired, in the colour of what is wrong where some are missing.
fn replicas(running: u64, desired: u64, status: Status) -> Cell {
    let text = format!("{running}/{desired}");
    if running < desired && status.is_wrong() {
        Cell::painted(text, crate::cli::render::Paint::of(status))
    } else {
        text.into()
    }
}

fn update(service: &Service) -> String {
    service.update.as_ref().map(|update| update.state.word().to_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::fixture;

    #[test]
    fn a_stack_tells_the_worst_of_its_services() {
        let (_, fleet) = fixture::observed();
        let stacks: Vec<&Stack> = fleet.stacks.iter().collect();
        let expected = "\
STACK  KIND     STATUS     REPLICAS  SERVICES  AGE
blog   compose  ● healthy       1/1         1   3h
shop   compose  ✖ down          2/4         3   3h
";
        assert_eq!(stack_table(&Surface::PLAIN, fixture::now(), &stacks).render(&Surface::PLAIN), expected);
    }

    #[test]
    fn a_service_is_no_stack() {
        let (_, fleet) = fixture::observed();
        let scope = Scope::of(&fleet, &["shop/web".to_owned()]).unwrap();
        let error = chosen(&fleet.stacks, &scope).unwrap_err();
        assert_eq!(error.exit(), Exit::Usage);
        assert!(error.to_string().contains("stacktop ps shop/web"), "{error}");
    }
}
