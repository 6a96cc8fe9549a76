//! The logs of the selection: which sources are read, what arrives.

use super::{Effect, Effects, LogRequest, notify};
use crate::{
    domain::{Container, LogBatch, LogQuery, LogSource, Replica, Service},
    model::{Entry, LogOrigin, Model, NoticeLevel, RowKey},
};

/// Lines of the past that are fetched when a log is opened.
const TAIL: u64 = 500;

/// Lines arrived.
pub(super) fn apply(model: &mut Model, generation: u64, batch: LogBatch) -> Effects {
    if generation != model.logs.generation {
        return Effects::new();
    }
    model.logs.extend(batch.lines.into_iter().map(|(source, line)| Entry { source, line }));
    for (source, why) in batch.failures {
        let name = model.logs.sources.get(source).cloned().unwrap_or_default();
        notify(model, NoticeLevel::Error, format!("the log of {name} cannot be read: {why}"));
    }
    model.dirty = true;
    Effects::new()
}

/// Reads the logs of the selected row; goes on where it was when containers of the row were added or restarted.
pub(super) fn follow(model: &mut Model) -> Effects {
    let Some(row) = model.tree.selected.clone() else { return Effects::new() };
    let wanted = sources(model, &row);
    let new_row = model.logs.row.as_ref() != Some(&row);
    wanted.iter().for_each(|(source, origin)| model.logs.learn(&source.name, origin));
    if !new_row && wanted.iter().all(|(source, origin)| model.logs.is_attached(&source.name, origin)) {
        return Effects::new();
    }
    if new_row {
        model.logs.restart(row);
    } else {
        model.logs.generation += 1;
    }
    model.dirty = true;
    vec![Effect::FollowLogs { generation: model.logs.generation, request: request(model, wanted) }]
}

/// All of them at once, so that their lines are put in order; each that is known from its newest line on.
fn request(model: &mut Model, wanted: Vec<(LogSource, LogOrigin)>) -> LogRequest {
    let attach = |(source, origin): (LogSource, LogOrigin)| {
        let (index, newest) = model.logs.attach(&source.name, origin);
        (LogSource { newest, ..source }, index)
    };
    let (sources, indices) = wanted.into_iter().map(attach).unzip();
    let query = LogQuery { follow: true, tail: Some(TAIL), ..LogQuery::default() };
    LogRequest { sources, indices, query }
}

fn sources(model: &Model, row: &RowKey) -> Vec<(LogSource, LogOrigin)> {
    let fleet = &model.known.fleet;
    let covered = |service: &Service, replica: &Replica| match row {
        RowKey::Stack(name, kind) => service.key.stack == *name && service.kind == *kind,
        RowKey::Service(key) => service.key == *key,
        RowKey::Replica(key) => replica.key == *key,
    };
    fleet
        .services()
        .flat_map(|service| service.replicas.iter().map(move |replica| (service, replica)))
        .filter(|(service, replica)| covered(service, replica))
        .filter_map(|(_, replica)| {
            let container = model.known.container(replica.container.as_ref()?)?;
            Some((source(replica, container), origin(container)))
        })
        .collect()
}

fn source(replica: &Replica, container: &Container) -> LogSource {
    let name = format!("{}-{}", replica.key.service.name, replica.key.slot);
    LogSource { container: container.id.clone(), name, tty: container.tty, newest: None }
}

fn origin(container: &Container) -> LogOrigin {
    LogOrigin { container: container.id.clone(), started_at: container.started_at }
}
