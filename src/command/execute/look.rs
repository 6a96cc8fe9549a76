//! Looks at a service before something is planned for it.

use std::{collections::BTreeMap, time::Duration};

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::patience::patiently;
use crate::{
    command::{ObservedService, clone::Original, clone::dependents, observed::OPERATION},
    domain::ServiceKey,
    engine::{Call, Engine, EngineError, segment},
};

/// How long an engine may take to compare a container with its image, file by file.
const WALK: Duration = Duration::from_secs(60);
/// How many containers are inspected at a time.
const IN_FLIGHT: usize = 8;

/// A Compose service with all that cloning its containers takes; an engine that is away for a moment is waited for.
///
/// # Errors
/// An [`EngineError`] if the engine does not tell. A container that is gone in between is left out.
pub async fn observe(engine: &Engine, key: &ServiceKey) -> Result<ObservedService, EngineError> {
    patiently(|| look(engine, key)).await
}

/// The same without the files that were put into its containers, which only a clone needs: the engine walks through a
/// whole file system to tell them.
///
/// # Errors
/// As of [`observe`].
pub(super) async fn observe_without_files(
    engine: &Engine,
    key: &ServiceKey,
) -> Result<ObservedService, EngineError> {
    patiently(async || {
        let own = inspections(engine, &ids(engine, key).await?).await?;
        let layers = vec![Value::Null; own.len()];
        described(engine, key, &own, layers).await
    })
    .await
}

async fn look(engine: &Engine, key: &ServiceKey) -> Result<ObservedService, EngineError> {
    let own = inspections(engine, &ids(engine, key).await?).await?;
    let layers = join_all(own.iter().map(|container| layer(engine, container))).await;
    described(engine, key, &own, layers.into_iter().collect::<Result<_, _>>()?).await
}

async fn described(
    engine: &Engine,
    key: &ServiceKey,
    own: &[Value],
    layers: Vec<Value>,
) -> Result<ObservedService, EngineError> {
    let (mut images, mut originals) = (BTreeMap::new(), Vec::new());
    let lodgers = lodgers(engine, key).await?;
    for (container, layer) in own.iter().zip(layers) {
        let image = image_of(engine, container, &mut images).await?;
        let original = Original {
            dependents: [dependents(container, own), dependents(container, &lodgers)].concat(),
            layer,
            ..Original::new(container.clone(), image, version(engine))
        };
        originals.push(original);
    }
    Ok(ObservedService::of(key.clone(), originals))
}

/// Inspected containers with all that cloning them takes; `all` are those that may live in their namespaces.
pub(super) async fn originals(
    engine: &Engine,
    containers: &[Value],
    all: &[Value],
) -> Result<Vec<Original>, EngineError> {
    let (mut images, mut originals) = (BTreeMap::new(), Vec::new());
    for container in containers {
        let image = image_of(engine, container, &mut images).await?;
        let layer = layer(engine, container).await?;
        let dependents = dependents(container, all);
        let original = Original::new(container.clone(), image, version(engine));
        originals.push(Original { dependents, layer, ..original });
    }
    Ok(originals)
}

/// A container of a service, as a list tells it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Present {
    pub(super) id: String,
    pub(super) name: String,
    /// The operation that made it, if one did.
    pub(super) operation: Option<String>,
}

/// Which containers the service has, in the order of their ids: one call, where [`observe`] makes several for each.
pub(super) async fn present(engine: &Engine, key: &ServiceKey) -> Result<Vec<Present>, EngineError> {
    let listed = patiently(async || list(engine, key).await).await?;
    let mut present: Vec<Present> = listed.iter().filter_map(replica).collect();
    present.sort();
    Ok(present)
}

fn replica(listed: &Value) -> Option<Present> {
    let label = |name: &str| listed.get("Labels")?.get(name)?.as_str();
    label("com.docker.compose.container-number")?;
    let is_one_off = label("com.docker.compose.oneoff").is_some_and(|word| word.eq_ignore_ascii_case("true"));
    // Names with a second slash are links from others.
    let names = listed.get("Names").and_then(Value::as_array).into_iter().flatten();
    let mut names = names.filter_map(Value::as_str).map(|name| name.trim_start_matches('/'));
    (!is_one_off).then_some(())?;
    Some(Present {
        id: listed.get("Id")?.as_str()?.to_owned(),
        name: names.find(|name| !name.contains('/'))?.to_owned(),
        operation: label(OPERATION).map(str::to_owned),
    })
}

async fn list(engine: &Engine, key: &ServiceKey) -> Result<Vec<Value>, EngineError> {
    let stack = key.stack.as_ref().map_or("", |stack| stack.as_str());
    let labels =
        [format!("com.docker.compose.project={stack}"), format!("com.docker.compose.service={}", key.name)];
    let filters = json!({ "label": labels }).to_string();
    let call = Call::get(format!("list the containers of {key}"), "/containers/json").query("all", "1");
    engine.json(call.query("filters", &filters)).await
}

/// The project's containers of other services that live in somebody's network, `network_mode: service:NAME`, as a list
/// tells them: in the form of an inspection as far as that goes.
async fn lodgers(engine: &Engine, key: &ServiceKey) -> Result<Vec<Value>, EngineError> {
    let stack = key.stack.as_ref().map_or("", |stack| stack.as_str());
    let filters = json!({ "label": [format!("com.docker.compose.project={stack}")] }).to_string();
    let call = Call::get(format!("list the containers of {stack}"), "/containers/json").query("all", "1");
    let listed: Vec<Value> = engine.json(call.query("filters", &filters)).await?;
    let lodger = |one: &Value| {
        let mode = one.pointer("/HostConfig/NetworkMode")?.as_str()?;
        let service = one.pointer("/Labels/com.docker.compose.service").and_then(Value::as_str);
        let is_other = service != Some(key.name.as_str());
        let name = one.pointer("/Names/0")?.as_str()?;
        let lives_with = mode.starts_with("container:") && is_other;
        lives_with.then(|| json!({ "Name": name, "HostConfig": { "NetworkMode": mode } }))
    };
    Ok(listed.iter().filter_map(lodger).collect())
}

async fn ids(engine: &Engine, key: &ServiceKey) -> Result<Vec<String>, EngineError> {
    let listed = list(engine, key).await?;
    Ok(listed.iter().filter_map(|it| it.get("Id")?.as_str().map(str::to_owned)).collect())
}

/// These containers, inspected, in this order; those that are gone are left out.
pub(in crate::command::execute) async fn inspections(
    engine: &Engine,
    ids: &[String],
) -> Result<Vec<Value>, EngineError> {
    let mut told = Vec::new();
    for some in ids.chunks(IN_FLIGHT) {
        for answer in join_all(some.iter().map(|id| engine.inspect_container(id))).await {
            match answer {
                Err(gone) if gone.is_not_found() => {}
                answer => told.push(answer?),
            }
        }
    }
    Ok(told)
}

async fn image_of(
    engine: &Engine,
    container: &Value,
    known: &mut BTreeMap<String, Value>,
) -> Result<Value, EngineError> {
    let id = container.get("Image").and_then(Value::as_str).unwrap_or_default();
    if let Some(image) = known.get(id) {
        return Ok(image.clone());
    }
    let image = engine.image(id).await?.unwrap_or(Value::Null);
    known.insert(id.to_owned(), image.clone());
    Ok(image)
}

/// Files that were put into the container since it was made; a container that was never started has none.
async fn layer(engine: &Engine, container: &Value) -> Result<Value, EngineError> {
    let id = container.get("Id").and_then(Value::as_str).unwrap_or_default();
    let call = Call::get(
        format!("list the changed files of container {id}"),
        format!("/containers/{}/changes", segment(id)),
    );
    match engine.json(call.within(WALK)).await {
        Err(error) if error.is_not_found() => Ok(Value::Null),
        other => other,
    }
}

/// The version that is spoken, as numbers.
fn version(engine: &Engine) -> (u32, u32) {
    let (major, minor) = engine.api_version().split_once('.').unwrap_or(("1", "41"));
    (major.parse().unwrap_or(1), minor.parse().unwrap_or(41))
}
