//! Configs of the swarm.

use hyper::StatusCode;
use serde_json::{Value, json};

use super::{Outcome, answer, answer::Failure, call::Call, create::body, swarm::managed};
use crate::sim::state::{Config, State};

/// `GET /configs`
pub(super) fn list(call: &Call) -> Outcome {
    call.shared.read(|state| {
        managed(state)?;
        let passes = |config: &&Config| {
            let label = |name: &str| config.spec.get("Labels")?.get(name)?.as_str();
            call.query.passes("name", |name| config.name().starts_with(name))
                && call.query.passes("id", |id| config.id.starts_with(id))
                && call.query.labels(label)
        };
        Ok(answer::list(state.configs.iter().filter(passes).map(|config| row(state, config))))
    })
}

fn row(state: &State, config: &Config) -> Value {
    let date = state.clock.rfc3339(config.created);
    json!({"ID": config.id, "Version": {"Index": config.version}, "CreatedAt": date, "UpdatedAt": date,
           "Spec": config.spec})
}

fn find<'a>(state: &'a State, name: &str) -> Result<&'a Config, Failure> {
    managed(state)?;
    let mut configs = state.configs.iter();
    let found = configs.find(|config| config.name() == name || config.id.starts_with(name));
    found.ok_or_else(|| Failure::new(404, format!("config {name} not found")))
}

/// `GET /configs/{name}`
pub(super) fn inspect(call: &Call, name: &str) -> Outcome {
    call.shared.read(|state| Ok(answer::json(&row(state, find(state, name)?))))
}

/// `POST /configs/create`
pub(super) fn create(call: &Call) -> Outcome {
    let spec = body(call)?;
    call.shared.change(|state| {
        managed(state)?;
        let id = state.create_config(spec)?;
        Ok(answer::json_with(StatusCode::CREATED, &json!({"ID": id})))
    })
}

/// `DELETE /configs/{name}`
pub(super) fn remove(call: &Call, name: &str) -> Outcome {
    call.shared.change(|state| {
        let id = find(state, name)?.id.clone();
        state.remove_config(&id)?;
        Ok(answer::nothing())
    })
}
