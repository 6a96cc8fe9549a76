//! Images and volumes.

use serde_json::{Value, json};

use super::{
    Outcome, answer,
    answer::{Answer, Failure},
    call::Call,
};
use crate::sim::state::{
    Image, State, Volume,
    images::{self, repository, tagged},
};

/// `GET /images/json`
pub(super) fn list(call: &Call) -> Answer {
    call.shared.read(|state| answer::json(&rows(state, |image| passes(call, image))))
}

fn passes(call: &Call, image: &Image) -> bool {
    let repository = repository(&image.reference);
    let dangles = image.reference.is_empty();
    call.query.passes("reference", |wanted| wanted == image.reference || wanted == repository)
        && call.query.passes("dangling", |wanted| matches!(wanted, "1" | "true") == dangles)
        && call.query.labels(|_| None)
}

/// Rows of the images that `passes` lets through, newest first.
pub(super) fn rows(state: &State, passes: impl Fn(&Image) -> bool) -> Value {
    let mut images: Vec<&Image> = state.images.values().filter(|image| passes(image)).collect();
    images.sort_by_key(|image| (std::cmp::Reverse(image.created), image.id.clone()));
    images.dedup_by_key(|image| image.id.clone());
    images.into_iter().map(|image| row(state, image)).collect()
}

fn row(state: &State, image: &Image) -> Value {
    let users = state.local().filter(|container| container.image_id == image.id).count();
    json!({
        "Id": image.id, "ParentId": "", "RepoTags": tags(state, image), "RepoDigests": [digest(image)],
        "Created": state.clock.unix(image.created), "Size": image.size, "SharedSize": 0, "VirtualSize": image.size,
        "Labels": null, "Containers": users,
    })
}

/// All references of an image.
fn tags(state: &State, image: &Image) -> Vec<String> {
    let own = state.images.values().filter(|other| other.id == image.id && !other.reference.is_empty());
    own.map(|other| other.reference.clone()).collect()
}

fn digest(image: &Image) -> String {
    format!("{}@{}", repository(&image.like), images::digest(&image.id))
}

/// `GET /distribution/{name}/json`
pub(super) fn distribution(call: &Call, name: &str) -> Outcome {
    let pull = call.shared.read(|state| state.plan_pull(&tagged(name)));
    let pull = pull.map_err(|_| Failure::new(404, "manifest unknown: manifest unknown"))?;
    if let Some(error) = pull.error {
        return Err(Failure::new(500, error));
    }
    Ok(answer::json(&json!({
        "Descriptor": {
            "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
            "digest": images::digest(&pull.id), "size": 1570,
        },
        "Platforms": [{"architecture": "amd64", "os": "linux"}],
    })))
}

/// `GET /images/{name}/json`
pub(super) fn inspect(call: &Call, name: &str) -> Outcome {
    call.shared.read(|state| {
        let missing = || Failure::missing("No such image: ", &tagged(name));
        let image = state.image(name).ok_or_else(missing)?;
        Ok(answer::json(&json!({
            "Id": image.id, "RepoTags": tags(state, image), "RepoDigests": [digest(image)], "Parent": "",
            "Comment": "buildkit.dockerfile.v0", "Created": state.clock.rfc3339(image.created), "Container": "",
            "DockerVersion": "", "Author": "", "Architecture": "amd64", "Os": "linux", "Size": image.size,
            "VirtualSize": image.size, "Config": state.image_config(name),
            "GraphDriver": {"Name": "overlay2", "Data": {}},
            "RootFS": {"Type": "layers", "Layers": [image.id]}, "Metadata": {"LastTagTime": super::inspect::NEVER},
        })))
    })
}

/// `GET /volumes`
pub(super) fn volumes(call: &Call) -> Answer {
    call.shared.read(|state| {
        let used = |name: &str| uses(state, name) > 0;
        let passes = |name: &str, volume: &Volume| {
            call.query.passes("name", |wanted| name.contains(wanted))
                && call.query.passes("driver", |driver| driver == "local")
                && call.query.passes("dangling", |wanted| matches!(wanted, "1" | "true") != used(name))
                && call.query.labels(|label| volume.labels.get(label).map(String::as_str))
        };
        let found = state.volumes.iter().filter(|(name, volume)| passes(name, volume));
        let rows: Value = found.map(|(name, volume)| volume_row(state, name, volume)).collect();
        answer::json(&json!({"Volumes": rows, "Warnings": null}))
    })
}

/// `GET /volumes/{name}`
pub(super) fn volume(call: &Call, name: &str) -> Outcome {
    call.shared.read(|state| {
        let missing = || Failure::new(404, format!("get {name}: no such volume"));
        let volume = state.volumes.get(name).ok_or_else(missing)?;
        Ok(answer::json(&volume_row(state, name, volume)))
    })
}

/// How many containers use a volume.
pub(super) fn uses(state: &State, volume: &str) -> usize {
    let mounted = |mount: &Value| mount.get("Name").is_some_and(|name| name == volume);
    state.local().filter(|container| container.mounts.iter().any(mounted)).count()
}

/// A volume as lists have it.
pub(super) fn volume_row(state: &State, name: &str, volume: &Volume) -> Value {
    json!({
        "CreatedAt": state.clock.rfc3339(volume.created), "Driver": "local", "Labels": volume.labels,
        "Mountpoint": format!("/var/lib/docker/volumes/{name}/_data"), "Name": name,
        "Options": if volume.options.is_empty() { Value::Null } else { json!(volume.options) }, "Scope": "local",
    })
}
