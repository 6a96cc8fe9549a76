//! Pulls, tags and removals of images.

use std::sync::Arc;

use bytes::Bytes;
use hyper::StatusCode;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::{Outcome, answer, answer::Failure, call::Call};
use crate::sim::{
    clock::Nanos,
    ids,
    shared::Shared,
    state::{
        Pull,
        images::{repository, tagged},
    },
};

/// Layers that a pull shows.
const LAYERS: u64 = 3;

/// `POST /images/create`
pub(super) fn create(call: &Call) -> Outcome {
    let Some(name) = call.query.get("fromImage") else {
        return import(call);
    };
    let reference = match call.query.get("tag") {
        Some(tag) if tag.contains(':') => format!("{name}@{tag}"),
        Some(tag) => format!("{name}:{tag}"),
        None => name.to_owned(),
    };
    let reference = tagged(&reference);
    let (pull, now) = call.shared.read(|state| (state.plan_pull(&reference), state.now));
    let pull = pull?;
    let (sender, answer) = answer::stream(Some("application/json"));
    tokio::spawn(run(Arc::clone(&call.shared), reference, (pull, now), sender));
    Ok(answer)
}

/// An image is made of the archive that is sent along. What is in it does not matter here: no program of it is known.
fn import(call: &Call) -> Outcome {
    if call.query.get("fromSrc") != Some("-") {
        return Err(Failure::new(501, "the simulated engine imports images from what is sent along only"));
    }
    let repository = call.query.get("repo").unwrap_or_default();
    let tag = call.query.get("tag").unwrap_or("latest");
    let id = call.shared.change(|state| state.import_image(&format!("{repository}:{tag}")));
    Ok(answer::json(&json!({"status": id})))
}

/// Sends the progress of a pull while its time passes.
async fn run(
    shared: Arc<Shared>,
    reference: String,
    (pull, begun): (Pull, Nanos),
    sender: mpsc::Sender<Bytes>,
) {
    let script = script(&reference, &pull);
    let steps = Nanos::try_from(script.len()).unwrap_or(1).max(1);
    let ends = if pull.error.is_some() { steps / 2 } else { steps };
    for (step, line) in (1..=ends).zip(script) {
        tokio::time::sleep_until(shared.clock.instant(begun + pull.takes * step / steps)).await;
        if step == ends && pull.error.is_none() {
            // The last line is sent when the image is there.
            shared.change(|state| state.pulled(&reference));
        }
        if send(&sender, &line).await.is_none() {
            return;
        }
    }
    if let Some(error) = &pull.error {
        let _ = send(&sender, &json!({"errorDetail": {"message": error}, "error": error})).await;
    }
}

async fn send(sender: &mpsc::Sender<Bytes>, line: &Value) -> Option<()> {
    sender.send(Bytes::from(format!("{line}\r\n"))).await.ok()
}

fn script(reference: &str, pull: &Pull) -> Vec<Value> {
    let tag = reference.strip_prefix(repository(reference)).unwrap_or_default();
    let from = repository(reference);
    let from = if from.contains('/') { from.to_owned() } else { format!("library/{from}") };
    let mut lines =
        vec![json!({"status": format!("Pulling from {from}"), "id": tag.trim_start_matches([':', '@'])})];
    let digest = pull.id.trim_start_matches("sha256:");
    let layer = |number: u64| ids::short(&ids::hex(number, digest)).to_owned();
    let share = pull.size / LAYERS;
    for number in (0..LAYERS).filter(|_| !pull.current) {
        lines.push(json!({"status": "Pulling fs layer", "progressDetail": {}, "id": layer(number)}));
    }
    for (number, part) in
        (0..LAYERS).filter(|_| !pull.current).flat_map(|number| (1..4).map(move |part| (number, part)))
    {
        let detail = json!({"current": share * part / 4, "total": share});
        let bar = format!("[{:-<50}]", "=".repeat(usize::try_from(part * 12).unwrap_or_default()) + ">");
        lines.push(
            json!({"status": "Downloading", "progressDetail": detail, "progress": bar, "id": layer(number)}),
        );
    }
    for number in (0..LAYERS).filter(|_| !pull.current) {
        for status in ["Download complete", "Pull complete"] {
            lines.push(json!({"status": status, "progressDetail": {}, "id": layer(number)}));
        }
    }
    let verdict = if pull.current { "Image is up to date for" } else { "Downloaded newer image for" };
    lines.push(json!({"status": format!("Digest: {}", pull.id)}));
    lines.push(json!({"status": format!("Status: {verdict} {reference}")}));
    lines
}

/// `POST /images/{name}/tag`
pub(super) fn tag(call: &Call, name: &str) -> Outcome {
    let repository = call.query.get("repo").unwrap_or_default();
    let tag = call.query.get("tag").unwrap_or("latest");
    if repository.is_empty() {
        return Err(Failure::new(400, "invalid reference format"));
    }
    call.shared.change(|state| state.tag_image(name, &format!("{repository}:{tag}")))?;
    let mut answer = answer::nothing();
    *answer.status_mut() = StatusCode::CREATED;
    Ok(answer)
}

/// `DELETE /images/{name}`
pub(super) fn remove(call: &Call, name: &str) -> Outcome {
    let force = call.query.is_on("force");
    let told = call.shared.change(|state| state.remove_image(name, force))?;
    Ok(answer::json(&told))
}
