//! Labels: what Compose recognises its containers by.

use serde_json::{Map, Value, json};

use super::json::{list, object, text};
use super::{AnonymousVolumes, Changes, Original};

const COMPOSE: &str = "com.docker.compose.";
const NUMBER: &str = "com.docker.compose.container-number";
const IMAGE: &str = "com.docker.compose.image";
/// Compose's note that it recreated a container; a new replica replaces nothing.
const REPLACE: &str = "com.docker.compose.replace";
/// Labels of the operation that made the original; the clone belongs to another one.
const OF_OPERATION: [&str; 5] =
    ["stacktop.op", "stacktop.replaces", "stacktop.slot", "stacktop.restart-policy", "stacktop.was"];

/// The labels of the clone: the original's without those its image brought.
pub(super) fn of(original: &Original, changes: &Changes, notes: &mut Vec<String>) -> Map<String, Value> {
    let of_image = object(&original.image, "/Config/Labels");
    let mut labels = object(&original.container, "/Config/Labels");
    labels.retain(|name, value| name.starts_with(COMPOSE) || of_image.get(name) != Some(value));
    labels.retain(|name, _| !OF_OPERATION.contains(&name.as_str()));
    if changes.volumes == AnonymousVolumes::Fresh {
        labels.remove(REPLACE);
    }
    if original.is_compose() {
        labels.insert(NUMBER.to_owned(), json!(changes.number.to_string()));
    }
    if let Some(image) = image(original, changes, notes) {
        labels.insert(IMAGE.to_owned(), json!(image));
    }
    labels.extend(changes.labels.iter().map(|(name, value)| (name.clone(), json!(value))));
    labels
}

/// What Compose compares with the image it would use now. Its releases mean different things by it, so the clone's
/// label means what the original's does; Compose v1 writes none.
fn image(original: &Original, changes: &Changes, notes: &mut Vec<String>) -> Option<String> {
    let old = original.label(IMAGE);
    if old.is_empty() {
        return None;
    }
    let id = changes.new_image_id.clone();
    if old == text(&original.container, "/Image") {
        return Some(id);
    }
    if let Some(digest) = is_manifest(original, old).then(|| manifest(original, &changes.new_image)).flatten()
    {
        return Some(digest);
    }
    let service = original.service();
    notes.push(format!(
        "the label {IMAGE} of {service} is neither its image's id nor a manifest of it: 'docker compose up' may recreate the new container"
    ));
    Some(id)
}

fn is_manifest(original: &Original, digest: &str) -> bool {
    text(&original.container, "/ImageManifestDescriptor/digest") == digest
        || list(&original.image, "/Manifests").iter().any(|one| text(one, "/Descriptor/digest") == digest)
}

/// The digest of the new image's manifest for the platform the original runs on.
fn manifest(original: &Original, new_image: &Value) -> Option<String> {
    let wanted = (text(&original.image, "/Os"), text(&original.image, "/Architecture"));
    let fits = |one: &&Value| {
        let at = |name: &str| text(one, &format!("/ImageData/Platform/{name}"));
        text(one, "/Kind") == "image" && (at("os"), at("architecture")) == wanted
    };
    let found = list(new_image, "/Manifests").iter().find(fits)?;
    Some(text(found, "/Descriptor/digest").to_owned())
}
